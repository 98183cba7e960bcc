//! Who was asked whether it keeps the embargo, and let the time to answer pass? Silence is never
//! taken for a yes. Where the policy says so it counts as a no, which a later yes undoes (E12,
//! "pocket veto" in Vultron ADR-0048).

use jiff::Timestamp;

use crate::access::Me;
use crate::participant::Participant;
use crate::pec::{Pec, PecStep};
use crate::plan::{Asked, Decision, Plan};
use crate::policy::Silence;
use crate::{Case, ParticipantId};

impl Case {
    /// Those whose silence counts as a no by now: asked to keep the terms in force, and without an
    /// answer for as long as the policy gives.
    pub fn silent_on_embargo(&self, now: Timestamp) -> Vec<ParticipantId> {
        if self.policy.embargo.silence == Silence::Waits || self.closed.is_some() {
            return vec![];
        }
        let engaged = self.engaged().filter(|them| them.pec == Pec::Invited);
        engaged.filter(|them| self.answer_was_due(them, now)).map(|them| them.id).collect()
    }

    /// The silence of these participants is written down as a no. Only the server does so, and it
    /// declines for nobody otherwise, so the journal tells this no from one that was said.
    pub fn count_silence(&self, me: &Me, asked: &Asked) -> Decision {
        me.is_server()?;
        let mut plan = Plan::new(self, me, asked);
        for participant in self.silent_on_embargo(asked.now) {
            plan.consent(participant, PecStep::Decline);
        }
        plan.done()
    }

    /// The time runs from when the terms came into force, or from the last letter that asked them.
    fn answer_was_due(&self, them: &Participant, now: Timestamp) -> bool {
        let Some(terms) = &self.embargo.terms else { return false };
        let policy = self.policy.embargo;
        let asked = them.attempts.last().map_or(terms.since, |last| last.at.max(terms.since));
        policy.answer_within.after(asked).max(policy.answer_floor.after(asked)) <= now
    }
}

#[cfg(test)]
mod tests;
