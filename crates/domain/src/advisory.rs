//! What a party publishes of its own: announced, then out, with the address where it is read (S83).

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::Me;
use crate::event::Event;
use crate::plan::{Asked, Decision, Plan};
use crate::{AdvisoryId, Case, Instant, ParticipantId, Refusal, Text};

/// What a party publishes of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advisory {
    /// The advisory.
    pub id: AdvisoryId,
    /// When it was said to go out; absent if it was not announced.
    pub expected: Option<Instant>,
    /// Where it is read, or will be; absent if nobody told yet.
    pub address: Option<Text>,
    /// When it went out.
    pub published_at: Option<Timestamp>,
}

impl Case {
    /// A party says when, and perhaps where, it will publish, or says so anew.
    pub fn announce_advisory(
        &self,
        me: &Me,
        participant: ParticipantId,
        (advisory, expected, address): (AdvisoryId, Instant, Option<Text>),
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.advises(me, participant, asked)?;
        if expected.at <= asked.now {
            return Err(Refusal::DateHasPassed);
        }
        if self.advisory(participant, advisory).is_some_and(|known| known.published_at.is_some()) {
            return Err(Refusal::AlreadyPublished);
        }
        plan.push(Event::AdvisoryAnnounced { participant, advisory, expected, address });
        plan.done()
    }

    /// A party has published. That the public knows by it is for the coordinator to find (E9).
    pub fn record_advisory(
        &self,
        me: &Me,
        participant: ParticipantId,
        (advisory, address, published_at): (AdvisoryId, Text, Timestamp),
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.advises(me, participant, asked)?;
        let published_at = published_at.min(asked.now);
        plan.push(Event::AdvisoryPublished { participant, advisory, address, published_at });
        plan.done()
    }

    /// What was written down of an advisory was wrong, or it will not come.
    pub fn drop_advisory(
        &self,
        me: &Me,
        participant: ParticipantId,
        advisory: AdvisoryId,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.advises(me, participant, asked)?;
        self.advisory(participant, advisory).ok_or(Refusal::NoSuchAdvisory)?;
        plan.push(Event::AdvisoryDropped { participant, advisory });
        plan.done()
    }

    /// An advisory of a participant.
    pub fn advisory(&self, of: ParticipantId, advisory: AdvisoryId) -> Option<&Advisory> {
        let them = self.participant(of)?;
        them.advisories.iter().find(|known| known.id == advisory)
    }

    /// Nobody may be kept from publishing (S12): whoever takes part says so of themselves, and the
    /// team of everyone else. Our own publication is the note.
    fn advises<'a>(
        &self,
        me: &'a Me,
        participant: ParticipantId,
        asked: &'a Asked,
    ) -> Result<Plan<'a>, Refusal> {
        me.speaks_for(participant)?;
        if participant == self.coordinator {
            return Err(Refusal::NotYours);
        }
        let mut plan = Plan::new(self, me, asked);
        plan.engaged(participant)?;
        plan.hear(me, participant);
        Ok(plan)
    }

    pub(crate) fn apply_advisory(&mut self, event: &Event) {
        match event {
            Event::AdvisoryAnnounced { participant, advisory, expected, address } => {
                self.with(*participant, |them| {
                    let kept = them.advisory_or_new(*advisory);
                    kept.expected = Some(expected.clone());
                    kept.address.clone_from(address);
                });
            }
            Event::AdvisoryPublished { participant, advisory, address, published_at } => {
                self.with(*participant, |them| {
                    let kept = them.advisory_or_new(*advisory);
                    kept.address = Some(address.clone());
                    kept.published_at = Some(*published_at);
                });
            }
            Event::AdvisoryDropped { participant, advisory } => {
                self.with(*participant, |them| {
                    them.advisories.retain(|known| known.id != *advisory);
                });
            }
            _ => {}
        }
    }
}

impl crate::participant::Participant {
    fn advisory_or_new(&mut self, id: AdvisoryId) -> &mut Advisory {
        let place = self.advisories.iter().position(|known| known.id == id);
        let place = place.unwrap_or_else(|| {
            self.advisories.push(Advisory {
                id,
                expected: None,
                address: None,
                published_at: None,
            });
            self.advisories.len() - 1
        });
        &mut self.advisories[place]
    }
}

#[cfg(test)]
mod tests;
