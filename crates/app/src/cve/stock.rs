//! CVE IDs that are reserved before anybody knows for what, as `cvelib` does: one, or many at once, in a
//! row or drawn by chance. They are kept here, so that none of them is taken for a lost answer about a
//! vulnerability; one is used by entering it on a case.

use domain::{Actor, CveId};
use jiff::tz::TimeZone;
use outside::cve_services::{Batch, Problem};

use crate::{Ctx, Error, Result};

/// So many IDs are reserved at once, one after the other.
pub const MOST_IN_A_ROW: u32 = 100;

/// So many, where nobody is to count them (a limit of the service).
pub const MOST_BY_CHANCE: u32 = 10;

/// The years that CVE IDs can have.
const YEARS: std::ops::RangeInclusive<i16> = 1999..=2999;

/// What is to be reserved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// How many.
    pub amount: u32,
    /// How they follow each other.
    pub batch: Batch,
    /// Of which year; this one, if none is named.
    pub year: Option<i16>,
}

/// A lead reserves IDs for no vulnerability yet; answers which. The service knows no way to repeat this:
/// who gets no answer is told to look first.
pub async fn reserve_stock(ctx: &Ctx, order: Order) -> Result<Vec<String>> {
    ctx.read(|desk| desk.lead_only()).await?;
    let Actor::Staff(me, _) = ctx.actor() else { return Err(Error::NotFound) };
    let service = ctx.site().outlets.cve.as_ref().ok_or(Error::NotFound)?;
    let year = order.year.unwrap_or_else(|| TimeZone::UTC.to_datetime(ctx.now()).year());
    check(order, year)?;
    let reserved = service.reserve(order.amount, order.batch, year).await.map_err(not_reserved)?;
    let ids: Vec<String> = reserved.ids.into_iter().map(|id| id.id).collect();
    let read = |id: &String| id.parse::<CveId>().ok();
    let kept: Vec<CveId> = ids.iter().filter_map(read).collect();
    ctx.write(move |desk| {
        let now = desk.ctx().site().clock.now();
        Ok(desk.tx().keep_cve_stock(&kept, me, now)?)
    })
    .await?;
    Ok(ids)
}

fn check(order: Order, year: i16) -> Result<()> {
    let most = match order.batch {
        Batch::Sequential => MOST_IN_A_ROW,
        Batch::Nonsequential => MOST_BY_CHANCE,
    };
    if !(1..=most).contains(&order.amount) {
        return Err(Error::invalid("amount", format!("Give a number from 1 to {most}.")));
    }
    if !YEARS.contains(&year) {
        return Err(Error::invalid("year", "Give a year, or none."));
    }
    Ok(())
}

/// What the service refused is told in its words; where it gave no answer, nobody knows.
fn not_reserved(problem: Problem) -> Error {
    let words = match problem {
        Problem::Later(why) => format!(
            "CVE Services: {why}. Nobody knows whether IDs were reserved: look at the list before you \
             ask again."
        ),
        Problem::Never { .. } => format!("CVE Services: {problem}"),
    };
    Error::invalid("amount", words)
}
