//! The parties agree on an instant.

use domain::embargo::{EndCause, ProposalReason};
use domain::event::Answer;
use domain::{CaseId, Instant, ParticipantId, ProposalId};

use crate::{Ctx, Result};

/// The actor proposes another instant.
pub async fn propose(
    ctx: &Ctx,
    id: CaseId,
    end: Instant,
    reason: ProposalReason,
) -> Result<ProposalId> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let proposal = desk.ctx().fresh();
        let events = case.propose_embargo(&me, proposal, end, reason, &asked)?;
        desk.keep(&me, case, events)?;
        Ok(proposal)
    })
    .await
}

/// The actor says what it thinks of an instant on the table.
pub async fn answer_proposal(
    ctx: &Ctx,
    id: CaseId,
    proposal: ProposalId,
    answer: Answer,
) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.answer_proposal(&me, proposal, answer, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// The coordinator takes an instant that is on the table.
pub async fn accept(ctx: &Ctx, id: CaseId, proposal: ProposalId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.accept_proposal(&me, proposal, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// The coordinator turns an instant down.
pub async fn reject(ctx: &Ctx, id: CaseId, proposal: ProposalId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.reject_proposal(&me, proposal, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// Who named an instant takes it back.
pub async fn withdraw(ctx: &Ctx, id: CaseId, proposal: ProposalId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.withdraw_proposal(&me, proposal, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// A participant says whether it keeps the embargo in force.
pub async fn answer(
    ctx: &Ctx,
    id: CaseId,
    participant: ParticipantId,
    answer: Answer,
) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.answer_embargo(&me, participant, answer, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// The coordinator ends the embargo before its time.
pub async fn end(ctx: &Ctx, id: CaseId, cause: EndCause) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.end_embargo(&me, cause, &asked)?;
        desk.proved_lately()?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}
