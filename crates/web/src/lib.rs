//! The pages. The only crate that knows HTTP.
//!
//! A handler parses, calls one verb or one reader, and answers. To one who may not see it, a
//! thing does not exist: the same answer as for a wrong address. Pages work without scripts.

mod account;
mod act;
mod actor;
mod advisory;
mod answer;
mod calendar;
mod case;
mod chrome;
mod compare;
mod cve;
pub mod demo;
mod directory;
mod failure;
mod form;
mod import;
pub mod mirror;
mod note;
mod public;
mod report;
mod room;
mod statics;
mod webhook;

use app::Site;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue, header};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::set_header::SetResponseHeaderLayer;

pub(crate) use failure::Failure;

/// The longest body of a request, in bytes.
const LONGEST_BODY: usize = 4 * 1024 * 1024;

/// What the pages may load: their own style, script and pictures, and nothing else.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'";

/// Makes the router and the list of its routes, so that no route can be left out of the test
/// of who may ask for what.
macro_rules! routes {
    ($($method:ident $path:literal => $handler:path;)*) => {
        fn pages() -> Router<Site> {
            Router::new()$(.route($path, axum::routing::$method($handler)))*
        }

        /// Every route, as method and path.
        pub const ROUTES: &[(&str, &str)] = &[$((stringify!($method), $path)),*];
    };
}

routes! {
    get  "/" => public::home;
    get  "/vuls/" => public::list;
    get  "/vuls/{slug}" => public::show;
    get  "/vuls/{slug}/history" => public::history;
    get  "/vuls/{slug}/{format}" => public::file;
    get  "/vuls/id/{number}" => public::old_address;
    get  "/vuls/id/{number}/" => public::old_address;
    get  "/vuls/notes/{number}/" => public::vince_note;
    get  "/vuls/byid" => public::old_search;
    get  "/vuls/quickSearch/" => public::old_search;
    get  "/vulfeed" => public::vince_atom;
    get  "/vuls/api/{*what}" => public::vince_api;
    get  "/vuls/atomfeed/" => public::vince_atom;
    get  "/vuls/vendors/{place}" => public::vendor;
    get  "/vuls/vendors/{place}/{feed}" => public::vendor_feed;
    get  "/vuls/products/{place}" => public::product;
    get  "/vuls/products/{place}/{feed}" => public::product_feed;
    get  "/.well-known/security.txt" => public::security;
    get  "/.well-known/openpgp.asc" => public::certificate;
    get  "/.well-known/csaf/{*path}" => public::provided;
    get  "/feed.atom" => public::atom;
    get  "/feed.json" => public::json_feed;
    get  "/api/gcve/publication" => public::publication;
    get  "/api/vulnerability/" => public::gcve_all;
    get  "/api/vulnerability/{*what}" => public::gcve_asked;
    get  "/dumps/{file}" => public::gcve_dump;
    get  "/policy" => public::policy;
    get  "/help" => public::help;
    get  "/contact" => public::contact;
    get  "/accessibility" => public::accessibility;
    post "/theme" => chrome::set_theme;
    get  "/static/{file}" => statics::serve;

    get  "/report" => report::form;
    post "/report" => report::submit;
    get  "/r" => room::door;
    post "/r" => room::enter;
    get  "/r/report" => room::show;
    post "/r/add" => room::add;
    post "/r/message" => room::post;
    post "/r/embargo" => room::answer_embargo;
    post "/r/propose" => room::propose;
    post "/r/proposal" => room::answer_proposal;
    post "/r/comment" => room::comment;
    post "/r/advisory" => room::advise;
    post "/r/advisory/forget" => room::forget_advisory;
    get  "/r/draft" => room::compare;
    get  "/r/draft/{format}" => room::draft_file;
    post "/r/leave" => room::log_out;

    get  "/a/{link}" => act::show;
    post "/a/{link}/embargo" => act::answer_embargo;
    post "/a/{link}/acknowledge" => act::acknowledge;
    post "/a/{link}/answers" => act::answer;
    post "/a/{link}/status" => act::set_status;
    post "/a/{link}/statement" => act::state;
    post "/a/{link}/file" => act::give_file;
    post "/a/{link}/file/keep" => act::keep_file;
    post "/a/{link}/propose" => act::propose;
    post "/a/{link}/proposal" => act::answer_proposal;
    post "/a/{link}/message" => act::post;
    post "/a/{link}/comment" => act::comment;
    get  "/a/{link}/draft" => act::compare;
    post "/a/{link}/advisory" => act::advise;
    post "/a/{link}/advisory/forget" => act::forget_advisory;
    get  "/a/{link}/draft/{format}" => act::draft_file;
    post "/a/{link}/suggest" => act::suggest;
    post "/a/{link}/visibility" => act::change_visibility;
    post "/a/{link}/calendar" => calendar::make_for_party;
    post "/a/{link}/calendar/end" => calendar::revoke_for_party;
    get  "/calendar/{ics}" => calendar::file;

    get  "/login" => account::log_in_form;
    post "/login" => account::log_in;
    post "/logout" => account::log_out;
    get  "/join/{link}" => account::join_form;
    post "/join/{link}" => account::join;
    get  "/prove" => account::proof_form;
    post "/prove" => account::prove;
    get  "/me" => account::me;
    get  "/me/second-factor" => account::second_factor_form;
    post "/me/second-factor" => account::set_second_factor;
    post "/me/recovery-codes" => account::draw_recovery_codes;
    get  "/me/password" => account::password_form;
    post "/me/password" => account::change_password;
    post "/me/calendar" => calendar::make_own;
    post "/me/calendar/end" => calendar::revoke_own;
    post "/me/sessions/end" => account::end_session;
    post "/me/sessions/end-others" => account::end_other_sessions;
    get  "/team" => account::team;
    post "/team/invite" => account::invite;
    post "/team/withdraw" => account::withdraw;
    get  "/team/webhooks" => webhook::list;
    post "/team/webhooks" => webhook::create;
    get  "/team/webhooks/{webhook}" => webhook::show;
    post "/team/webhooks/{webhook}/ping" => webhook::ping;
    post "/team/webhooks/{webhook}/again" => webhook::send_again;
    post "/team/webhooks/{webhook}/pause" => webhook::pause;
    post "/team/webhooks/{webhook}/resume" => webhook::resume;
    post "/team/webhooks/{webhook}/rotate" => webhook::rotate;
    post "/team/webhooks/{webhook}/delete" => webhook::delete;
    get  "/team/{account}" => account::member;
    post "/team/{account}/shut" => account::shut;

    get  "/import" => import::form;
    post "/import" => import::look;
    post "/import/keep" => import::keep;
    get  "/import/note" => import::note;
    post "/import/note" => import::decide;

    get  "/inbox" => case::inbox;
    get  "/cases" => case::list;
    get  "/cases/{case}" => case::show;
    post "/cases/{case}/acknowledge" => case::acknowledge;
    post "/cases/{case}/analyse" => case::analyse;
    post "/cases/{case}/score" => case::score;
    post "/cases/{case}/accept" => case::accept;
    post "/cases/{case}/decline" => case::decline;
    post "/cases/{case}/assign" => case::assign;
    post "/cases/{case}/rename" => case::rename;
    post "/cases/{case}/ask" => case::ask;
    post "/cases/{case}/message" => case::post;
    post "/cases/{case}/vendors" => case::add_vendors;
    post "/cases/{case}/notify" => case::notify;
    post "/cases/{case}/remind" => case::remind;
    post "/cases/{case}/contact" => case::record_contact;
    post "/cases/{case}/status" => case::set_status;
    post "/cases/{case}/statement" => case::state;
    post "/cases/{case}/file" => case::give_file;
    post "/cases/{case}/file/keep" => case::keep_file;
    post "/cases/{case}/addendum" => case::write_addendum;
    post "/cases/{case}/advisory" => case::advise;
    post "/cases/{case}/advisory/forget" => case::forget_advisory;
    post "/cases/{case}/remove" => case::remove;
    post "/cases/{case}/vulnerabilities" => case::add_vulnerability;
    post "/cases/{case}/describe" => case::describe;
    post "/cases/{case}/cve" => case::assign_cve;
    post "/cases/{case}/cve/ask" => case::ask_for_cve;
    post "/cases/{case}/identifiers" => case::identify;
    post "/cases/{case}/cve/reserve" => case::reserve_cve;
    post "/cases/{case}/cve/reject" => case::reject_cve;
    post "/cases/{case}/observe" => case::observe;
    post "/cases/{case}/observation" => case::judge_observation;
    post "/cases/{case}/embargo/propose" => case::propose;
    post "/cases/{case}/embargo/decide" => case::decide;
    post "/cases/{case}/embargo/end" => case::end_embargo;
    post "/cases/{case}/close" => case::close;
    get  "/cases/{case}/draft" => note::edit;
    post "/cases/{case}/draft" => note::write;
    get  "/cases/{case}/draft/preview/{format}" => note::preview;
    get  "/cases/{case}/draft/compare" => note::compare;
    post "/cases/{case}/draft/share" => note::share;
    post "/cases/{case}/draft/comment" => note::comment;
    post "/cases/{case}/draft/resolve" => note::resolve;
    post "/cases/{case}/draft/again" => note::again;
    post "/cases/{case}/publish" => note::approve;
    post "/cases/{case}/hold" => note::hold;
    post "/cases/{case}/draft/decline" => note::decline;
    post "/cases/{case}/withdraw" => note::withdraw;
    post "/cases/{case}/withdraw/agree" => note::agree_to_withdrawal;
    get  "/cve" => cve::list;
    post "/cve/reserve" => cve::reserve;
    get  "/contacts" => directory::list;
    post "/contacts" => directory::add;
    post "/contacts/cna" => directory::set_cna;
}

/// Every page of the server.
pub fn router(site: Site) -> Router {
    let kept = public::Kept::new(site.public());
    let fixed = |name: &'static str, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        )
    };
    pages()
        .fallback(failure::no_such_page)
        .method_not_allowed_fallback(failure::no_such_page)
        .layer(axum::middleware::from_fn_with_state(kept, public::answer))
        .layer(axum::middleware::from_fn(chrome::forget_what_was_said))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::custom(failure::panicked))
        .layer(fixed("content-security-policy", CONTENT_POLICY))
        .layer(fixed("x-content-type-options", "nosniff"))
        .layer(fixed("referrer-policy", "no-referrer"))
        .layer(fixed("cross-origin-opener-policy", "same-origin"))
        .layer(fixed("cross-origin-resource-policy", "same-origin"))
        .layer(fixed("permissions-policy", "camera=(), geolocation=(), microphone=()"))
        .layer(SetResponseHeaderLayer::if_not_present(
            header::CACHE_CONTROL,
            HeaderValue::from_static("no-store"),
        ))
        .with_state(site)
}
