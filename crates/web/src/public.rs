//! What everyone may read: the start, the notes, the policy. Made from published notes and the
//! policy alone; no page here knows of a case. A note that is not public does not exist.

mod cached;
mod moment;
mod note;
mod texts;

use askama::Template;
use axum::extract::{Path, Query};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Redirect, Response};
use domain::{CaseNumber, Policy, Timestamp};
use serde::Deserialize;
use store::PublishedRow;

use crate::Failure;
use crate::actor::Visitor;
use crate::chrome::Page;
use cached::{file, for_everyone};
pub(crate) use moment::Moment;
use note::NotePage;
pub(crate) use note::vendor_status;
pub(crate) use texts::html;

/// How many notes the start shows.
const LATEST: u32 = 5;

/// How many notes stand on one page of the list.
const ON_A_PAGE: u32 = 30;

#[derive(Template)]
#[template(path = "public/home.html")]
struct HomePage {
    page: Page,
    notes: Vec<Listed>,
    answer_hours: u16,
    team_address: String,
}

#[derive(Template)]
#[template(path = "public/list.html")]
struct ListPage {
    page: Page,
    notes: Vec<Listed>,
    first: bool,
    older: String,
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
    policy: Policy,
}

#[derive(Template)]
#[template(path = "public/help.html")]
struct HelpPage {
    page: Page,
    policy: Policy,
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

/// Where the list goes on.
#[derive(Debug, Deserialize)]
pub(crate) struct From {
    before: Option<String>,
}

/// `GET /`
pub(crate) async fn home(visitor: Visitor, headers: HeaderMap) -> Result<Response, Failure> {
    let ctx = visitor.ctx();
    let rows = app::public::list(&ctx, None, LATEST).await?;
    let policy = app::public::policy(&ctx).await?;
    let template = HomePage {
        page: Page::of(&visitor, "/"),
        notes: rows.into_iter().map(|row| Listed::new(row, ctx.now())).collect(),
        answer_hours: policy.promptness.first_response_breach.0,
        team_address: team_address(&visitor),
    };
    Ok(for_everyone(&visitor, &headers, &template))
}

/// `GET /vuls/`
pub(crate) async fn list(
    visitor: Visitor,
    Query(from): Query<From>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let ctx = visitor.ctx();
    let before = from.place();
    let first = before.is_none();
    let rows = app::public::list(&ctx, before, ON_A_PAGE).await?;
    let older = older(&rows);
    let notes = rows.into_iter().map(|row| Listed::new(row, ctx.now())).collect();
    let template = ListPage { page: Page::of(&visitor, "/vuls/"), notes, first, older };
    Ok(for_everyone(&visitor, &headers, &template))
}

/// `GET /vuls/{slug}`
pub(crate) async fn show(
    visitor: Visitor,
    Path(typed): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let slug = slug_of(&visitor, &typed).await?;
    if slug != typed {
        return Ok(Redirect::permanent(&format!("/vuls/{slug}")).into_response());
    }
    let ctx = visitor.ctx();
    let note = app::public::note(&ctx, slug).await?;
    let template = NotePage::new(Page::of(&visitor, "/vuls/"), &note, ctx.now());
    Ok(for_everyone(&visitor, &headers, &template))
}

/// `GET /vuls/{slug}/json`
pub(crate) async fn json(
    visitor: Visitor,
    Path(typed): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let slug = slug_of(&visitor, &typed).await?;
    if slug != typed {
        return Ok(Redirect::permanent(&format!("/vuls/{slug}/json")).into_response());
    }
    let artefact = app::public::artefact(&visitor.ctx(), slug, "vulnote.json").await?;
    Ok(file(&headers, &artefact))
}

/// `GET /policy`
pub(crate) async fn policy(visitor: Visitor, headers: HeaderMap) -> Result<Response, Failure> {
    let policy = app::public::policy(&visitor.ctx()).await?;
    let template = PolicyPage { page: Page::of(&visitor, "/policy"), policy };
    Ok(for_everyone(&visitor, &headers, &template))
}

/// `GET /help`
pub(crate) async fn help(visitor: Visitor, headers: HeaderMap) -> Result<Response, Failure> {
    let policy = app::public::policy(&visitor.ctx()).await?;
    let team_address = team_address(&visitor);
    let template = HelpPage { page: Page::of(&visitor, "/help"), policy, team_address };
    Ok(for_everyone(&visitor, &headers, &template))
}

/// `GET /contact`
pub(crate) async fn contact(visitor: Visitor, headers: HeaderMap) -> Response {
    let team_address = team_address(&visitor);
    let template = ContactPage { page: Page::of(&visitor, "/contact"), team_address };
    for_everyone(&visitor, &headers, &template)
}

/// `GET /accessibility`
pub(crate) async fn accessibility(visitor: Visitor, headers: HeaderMap) -> Response {
    let team_address = team_address(&visitor);
    let template = AccessibilityPage { page: Page::of(&visitor, "/accessibility"), team_address };
    for_everyone(&visitor, &headers, &template)
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
        let prefix = app::public::policy(&visitor.ctx()).await?.prefix;
        return Ok(format!("{prefix}-{digits}"));
    }
    let number: CaseNumber = typed.parse().map_err(|_| app::Error::NotFound)?;
    Ok(number.slug())
}

/// The address of the next page, if this one is full.
fn older(rows: &[PublishedRow]) -> String {
    let full = rows.len() >= usize::try_from(ON_A_PAGE).unwrap_or(usize::MAX);
    match rows.last() {
        Some(last) if full => format!("?before={},{}", last.published_at, last.slug),
        Some(_) | None => String::new(),
    }
}

impl From {
    fn place(self) -> Option<(Timestamp, String)> {
        let before = self.before?;
        let (at, slug) = before.split_once(',')?;
        Some((at.parse().ok()?, slug.to_owned()))
    }
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
