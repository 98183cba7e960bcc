//! From report to decision.

use std::collections::BTreeSet;

use domain::case::{CaseKind, ClosingReason};
use domain::report::{Analysis, DeclineReason};
use domain::score::Vector;
use domain::ssvc::Selection;
use domain::{AccountId, CaseId, CaseNumber, ParticipantId, VulnerabilityId};

use crate::report::filled;
use crate::{Ctx, Desk, Error, Result, secret};

/// The reporter is told that the report is here.
pub async fn acknowledge(ctx: &Ctx, id: CaseId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.acknowledge_report(&me, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// An analyst writes down what came of looking into the report.
pub async fn analyse(ctx: &Ctx, id: CaseId, result: Analysis, notes: String) -> Result<()> {
    filled("notes", &notes)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let notes = desk.words(id, &notes)?;
        let asked = desk.asked(id)?;
        let events = case.analyse_report(&me, result, notes, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// A CVSS score is given.
pub async fn score(
    ctx: &Ctx,
    id: CaseId,
    vulnerability: Option<VulnerabilityId>,
    vector: Vector,
) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.record_score(&me, vulnerability, vector, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// An SSVC decision table was gone through.
pub async fn select(ctx: &Ctx, id: CaseId, selection: Selection) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.record_selection(&me, selection, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// Somebody is asked for more information.
pub async fn ask(ctx: &Ctx, id: CaseId, of: ParticipantId, question: String) -> Result<()> {
    filled("question", &question)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let text = desk.words(id, &question)?;
        let asked = desk.asked(id)?;
        let message = desk.ctx().fresh();
        let audience = domain::event::Audience::Private(of);
        let mut events = case.request_information(&me, of, text.clone(), &asked)?;
        events.extend(case.post_message(&me, message, audience, text, &asked)?);
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// The case is taken on: it gets its number, and the reporter is told.
pub async fn accept(ctx: &Ctx, id: CaseId, kind: CaseKind) -> Result<CaseNumber> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let (policy, asked) = (desk.tx().current_policy()?, desk.asked(id)?);
        let events = case.take_policy(&me, &policy, &asked)?;
        let case = desk.keep(&me, case, events)?;
        let number = match &case.number {
            Some(number) => number.clone(),
            None => draw_number(desk, &case.policy.prefix)?,
        };
        let mut events = case.acknowledge_report(&me, &asked)?;
        events.extend(case.accept_case(&me, number.clone(), kind, &asked)?);
        let case = desk.keep(&me, case, events)?;
        assign_to_actor(desk, &me, case)?;
        Ok(number)
    })
    .await
}

/// The case is not taken on, and the reporter is told why.
pub async fn decline(
    ctx: &Ctx,
    id: CaseId,
    reasons: BTreeSet<DeclineReason>,
    explanation: String,
) -> Result<()> {
    filled("explanation", &explanation)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let explanation = desk.words(id, &explanation)?;
        let asked = desk.asked(id)?;
        let mut events = case.acknowledge_report(&me, &asked)?;
        events.extend(case.decline_case(&me, reasons, explanation, &asked)?);
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// One analyst is responsible from now on.
pub async fn assign(ctx: &Ctx, id: CaseId, to: AccountId) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let account = desk.tx().account(to)?.filter(|account| account.staff.is_some());
        account.ok_or_else(|| Error::invalid("to", "Choose somebody of the team."))?;
        let asked = desk.asked(id)?;
        let events = case.assign_case(&me, to, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// The working title changes.
pub async fn rename(ctx: &Ctx, id: CaseId, title: String) -> Result<()> {
    filled("title", &title)?;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let title = desk.words(id, &title)?;
        let asked = desk.asked(id)?;
        let events = case.rename_case(&me, title, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// Work is over.
pub async fn close(ctx: &Ctx, id: CaseId, reason: ClosingReason) -> Result<()> {
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let asked = desk.asked(id)?;
        let events = case.close_case(&me, reason, &asked)?;
        desk.keep(&me, case, events).map(drop)
    })
    .await
}

/// Who takes a case on is responsible for it, unless somebody is already.
fn assign_to_actor(desk: &mut Desk<'_>, me: &domain::Me, case: domain::Case) -> Result<()> {
    let domain::Actor::Staff(account, _) = desk.ctx().actor() else { return Ok(()) };
    if case.assignee.is_some() {
        return Ok(());
    }
    let asked = desk.asked(case.id)?;
    let events = case.assign_case(me, account, &asked)?;
    desk.keep(me, case, events).map(drop)
}

/// A number nobody has, drawn at random so that it tells nothing.
pub(crate) fn draw_number(desk: &mut Desk<'_>, prefix: &str) -> Result<CaseNumber> {
    for _ in 0..100 {
        let chance: [u8; 4] = secret::random(desk.ctx().site());
        let digits = 100_000 + u32::from_le_bytes(chance) % 900_000;
        let number = CaseNumber::new(prefix, digits);
        if !desk.tx().number_taken(&number)? {
            return Ok(number);
        }
    }
    Err(Error::broken("no case number is free", "100 draws"))
}
