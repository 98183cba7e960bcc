//! The CVE IDs of the organisation, as CVE Services tell of them now, and which case has which: for
//! leads, who see every case.

use app::cve::{Batch, Ids, MOST_BY_CHANCE, MOST_IN_A_ROW, Order, Overview, Whose};
use app::{Error, Invalid};
use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;

use crate::Failure;
use crate::actor::{Staff, Visitor};
use crate::case::Moment;
use crate::chrome::{Page, done};
use crate::failure::{again, page};
use crate::form::Fields;

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
    most_in_a_row: u32,
    most_by_chance: u32,
    typed: Typed,
    wrong: Option<Invalid>,
}

/// What was typed to reserve IDs.
struct Typed {
    amount: String,
    by_chance: bool,
    year: String,
}

struct IdShown {
    id: String,
    kind: &'static str,
    state: &'static str,
    reserved: Option<Moment>,
    by: String,
    case: Option<(String, String)>,
    in_stock: bool,
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

/// `POST /cve/reserve`
pub(crate) async fn reserve(Staff(visitor): Staff, fields: Fields) -> Result<Response, Failure> {
    let typed = Typed::of(&fields);
    let outcome = match typed.order() {
        Ok(order) => app::cve::reserve_stock(&visitor.ctx(), order).await,
        Err(wrong) => Err(wrong),
    };
    match outcome {
        Ok(ids) => Ok(done("/cve", &format!("Reserved: {}.", told(&ids)))),
        Err(Error::Invalid(wrong)) => {
            let overview = app::cve::overview(&visitor.ctx(), 1).await?;
            let shown = CvePage::new(&visitor, 1, overview);
            Ok(again(&CvePage { typed, wrong: Some(wrong), ..shown }))
        }
        Err(error) => Err(Failure(error)),
    }
}

/// The IDs, or the first and how many more.
fn told(ids: &[String]) -> String {
    match ids {
        [] => "none".to_owned(),
        [first, rest @ ..] if rest.len() > 4 => format!("{first} and {} more", rest.len()),
        few => few.join(", "),
    }
}

impl Typed {
    fn of(fields: &Fields) -> Self {
        Self {
            amount: fields.text("amount"),
            by_chance: fields.text("batch") == "nonsequential",
            year: fields.text("year"),
        }
    }

    fn order(&self) -> Result<Order, Error> {
        let amount = self.amount.trim().parse();
        let amount = amount.map_err(|_| Error::invalid("amount", "Give a number."))?;
        let year = match self.year.trim() {
            "" => None,
            year => {
                let wrong = |_| Error::invalid("year", "Give a year, or none.");
                Some(year.parse().map_err(wrong)?)
            }
        };
        let batch = if self.by_chance { Batch::Nonsequential } else { Batch::Sequential };
        Ok(Order { amount, batch, year })
    }
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
        let shown = |(id, whose): (app::cve::Identifier, Whose)| {
            let (kind, state) = word(id.state.code());
            IdShown {
                kind,
                state,
                reserved: id.reserved_at.map(|at| Moment::new(at, now)),
                by: id.requested_by.unwrap_or_default(),
                in_stock: whose == Whose::InStock,
                case: match whose {
                    Whose::Case(known) => Some((known.case.to_string(), known.handle)),
                    Whose::InStock | Whose::Nobodys => None,
                },
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
            most_in_a_row: MOST_IN_A_ROW,
            most_by_chance: MOST_BY_CHANCE,
            typed: Typed { amount: "1".to_owned(), by_chance: false, year: String::new() },
            wrong: None,
        }
    }

    fn error(&self, field: &str) -> &str {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field == field);
        wrong.map_or("", |wrong| wrong.message.as_str())
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
