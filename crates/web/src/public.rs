//! What everyone may read: the start, the notes, the policy. Made from published notes and the
//! policy alone; no page here knows of a case. A note that is not public does not exist.

mod cached;
mod csaf;
mod feed;
mod file;
mod gcve;
mod history;
mod list;
mod moment;
mod note;
mod security;
mod subject;
mod texts;
mod vince;

use askama::Template;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use domain::policy::PublishedPolicy;
use domain::{CaseNumber, Timestamp};
use formats::PublicNote;
use store::{NoteSearch, PublishedRow};

use crate::Failure;
use crate::actor::Visitor;
use crate::chrome::Page;
pub(crate) use cached::{Answer, Kept, answer};
use cached::{Freshness, for_everyone};
pub(crate) use csaf::{addresses_of, addresses_of_lists, certificate, folders_of, provided};
pub(crate) use feed::{atom, json_feed, vince_atom};
pub(crate) use file::{artefact_of, file};
pub(crate) use gcve::{all as gcve_all, asked as gcve_asked, dump as gcve_dump, publication};
pub(crate) use history::history;
pub(crate) use list::list;
pub(crate) use moment::Moment;
pub(crate) use note::vendor_status;
use note::{Beside, NotePage};
pub(crate) use security::security;
pub(crate) use subject::{address, product, product_feed, vendor, vendor_feed};
pub(crate) use texts::html;
pub(crate) use vince::{api as vince_api, note_alias as vince_note, old_address, old_search};

/// How many notes the start shows.
const LATEST: u32 = 5;

#[derive(Template)]
#[template(path = "public/home.html")]
struct HomePage {
    page: Page,
    notes: Vec<Listed>,
    answer_hours: u16,
    team_address: String,
}

/// A line of the list.
struct Listed {
    slug: String,
    title: String,
    published: Moment,
    revised: Option<Moment>,
    vendors: String,
}

#[derive(Template)]
#[template(path = "public/policy.html")]
struct PolicyPage {
    page: Page,
    policy: PublishedPolicy,
}

#[derive(Template)]
#[template(path = "public/help.html")]
struct HelpPage {
    page: Page,
    policy: PublishedPolicy,
    team_address: String,
}

#[derive(Template)]
#[template(path = "public/contact.html")]
struct ContactPage {
    page: Page,
    team_address: String,
}

#[derive(Template)]
#[template(path = "public/accessibility.html")]
struct AccessibilityPage {
    page: Page,
    team_address: String,
}

/// `GET /`
pub(crate) async fn home(visitor: Visitor) -> Result<Response, Failure> {
    let door = visitor.public();
    let rows = app::public::list(&door, NoteSearch::default(), None, LATEST).await?;
    let policy = app::public::policy(&door).await?;
    let template = HomePage {
        page: Page::of(&visitor, "/"),
        notes: rows.into_iter().map(|row| Listed::new(row, visitor.now())).collect(),
        answer_hours: policy.promptness.first_response_breach.0,
        team_address: team_address(&visitor),
    };
    Ok(for_everyone(&visitor, Freshness::AskAgain, &template))
}

/// `GET /vuls/{slug}`
pub(crate) async fn show(visitor: Visitor, Path(typed): Path<String>) -> Result<Response, Failure> {
    let slug = slug_of(&visitor, &typed).await?;
    if slug != typed {
        return Ok(Redirect::permanent(&format!("/vuls/{slug}")).into_response());
    }
    let door = visitor.public();
    let note = app::public::note(&door, slug.clone()).await?;
    let files = app::public::formats(&door, slug).await?;
    let publisher = app::artefact::publisher(&visitor.site().settings, note.number().prefix());
    let data = formats::schema_org::write(&PublicNote::from(&note), &publisher);
    let beside = Beside { data, files };
    let template = NotePage::new(Page::of(&visitor, "/vuls/"), &note, beside, visitor.now());
    Ok(for_everyone(&visitor, Freshness::AMinute, &template))
}

/// `GET /policy`
pub(crate) async fn policy(visitor: Visitor) -> Result<Response, Failure> {
    let policy = app::public::policy(&visitor.public()).await?;
    let template = PolicyPage { page: Page::of(&visitor, "/policy"), policy };
    Ok(for_everyone(&visitor, Freshness::AskAgain, &template))
}

/// `GET /help`
pub(crate) async fn help(visitor: Visitor) -> Result<Response, Failure> {
    let policy = app::public::policy(&visitor.public()).await?;
    let team_address = team_address(&visitor);
    let template = HelpPage { page: Page::of(&visitor, "/help"), policy, team_address };
    Ok(for_everyone(&visitor, Freshness::AskAgain, &template))
}

/// `GET /contact`
pub(crate) async fn contact(visitor: Visitor) -> Response {
    let team_address = team_address(&visitor);
    let template = ContactPage { page: Page::of(&visitor, "/contact"), team_address };
    for_everyone(&visitor, Freshness::AskAgain, &template)
}

/// `GET /accessibility`
pub(crate) async fn accessibility(visitor: Visitor) -> Response {
    let team_address = team_address(&visitor);
    let template = AccessibilityPage { page: Page::of(&visitor, "/accessibility"), team_address };
    for_everyone(&visitor, Freshness::AskAgain, &template)
}

/// Where mail reaches the team.
pub(crate) fn team_address(visitor: &Visitor) -> String {
    let settings = &visitor.site().settings;
    settings.team_address.clone().unwrap_or_else(|| settings.from_address.clone())
}

/// The note somebody means who typed `VU-123456`, `VU#123456`, `vu 123456` or only `123456`. The
/// answer does not depend on whether there is one.
async fn slug_of(visitor: &Visitor, typed: &str) -> Result<String, Failure> {
    let digits = typed.trim();
    let bare = (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if bare {
        let prefix = app::public::policy(&visitor.public()).await?.prefix;
        return Ok(format!("{prefix}-{digits}"));
    }
    let number: CaseNumber = typed.parse().map_err(|_| app::Error::NotFound)?;
    Ok(number.slug())
}

impl Listed {
    fn new(row: PublishedRow, now: Timestamp) -> Self {
        let revised = row.updated_at > row.published_at;
        let vendors = match row.n_vendors {
            0 => "no vendor named".to_owned(),
            1 => "1 vendor".to_owned(),
            n => format!("{n} vendors"),
        };
        Self {
            slug: row.slug,
            title: row.title,
            published: Moment::new(row.published_at, now),
            revised: revised.then(|| Moment::new(row.updated_at, now)),
            vendors,
        }
    }
}
