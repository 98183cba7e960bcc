//! From report to decision: acknowledged, looked into, scored, taken on or declined.

use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::access::Me;
use crate::case::{CaseKind, Relation};
use crate::embargo::{Acceptance, ProposalReason};
use crate::event::Event;
use crate::plan::{Asked, Decision, Plan};
use crate::policy::{Policy, ScoreDemand};
use crate::report::{Analysis, DeclineReason};
use crate::rm::Rm;
use crate::score::{CvssVersion, Vector};
use crate::ssvc::Selection;
use crate::{
    AccountId, Case, CaseId, CaseNumber, Instant, ParticipantId, ProposalId, Refusal, Rule, Text,
    VulnerabilityId,
};

impl Case {
    /// The reporter is told that the report is here (S17). Telling them twice changes nothing.
    pub fn acknowledge_report(&self, me: &Me, asked: &Asked) -> Decision {
        me.works()?;
        let mut plan = Plan::new(self, me, asked);
        if self.report.acknowledged_at.is_none() {
            plan.push(Event::ReportAcknowledged { report: self.report.id });
        }
        plan.done()
    }

    /// The reporter sends more (S30, S32).
    pub fn add_to_report(&self, me: &Me, text: Text, asked: &Asked) -> Decision {
        me.speaks_for(self.reporter)?;
        let mut plan = Plan::new(self, me, asked);
        plan.push(Event::ReportAddendumReceived { report: self.report.id, text });
        plan.done()
    }

    /// An analyst writes down what came of looking into it (S19).
    pub fn analyse_report(
        &self,
        me: &Me,
        result: Analysis,
        notes: Text,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        plan.push(Event::ReportAnalysed { result, notes });
        plan.done()
    }

    /// A CVSS score is given, for a flaw or for the report as a whole (S23).
    pub fn record_score(
        &self,
        me: &Me,
        vulnerability: Option<VulnerabilityId>,
        vector: Vector,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        if vulnerability.is_some_and(|id| !self.vulnerabilities.contains_key(&id)) {
            return Err(Refusal::NoSuchVulnerability);
        }
        plan.push(Event::ScoreRecorded { vulnerability, vector });
        plan.done()
    }

    /// An SSVC decision table was gone through.
    pub fn record_selection(&self, me: &Me, selection: Selection, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        plan.push(Event::SsvcSelected { selection });
        plan.done()
    }

    /// Somebody is asked for more information.
    pub fn request_information(
        &self,
        me: &Me,
        of: ParticipantId,
        question: Text,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        plan.engaged(of)?;
        plan.told(of)?;
        plan.push(Event::InformationRequested { of, question });
        plan.done()
    }

    /// The report is held to be of a flaw and in scope (RV).
    pub fn validate_report(&self, me: &Me, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        match plan.own_rm() {
            Rm::Received | Rm::Invalid => plan.push(Event::ReportValidated),
            Rm::Start | Rm::Valid | Rm::Accepted | Rm::Deferred | Rm::Closed => {
                return Err(Refusal::NoSuchStep);
            }
        }
        plan.done()
    }

    /// The report is set aside until more is known (RI).
    pub fn set_aside(&self, me: &Me, reasons: BTreeSet<DeclineReason>, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        if reasons.is_empty() {
            return Err(Refusal::NoReason);
        }
        if plan.own_rm() != Rm::Received {
            return Err(Refusal::NoSuchStep);
        }
        plan.push(Event::ReportInvalidated { reasons });
        plan.done()
    }

    /// A case that is about to be taken on comes under the policy in force now; one that was
    /// taken on keeps its own, whatever changes later (S102).
    pub fn take_policy(&self, me: &Me, policy: &Policy, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        if self.accepted_at.is_none() && *policy != self.policy {
            plan.push(Event::PolicyTaken { policy: Box::new(policy.clone()) });
        }
        plan.done()
    }

    /// The case is taken on and gets its number (RA, S33). Needs a CVSS v2 environmental
    /// score unless that is waived with a reason (S23).
    pub fn accept_case(
        &self,
        me: &Me,
        number: CaseNumber,
        kind: CaseKind,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        if matches!(plan.own_rm(), Rm::Received | Rm::Invalid) {
            plan.push(Event::ReportValidated);
        }
        match plan.own_rm() {
            Rm::Valid | Rm::Deferred => {}
            Rm::Accepted => return Err(Refusal::AlreadyAccepted),
            Rm::Start | Rm::Received | Rm::Invalid | Rm::Closed => return Err(Refusal::NoSuchStep),
        }
        let demanded = self.policy.triage.score == ScoreDemand::Required;
        if demanded && self.score_waived.is_none() && !self.has_environmental_score() {
            plan.needs_reason(Rule::NoScore)?;
        }
        // A case that comes back keeps the number it had.
        let number = self.number.clone().unwrap_or(number);
        plan.push(Event::CaseAccepted { number, case_kind: kind });
        plan.done()
    }

    /// The case is not taken on (S20). Doubt in the report leaves it open to come back with
    /// more (S30); a lack of time or people is no judgement of it (S22).
    pub fn decline_case(
        &self,
        me: &Me,
        reasons: BTreeSet<DeclineReason>,
        explanation: Text,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        if reasons.is_empty() {
            return Err(Refusal::NoReason);
        }
        let doubted = reasons.iter().any(|reason| reason.doubts_the_report());
        match (plan.own_rm(), doubted) {
            (Rm::Received, true) => {
                plan.push(Event::ReportInvalidated { reasons: reasons.clone() });
            }
            (Rm::Received | Rm::Invalid, false) => plan.push(Event::ReportValidated),
            (Rm::Valid | Rm::Accepted | Rm::Deferred, _) | (Rm::Invalid, true) => {}
            (Rm::Start | Rm::Closed, _) => return Err(Refusal::NoSuchStep),
        }
        if doubted && matches!(plan.own_rm(), Rm::Valid | Rm::Accepted) {
            // The machine has no way back from Valid to Invalid: work rests instead.
            plan.push(Event::CaseDeferred);
        }
        plan.hold_if_approved();
        plan.push(Event::CaseDeclined { reasons, explanation });
        plan.done()
    }

    /// Work rests (RD).
    pub fn defer_case(&self, me: &Me, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        match plan.own_rm() {
            Rm::Valid | Rm::Accepted => {
                plan.push(Event::CaseDeferred);
                plan.hold_if_approved();
            }
            Rm::Start | Rm::Received | Rm::Invalid | Rm::Deferred | Rm::Closed => {
                return Err(Refusal::NoSuchStep);
            }
        }
        plan.done()
    }

    /// Work goes on after a rest.
    pub fn resume_case(&self, me: &Me, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        if plan.own_rm() != Rm::Deferred || self.number.is_none() {
            return Err(Refusal::NoSuchStep);
        }
        plan.push(Event::CaseResumed);
        plan.done()
    }

    /// One analyst is responsible from now on (S100).
    pub fn assign_case(&self, me: &Me, to: AccountId, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        if self.assignee != Some(to) {
            plan.push(Event::CaseAssigned { to });
        }
        plan.done()
    }

    /// The working title changes.
    pub fn rename_case(&self, me: &Me, title: Text, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        plan.push(Event::TitleChanged { title });
        plan.done()
    }

    /// Another case is about the same or a neighbouring flaw. Nobody sees more for it (I10).
    pub fn link_case(&self, me: &Me, other: CaseId, relation: Relation, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        if other == self.id {
            return Err(Refusal::Itself);
        }
        if !self.relations.contains(&(relation, other)) {
            plan.push(Event::CaseLinked { other, relation });
        }
        plan.done()
    }

    /// Part of the case goes on as another, which inherits the embargo (E23).
    pub fn split_case(
        &self,
        me: &Me,
        child: CaseId,
        vulnerabilities: BTreeSet<VulnerabilityId>,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        if child == self.id {
            return Err(Refusal::Itself);
        }
        let known = vulnerabilities.iter().all(|id| self.vulnerabilities.contains_key(id));
        if vulnerabilities.is_empty() || !known {
            return Err(Refusal::NoSuchVulnerability);
        }
        plan.push(Event::CaseSplit { child, vulnerabilities });
        plan.hold_if_approved();
        plan.done()
    }

    /// This case is what was split off another, whose embargo holds for it too (E23): the
    /// date that stands there stands here, under the id `proposal`.
    pub fn inherit_embargo(
        &self,
        me: &Me,
        parent: &Self,
        proposal: ProposalId,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        if parent.id == self.id {
            return Err(Refusal::Itself);
        }
        if !self.relations.contains(&(Relation::SplitFrom, parent.id)) {
            plan.push(Event::CaseLinked { other: parent.id, relation: Relation::SplitFrom });
        }
        if let (Some(end), None) = (parent.embargo.end().cloned(), self.embargo.end()) {
            plan.proposable(&end)?;
            plan.put_in_force(proposal, end, ProposalReason::Other)?;
        }
        plan.done()
    }

    /// Another case goes into this one. The earlier end of the two embargoes holds (E22);
    /// `proposal` is the id under which it is written down, if it is the other's.
    pub fn merge_case(
        &self,
        me: &Me,
        other: &Self,
        proposal: ProposalId,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        if other.id == self.id {
            return Err(Refusal::Itself);
        }
        if self.relations.contains(&(Relation::MergedFrom, other.id)) {
            return plan.done();
        }
        let theirs = other.embargo.end().cloned();
        plan.push(Event::CaseMerged { other: other.id, embargo_end: theirs.clone() });
        let ours = self.embargo.end().map(|end| end.at);
        let ahead = |end: &Instant| end.at > asked.now && ours.is_none_or(|ours| end.at < ours);
        if let Some(end) = theirs.filter(ahead) {
            plan.proposable(&end)?;
            plan.put_in_force(proposal, end, ProposalReason::Merge)?;
        }
        plan.hold_if_approved();
        plan.done()
    }

    /// Whether a CVSS v2 environmental score was given (S23).
    pub fn has_environmental_score(&self) -> bool {
        self.scores.iter().any(|scored| {
            scored.vector.version() == CvssVersion::V2
                && scored.vector.scores().environmental.is_some()
        })
    }

    /// When the reporter must have had a first answer, and when that is late (S17).
    pub fn first_response_due(&self) -> (Timestamp, Timestamp) {
        let promptness = &self.policy.promptness;
        let received = self.report.received_at;
        (
            promptness.first_response_warn.after(received),
            promptness.first_response_breach.after(received),
        )
    }

    /// A step of the team on a case that is not closed.
    pub(crate) fn work<'a>(&self, me: &'a Me, asked: &'a Asked) -> Result<Plan<'a>, Refusal> {
        me.works()?;
        if self.closed.is_some() {
            return Err(Refusal::Closed);
        }
        Ok(Plan::new(self, me, asked))
    }
}

impl Plan<'_> {
    pub(crate) fn own_rm(&self) -> Rm {
        self.case.participant(self.case.coordinator).map_or(Rm::Start, |us| us.rm)
    }

    pub(crate) fn engaged(&self, id: ParticipantId) -> Result<(), Refusal> {
        let them = self.case.participant(id).ok_or(Refusal::NoSuchParticipant)?;
        if them.is_engaged() { Ok(()) } else { Err(Refusal::Gone) }
    }

    /// A date that stands elsewhere stands here too (E22, E23).
    fn put_in_force(
        &mut self,
        proposal: ProposalId,
        end: Instant,
        reason: ProposalReason,
    ) -> Result<(), Refusal> {
        let us = self.case.coordinator;
        self.put_on_the_table(us, proposal, end, reason);
        self.bring_into_force(proposal, Acceptance::Explicit)
    }
}

#[cfg(test)]
mod tests;
