//! Taking a public note back (INV-16): its address stays, with the reason. As many people decide it as
//! decide to publish, and a new revision that is published in the usual way undoes it.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Note, Remains, Withdrawing};
use crate::access::{Me, StaffRole};
use crate::event::Event;
use crate::plan::{Asked, Decision, Plan};
use crate::{Case, Refusal, Text};

impl Case {
    /// Somebody with the right to wants the public note taken back. It happens at once if the policy
    /// asks for no second person; another proposal takes the place of one that waits.
    pub fn propose_withdrawal(
        &self,
        me: &Me,
        remains: Remains,
        reason: Text,
        asked: &Asked,
    ) -> Decision {
        let (by, role) = me.approves()?;
        let mut plan = self.work(me, asked)?;
        self.is_public()?;
        plan.push(Event::WithdrawalApproved { by, role, remains, reason });
        plan.withdraw_if_enough()?;
        plan.done()
    }

    /// Somebody else agrees that the public note is taken back, as it was proposed.
    pub fn agree_to_withdrawal(&self, me: &Me, asked: &Asked) -> Decision {
        let (by, role) = me.approves()?;
        let mut plan = self.work(me, asked)?;
        self.is_public()?;
        let waiting = self.note.withdrawing.as_ref().ok_or(Refusal::NothingToWithdraw)?;
        if waiting.approvals.contains_key(&by) {
            return Err(Refusal::ApprovedAlready);
        }
        let (remains, reason) = (waiting.remains, waiting.reason.clone());
        plan.push(Event::WithdrawalApproved { by, role, remains, reason });
        plan.withdraw_if_enough()?;
        plan.done()
    }

    fn is_public(&self) -> Result<(), Refusal> {
        match (self.note.published, &self.note.withdrawn) {
            (None, _) => Err(Refusal::NotPublished),
            (Some(_), Some(_)) => Err(Refusal::Withdrawn),
            (Some(_), None) => Ok(()),
        }
    }
}

impl Note {
    pub(super) fn apply_withdrawal(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::WithdrawalApproved { by, role, remains, reason } => {
                let new = || Withdrawing {
                    remains: *remains,
                    reason: reason.clone(),
                    approvals: BTreeMap::new(),
                };
                let known = self.withdrawing.take().filter(|known| known.reason == *reason);
                let mut known = known.unwrap_or_else(new);
                known.approvals.insert(*by, *role);
                self.withdrawing = Some(known);
            }
            Event::NoteWithdrawn { remains, reason } => {
                self.disapprove();
                self.withdrawing = None;
                self.withdrawn = Some((at, *remains, reason.clone()));
                self.revised_at.push(at);
            }
            _ => {}
        }
    }
}

impl Plan<'_> {
    fn withdraw_if_enough(&mut self) -> Result<(), Refusal> {
        let waiting = self.case.note.withdrawing.clone().ok_or(Refusal::NothingToWithdraw)?;
        let enough = usize::from(self.case.policy.publication.approvers.max(1));
        let lead = waiting.approvals.values().any(|role| *role == StaffRole::Lead);
        if lead && waiting.approvals.len() >= enough {
            let (remains, reason) = (waiting.remains, waiting.reason);
            self.push(Event::NoteWithdrawn { remains, reason });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
