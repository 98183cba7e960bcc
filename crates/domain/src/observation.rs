//! What was seen out there: claimed by anybody in the case, adopted or not by the coordinator,
//! and only then with consequences (E9).

use jiff::Timestamp;

use crate::access::Me;
use crate::case::{ObservationKind, Verdict};
use crate::cs::Vfd;
use crate::embargo::EndCause;
use crate::event::{Basis, Event};
use crate::plan::{Asked, Decision, Plan};
use crate::{Case, ObservationId, Refusal, Rule, Text};

/// What becomes of the embargo when attacks were seen: the model says it should end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterAttacks {
    /// It ends.
    End,
    /// It goes on, for a reason that is kept.
    Keep,
}

impl Case {
    /// Somebody says that something happened out there (S58, S109).
    pub fn claim_observation(
        &self,
        me: &Me,
        observation: ObservationId,
        observed: ObservationKind,
        (observed_at, evidence): (Timestamp, Text),
        asked: &Asked,
    ) -> Decision {
        me.writes()?;
        let mut plan = Plan::new(self, me, asked);
        if self.observations.contains_key(&observation) {
            // The same claim again changes nothing (I27).
            return plan.done();
        }
        let by = me.participant();
        let observed_at = observed_at.min(asked.now);
        plan.push(Event::ObservationClaimed { observation, observed, by, observed_at, evidence });
        plan.done()
    }

    /// The coordinator holds it to be true. What is public ends the embargo at once, attacks
    /// end it unless there is a reason to keep it (E9). Written down before anything is torn
    /// down (C-14).
    pub fn adopt_observation(
        &self,
        me: &Me,
        observation: ObservationId,
        after_attacks: AfterAttacks,
        asked: &Asked,
    ) -> Decision {
        me.works()?;
        let seen = self.observations.get(&observation).ok_or(Refusal::NothingClaimed)?;
        if seen.verdict != Verdict::Claimed {
            return Err(Refusal::NothingClaimed);
        }
        let (kind, since) = (seen.kind, seen.observed_at);
        let mut plan = Plan::new(self, me, asked);
        plan.push(Event::ObservationAdopted { observation });
        match kind {
            ObservationKind::PublicAware => {
                plan.becomes_public(since, Basis::Seen);
                plan.tear_down(EndCause::Public);
            }
            ObservationKind::ExploitPublic => {
                if !plan.case.pxa.exploit {
                    plan.push(Event::ExploitPublic { since });
                }
                plan.becomes_public(since, Basis::Inferred);
                plan.tear_down(EndCause::Exploit);
            }
            ObservationKind::AttacksObserved => {
                if !plan.case.pxa.attacks {
                    plan.push(Event::AttacksObserved { since });
                }
                plan.answer_attacks(after_attacks)?;
            }
            ObservationKind::IndependentDiscovery | ObservationKind::Leak => {}
        }
        plan.done()
    }

    /// The coordinator does not hold it to be true.
    pub fn reject_observation(
        &self,
        me: &Me,
        observation: ObservationId,
        asked: &Asked,
    ) -> Decision {
        me.works()?;
        let seen = self.observations.get(&observation).ok_or(Refusal::NothingClaimed)?;
        if seen.verdict != Verdict::Claimed {
            return Err(Refusal::NothingClaimed);
        }
        let mut plan = Plan::new(self, me, asked);
        plan.push(Event::ObservationRejected { observation });
        plan.done()
    }
}

impl Plan<'_> {
    /// The public knows, and with it every vendor at least as much (I13).
    pub(crate) fn becomes_public(&mut self, since: Timestamp, basis: Basis) {
        if !self.case.pxa.public {
            self.push(Event::PublicAware { since, basis });
        }
        let unaware = |them: &&crate::participant::Participant| them.vfd == Vfd::Unaware;
        let vendors: Vec<_> = self.case.vendors().filter(unaware).map(|them| them.id).collect();
        for participant in vendors {
            self.push(Event::VendorAware { participant, basis: Basis::Inferred });
        }
    }

    fn answer_attacks(&mut self, after: AfterAttacks) -> Result<(), Refusal> {
        if self.case.embargo.terms.is_none() {
            self.tear_down(EndCause::Attacks);
            return Ok(());
        }
        match after {
            AfterAttacks::End => {
                self.tear_down(EndCause::Attacks);
                Ok(())
            }
            AfterAttacks::Keep => {
                self.needs_reason(Rule::AttacksEndEmbargo)?;
                self.clear_the_table();
                Ok(())
            }
        }
    }
}
