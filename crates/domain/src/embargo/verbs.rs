//! Proposing, answering and deciding on the end of an embargo.

use jiff::Timestamp;

use super::{Acceptance, EndCause, ProposalReason, ProposalState};
use crate::access::Me;
use crate::case::{CaseKind, Relation};
use crate::cs::Vfd;
use crate::em::Em;
use crate::event::{Answer, Event};
use crate::participant::Participant;
use crate::pec::{Pec, PecStep};
use crate::plan::{Asked, Decision, Plan};
use crate::policy::{ClockBasis, DecisionRule};
use crate::{Case, Instant, ParticipantId, ProposalId, Refusal, Rule};

impl Case {
    /// Somebody names a date (S56, messages EP and EV).
    pub fn propose_embargo(
        &self,
        me: &Me,
        proposal: ProposalId,
        end: Instant,
        reason: ProposalReason,
        asked: &Asked,
    ) -> Decision {
        me.writes()?;
        let mut plan = Plan::new(self, me, asked);
        if self.embargo.proposal(proposal).is_some() {
            return plan.done();
        }
        plan.proposable(&end)?;
        plan.put_on_the_table(me.acts_as(self), proposal, end, reason);
        plan.done()
    }

    /// A participant says what it thinks of a date on the table. Where the policy leaves the
    /// decision to the parties, the last word needed decides.
    pub fn answer_proposal(
        &self,
        me: &Me,
        proposal: ProposalId,
        answer: Answer,
        asked: &Asked,
    ) -> Decision {
        me.writes()?;
        let participant = me.acts_as(self);
        let known = self.embargo.proposal(proposal).ok_or(Refusal::NotProposed)?;
        if known.state != ProposalState::Open {
            return Err(Refusal::NotProposed);
        }
        let mut plan = Plan::new(self, me, asked);
        plan.push(Event::ProposalAnswered { proposal, participant, answer });
        // What goes on with a reason only waits for the coordinator to give it.
        let plain =
            plan.proposable(&known.end).is_ok() && plan.reasons_needed(known.end.at).is_empty();
        if plain && plan.case.is_carried(proposal) {
            plan.bring_into_force(proposal, Acceptance::Explicit)?;
        }
        plan.done()
    }

    /// The coordinator takes a date that is on the table (messages EA and EC).
    pub fn accept_proposal(&self, me: &Me, proposal: ProposalId, asked: &Asked) -> Decision {
        me.works()?;
        let mut plan = Plan::new(self, me, asked);
        let open = self.embargo.open();
        let known = open.iter().find(|known| known.id == proposal).ok_or(Refusal::NotProposed)?;
        plan.proposable(&known.end)?;
        if open.first().is_some_and(|shortest| shortest.end.at < known.end.at) {
            plan.needs_reason(Rule::ShortestFirst)?;
        }
        for rule in plan.reasons_needed(known.end.at) {
            plan.needs_reason(rule)?;
        }
        plan.bring_into_force(proposal, Acceptance::Explicit)?;
        plan.done()
    }

    /// The coordinator turns a date down (messages ER and EJ).
    pub fn reject_proposal(&self, me: &Me, proposal: ProposalId, asked: &Asked) -> Decision {
        me.works()?;
        let mut plan = Plan::new(self, me, asked);
        plan.take_off_the_table(proposal, |proposal, in_force| {
            if in_force {
                Event::RevisionRejected { proposal }
            } else {
                Event::EmbargoRejected { proposal }
            }
        })?;
        plan.done()
    }

    /// Who named a date takes it back (E14).
    pub fn withdraw_proposal(&self, me: &Me, proposal: ProposalId, asked: &Asked) -> Decision {
        me.writes()?;
        let known = self.embargo.proposal(proposal).ok_or(Refusal::NotProposed)?;
        if known.by != me.acts_as(self) {
            return Err(Refusal::NotTheProposer);
        }
        let mut plan = Plan::new(self, me, asked);
        plan.take_off_the_table(proposal, |proposal, _| Event::ProposalWithdrawn { proposal })?;
        plan.done()
    }

    /// A participant says whether it keeps the embargo in force (S59). A yes is also a word
    /// that it is there: from now on it may see the case (E15).
    pub fn answer_embargo(
        &self,
        me: &Me,
        participant: ParticipantId,
        answer: Answer,
        asked: &Asked,
    ) -> Decision {
        me.speaks_for(participant)?;
        let them = self.participant(participant).ok_or(Refusal::NoSuchParticipant)?;
        if self.embargo.terms.is_none() {
            return Err(Refusal::NotInForce);
        }
        let mut plan = Plan::new(self, me, asked);
        plan.engaged(participant)?;
        match (answer, them.pec) {
            (Answer::Agree, Pec::Signatory) => return Err(Refusal::AlreadyAgreed),
            (Answer::Agree, Pec::Declined) => {
                plan.consent(participant, PecStep::Invite);
                plan.consent(participant, PecStep::Accept);
            }
            (Answer::Agree, Pec::NoEmbargo | Pec::Invited | Pec::Lapsed) => {
                plan.consent(participant, PecStep::Accept);
            }
            (Answer::Disagree, Pec::Declined) => {}
            (Answer::Disagree, Pec::NoEmbargo | Pec::Invited | Pec::Lapsed) => {
                plan.consent(participant, PecStep::Decline);
            }
            // The machine has no way from an agreement to a refusal: who no longer agrees
            // leaves, or proposes another date.
            (Answer::Disagree, Pec::Signatory) => return Err(Refusal::AlreadyAgreed),
        }
        if answer == Answer::Agree {
            plan.receive(participant);
        }
        plan.done()
    }

    /// The coordinator ends the embargo before its time (message ET).
    pub fn end_embargo(&self, me: &Me, cause: EndCause, asked: &Asked) -> Decision {
        me.works()?;
        if self.embargo.terms.is_none() {
            return Err(Refusal::NotInForce);
        }
        let mut plan = Plan::new(self, me, asked);
        match cause {
            EndCause::Expiry => return Err(Refusal::TooEarly),
            EndCause::Other | EndCause::Quorum | EndCause::Consensus => {
                plan.needs_reason(Rule::EarlyEnd)?;
            }
            EndCause::Public if self.pxa.public => {}
            EndCause::Exploit if self.pxa.exploit => {}
            EndCause::Attacks if self.pxa.attacks => {}
            // Said, but not seen: an observation that is adopted needs no reason.
            EndCause::Public | EndCause::Exploit | EndCause::Attacks => {
                plan.needs_reason(Rule::EarlyEnd)?;
            }
        }
        plan.tear_down(cause);
        plan.done()
    }

    /// The embargo's time has come: it ends by itself.
    pub fn expire_embargo(&self, me: &Me, asked: &Asked) -> Decision {
        me.is_server()?;
        let mut plan = Plan::new(self, me, asked);
        plan.expire();
        plan.done()
    }

    /// Whether the parties have carried a proposal, where the decision is theirs.
    fn is_carried(&self, proposal: ProposalId) -> bool {
        let Some(proposal) = self.embargo.proposal(proposal) else { return false };
        let agrees = |them: &&Participant| proposal.answers.get(&them.id) == Some(&Answer::Agree);
        match self.policy.embargo.decided_by {
            DecisionRule::Coordinator => false,
            DecisionRule::Consensus => {
                self.engaged().filter(|them| Self::has_a_say(them)).all(|them| agrees(&them))
            }
            DecisionRule::Majority => {
                let vendors =
                    || self.vendors().filter(|them| them.is_engaged() && them.is_notified());
                let n = vendors().count();
                n > 0 && 2 * vendors().filter(agrees).count() > n
            }
        }
    }

    /// Whether another case was part of this one, or this one of another (E23).
    fn has_siblings(&self) -> bool {
        let part =
            |relation: &Relation| matches!(relation, Relation::SplitFrom | Relation::SplitInto);
        self.relations.iter().any(|(relation, _)| part(relation))
    }

    fn has_a_say(them: &Participant) -> bool {
        use crate::case::Role;
        let told = them.is_notified() || !them.is_vendor();
        told && !them.roles.iter().all(|role| *role == Role::Observer)
    }
}

impl Plan<'_> {
    /// A date may be put on the table or taken: nobody knows, the embargo has not ended, and
    /// the date lies ahead (E4).
    pub(crate) fn proposable(&self, end: &Instant) -> Result<(), Refusal> {
        let case = &self.case;
        if case.closed.is_some() {
            return Err(Refusal::Closed);
        }
        if case.embargo.em == Em::Exited {
            return Err(Refusal::EmbargoEnded);
        }
        if case.pxa.public || case.pxa.exploit || case.pxa.attacks {
            return Err(Refusal::TooLateForEmbargo);
        }
        if end.at <= self.now() { Err(Refusal::DateHasPassed) } else { Ok(()) }
    }

    /// What a date goes on with a reason only for: a new embargo after fixes (E5), a long one
    /// (E19), one that ends before that of another part of a split case (E23).
    fn reasons_needed(&self, end: Timestamp) -> Vec<Rule> {
        let start = self.case.embargo.began_at.unwrap_or(self.now());
        let policy = self.case.policy.embargo;
        let fixed = self.case.vendors().any(|vendor| vendor.vfd() >= Vfd::FixReady);
        let mut rules = vec![];
        match self.case.embargo.end() {
            None if fixed => rules.push(Rule::NoEmbargoAfterFix),
            Some(ours) if end < ours.at && self.case.has_siblings() => {
                rules.push(Rule::BeforeSibling);
            }
            None | Some(_) => {}
        }
        if end > policy.at_most.after(start) {
            rules.push(Rule::VeryLongEmbargo);
        } else if end > policy.justify_over.after(start) {
            rules.push(Rule::LongEmbargo);
        }
        rules
    }

    pub(crate) fn put_on_the_table(
        &mut self,
        by: ParticipantId,
        proposal: ProposalId,
        end: Instant,
        reason: ProposalReason,
    ) {
        let policy = self.case.policy.embargo;
        let floor = policy.answer_floor.after(self.now());
        let answer_by = policy.answer_within.after(self.now()).max(floor);
        match self.case.embargo.em {
            Em::None | Em::Proposed | Em::Exited => {
                self.push(Event::EmbargoProposed { proposal, by, end, reason, answer_by });
            }
            Em::Active => {
                self.push(Event::RevisionProposed { proposal, by, end, reason, answer_by });
                for signatory in self.with_consent(Pec::Signatory) {
                    self.consent(signatory, PecStep::Revise);
                }
            }
            Em::Revise => {
                self.push(Event::RevisionProposed { proposal, by, end, reason, answer_by });
            }
        }
    }

    /// A date on the table comes into force, and with it the consents: who said yes to it is
    /// bound, everyone else who takes part is asked.
    pub(crate) fn bring_into_force(
        &mut self,
        proposal: ProposalId,
        how: Acceptance,
    ) -> Result<(), Refusal> {
        let known = self.case.embargo.proposal(proposal).ok_or(Refusal::NotProposed)?;
        let answers = known.answers.clone();
        if self.case.embargo.terms.is_some() {
            self.push(Event::RevisionAccepted { proposal });
        } else {
            self.push(Event::EmbargoAccepted { proposal, how });
        }
        let us = self.case.coordinator;
        let engaged: Vec<_> =
            self.case.engaged().map(|them| (them.id, them.pec, them.is_notified())).collect();
        for (id, pec, notified) in engaged {
            let agreed = id == us || answers.get(&id) == Some(&Answer::Agree);
            match pec {
                Pec::NoEmbargo if agreed => self.consent(id, PecStep::Accept),
                Pec::NoEmbargo if notified || id == self.case.reporter => {
                    self.consent(id, PecStep::Invite);
                }
                Pec::Lapsed | Pec::Invited if agreed => self.consent(id, PecStep::Accept),
                Pec::Lapsed => self.consent(id, PecStep::Invite),
                Pec::Signatory if !agreed => {
                    // They agreed to the old terms while these were on the table already.
                    self.consent(id, PecStep::Revise);
                    self.consent(id, PecStep::Invite);
                }
                Pec::NoEmbargo | Pec::Invited | Pec::Signatory | Pec::Declined => {}
            }
        }
        Ok(())
    }

    /// No other date can be agreed on any more (E4): those on the table fall, and the terms in
    /// force stand.
    pub(crate) fn clear_the_table(&mut self) {
        let open: Vec<_> = self.case.embargo.open().iter().map(|open| open.id).collect();
        for proposal in open {
            self.push(Event::RevisionRejected { proposal });
        }
        self.bind_again();
    }

    fn take_off_the_table(
        &mut self,
        proposal: ProposalId,
        event: impl FnOnce(ProposalId, bool) -> Event,
    ) -> Result<(), Refusal> {
        let known = self.case.embargo.proposal(proposal).ok_or(Refusal::NotProposed)?;
        if known.state != ProposalState::Open {
            return Err(Refusal::NotProposed);
        }
        let in_force = self.case.embargo.terms.is_some();
        self.push(event(proposal, in_force));
        self.bind_again();
        Ok(())
    }

    /// The terms that stood stand again: who had agreed to them before the revision was
    /// proposed is bound by them as before.
    fn bind_again(&mut self) {
        if self.case.embargo.em != Em::Active {
            return;
        }
        for lapsed in self.with_consent(Pec::Lapsed) {
            // Who has gone since never saw what stands now, and agrees to nothing.
            if self.engaged(lapsed).is_ok() {
                self.consent(lapsed, PecStep::Accept);
            }
        }
    }

    /// The policy's default comes into force, the shortest of all dates first (E7, E8).
    pub(crate) fn begin_by_default(
        &mut self,
        basis: ClockBasis,
        proposal: ProposalId,
    ) -> Result<(), Refusal> {
        let policy = self.case.policy.embargo;
        let coordinated = self.case.kind == Some(CaseKind::Coordinate);
        let unbound = matches!(self.case.embargo.em, Em::None | Em::Proposed);
        let from = match basis {
            ClockBasis::ReportReceived => self.case.report.received_at,
            ClockBasis::FirstContactAttempt => self.case.first_contact_at.unwrap_or(self.now()),
            ClockBasis::FirstDelivery
            | ClockBasis::VendorAcknowledged
            | ClockBasis::ExplicitDate => self.now(),
        };
        let end = Instant::utc(policy.default.after(from));
        if policy.basis != basis || !coordinated || !unbound || self.proposable(&end).is_err() {
            return Ok(());
        }
        let us = self.case.coordinator;
        self.put_on_the_table(us, proposal, end, ProposalReason::PolicyDefault);
        let reporter = self.case.reporter;
        if self.case.participant(reporter).is_some_and(Participant::is_engaged) {
            // By sending the report the reporter took the policy, and its default (S13, E11).
            let answer = Answer::Agree;
            self.push(Event::ProposalAnswered { proposal, participant: reporter, answer });
        }
        let ahead = |open: &&&super::Proposal| open.end.at > self.now();
        let shortest = self.case.embargo.open().iter().find(ahead).map_or(proposal, |open| open.id);
        self.bring_into_force(shortest, Acceptance::ByDefault)
    }

    /// The embargo's time, if it has come.
    pub(crate) fn expire(&mut self) {
        if self.case.embargo.end().is_some_and(|end| end.at <= self.now()) {
            self.tear_down(EndCause::Expiry);
        }
    }

    /// Whatever was agreed or on the table is over (E9, I9, I19).
    pub(crate) fn tear_down(&mut self, cause: EndCause) {
        if self.case.embargo.terms.is_none() {
            let open: Vec<_> = self.case.embargo.open().iter().map(|open| open.id).collect();
            for proposal in open {
                self.push(Event::EmbargoRejected { proposal });
            }
            return;
        }
        self.push(Event::EmbargoTerminated { cause });
        let bound = |them: &&Participant| them.pec != Pec::NoEmbargo;
        let all: Vec<_> =
            self.case.participants.values().filter(bound).map(|them| them.id).collect();
        for id in all {
            self.consent(id, PecStep::Reset);
        }
    }

    pub(crate) fn consent(&mut self, participant: ParticipantId, step: PecStep) {
        self.push(Event::ConsentMoved { participant, step });
    }

    fn with_consent(&self, pec: Pec) -> Vec<ParticipantId> {
        let those = self.case.participants.values().filter(|them| them.pec == pec);
        those.map(|them| them.id).collect()
    }
}
