//! What goes on inside a case: flaws described, words exchanged, files sent, disputes held.

use crate::access::Me;
use crate::case::Conflict;
use crate::event::{Audience, Event};
use crate::plan::{Asked, Decision, Plan};
use crate::{
    AttachmentId, Case, DisputeId, MessageId, ParticipantId, Refusal, Text, VulnerabilityId,
};

/// A file that came, as far as the journal tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The file.
    pub id: AttachmentId,
    /// Its name.
    pub name: Text,
    /// The SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: u64,
}

impl Case {
    /// The case is about one more flaw. What a report speaks of comes without a description:
    /// the reporter's words are not for others to read (S7).
    pub fn add_vulnerability(
        &self,
        me: &Me,
        vulnerability: VulnerabilityId,
        description: Option<Text>,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        if self.vulnerabilities.contains_key(&vulnerability) {
            return Err(Refusal::AlreadyThere);
        }
        plan.push(Event::VulnerabilityAdded { vulnerability, description });
        // What was approved did not speak of it.
        plan.hold_if_approved();
        plan.done()
    }

    /// An analyst writes what a flaw is, in the words that parties and the public will read.
    pub fn describe_vulnerability(
        &self,
        me: &Me,
        vulnerability: VulnerabilityId,
        description: Text,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        let flaw = self.vulnerabilities.get(&vulnerability).ok_or(Refusal::NoSuchVulnerability)?;
        if flaw.description() != Some(&description) {
            plan.push(Event::VulnerabilityDescribed { vulnerability, description });
            // What was approved said it otherwise.
            plan.hold_if_approved();
        }
        plan.done()
    }

    /// Whether others may be told what the flaws are: an analyst has described each of them.
    pub(crate) fn is_described(&self) -> Result<(), Refusal> {
        let described = self.vulnerabilities.values().all(|flaw| flaw.description().is_some());
        if described { Ok(()) } else { Err(Refusal::DescribeFirst) }
    }

    /// A flaw's weakness class; none takes it back.
    pub fn set_weakness(
        &self,
        me: &Me,
        vulnerability: VulnerabilityId,
        cwe: Option<u32>,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        let flaw = self.vulnerabilities.get(&vulnerability).ok_or(Refusal::NoSuchVulnerability)?;
        if flaw.cwe != cwe {
            plan.push(Event::WeaknessSet { vulnerability, cwe });
        }
        plan.done()
    }

    /// Somebody writes to others in the case. A party writes to the team alone, or to everyone
    /// once it keeps the embargo; the team writes to whom it chooses.
    pub fn post_message(
        &self,
        me: &Me,
        message: MessageId,
        audience: Audience,
        text: Text,
        asked: &Asked,
    ) -> Decision {
        me.writes()?;
        let audience = self.audience_for(me, audience)?;
        let mut plan = Plan::new(self, me, asked);
        if self.messages.iter().any(|known| known.id == message) {
            // The same message again changes nothing (I27).
            return plan.done();
        }
        plan.push(Event::MessagePosted { message, by: me.participant(), audience, text });
        plan.done()
    }

    /// A file comes; its bytes are kept elsewhere.
    pub fn attach(&self, me: &Me, file: File, audience: Audience, asked: &Asked) -> Decision {
        me.writes()?;
        let audience = self.audience_for(me, audience)?;
        let mut plan = Plan::new(self, me, asked);
        if self.attachments.contains_key(&file.id) {
            return plan.done();
        }
        let File { id: attachment, name, sha256, bytes } = file;
        let by = me.participant();
        plan.push(Event::AttachmentAdded { attachment, by, audience, name, sha256, bytes });
        plan.done()
    }

    /// Somebody disagrees (S73).
    pub fn open_dispute(
        &self,
        me: &Me,
        dispute: DisputeId,
        about: Conflict,
        position: Text,
        asked: &Asked,
    ) -> Decision {
        me.writes()?;
        let mut plan = Plan::new(self, me, asked);
        if self.disputes.contains_key(&dispute) {
            return plan.done();
        }
        plan.push(Event::DisputeOpened { dispute, by: me.acts_as(self), about, position });
        plan.done()
    }

    /// Somebody puts their side of a disagreement.
    pub fn state_position(
        &self,
        me: &Me,
        dispute: DisputeId,
        position: Text,
        asked: &Asked,
    ) -> Decision {
        me.writes()?;
        self.open(dispute)?;
        let mut plan = Plan::new(self, me, asked);
        plan.push(Event::PositionStated { dispute, by: me.participant(), position });
        plan.done()
    }

    /// The coordinator closes a disagreement with a neutral finding (S72).
    pub fn resolve_dispute(
        &self,
        me: &Me,
        dispute: DisputeId,
        finding: Text,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        self.open(dispute)?;
        plan.push(Event::DisputeResolved { dispute, finding });
        plan.done()
    }

    fn open(&self, dispute: DisputeId) -> Result<(), Refusal> {
        let open = self.disputes.get(&dispute).is_some_and(|known| known.finding.is_none());
        if open { Ok(()) } else { Err(Refusal::NoSuchDispute) }
    }

    /// The audience somebody may write to: nobody widens it beyond what they share.
    fn audience_for(&self, me: &Me, audience: Audience) -> Result<Audience, Refusal> {
        let Some(participant) = me.participant() else {
            return self.known(&audience).map(|()| audience);
        };
        let gate =
            self.participant(participant).is_some_and(|us| us.may_receive_content(self.embargo.em));
        match audience {
            Audience::Everyone if gate => Ok(Audience::Everyone),
            Audience::Everyone => Err(Refusal::AgreeFirst),
            Audience::Team | Audience::Private(_) => Ok(Audience::Private(participant)),
            Audience::Some(_) => Err(Refusal::NotYours),
        }
    }

    fn known(&self, audience: &Audience) -> Result<(), Refusal> {
        let there = |id: &ParticipantId| self.participants.contains_key(id);
        let fine = match audience {
            Audience::Team | Audience::Everyone => true,
            Audience::Private(participant) => there(participant),
            Audience::Some(participants) => participants.iter().all(there),
        };
        if fine { Ok(()) } else { Err(Refusal::NoSuchParticipant) }
    }
}

#[cfg(test)]
mod tests;
