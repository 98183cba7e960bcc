//! How each event changes a case. Total: whatever a journal holds, folding it ends, so that a
//! damaged journal is told by its hashes and not by a crash.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::{
    Attachment, Case, Declined, Dispute, Message, Observation, ObservationKind, Party, RejectedCve,
    Report, Role, Scored, Since, Suggestion, Verdict, Visibility, Vulnerability,
};
use crate::cs::{Pxa, Vfd};
use crate::embargo::Embargo;
use crate::event::{Channel, Event};
use crate::journal::{Entry, Hand};
use crate::note::Note;
use crate::participant::{Attempt, Line, Participant, Standing, Statement};
use crate::pec::PecStep;
use crate::report::DeclineReason;
use crate::rm::{Rm, RmStep};
use crate::status::{Delivery, ProductStatus};
use crate::{CaseId, ParticipantId, ReportReference, VulnerabilityId};

impl Case {
    pub(super) fn begin(entry: &Entry) -> Option<Self> {
        let Event::ReportReceived {
            report,
            reference,
            title,
            body,
            submission,
            policy,
            coordinator,
            reporter,
        } = &entry.event
        else {
            return None;
        };
        let at = entry.recorded_at;
        let roles = [Role::Coordinator, Role::CaseOwner, Role::CaseManager];
        let mut we = Participant::new(*coordinator, Party::Team, roles.into(), at);
        we.rm = Rm::Received;
        let mut them =
            Participant::new(*reporter, Party::Reporter(*report), [Role::Reporter].into(), at);
        them.rm = Rm::Accepted;
        them.visibility = Visibility::Hidden;
        Some(Self {
            id: entry.case,
            version: entry.seq,
            policy: (**policy).clone(),
            number: None,
            kind: None,
            title: title.clone(),
            report: Report {
                id: *report,
                reference: ReportReference::clone(reference),
                received_at: at,
                acknowledged_at: None,
                submission: submission.clone(),
                body: body.clone(),
                addenda: vec![],
            },
            coordinator: *coordinator,
            reporter: *reporter,
            assignee: None,
            participants: [(*coordinator, we), (*reporter, them)].into(),
            suggestions: vec![],
            vulnerabilities: BTreeMap::new(),
            scores: vec![],
            selections: vec![],
            score_waived: None,
            analyses: vec![],
            embargo: Embargo::default(),
            pxa: Pxa::default(),
            since: Since::default(),
            observations: BTreeMap::new(),
            messages: vec![],
            attachments: BTreeMap::new(),
            disputes: BTreeMap::new(),
            note: Note::default(),
            relations: vec![],
            overrides: vec![],
            declined: None,
            accepted_at: None,
            first_contact_at: None,
            closed: None,
        })
    }

    /// Takes in what happened next.
    pub fn apply(&mut self, entry: &Entry) {
        self.version = entry.seq;
        let at = entry.recorded_at;
        if let Hand::Participant(participant) = entry.hand {
            self.heard_from(participant, at);
        }
        self.apply_intake(entry, at);
        self.apply_participants(&entry.event, at);
        self.apply_advisory(&entry.event);
        self.apply_world(&entry.event);
        self.apply_flaws(&entry.event, at);
        self.apply_work(&entry.event, at);
        self.apply_administration(&entry.event, at);
        self.embargo.apply(&entry.event, at);
        self.note.apply(&entry.event, at);
    }

    fn apply_intake(&mut self, entry: &Entry, at: Timestamp) {
        match &entry.event {
            Event::ReportAddendumReceived { text, .. } => {
                self.report.addenda.push((at, text.clone()));
                self.heard_from(self.reporter, at);
            }
            Event::ReportAcknowledged { .. } => {
                self.report.acknowledged_at.get_or_insert(at);
            }
            Event::ReportAnalysed { result, notes } => {
                self.analyses.push((at, *result, notes.clone()));
            }
            Event::ScoreRecorded { vulnerability, vector } => self.scores.push(Scored {
                at,
                by: entry.hand.clone(),
                vulnerability: *vulnerability,
                vector: vector.clone(),
            }),
            Event::ScoreWaived { reason } => self.score_waived = Some(reason.clone()),
            Event::SsvcSelected { selection } => self.selections.push((at, selection.clone())),
            Event::ReportValidated => {
                self.own_step(RmStep::Validate);
                self.declined = None;
            }
            Event::ReportInvalidated { .. } => self.own_step(RmStep::Invalidate),
            Event::CaseAccepted { number, case_kind } => {
                self.own_step(RmStep::Accept);
                self.number.get_or_insert_with(|| number.clone());
                self.kind = Some(*case_kind);
                self.accepted_at.get_or_insert(at);
                self.declined = None;
            }
            Event::CaseDeclined { reasons, explanation } => {
                if !reasons.iter().any(|reason| DeclineReason::doubts_the_report(*reason)) {
                    self.own_step(RmStep::Defer);
                }
                let (reasons, explanation) = (reasons.clone(), explanation.clone());
                self.declined = Some(Declined { at, reasons, explanation });
            }
            Event::CaseDeferred => self.own_step(RmStep::Defer),
            Event::CaseResumed => {
                self.own_step(RmStep::Accept);
                self.declined = None;
            }
            _ => {}
        }
    }

    fn apply_participants(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::ParticipantAdded { participant, party, roles, visibility, suggested_by } => {
                self.add(*participant, *party, roles, at);
                self.with(*participant, |them| {
                    them.visibility = *visibility;
                    them.suggested_by = *suggested_by;
                });
            }
            Event::ParticipantSuggested { by, whom } => {
                self.suggestions.push(Suggestion { by: *by, whom: whom.clone(), at });
            }
            Event::ContactAttempted { participant, contact, channel, letter } => {
                let outcome = first_outcome(*channel);
                let attempt =
                    Attempt { at, contact: *contact, channel: *channel, letter: *letter, outcome };
                let vendor = self.participant(*participant).is_some_and(Participant::is_vendor);
                if vendor {
                    self.first_contact_at.get_or_insert(at);
                }
                self.with(*participant, |them| them.attempts.push(attempt));
            }
            Event::DeliveryUpdated { participant, letter, outcome } => {
                self.with(*participant, |them| {
                    let attempts = them.attempts.iter_mut();
                    for attempt in attempts.filter(|attempt| attempt.letter == Some(*letter)) {
                        attempt.outcome = *outcome;
                    }
                });
            }
            Event::VendorAware { participant, .. } => self.reach(*participant, Vfd::Aware),
            _ => self.apply_answers(event, at),
        }
    }

    fn apply_answers(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::RmMoved { participant, step } => {
                self.heard_from(*participant, at);
                self.with(*participant, |them| {
                    them.rm = them.rm.step(*step).unwrap_or(them.rm);
                });
            }
            Event::QuestionsAnswered { participant, answers } => {
                self.heard_from(*participant, at);
                self.with(*participant, |them| them.answers = answers.clone());
            }
            Event::FixDateStated { participant, ready } => {
                self.heard_from(*participant, at);
                self.with(*participant, |them| them.fix_dates.push((at, ready.clone())));
            }
            Event::StatusSet { participant, vulnerability, product, status, versions } => {
                self.heard_from(*participant, at);
                self.with(*participant, |them| {
                    let (status, versions, vfd) = (status.clone(), versions.clone(), them.vfd);
                    let line = Line { product: *product, status, versions, vfd, at };
                    set_line(them.lines.entry(*vulnerability).or_default(), line);
                });
            }
            Event::FixReady { participant } => self.reach(*participant, Vfd::FixReady),
            Event::FixDeployed { participant } => self.reach(*participant, Vfd::FixDeployed),
            Event::StatementProvided { participant, wording, audience } => {
                let statement = Statement { at, wording: wording.clone(), audience: *audience };
                self.heard_from(*participant, at);
                self.with(*participant, |them| them.statements.push(statement));
            }
            _ => self.apply_standing(event, at),
        }
    }

    fn apply_standing(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::AddendumWritten { participant, text } => {
                let addendum = text.clone().map(|text| (at, text));
                self.with(*participant, |them| them.addendum = addendum);
            }
            Event::VisibilityChanged { participant, visibility } => {
                self.with(*participant, |them| them.visibility = *visibility);
            }
            Event::ReminderSent { participant } => {
                self.with(*participant, |them| them.reminded_at.push(at));
            }
            Event::MarkedNonResponsive { participant } => {
                self.with(*participant, |them| them.non_responsive = true);
            }
            Event::ParticipantLeft { participant } => {
                self.with(*participant, |them| them.standing = Standing::Left(at));
            }
            Event::ParticipantRemoved { participant, .. } => {
                self.with(*participant, |them| them.standing = Standing::Removed(at));
            }
            Event::ConsentMoved { participant, step } => {
                self.with(*participant, |them| move_consent(them, *step, at));
            }
            Event::EmbargoTerminated { .. } => {
                for them in self.participants.values_mut() {
                    them.shown_until = None;
                }
            }
            _ => {}
        }
    }

    fn apply_world(&mut self, event: &Event) {
        match event {
            Event::ObservationClaimed { observation, observed, by, observed_at, evidence } => {
                let seen = Observation {
                    kind: ObservationKind::clone(observed),
                    by: *by,
                    observed_at: *observed_at,
                    evidence: evidence.clone(),
                    verdict: Verdict::Claimed,
                };
                self.observations.insert(*observation, seen);
            }
            Event::ObservationAdopted { observation } => {
                if let Some(seen) = self.observations.get_mut(observation) {
                    seen.verdict = Verdict::Adopted;
                }
            }
            Event::ObservationRejected { observation } => {
                if let Some(seen) = self.observations.get_mut(observation) {
                    seen.verdict = Verdict::Rejected;
                }
            }
            Event::PublicAware { since, .. } => {
                self.pxa.public = true;
                self.since.public.get_or_insert(*since);
            }
            Event::ExploitPublic { since } => {
                self.pxa.exploit = true;
                self.since.exploit.get_or_insert(*since);
            }
            Event::AttacksObserved { since } => {
                self.pxa.attacks = true;
                self.since.attacks.get_or_insert(*since);
            }
            _ => {}
        }
    }

    fn apply_flaws(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::VulnerabilityAdded { vulnerability, description } => {
                let last = self.vulnerabilities.values().map(|flaw| flaw.ordinal).max();
                let flaw = Vulnerability {
                    ordinal: last.unwrap_or(0).saturating_add(1),
                    descriptions: description.iter().map(|text| (at, text.clone())).collect(),
                    added_at: at,
                    cwe: None,
                    cve: None,
                    cve_at: None,
                    cve_by: None,
                    cve_requested_of: None,
                    cve_requested_at: None,
                    cve_reserving_since: None,
                    cve_rejected: vec![],
                    identifiers: BTreeSet::new(),
                    identifiers_at: None,
                };
                self.vulnerabilities.insert(*vulnerability, flaw);
                self.fix_is_not_for(*vulnerability, at);
            }
            Event::VulnerabilityDescribed { vulnerability, description } => {
                if let Some(flaw) = self.vulnerabilities.get_mut(vulnerability) {
                    flaw.descriptions.push((at, description.clone()));
                }
            }
            Event::WeaknessSet { vulnerability, cwe } => {
                if let Some(flaw) = self.vulnerabilities.get_mut(vulnerability) {
                    flaw.cwe = *cwe;
                }
            }
            Event::IdentifiersSet { vulnerability, identifiers } => {
                if let Some(flaw) = self.vulnerabilities.get_mut(vulnerability) {
                    flaw.identifiers.clone_from(identifiers);
                    flaw.identifiers_at = Some(at);
                }
            }
            Event::CveRequested { vulnerability, of } => {
                if let Some(flaw) = self.vulnerabilities.get_mut(vulnerability) {
                    flaw.cve_requested_of = Some(*of);
                    flaw.cve_requested_at = Some(at);
                }
            }
            Event::CveReservationAsked { vulnerability } => {
                if let Some(flaw) = self.vulnerabilities.get_mut(vulnerability) {
                    flaw.cve_reserving_since = Some(at);
                }
            }
            Event::CveRejected { vulnerability, cve, reason, replaced_by } => {
                if let Some(flaw) = self.vulnerabilities.get_mut(vulnerability) {
                    flaw.cve_rejected.push(RejectedCve {
                        at,
                        cve: cve.clone(),
                        reason: reason.clone(),
                        replaced_by: replaced_by.clone(),
                    });
                    (flaw.cve, flaw.cve_at, flaw.cve_by) = (None, None, None);
                }
            }
            Event::CveAssigned { vulnerability, cve, by } => {
                if let Some(flaw) = self.vulnerabilities.get_mut(vulnerability) {
                    flaw.cve = Some(cve.clone());
                    flaw.cve_at = Some(at);
                    flaw.cve_by = *by;
                }
            }
            _ => {}
        }
    }

    fn apply_work(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::MessagePosted { message, by, audience, text } => {
                if let Some(by) = by {
                    self.heard_from(*by, at);
                }
                let (audience, text) = (audience.clone(), text.clone());
                self.messages.push(Message { id: *message, at, by: *by, audience, text });
            }
            Event::AttachmentAdded { attachment, by, audience, name, sha256, bytes } => {
                let file = Attachment {
                    at,
                    by: *by,
                    audience: audience.clone(),
                    name: name.clone(),
                    sha256: sha256.clone(),
                    bytes: *bytes,
                };
                self.attachments.insert(*attachment, file);
            }
            Event::DisputeOpened { dispute, by, about, position } => {
                let positions = vec![(at, Some(*by), position.clone())];
                self.disputes.insert(*dispute, Dispute { about: *about, positions, finding: None });
            }
            Event::PositionStated { dispute, by, position } => {
                if let Some(dispute) = self.disputes.get_mut(dispute) {
                    dispute.positions.push((at, *by, position.clone()));
                }
            }
            Event::DisputeResolved { dispute, finding } => {
                if let Some(dispute) = self.disputes.get_mut(dispute) {
                    dispute.finding = Some(finding.clone());
                }
            }
            _ => {}
        }
    }

    fn apply_administration(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::CaseAssigned { to } => self.assignee = Some(*to),
            Event::TitleChanged { title } => self.title = title.clone(),
            Event::PolicyTaken { policy } => self.policy = (**policy).clone(),
            Event::PolicyOverridden { rule, reason } => {
                self.overrides.push((at, *rule, reason.clone()));
            }
            Event::CaseLinked { other, relation } => self.relate(*relation, *other),
            Event::CaseSplit { child, vulnerabilities } => {
                self.vulnerabilities.retain(|id, _| !vulnerabilities.contains(id));
                for them in self.participants.values_mut() {
                    them.lines.retain(|id, _| !vulnerabilities.contains(id));
                }
                self.relate(super::Relation::SplitInto, *child);
            }
            Event::CaseMerged { other, .. } => self.relate(super::Relation::MergedFrom, *other),
            Event::CaseClosed { reason } => {
                self.own_step(RmStep::Close);
                self.closed = Some((at, *reason));
            }
            Event::CaseReopened => self.closed = None,
            _ => {}
        }
    }

    fn add(&mut self, id: ParticipantId, party: Party, roles: &BTreeSet<Role>, at: Timestamp) {
        let mut them = Participant::new(id, party, roles.clone(), at);
        if roles.contains(&Role::Reporter) || roles.contains(&Role::Finder) {
            // Who found or reported it has the report already (model 2.1).
            them.rm = Rm::Accepted;
            if them.is_vendor() {
                them.vfd = Vfd::Aware;
            }
        }
        self.participants.insert(id, them);
    }

    /// A fix that was there before a flaw was known is not a fix of it.
    fn fix_is_not_for(&mut self, vulnerability: VulnerabilityId, at: Timestamp) {
        let fixed = |them: &&mut Participant| them.is_vendor() && them.vfd >= Vfd::FixReady;
        for them in self.participants.values_mut().filter(fixed) {
            let status = ProductStatus::Unknown;
            let line = Line { product: None, status, versions: None, vfd: Vfd::Aware, at };
            them.lines.entry(vulnerability).or_default().push(line);
        }
    }

    pub(crate) fn with(&mut self, id: ParticipantId, change: impl FnOnce(&mut Participant)) {
        if let Some(them) = self.participants.get_mut(&id) {
            change(them);
        }
    }

    /// A word from a participant, whatever it was, ends their silence.
    fn heard_from(&mut self, id: ParticipantId, at: Timestamp) {
        self.with(id, |them| {
            them.acknowledged_at.get_or_insert(at);
            them.last_heard_at = Some(at);
            them.non_responsive = false;
        });
    }

    fn own_step(&mut self, step: RmStep) {
        self.with(self.coordinator, |us| us.rm = us.rm.step(step).unwrap_or(us.rm));
    }

    fn relate(&mut self, relation: super::Relation, other: CaseId) {
        if !self.relations.contains(&(relation, other)) {
            self.relations.push((relation, other));
        }
    }

    /// A vendor is at least this far, with everything that concerns it.
    fn reach(&mut self, id: ParticipantId, stage: Vfd) {
        self.with(id, |them| {
            them.vfd = them.vfd.max(stage);
            for line in them.lines.values_mut().flatten() {
                line.vfd = line.vfd.max(stage);
            }
        });
    }
}

/// What is known of an attempt at the moment it is made.
fn first_outcome(channel: Channel) -> Delivery {
    match channel {
        Channel::Mail => Delivery::Queued,
        Channel::Telephone | Channel::Form | Channel::Other => Delivery::Delivered,
    }
}

fn set_line(lines: &mut Vec<Line>, mut line: Line) {
    line.vfd = match line.status {
        ProductStatus::Fixed => line.vfd.max(Vfd::FixReady),
        ProductStatus::Unknown
        | ProductStatus::UnderInvestigation
        | ProductStatus::Affected
        | ProductStatus::NotAffected { .. }
        | ProductStatus::WillNotFix => line.vfd,
    };
    match lines.iter_mut().find(|known| known.product == line.product) {
        Some(known) => {
            // What was reached stays reached, whatever is said later (I1).
            line.vfd = match line.status {
                ProductStatus::Fixed => line.vfd.max(known.vfd),
                ProductStatus::Unknown
                | ProductStatus::UnderInvestigation
                | ProductStatus::Affected
                | ProductStatus::NotAffected { .. }
                | ProductStatus::WillNotFix => known.vfd,
            };
            *known = line;
        }
        None => lines.push(line),
    }
}

fn move_consent(them: &mut Participant, step: PecStep, at: Timestamp) {
    them.pec = them.pec.step(step).unwrap_or(them.pec);
    match step {
        PecStep::Revise => them.shown_until = Some(at),
        PecStep::Accept | PecStep::Reset => them.shown_until = None,
        PecStep::Invite | PecStep::Decline => {}
    }
}
