//! A vendor says how its products stand: of one of them, or of many at once with its statement, as a
//! document of it does.

use crate::access::Me;
use crate::event::{Event, StatementAudience};
use crate::participant::{Said, Wording};
use crate::plan::{Asked, Decision, Plan};
use crate::rm::RmStep;
use crate::status::ProductStatus;
use crate::{Case, ParticipantId, ProductId, Refusal, VulnerabilityId};

/// A flaw, and one of the vendor's products or all of them.
type Subject = (VulnerabilityId, Option<ProductId>);

/// A statement, and who may read it before the note.
type Stated = (Wording, StatementAudience);

impl Case {
    /// A vendor says whether a product is affected by a flaw (S74).
    pub fn set_status(
        &self,
        me: &Me,
        participant: ParticipantId,
        subject: Subject,
        said: impl Into<Said>,
        asked: &Asked,
    ) -> Decision {
        self.take_answers(me, participant, (vec![(subject, said.into())], None), asked)
    }

    /// A vendor says at once what a document of it says: how its products stand, and its statement
    /// (S74, S91). All of it happens, or nothing.
    pub fn take_answers(
        &self,
        me: &Me,
        participant: ParticipantId,
        (lines, statement): (Vec<(Subject, Said)>, Option<Stated>),
        asked: &Asked,
    ) -> Decision {
        me.speaks_for(participant)?;
        let mut plan = Plan::new(self, me, asked);
        plan.may_answer_for_products(me, participant)?;
        if lines.iter().any(|((flaw, _), _)| !self.vulnerabilities.contains_key(flaw)) {
            return Err(Refusal::NoSuchVulnerability);
        }
        plan.hear(me, participant);
        let fixed = lines.iter().any(|(_, said)| said.status == ProductStatus::Fixed);
        if fixed {
            plan.walk(participant, &[RmStep::Validate, RmStep::Accept]);
            plan.has_accepted(participant)?;
        }
        for ((vulnerability, product), Said { status, versions }) in lines {
            plan.push(Event::StatusSet { participant, vulnerability, product, status, versions });
        }
        if fixed && plan.case.participant(participant).is_some_and(super::all_fixed) {
            plan.fix_ready(participant)?;
        }
        if let Some((wording, audience)) = statement {
            plan.push(Event::StatementProvided { participant, wording, audience });
        }
        plan.done()
    }
}
