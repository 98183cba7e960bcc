//! Reserving an ID for a flaw, so that no flaw gets two and none has two flaws.
//!
//! CVE Services know no way to repeat a reservation: who asks twice has two IDs. So it is written
//! down that they are asked before they are (`cve_reservations`, one row for each flaw, no ID in
//! two). If then no answer is kept, because the service was slow, a proxy failed or this server
//! fell, the next try first looks at what our user has reserved since: an ID that no flaw here has
//! is the answer that was lost. Only if there is none are they asked again. Where more are found
//! than answers are missing, somebody else reserves under our name, and a person has to say which
//! is whose. An ID is given to its flaw in the transaction that keeps the answer; of two nodes that
//! hold the same one, the second finds it taken, and looks again.

use domain::{Case, CaseId, CveId, Timestamp, VulnerabilityId};
use jiff::SignedDuration;
use jiff::tz::TimeZone;
use outside::cve_services::{Batch, CveServices, State, Wanted};
use store::CveReservation;

use super::super::Carried;
use super::failed;
use crate::{Ctx, Desk, Result};

/// Our clock may be ahead of the service's by so much.
const SKEW: SignedDuration = SignedDuration::from_mins(10);

/// How far the ID of a flaw is.
enum Stand {
    /// Nothing is left to be done; says why.
    Settled(Carried),
    /// The service was not asked yet.
    New(VulnerabilityId),
    /// The service was asked then, and what it answered is not known; somebody may have entered an
    /// ID by hand since.
    Asked(VulnerabilityId, Timestamp, Option<CveId>),
    /// The service answered, and the flaw does not have it.
    Answered(VulnerabilityId, CveId),
}

/// What our user has reserved and no flaw here has.
enum Lost {
    Nothing,
    Found(CveId),
    Ambiguous(usize),
    NotSeen(Carried),
}

pub(super) async fn carry(
    ctx: &Ctx,
    service: &CveServices,
    case: CaseId,
    ordinal: u32,
) -> Result<Carried> {
    let flaw = match stand(ctx, case, ordinal).await? {
        Stand::Settled(carried) => return Ok(carried),
        Stand::Answered(flaw, cve) => return give(ctx, case, flaw, cve).await,
        Stand::New(flaw) => flaw,
        Stand::Asked(flaw, since, has) => match (lost(ctx, service, since).await?, has) {
            (Lost::Nothing, Some(has)) => return Ok(nothing_to_reserve(&has)),
            (Lost::Nothing, None) => flaw,
            (Lost::Found(cve), _) => return settle(ctx, case, flaw, cve).await,
            (Lost::Ambiguous(n), _) => {
                return Ok(Carried::Never(format!(
                    "{n} IDs are reserved under our name that no vulnerability here has. Enter on the \
                     case the one that belongs to it."
                )));
            }
            (Lost::NotSeen(why), _) => return Ok(why),
        },
    };
    let year = TimeZone::UTC.to_datetime(ctx.site().clock.now()).year();
    match service.reserve(1, Batch::Sequential, year).await {
        Ok(reserved) => match reserved.ids.first().and_then(|first| first.id.parse().ok()) {
            Some(cve) => settle(ctx, case, flaw, cve).await,
            None => Ok(Carried::Later("CVE Services reserved nothing.".to_owned())),
        },
        Err(problem) => Ok(failed(problem)),
    }
}

/// Looks how far it is, and writes down that the service will be asked if it was not.
async fn stand(ctx: &Ctx, id: CaseId, ordinal: u32) -> Result<Stand> {
    ctx.write(move |desk| {
        let (_, case) = desk.case_for(id)?;
        let known = case.vulnerabilities.iter().find(|(_, flaw)| flaw.ordinal == ordinal);
        let Some((flaw, known)) = known.map(|(id, flaw)| (*id, flaw)) else {
            let gone = "There is no such vulnerability any more.".to_owned();
            return Ok(Stand::Settled(Carried::Never(gone)));
        };
        let reservation = desk.tx().cve_reservation(flaw)?;
        Ok(match (known.cve.clone(), reservation) {
            (Some(has), Some(CveReservation { cve: Some(cve), .. })) if has == cve => {
                Stand::Settled(Carried::Done(format!("{cve} is reserved.")))
            }
            (_, Some(CveReservation { cve: Some(cve), .. })) => Stand::Answered(flaw, cve),
            (has, Some(CveReservation { cve: None, asked_at, .. })) => {
                Stand::Asked(flaw, asked_at, has)
            }
            (Some(has), None) => Stand::Settled(nothing_to_reserve(&has)),
            (None, None) => {
                let now = desk.ctx().site().clock.now();
                desk.tx().ask_for_cve(id, flaw, now)?;
                Stand::New(flaw)
            }
        })
    })
    .await
}

async fn lost(ctx: &Ctx, service: &CveServices, since: Timestamp) -> Result<Lost> {
    let wanted = Wanted {
        state: Some(State::Reserved),
        year: None,
        reserved_after: Some(since.checked_sub(SKEW).unwrap_or(Timestamp::MIN)),
    };
    let found = match service.identifiers(&wanted).await {
        Ok(found) => found,
        Err(problem) => return Ok(Lost::NotSeen(failed(problem))),
    };
    let ours = found.into_iter().filter(|id| id.requested_by.as_deref() == Some(service.user()));
    let ours: Vec<String> = ours.map(|id| id.id).collect();
    ctx.read(move |desk| {
        let (known, stock) = (desk.tx().known_cves(&ours)?, desk.tx().cves_in_stock(&ours)?);
        let is_free = |id: &String| !known.contains_key(id) && !stock.contains(id);
        let free: Vec<_> = ours.into_iter().filter(is_free).collect();
        let awaited = usize::try_from(desk.tx().n_cves_awaited()?).unwrap_or(0);
        Ok(match free.first().and_then(|first| first.parse().ok()) {
            None => Lost::Nothing,
            Some(cve) if free.len() <= awaited => Lost::Found(cve),
            Some(_) => Lost::Ambiguous(free.len()),
        })
    })
    .await
}

/// Keeps the answer and gives the ID to its flaw, both or neither.
async fn settle(ctx: &Ctx, id: CaseId, flaw: VulnerabilityId, cve: CveId) -> Result<Carried> {
    ctx.write(move |desk| {
        if desk.tx().known_cves(&[cve.to_string()])?.contains_key(cve.as_ref()) {
            // Another node found it first, and ours is among what nobody has.
            return Ok(Carried::Later(format!("{cve} was given to another vulnerability.")));
        }
        let now = desk.ctx().site().clock.now();
        desk.tx().cve_answered(flaw, &cve, now)?;
        assign(desk, id, flaw, &cve)
    })
    .await
}

/// Gives a flaw the ID that was reserved for it.
async fn give(ctx: &Ctx, id: CaseId, flaw: VulnerabilityId, cve: CveId) -> Result<Carried> {
    ctx.write(move |desk| assign(desk, id, flaw, &cve)).await
}

fn assign(desk: &mut Desk<'_>, id: CaseId, flaw: VulnerabilityId, cve: &CveId) -> Result<Carried> {
    let (me, case) = desk.case_for(id)?;
    if let Some(other) = other_id(&case, flaw, cve) {
        return Ok(Carried::Never(format!(
            "{cve} was reserved for it, but it has {other}: reject the one that is not used."
        )));
    }
    let asked = desk.asked(id)?;
    match case.assign_cve(&me, flaw, cve.clone(), None, &asked) {
        Ok(events) => {
            desk.keep(&me, case, events)?;
            Ok(Carried::Done(format!("{cve} is reserved.")))
        }
        Err(no) => Ok(Carried::Never(format!("{cve} was reserved and is not used: {no}."))),
    }
}

fn nothing_to_reserve(has: &CveId) -> Carried {
    Carried::Done(format!("It has {has} already; nothing was reserved."))
}

fn other_id(case: &Case, flaw: VulnerabilityId, cve: &CveId) -> Option<CveId> {
    case.vulnerabilities.get(&flaw)?.cve.clone().filter(|has| has != cve)
}
