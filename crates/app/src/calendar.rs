//! The ends of embargoes as a calendar to subscribe to, at an address that is a secret: for
//! somebody of the team with the cases they may see, for one who takes part in a case with that
//! case. An entry says the number of a case and an instant, and nothing else (E24).

use domain::embargo::{CalendarEntry, CalendarStanding};
use domain::{AccountId, Actor, Case, CaseNumber, ParticipantId, StaffRole, Timestamp, admit};
use formats::icalendar::{EmbargoEnd, Standing, publish};
use jiff::SignedDuration;
use sha2::{Digest, Sha256};
use store::{CalendarOwner, Sight};

use crate::session::Person;
use crate::{Ctx, Desk, Error, Result, Site, secret};

/// How long an entry stays in the calendar after its last change, once it is over.
const KEPT: SignedDuration = SignedDuration::from_hours(90 * 24);

/// How many cases are looked at: a calendar with more is read by nobody.
const MOST: u32 = 500;

/// Entries count their changes in seconds since this instant, 2020-01-01: the count goes up with
/// each change, and does not tell how many there were.
const BEGINNING: i64 = 1_577_836_800;

/// A new address for the own calendar, in place of the one before. It is shown this once. Who
/// sees no case has no calendar.
pub async fn make_own(ctx: &Ctx, me: &Person) -> Result<String> {
    sight(me.account, me.staff)?;
    make(ctx, CalendarOwner::Account(me.account)).await
}

/// The address of the own calendar is worthless from now on.
pub async fn revoke_own(ctx: &Ctx, me: &Person) -> Result<()> {
    let owner = CalendarOwner::Account(me.account);
    ctx.write(move |desk| Ok(desk.tx().revoke_calendar(owner)?)).await
}

/// Since when somebody has an address for their calendar.
pub async fn own_since(ctx: &Ctx, me: &Person) -> Result<Option<Timestamp>> {
    let owner = CalendarOwner::Account(me.account);
    ctx.read(move |desk| Ok(desk.tx().calendar_made_at(owner)?)).await
}

/// A new address for the calendar of one who takes part in a case.
pub async fn make_for_party(ctx: &Ctx) -> Result<String> {
    let owner = party(ctx)?;
    make(ctx, owner).await
}

/// The address of a party's calendar is worthless from now on.
pub async fn revoke_for_party(ctx: &Ctx) -> Result<()> {
    let owner = party(ctx)?;
    ctx.write(move |desk| Ok(desk.tx().revoke_calendar(owner)?)).await
}

/// Since when a party has an address for its calendar.
pub async fn party_since(ctx: &Ctx) -> Result<Option<Timestamp>> {
    let owner = party(ctx)?;
    ctx.read(move |desk| Ok(desk.tx().calendar_made_at(owner)?)).await
}

fn party(ctx: &Ctx) -> Result<CalendarOwner> {
    match ctx.actor() {
        Actor::Bearer(case, participant) => Ok(CalendarOwner::Participant(case, participant)),
        Actor::Anyone
        | Actor::Staff(..)
        | Actor::Member(..)
        | Actor::Receipt(_)
        | Actor::Server => Err(Error::NotFound),
    }
}

async fn make(ctx: &Ctx, owner: CalendarOwner) -> Result<String> {
    let link = secret::link(ctx.site());
    let hash = link.hash;
    ctx.write(move |desk| {
        if let CalendarOwner::Participant(case, _) = owner {
            desk.case_for(case)?;
        }
        let now = desk.ctx().now();
        Ok(desk.tx().keep_calendar(hash, owner, now)?)
    })
    .await?;
    Ok(format!("{}/calendar/{}.ics", ctx.site().settings.base_url, link.secret))
}

/// The calendar at an address.
pub async fn read(site: &Site, secret: &str) -> Result<Vec<u8>> {
    let hash = secret::hash_of_link(secret);
    let ctx = site.ctx(Actor::Anyone, domain::journal::Via::Web);
    ctx.read(move |desk| {
        let owner = desk.tx().calendar(&hash)?.ok_or(Error::NotFound)?;
        let (actor, cases) = match owner {
            CalendarOwner::Account(account) => of_account(desk, account)?,
            CalendarOwner::Participant(case, participant) => {
                let found = desk.tx().case(case)?.ok_or(Error::NotFound)?.0;
                of_party(found, participant)?
            }
        };
        Ok(written(desk, actor, &cases))
    })
    .await
}

/// What somebody of the team may see, if they still are.
fn of_account(desk: &mut Desk<'_>, id: AccountId) -> Result<(Actor, Vec<Case>)> {
    let account = desk.tx().account(id)?.filter(|account| account.disabled_at.is_none());
    let role = account.and_then(|account| account.staff).ok_or(Error::NotFound)?;
    let sight = sight(id, Some(role))?;
    let since = desk.ctx().now().checked_sub(KEPT).unwrap_or(Timestamp::MIN);
    Ok((Actor::Staff(id, role), desk.tx().cases_of_calendar(sight, since, MOST)?))
}

fn sight(account: AccountId, role: Option<StaffRole>) -> Result<Sight> {
    match role {
        Some(StaffRole::Lead | StaffRole::Auditor) => Ok(Sight::Everything),
        Some(StaffRole::Analyst) => Ok(Sight::OwnAndUnassigned(account)),
        Some(StaffRole::Administrator) | None => Err(Error::NotFound),
    }
}

/// To one who does not take part any more, the address is as if it had never been.
fn of_party(case: Case, participant: ParticipantId) -> Result<(Actor, Vec<Case>)> {
    let actor = Actor::Bearer(case.id, participant);
    admit(actor, &case).ok_or(Error::NotFound)?;
    Ok((actor, vec![case]))
}

fn written(desk: &Desk<'_>, actor: Actor, cases: &[Case]) -> Vec<u8> {
    let site = desk.ctx().site();
    let entry = |case: &Case| {
        let (number, entry) = admit(actor, case)?.calendar_entry(case)?;
        is_kept(&entry, desk.ctx().now()).then(|| end(site, case, number, &entry))
    };
    let mut entries: Vec<_> = cases.iter().filter_map(entry).collect();
    entries.sort_by(|one, other| (one.ends_at, &one.uid).cmp(&(other.ends_at, &other.uid)));
    publish(&format!("{}: embargoes", site.settings.site_name), &entries)
}

fn is_kept(entry: &CalendarEntry, now: Timestamp) -> bool {
    let last = entry.changed_at.max(entry.ends_at);
    last.checked_add(KEPT).is_ok_and(|until| until > now)
}

fn end(site: &Site, case: &Case, number: CaseNumber, entry: &CalendarEntry) -> EmbargoEnd {
    let changed = entry.changed_at.as_second();
    EmbargoEnd {
        uid: uid(site, case),
        sequence: u32::try_from(changed - BEGINNING).unwrap_or(0),
        number,
        ends_at: entry.ends_at,
        changed_at: entry.changed_at,
        standing: match entry.standing {
            CalendarStanding::Agreed => Standing::Agreed,
            CalendarStanding::CalledOff => Standing::CalledOff,
        },
    }
}

/// What the entry of a case is known by for good. It is made of the case's id, which tells when
/// the case came, so that the id cannot be read from it.
fn uid(site: &Site, case: &Case) -> String {
    let mut hasher = Sha256::new();
    hasher.update(site.pepper.as_slice());
    hasher.update("the end of an embargo");
    hasher.update(uuid::Uuid::from(case.id).as_bytes());
    let digest = domain::journal::hex(&hasher.finalize());
    let host = site.settings.base_url.split("://").nth(1).unwrap_or_default();
    format!("{}@{host}", digest.get(..32).unwrap_or_default())
}
