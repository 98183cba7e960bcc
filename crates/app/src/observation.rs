//! What was seen out there.

use domain::case::ObservationKind;
use domain::observation::AfterAttacks;
use domain::{CaseId, ObservationId, Timestamp};

use crate::report::filled;
use crate::{Ctx, Result};

/// Somebody says that something happened out there.
pub async fn claim(
    ctx: &Ctx,
    id: CaseId,
    kind: ObservationKind,
    observed_at: Timestamp,
    evidence: String,
) -> Result<()> {
    filled("evidence", &evidence)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let evidence = desk.words(id, &evidence)?;
        let asked = desk.asked(id)?;
        let observation = desk.ctx().fresh();
        let seen = (observed_at, evidence);
        let events = case.claim_observation(&me, observation, kind, seen, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// The coordinator holds it to be true, with all that follows.
pub async fn adopt(
    ctx: &Ctx,
    id: CaseId,
    observation: ObservationId,
    after: AfterAttacks,
) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.adopt_observation(&me, observation, after, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// The coordinator does not hold it to be true.
pub async fn reject(ctx: &Ctx, id: CaseId, observation: ObservationId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.reject_observation(&me, observation, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}
