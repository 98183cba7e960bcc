//! Finding, telling and hearing vendors and others who take part.

use std::collections::BTreeSet;

use crate::access::Me;
use crate::case::{CaseKind, Party, Role, Visibility};
use crate::cs::Vfd;
use crate::event::{Basis, Channel, Event, StatementAudience};
use crate::participant::{Participant, Wording};
use crate::pec::{Pec, PecStep};
use crate::plan::{Asked, Decision, Plan};
use crate::policy::{ClockBasis, VendorNaming};
use crate::rm::{Rm, RmStep};
use crate::status::{Answers, Delivery, IsAddressed, IsReal, ProductStatus};
use crate::{
    Case, ContactId, Instant, LetterId, ParticipantId, ProposalId, Refusal, Text, VulnerabilityId,
};

mod answering;

/// An attempt to reach a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approach {
    /// Whom.
    pub participant: ParticipantId,
    /// At which address.
    pub contact: Option<ContactId>,
    /// How.
    pub channel: Channel,
    /// The letter, if it is one.
    pub letter: Option<LetterId>,
}

impl Case {
    /// Somebody takes part from now on. A vendor is not told by this.
    pub fn add_participant(
        &self,
        me: &Me,
        participant: ParticipantId,
        party: Party,
        roles: BTreeSet<Role>,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        plan.add_participant(participant, party, roles, None)?;
        plan.done()
    }

    /// A party names somebody who is affected as well; the coordinator decides (S46).
    pub fn suggest_participant(&self, me: &Me, whom: Text, asked: &Asked) -> Decision {
        me.writes()?;
        let mut plan = Plan::new(self, me, asked);
        plan.push(Event::ParticipantSuggested { by: me.acts_as(self), whom });
        plan.done()
    }

    /// Participants are told, or at least we try (S34), of flaws that an analyst described. The first attempt to reach a vendor
    /// starts the clock of the default embargo (S35), which gets the id `proposal` if it
    /// begins by this. While an embargo is in force they are asked to keep it first (E15).
    pub fn notify(
        &self,
        me: &Me,
        approaches: &[Approach],
        proposal: ProposalId,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        if plan.own_rm() != Rm::Accepted {
            return Err(Refusal::TellOnlyAccepted);
        }
        if self.kind == Some(CaseKind::AdviseOnly) {
            return Err(Refusal::AdviceOnly);
        }
        self.is_described()?;
        for approach in approaches {
            plan.engaged(approach.participant)?;
            if approach.participant == self.coordinator {
                return Err(Refusal::NoSuchParticipant);
            }
            plan.push(Event::ContactAttempted {
                participant: approach.participant,
                contact: approach.contact,
                channel: approach.channel,
                letter: approach.letter,
            });
        }
        if plan.case.first_contact_at.is_some() {
            plan.begin_by_default(ClockBasis::ReportReceived, proposal)?;
            plan.begin_by_default(ClockBasis::FirstContactAttempt, proposal)?;
        }
        for approach in approaches {
            plan.ask_to_keep_the_embargo(approach.participant);
        }
        plan.done()
    }

    /// It became known what became of a letter.
    pub fn update_delivery(
        &self,
        me: &Me,
        participant: ParticipantId,
        letter: LetterId,
        outcome: Delivery,
        asked: &Asked,
    ) -> Decision {
        me.is_server()?;
        let them = self.participant(participant).ok_or(Refusal::NoSuchParticipant)?;
        let known = them.attempts.iter().find(|attempt| attempt.letter == Some(letter));
        let mut plan = Plan::new(self, me, asked);
        if known.is_some_and(|attempt| attempt.outcome != outcome) {
            plan.push(Event::DeliveryUpdated { participant, letter, outcome });
            if outcome == Delivery::Delivered && them.is_vendor() {
                let proposal = ProposalId::from(uuid::Uuid::from(letter));
                plan.begin_by_default(ClockBasis::FirstDelivery, proposal)?;
            }
        }
        plan.done()
    }

    /// A participant lets us know that it is there (S96). With no embargo to agree to, that
    /// is all it needs to see the case.
    pub fn acknowledge(&self, me: &Me, participant: ParticipantId, asked: &Asked) -> Decision {
        me.speaks_for(participant)?;
        let mut plan = Plan::new(self, me, asked);
        plan.engaged(participant)?;
        let vendor = self.participant(participant).is_some_and(Participant::is_vendor);
        plan.receive(participant);
        if vendor && self.first_contact_at.is_some() {
            let proposal = ProposalId::from(uuid::Uuid::from(participant));
            plan.begin_by_default(ClockBasis::FirstDelivery, proposal)?;
            plan.begin_by_default(ClockBasis::VendorAcknowledged, proposal)?;
        }
        plan.done()
    }

    /// A vendor answers the four questions (S42); each answer moves what it speaks of (S43).
    pub fn answer_questions(
        &self,
        me: &Me,
        participant: ParticipantId,
        answers: Answers,
        asked: &Asked,
    ) -> Decision {
        me.speaks_for(participant)?;
        let mut plan = Plan::new(self, me, asked);
        plan.may_answer_for_products(me, participant)?;
        plan.hear(me, participant);
        let (real, addressed) = (answers.real, answers.addressed);
        let fix_ready = answers.fix_ready.clone();
        plan.push(Event::QuestionsAnswered { participant, answers });
        match real {
            Some(IsReal::Yes) => plan.walk(participant, &[RmStep::Validate, RmStep::Accept]),
            Some(IsReal::No) => plan.walk(participant, &[RmStep::Invalidate]),
            Some(IsReal::StillChecking) | None => {}
        }
        let released = addressed == Some(IsAddressed::Released) && real != Some(IsReal::No);
        if released {
            plan.walk(participant, &[RmStep::Validate, RmStep::Accept]);
            plan.has_accepted(participant)?;
        }
        // Of a flaw that nobody described they cannot have spoken.
        let described = plan.case.vulnerabilities.iter();
        let described = described.filter(|(_, flaw)| flaw.description().is_some());
        let flaws: Vec<_> = described.map(|(id, _)| *id).collect();
        if let Some(status) = status_of(real, addressed) {
            for vulnerability in flaws {
                let versions = plan.versions_of(participant, vulnerability, &status);
                plan.push(Event::StatusSet {
                    participant,
                    vulnerability,
                    product: None,
                    status: status.clone(),
                    versions,
                });
            }
        }
        if released {
            plan.fix_ready(participant)?;
        }
        if let Some(ready) = fix_ready {
            plan.push(Event::FixDateStated { participant, ready });
        }
        plan.done()
    }

    /// A vendor gives its statement (S91).
    pub fn give_statement(
        &self,
        me: &Me,
        participant: ParticipantId,
        wording: Wording,
        audience: StatementAudience,
        asked: &Asked,
    ) -> Decision {
        me.speaks_for(participant)?;
        let mut plan = Plan::new(self, me, asked);
        plan.may_answer_for_products(me, participant)?;
        plan.hear(me, participant);
        plan.push(Event::StatementProvided { participant, wording, audience });
        plan.done()
    }

    /// The coordinator writes what the note adds about a vendor; nothing takes it back.
    pub fn write_addendum(
        &self,
        me: &Me,
        participant: ParticipantId,
        text: Option<Text>,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        let them = self.participant(participant).ok_or(Refusal::NoSuchParticipant)?;
        if !them.is_vendor() {
            return Err(Refusal::VendorsOnly);
        }
        if them.addendum.as_ref().map(|(_, text)| text) != text.as_ref() {
            plan.push(Event::AddendumWritten { participant, text });
            // What was approved said it otherwise.
            plan.hold_if_approved();
        }
        plan.done()
    }

    /// A vendor says when its fix will be ready (S63).
    pub fn state_fix_date(
        &self,
        me: &Me,
        participant: ParticipantId,
        ready: Instant,
        asked: &Asked,
    ) -> Decision {
        me.speaks_for(participant)?;
        let mut plan = Plan::new(self, me, asked);
        plan.may_answer_for_products(me, participant)?;
        plan.hear(me, participant);
        plan.push(Event::FixDateStated { participant, ready });
        plan.done()
    }

    /// A vendor has a fix (CF). Only after it took the report on (guard F).
    pub fn declare_fix(&self, me: &Me, participant: ParticipantId, asked: &Asked) -> Decision {
        me.speaks_for(participant)?;
        let mut plan = Plan::new(self, me, asked);
        plan.may_answer_for_products(me, participant)?;
        plan.fix_ready(participant)?;
        plan.done()
    }

    /// A fix is in use (CD). Only a deployer says so (I17): of its own fix if it makes the
    /// thing as well, of any vendor's otherwise.
    pub fn declare_deployment(
        &self,
        me: &Me,
        participant: ParticipantId,
        asked: &Asked,
    ) -> Decision {
        me.speaks_for(participant)?;
        let mut plan = Plan::new(self, me, asked);
        plan.may_answer(me, participant)?;
        let them = self.participant(participant).ok_or(Refusal::NoSuchParticipant)?;
        if !them.roles.contains(&Role::Deployer) {
            return Err(Refusal::NotTheirFix);
        }
        let ready = |vendor: &Participant| vendor.vfd() >= Vfd::FixReady;
        let there = if them.is_vendor() { ready(them) } else { self.vendors().any(ready) };
        if !there {
            return Err(Refusal::NoFixYet);
        }
        if them.vfd < Vfd::FixDeployed {
            plan.push(Event::FixDeployed { participant });
        }
        plan.done()
    }

    /// A participant wishes to be seen otherwise by the others (S47).
    pub fn change_visibility(
        &self,
        me: &Me,
        participant: ParticipantId,
        visibility: Visibility,
        asked: &Asked,
    ) -> Decision {
        me.speaks_for(participant)?;
        let mut plan = Plan::new(self, me, asked);
        plan.engaged(participant)?;
        plan.push(Event::VisibilityChanged { participant, visibility });
        plan.done()
    }

    /// Silent participants are reminded (S52).
    pub fn remind(&self, me: &Me, participants: &[ParticipantId], asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        for participant in participants.iter().copied() {
            plan.engaged(participant)?;
            plan.told(participant)?;
            plan.push(Event::ReminderSent { participant });
        }
        plan.done()
    }

    /// A participant answers no more (card 06). Any word from it undoes this.
    pub fn mark_non_responsive(
        &self,
        me: &Me,
        participant: ParticipantId,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        plan.engaged(participant)?;
        plan.push(Event::MarkedNonResponsive { participant });
        plan.done()
    }

    /// A participant leaves, and hears nothing more. The embargo does not end by it (E17).
    pub fn leave(&self, me: &Me, participant: ParticipantId, asked: &Asked) -> Decision {
        me.speaks_for(participant)?;
        let mut plan = Plan::new(self, me, asked);
        plan.engaged(participant)?;
        if participant == self.coordinator {
            return Err(Refusal::NotYours);
        }
        plan.push(Event::ParticipantLeft { participant });
        plan.done()
    }

    /// A participant is put out, with a reason.
    pub fn remove_participant(
        &self,
        me: &Me,
        participant: ParticipantId,
        reason: Text,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        plan.engaged(participant)?;
        if participant == self.coordinator {
            return Err(Refusal::NotYours);
        }
        plan.push(Event::ParticipantRemoved { participant, reason });
        plan.done()
    }
}

impl Plan<'_> {
    pub(crate) fn add_participant(
        &mut self,
        participant: ParticipantId,
        party: Party,
        roles: BTreeSet<Role>,
        suggested_by: Option<ParticipantId>,
    ) -> Result<(), Refusal> {
        if roles.is_empty() || roles.contains(&Role::CaseOwner) {
            return Err(Refusal::NoReason);
        }
        let known = self.case.participants.contains_key(&participant);
        let there = |them: &Participant| them.party == party;
        if known || self.case.engaged().any(there) {
            return Err(Refusal::AlreadyThere);
        }
        let visibility = match self.case.policy.vendors {
            VendorNaming::Named => Visibility::Named,
            VendorNaming::Unnamed => Visibility::Unnamed,
        };
        let vendor = roles.contains(&Role::Vendor) || roles.contains(&Role::DownstreamVendor);
        self.push(Event::ParticipantAdded { participant, party, roles, visibility, suggested_by });
        if vendor && self.case.pxa.public {
            // A vendor knows at least what the public knows (I13).
            self.push(Event::VendorAware { participant, basis: Basis::Inferred });
        }
        Ok(())
    }

    /// They know of it: the report has reached them (RS), and a vendor is aware (V).
    pub(crate) fn receive(&mut self, participant: ParticipantId) {
        let Some(them) = self.case.participant(participant) else { return };
        let (rm, unaware) = (them.rm, them.is_vendor() && them.vfd == Vfd::Unaware);
        if unaware {
            self.push(Event::VendorAware { participant, basis: Basis::Seen });
        }
        if rm == Rm::Start {
            self.push(Event::RmMoved { participant, step: RmStep::Receive });
        }
    }

    /// Somebody says something for them: they say it themselves, or were told before.
    pub(crate) fn hear(&mut self, me: &Me, participant: ParticipantId) {
        let told = self.case.participant(participant).is_some_and(Participant::is_notified);
        if told || me.participant() == Some(participant) {
            self.receive(participant);
        }
    }

    /// They were told of the case, or told us of it.
    pub(crate) fn told(&self, participant: ParticipantId) -> Result<(), Refusal> {
        let them = self.case.participant(participant).ok_or(Refusal::NoSuchParticipant)?;
        if them.knows_of_it() { Ok(()) } else { Err(Refusal::NotToldYet) }
    }

    /// Only a vendor answers for products (I17).
    fn may_answer_for_products(&self, me: &Me, who: ParticipantId) -> Result<(), Refusal> {
        self.may_answer(me, who)?;
        let vendor = self.case.participant(who).is_some_and(Participant::is_vendor);
        if vendor { Ok(()) } else { Err(Refusal::VendorsOnly) }
    }

    /// They may answer what the case asks: they may see it, or the team answers for them.
    fn may_answer(&self, me: &Me, participant: ParticipantId) -> Result<(), Refusal> {
        self.engaged(participant)?;
        if me.participant().is_none() || self.case.embargo.terms.is_none() {
            return Ok(());
        }
        let bound = self.case.participant(participant).map(|them| them.pec);
        match bound {
            Some(Pec::Signatory | Pec::Lapsed) => Ok(()),
            Some(Pec::NoEmbargo | Pec::Invited | Pec::Declined) | None => Err(Refusal::AgreeFirst),
        }
    }

    /// The versions that were named for all products of a vendor: the four questions do not ask
    /// of them again.
    fn versions_of(
        &self,
        participant: ParticipantId,
        vulnerability: VulnerabilityId,
        status: &ProductStatus,
    ) -> Option<Text> {
        if matches!(status, ProductStatus::NotAffected { .. }) {
            return None;
        }
        let lines = &self.case.participant(participant)?.lines;
        let mut lines = lines.get(&vulnerability)?.iter();
        lines.find(|line| line.product.is_none())?.versions.clone()
    }

    /// Their handling goes through these steps, as far as they follow.
    fn walk(&mut self, participant: ParticipantId, steps: &[RmStep]) {
        for step in steps.iter().copied() {
            let rm = self.case.participant(participant).map(|them| them.rm);
            if rm.and_then(|rm| rm.step(step)).is_some() {
                self.push(Event::RmMoved { participant, step });
            }
        }
    }

    fn fix_ready(&mut self, participant: ParticipantId) -> Result<(), Refusal> {
        let them = self.case.participant(participant).ok_or(Refusal::NoSuchParticipant)?;
        if !them.is_vendor() {
            return Err(Refusal::NotTheirFix);
        }
        self.has_accepted(participant)?;
        if them.vfd < Vfd::FixReady {
            self.push(Event::FixReady { participant });
        }
        Ok(())
    }

    /// A fix comes only after the report was taken on (guard F, I15).
    fn has_accepted(&self, participant: ParticipantId) -> Result<(), Refusal> {
        let rm = self.case.participant(participant).map(|them| them.rm);
        match rm {
            Some(Rm::Accepted | Rm::Deferred | Rm::Closed) => Ok(()),
            Some(Rm::Start | Rm::Received | Rm::Invalid | Rm::Valid) | None => {
                Err(Refusal::FixBeforeAccepted)
            }
        }
    }

    fn ask_to_keep_the_embargo(&mut self, participant: ParticipantId) {
        if self.case.embargo.terms.is_none() {
            return;
        }
        let pec = self.case.participant(participant).map(|them| them.pec);
        match pec {
            Some(Pec::NoEmbargo | Pec::Declined) => self.consent(participant, PecStep::Invite),
            // Who agreed to the terms in force is asked again when others stand.
            Some(Pec::Invited | Pec::Signatory | Pec::Lapsed) | None => {}
        }
    }
}

/// What the answers to the first two questions say of the vendor's products.
fn status_of(real: Option<IsReal>, addressed: Option<IsAddressed>) -> Option<ProductStatus> {
    match (real, addressed) {
        (Some(IsReal::No), _) => Some(ProductStatus::NotAffected { justification: None }),
        (_, Some(IsAddressed::Released)) => Some(ProductStatus::Fixed),
        (Some(IsReal::Yes), _) => Some(ProductStatus::Affected),
        (Some(IsReal::StillChecking), _) => Some(ProductStatus::UnderInvestigation),
        (None, _) => None,
    }
}

fn all_fixed(them: &Participant) -> bool {
    them.lines.values().flatten().all(|line| match line.status {
        ProductStatus::Fixed | ProductStatus::NotAffected { .. } => true,
        ProductStatus::Unknown
        | ProductStatus::UnderInvestigation
        | ProductStatus::Affected
        | ProductStatus::WillNotFix => false,
    })
}
