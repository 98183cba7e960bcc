//! What parties publish of their own: announced, out, or not to come.

use domain::case::ObservationKind;
use domain::{AdvisoryId, CaseId, Instant, ParticipantId, Timestamp};

use crate::{Ctx, Desk, Error, Result};

/// Longer addresses are nobody's.
const LONGEST_ADDRESS: usize = 2_000;

/// A party says when, and perhaps where, it will publish. The advisory is a new one where none is named.
pub async fn announce(
    ctx: &Ctx,
    id: CaseId,
    participant: ParticipantId,
    (advisory, expected): (Option<AdvisoryId>, Instant),
    address: String,
) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let address = match address.trim() {
            "" => None,
            address => Some(kept(desk, id, address)?),
        };
        let advisory = advisory.unwrap_or_else(|| desk.ctx().fresh());
        let asked = desk.asked(id)?;
        let told = (advisory, expected, address);
        let events = case.announce_advisory(&me, participant, told, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// A party has published: now, where no moment is named. While the matter is not known to be public
/// the team is asked to look, since that ends the embargo (E9).
pub async fn record(
    ctx: &Ctx,
    id: CaseId,
    participant: ParticipantId,
    (advisory, published_at): (Option<AdvisoryId>, Option<Timestamp>),
    address: String,
) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let address = kept(desk, id, address.trim())?;
        let asked = desk.asked(id)?;
        let published_at = published_at.unwrap_or(asked.now);
        if published_at > asked.now {
            let hint =
                "This lies ahead: choose that it is announced, or give the time it went out.";
            return Err(Error::invalid("advisory_at", hint));
        }
        let advisory = advisory.unwrap_or_else(|| desk.ctx().fresh());
        let told = (advisory, address.clone(), published_at);
        let mut events = case.record_advisory(&me, participant, told, &asked)?;
        if !case.pxa.public {
            let seen = (published_at, address);
            let observation = desk.ctx().fresh();
            let kind = ObservationKind::PublicAware;
            events.extend(case.claim_observation(&me, observation, kind, seen, &asked)?);
        }
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// It will not come, or was written down by mistake.
pub async fn forget(
    ctx: &Ctx,
    id: CaseId,
    participant: ParticipantId,
    advisory: AdvisoryId,
) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.drop_advisory(&me, participant, advisory, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// An address on the web, kept and sealed.
fn kept(desk: &mut Desk<'_>, case: CaseId, address: &str) -> Result<domain::Text> {
    let web = address.starts_with("https://") || address.starts_with("http://");
    let plain = !address.chars().any(|letter| letter.is_whitespace() || letter.is_control());
    if !web || !plain || address.len() > LONGEST_ADDRESS {
        let hint = "Please give an address on the web, like https://example.com/advisory.";
        return Err(Error::invalid("advisory_address", hint));
    }
    desk.words(case, address)
}
