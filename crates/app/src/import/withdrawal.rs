//! Taking a public note back that has no case (INV-16): decided like the withdrawal of a case's note,
//! kept beside what is known of the note's file, and told by the same channels. Nobody takes part in
//! such a note, so no letter is written.

use std::collections::BTreeMap;

use domain::note::imported_withdrawal::{Choice, Decided, Proposal, may_return};
use domain::{AccountId, Actor, CaseNumber, Published, StaffRole};

use crate::report::filled;
use crate::{Ctx, Desk, Error, Result, artefact, channel, records};

/// A note without a case, and what was decided about it.
#[derive(Debug, Clone)]
pub struct Told {
    /// The note, as everyone reads it.
    pub note: Published,
    /// What waits for others.
    pub waiting: Option<Proposal>,
    /// How many have to decide so.
    pub approvers: u8,
    /// Whether its file may bring it back.
    pub may_return: bool,
    /// Every decision, oldest first.
    pub decided: Vec<Decided>,
    /// The names of those who decided.
    pub names: BTreeMap<AccountId, String>,
}

/// A note without a case, for those who decide about notes.
pub async fn look(ctx: &Ctx, number: CaseNumber) -> Result<Told> {
    ctx.read(move |desk| {
        decider(desk)?;
        let (note, decided) = imported(desk, &number)?;
        let waiting = Proposal::of(&decided).filter(|_| note.withdrawn().is_none());
        let approvers = desk.tx().current_policy()?.publication.approvers;
        let accounts = desk.tx().accounts()?.into_iter();
        let names = accounts.map(|account| (account.id, account.name)).collect();
        Ok(Told { may_return: may_return(&decided), note, waiting, approvers, decided, names })
    })
    .await
}

/// The actor decides about a note without a case. When enough people want it taken back, the notice is
/// in its place in the same transaction.
pub async fn decide(ctx: &Ctx, number: CaseNumber, choice: Choice) -> Result<()> {
    if let Choice::Withdraw { reason, .. } = &choice {
        filled("reason", reason)?;
    }
    ctx.write(move |desk| {
        let (by, role) = decider(desk)?;
        let (note, before) = imported(desk, &number)?;
        let new = Decided { by, role, at: desk.ctx().now(), choice };
        let approvers = desk.tx().current_policy()?.publication.approvers;
        let told = note.decide(&before, &new, approvers)?;
        // Leaving it public is the brake: it asks for no fresh proof.
        if new.choice != Choice::Leave {
            desk.proved_lately()?;
        }
        let n = u32::try_from(before.len()).unwrap_or(u32::MAX).saturating_add(1);
        desk.tx().keep_import_decision(&number.slug(), n, &new)?;
        let Some(notice) = told.and_then(|told| note.with_notice(told)) else { return Ok(()) };
        let (signer, settings) = (desk.signer()?, desk.ctx().site().settings.clone());
        let files = artefact::artefacts(&notice, &settings, signer.as_ref())?;
        desk.tx().withdraw_imported(&notice, &files)?;
        records::let_go(desk, &notice)?;
        channel::announce(desk, None, &notice)
    })
    .await
}

/// Asserts that the actor is one of those who decide about notes.
fn decider(desk: &Desk<'_>) -> Result<(AccountId, StaffRole)> {
    match desk.ctx().actor() {
        Actor::Staff(me, role @ (StaffRole::Analyst | StaffRole::Lead)) => Ok((me, role)),
        _ => Err(Error::NotFound),
    }
}

/// A note without a case, and what was decided about it. Of a number that a case has nothing is told.
fn imported(desk: &mut Desk<'_>, number: &CaseNumber) -> Result<(Published, Vec<Decided>)> {
    let slug = number.slug();
    let decided = desk.tx().import_decisions(&slug)?.ok_or(Error::NotFound)?;
    let note = desk.tx().public().note(&slug)?.ok_or(Error::NotFound)?;
    Ok((note, decided))
}
