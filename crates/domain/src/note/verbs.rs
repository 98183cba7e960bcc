//! Writing, sharing, approving and publishing the note.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Section, When};
use crate::access::{Me, StaffRole};
use crate::cs::Vfd;
use crate::em::Em;
use crate::embargo::EndCause;
use crate::event::{Basis, Event};
use crate::participant::{Participant, Standing};
use crate::plan::{Asked, Decision, Plan};
use crate::rm::Rm;
use crate::status::ProductStatus;
use crate::{Case, CommentId, ParticipantId, Refusal, Rule, Text};

/// A note that goes out no later than this carries the instant that was agreed. One that is later
/// says so, or programs that ask for what is new since they last asked would miss it.
const ON_TIME: SignedDuration = SignedDuration::from_mins(1);

impl Case {
    /// A new revision of the draft. It takes back any approval of an older one. What is public
    /// stays as it is until the revision is approved and published in its turn (S103).
    pub fn write_draft(
        &self,
        me: &Me,
        title: Text,
        sections: BTreeMap<Section, Text>,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        if sections.is_empty() {
            return Err(Refusal::EmptyNote);
        }
        let revision = self.note.latest().map_or(0, |latest| latest.number) + 1;
        plan.push(Event::DraftWritten { revision, title, sections });
        plan.done()
    }

    /// The newest revision is shown to participants who keep the embargo (S78).
    pub fn share_draft(&self, me: &Me, with: BTreeSet<ParticipantId>, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        let revision = self.note.latest().ok_or(Refusal::NoDraft)?.number;
        self.is_described()?;
        for participant in &with {
            plan.engaged(*participant)?;
            let them = self.participant(*participant).ok_or(Refusal::NoSuchParticipant)?;
            if !them.may_receive_content(self.embargo.em) {
                return Err(Refusal::AgreeFirst);
            }
        }
        if with.is_empty() {
            return Err(Refusal::NoSuchParticipant);
        }
        for rule in &asked.objections {
            plan.needs_reason(*rule)?;
        }
        plan.push(Event::DraftShared { revision, with });
        plan.done()
    }

    /// Somebody who was shown the draft, or the team, remarks on it (S79).
    pub fn comment_on_draft(
        &self,
        me: &Me,
        comment: CommentId,
        text: Text,
        asked: &Asked,
    ) -> Decision {
        me.writes()?;
        if self.note.comments.contains_key(&comment) {
            return Plan::new(self, me, asked).done();
        }
        let by = me.participant();
        let shown = match by {
            Some(participant) => self.note.latest_shown_to(participant),
            None => self.note.latest(),
        };
        let revision = shown.ok_or(Refusal::NoDraft)?.number;
        let mut plan = Plan::new(self, me, asked);
        plan.push(Event::DraftCommented { comment, by, revision, text });
        plan.done()
    }

    /// A remark was dealt with.
    pub fn resolve_comment(&self, me: &Me, comment: CommentId, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        let known = self.note.comments.get(&comment).ok_or(Refusal::NoSuchComment)?;
        if !known.resolved {
            plan.push(Event::CommentResolved { comment });
        }
        plan.done()
    }

    /// Somebody with the right to decides to publish the newest revision at an instant, the
    /// same for all who approve. With each approval come the checks, and what was set aside
    /// with one holds for the next; the last one that the policy asks for, with a lead among
    /// them, arms the note.
    pub fn approve_publication(
        &self,
        me: &Me,
        revision: u32,
        when: When,
        asked: &Asked,
    ) -> Decision {
        let (by, role) = me.approves()?;
        let mut plan = self.work(me, asked)?;
        if plan.own_rm() != Rm::Accepted {
            return Err(Refusal::NotAccepted);
        }
        if self.note.latest().ok_or(Refusal::NoDraft)?.number != revision {
            return Err(Refusal::StaleDraft);
        }
        if !self.note.is_ahead() {
            return Err(Refusal::AlreadyPublished);
        }
        self.is_described()?;
        if self.note.approvals.contains_key(&by) {
            return Err(Refusal::ApprovedAlready);
        }
        if self.note.approved_for.as_ref().is_some_and(|before| *before != when) {
            return Err(Refusal::OtherInstant);
        }
        let at = self.publication_instant(&when).unwrap_or(asked.now).max(asked.now);
        plan.check_before_publication(at, &asked.objections)?;
        plan.push(Event::PublicationApproved { revision, by, role, when: when.clone() });
        let approvals = &plan.case.note.approvals;
        let enough = approvals.len() >= usize::from(self.policy.publication.approvers.max(1));
        if self.note.armed.is_none()
            && enough
            && approvals.values().any(|role| *role == StaffRole::Lead)
        {
            plan.push(Event::PublicationArmed { revision, when });
        }
        plan.done()
    }

    /// The note does not go out by itself for now.
    pub fn hold_publication(&self, me: &Me, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        let approved = self.note.armed.is_some() || !self.note.approvals.is_empty();
        if !approved && self.note.withdrawing.is_none() {
            return Err(Refusal::NotArmed);
        }
        plan.push(Event::PublicationHeld);
        plan.done()
    }

    /// There will be no note, and why (S81).
    pub fn decline_publication(&self, me: &Me, reason: Text, asked: &Asked) -> Decision {
        let mut plan = self.work(me, asked)?;
        if self.note.published.is_some() {
            return Err(Refusal::AlreadyPublished);
        }
        plan.push(Event::PublicationDeclined { reason });
        plan.done()
    }

    /// The moment has come: the note is public. Ends an embargo whose time has come, and
    /// refuses while one binds, unless the approval set that rule aside (E18).
    pub fn publish(&self, me: &Me, asked: &Asked) -> Decision {
        me.is_server()?;
        let armed = self.note.armed.clone().ok_or(Refusal::NotArmed)?;
        let due = self.publishes_at().filter(|due| *due <= asked.now);
        let due = due.ok_or(Refusal::TooEarly)?;
        let late = asked.now.duration_since(due) > ON_TIME;
        let dated = if late { asked.now } else { due };
        let mut plan = Plan::new(self, me, asked);
        plan.expire();
        if plan.case.embargo.free().is_none() {
            if !self.note.set_aside.contains(&Rule::PublishInEmbargo) {
                return Err(Refusal::EmbargoInForce);
            }
            plan.tear_down(EndCause::Other);
        }
        plan.push(Event::NotePublished { revision: armed.revision, dated: Some(dated) });
        plan.becomes_public(dated, Basis::Seen);
        plan.tear_down(EndCause::Public);
        plan.done()
    }

    /// The instant at which an approved note goes out; absent while that is not known. A note
    /// that waits for the embargo goes out when the embargo ends, or at once if none binds and
    /// none is being agreed on.
    pub fn publication_instant(&self, when: &When) -> Option<Timestamp> {
        match when {
            When::At(instant) => Some(instant.at),
            When::EmbargoEnds => match self.embargo.end() {
                Some(end) => Some(end.at),
                None if self.embargo.em == Em::Proposed => None,
                None => self.embargo.ended.map(|(at, _)| at).or(self.accepted_at),
            },
        }
    }

    /// When the note goes out by itself, if it does: at the instant it was approved for, or at
    /// once if that had passed before enough people approved it.
    pub fn publishes_at(&self) -> Option<Timestamp> {
        let armed = self.note.armed.as_ref()?;
        Some(self.publication_instant(&armed.when)?.max(armed.since))
    }
}

impl Plan<'_> {
    /// What was approved is so no more.
    pub(crate) fn hold_if_approved(&mut self) {
        if self.case.note.armed.is_some() || !self.case.note.approvals.is_empty() {
            self.push(Event::PublicationHeld);
        }
    }

    /// What should be before a note goes out at `at`; each may be set aside with a reason.
    fn check_before_publication(
        &mut self,
        at: Timestamp,
        objections: &BTreeSet<Rule>,
    ) -> Result<(), Refusal> {
        let rules = self.case.speaks_against_publication(at);
        for rule in rules.into_iter().chain(objections.iter().copied()) {
            if !self.case.note.set_aside.contains(&rule) {
                self.needs_reason(rule)?;
            }
        }
        Ok(())
    }
}

impl Case {
    /// The rules that speak against publishing at `at`, as things stand (E18, S52, S62, S75,
    /// S78, S79).
    pub fn speaks_against_publication(&self, at: Timestamp) -> Vec<Rule> {
        let mut rules = vec![];
        let mut unless = |fine: bool, rule| {
            if !fine {
                rules.push(rule);
            }
        };
        unless(self.embargo.end().is_none_or(|end| at >= end.at), Rule::PublishInEmbargo);
        let flaws = &self.vulnerabilities;
        let numbered = !flaws.is_empty() && flaws.values().all(|flaw| flaw.cve.is_some());
        unless(numbered, Rule::NoCveId);
        unless(self.everyone_had_time_to_read(at), Rule::ShortDraftLead);
        let silent_after = self.policy.promptness.vendor_silent;
        // Who has said what there is to say is not silent, however long ago that was.
        let forgotten = |them: &Participant| {
            them.overall_status() == ProductStatus::Unknown
                && them.is_silent(silent_after, at)
                && them.reminded_at.is_empty()
        };
        let reminded = !self.vendors().any(|them| them.is_engaged() && forgotten(them));
        unless(reminded, Rule::NoReminder);
        unless(self.note.comments.values().all(|remark| remark.resolved), Rule::OpenRemark);
        unless(!self.vendors().any(lacks_a_fix), Rule::PublishWithoutFix);
        rules
    }

    /// Everyone who may read the draft was shown one in good time (S78).
    fn everyone_had_time_to_read(&self, at: Timestamp) -> bool {
        let lead = self.policy.publication.draft_lead;
        let em = self.embargo.em;
        let reads = |them: &&Participant| {
            them.id != self.coordinator && them.knows_of_it() && them.may_receive_content(em)
        };
        self.engaged().filter(reads).all(|them| {
            let first = self.note.first_shown_to(them.id);
            first.is_some_and(|shown| lead.after(shown) <= at)
        })
    }
}

/// A vendor says that it is affected, and has no fix (S62).
pub(crate) fn lacks_a_fix(them: &Participant) -> bool {
    if matches!(them.standing, Standing::Removed(_)) || them.vfd() >= Vfd::FixReady {
        return false;
    }
    match them.overall_status() {
        ProductStatus::Affected | ProductStatus::WillNotFix => true,
        ProductStatus::Unknown
        | ProductStatus::UnderInvestigation
        | ProductStatus::NotAffected { .. }
        | ProductStatus::Fixed => false,
    }
}
