//! What is around every page: who is there, where one can go, how it looks.

use app::Site;
use app::session::Person;
use axum::Form;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::StaffRole;
use serde::Deserialize;

use crate::actor::Visitor;
use crate::statics;

/// What the layout needs.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) lang: &'static str,
    pub(crate) dir: &'static str,
    pub(crate) theme: &'static str,
    pub(crate) keys: bool,
    pub(crate) here: String,
    pub(crate) site: String,
    pub(crate) version: &'static str,
    pub(crate) person: Option<Named>,
    pub(crate) nav: Vec<NavItem>,
    pub(crate) flash: Option<Flash>,
}

/// Who is logged in.
#[derive(Debug, Clone)]
pub(crate) struct Named {
    pub(crate) name: String,
}

/// A place to go.
#[derive(Debug, Clone)]
pub(crate) struct NavItem {
    pub(crate) href: &'static str,
    pub(crate) label: &'static str,
    pub(crate) key: &'static str,
    pub(crate) count: Option<u32>,
    pub(crate) current: bool,
}

/// What the last step did.
#[derive(Debug, Clone)]
pub(crate) struct Flash {
    pub(crate) kind: &'static str,
    pub(crate) text: String,
    pub(crate) undo: Option<Undo>,
}

/// The way back.
#[derive(Debug, Clone)]
pub(crate) struct Undo {
    pub(crate) action: String,
    pub(crate) label: &'static str,
}

const PUBLIC: &[(&str, &str, &str)] =
    &[("/vuls/", "Notes", ""), ("/report", "Report", ""), ("/r", "My report", "")];

const STAFF: &[(&str, &str, &str)] = &[
    ("/inbox", "Inbox", "i"),
    ("/cases", "Cases", "c"),
    ("/contacts", "Contacts", "k"),
    ("/vuls/", "Notes", "p"),
    ("/team", "Team", ""),
];

const ADMINISTRATOR: &[(&str, &str, &str)] = &[("/vuls/", "Notes", ""), ("/team", "Team", "")];

impl Page {
    /// The page around a failure: it knows nobody.
    pub(crate) fn plain() -> Self {
        Self {
            lang: "en",
            dir: "ltr",
            theme: "",
            keys: false,
            here: "/".to_owned(),
            site: String::new(),
            version: statics::version(),
            person: None,
            nav: nav(PUBLIC, ""),
            flash: None,
        }
    }

    /// The page around what a visitor asked for; `current` is the place in the menu.
    pub(crate) fn of(visitor: &Visitor, current: &str) -> Self {
        let places = match visitor.person().and_then(|person| person.staff) {
            Some(StaffRole::Analyst | StaffRole::Lead | StaffRole::Auditor) => STAFF,
            Some(StaffRole::Administrator) => ADMINISTRATOR,
            None => PUBLIC,
        };
        Self {
            theme: visitor.theme(),
            keys: visitor.person().is_some(),
            here: visitor.here().to_owned(),
            site: visitor.site().settings.site_name.clone(),
            person: visitor.person().map(|person: &Person| Named { name: person.name.clone() }),
            nav: nav(places, current),
            flash: visitor.flash(),
            ..Self::plain()
        }
    }
}

fn nav(places: &[(&'static str, &'static str, &'static str)], current: &str) -> Vec<NavItem> {
    let item = |(href, label, key): &(&'static str, &'static str, &'static str)| NavItem {
        href,
        label,
        key,
        count: None,
        current: *href == current,
    };
    places.iter().map(item).collect()
}

/// How the pages look.
#[derive(Debug, Deserialize)]
pub(crate) struct Theme {
    theme: String,
    back: String,
}

/// `POST /theme`
pub(crate) async fn set_theme(Form(form): Form<Theme>) -> Response {
    let theme = match form.theme.as_str() {
        "light" => "light",
        "dark" => "dark",
        _ => "",
    };
    let cookie = format!("theme={theme}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly");
    let mut response = Redirect::to(local(&form.back)).into_response();
    set_cookie(response.headers_mut(), &cookie);
    response
}

/// Only an address of our own is a place to go back to.
pub(crate) fn local(address: &str) -> &str {
    let ours = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains(['\\', '\r', '\n']);
    if ours { address } else { "/" }
}

/// Adds a cookie to an answer.
pub(crate) fn set_cookie(headers: &mut HeaderMap, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        headers.append(header::SET_COOKIE, value);
    }
}

/// The attributes of a cookie that is a key to something.
pub(crate) fn secret_cookie(site: &Site, name: &str, value: &str, seconds: i64) -> String {
    let secure = if site.settings.base_url.starts_with("https:") { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; Max-Age={seconds}; SameSite=Lax; HttpOnly{secure}")
}

/// What a step did is said once: a page that had it to say takes it from the browser.
pub(crate) async fn forget_what_was_said(request: Request, next: Next) -> Response {
    let was_said = request.method() == Method::GET && has_something_to_say(request.headers());
    let mut response = next.run(request).await;
    if was_said && response.status().is_success() {
        set_cookie(response.headers_mut(), "said=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly");
    }
    response
}

fn has_something_to_say(headers: &HeaderMap) -> bool {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.flat_map(|line| line.split(';')).any(|pair| pair.trim().starts_with("said="))
}

/// Back to a page, which then says what was done.
pub(crate) fn done(to: &str, said: &str) -> Response {
    let mut response = Redirect::to(to).into_response();
    let encoded = domain::journal::hex(said.as_bytes());
    let cookie = format!("said={encoded}; Path=/; Max-Age=60; SameSite=Lax; HttpOnly");
    set_cookie(response.headers_mut(), &cookie);
    response
}
