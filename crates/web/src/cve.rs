//! The CVE IDs of the organisation, as CVE Services tell of them now, and which case has which: for
//! leads, who see every case.

use app::cve::{Ids, Overview};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;

use crate::Failure;
use crate::actor::{Staff, Visitor};
use crate::case::Moment;
use crate::chrome::Page;
use crate::failure::page;

/// The CVE IDs of the organisation.
#[derive(Template)]
#[template(path = "cve/list.html")]
struct CvePage {
    page: Page,
    organization: String,
    world: String,
    /// How many may be reserved, in words.
    quota: String,
    /// Why the service does not tell.
    failed: String,
    rows: Vec<IdShown>,
    total: u64,
    first: bool,
    next: Option<u32>,
}

struct IdShown {
    id: String,
    kind: &'static str,
    state: &'static str,
    reserved: Option<Moment>,
    by: String,
    case: Option<(String, String)>,
}

/// Which page is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    page: Option<u32>,
}

/// `GET /cve`
pub(crate) async fn list(
    Staff(visitor): Staff,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let number = wanted.page.unwrap_or(1).max(1);
    let overview = app::cve::overview(&visitor.ctx(), number).await?;
    Ok(page(&CvePage::new(&visitor, number, overview)))
}

impl CvePage {
    fn new(visitor: &Visitor, number: u32, overview: Overview) -> Self {
        let cna = visitor.site().settings.cna.as_ref();
        let (quota, unknown) = match overview.quota {
            Ok(quota) => (
                format!(
                    "{} of {} may still be reserved; {} are reserved and not yet used.",
                    quota.available, quota.quota, quota.reserved
                ),
                String::new(),
            ),
            Err(why) => (String::new(), why),
        };
        let (ids, failed) = match overview.ids {
            Ok(ids) => (ids, unknown),
            Err(why) => (Ids { ids: vec![], next: None, total: 0 }, why),
        };
        let now = visitor.now();
        let shown = |(id, known): (app::cve::Identifier, Option<store::KnownCve>)| {
            let (kind, state) = word(id.state.code());
            IdShown {
                kind,
                state,
                reserved: id.reserved_at.map(|at| Moment::new(at, now)),
                by: id.requested_by.unwrap_or_default(),
                case: known.map(|known| (known.case.to_string(), known.handle)),
                id: id.id,
            }
        };
        Self {
            page: Page::of(visitor, "/cve"),
            organization: cna
                .map(|cna| cna.organisation.short_name().to_owned())
                .unwrap_or_default(),
            world: cna.and_then(|cna| cna.world.warning()).unwrap_or_default(),
            quota,
            failed,
            rows: ids.ids.into_iter().map(shown).collect(),
            total: ids.total,
            first: number == 1,
            next: ids.next,
        }
    }
}

/// The sign of a state, and its word.
fn word(code: &str) -> (&'static str, &'static str) {
    match code {
        "RESERVED" => ("wait", "Reserved"),
        "PUBLISHED" => ("done", "Published"),
        _ => ("untold", "Rejected"),
    }
}
