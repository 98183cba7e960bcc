//! What falls due in a case, and by when: derived from what happened and from the policy the
//! case was taken under, never kept (S66). A moved date moves everything that hangs on it, and
//! nothing has to be told.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::case::{CaseKind, Role};
use crate::participant::Participant;
use crate::report::choices;
use crate::{Case, ProposalId};

/// How soon after a note is public the CVE List should have the record: CNA Operational Rules
/// 4.5.1.3.
const RECORD_WITHIN: SignedDuration = SignedDuration::from_hours(24);

choices! {
    /// Something that falls due.
    Due {
        /// A first answer to the reporter (S17).
        FirstAnswer => "First answer to the reporter",
        /// An answer of the parties to a date on the table (E12).
        ProposalAnswers => "Answers to a proposed date",
        /// Another way to the vendors who have not said a word (S51).
        SilenceReview => "Another way to silent vendors",
        /// A CVE ID for every flaw, to be told with the draft (S75, S78).
        CveIds => "CVE IDs",
        /// The draft, in the hands of who may read it (S78).
        DraftShared => "Draft shared",
        /// Word to those who build on the product of a vendor that is silent (S70).
        DownstreamAlert => "Downstream vendors told",
        /// The last reminder to silent vendors (S52).
        LastReminder => "Last reminder to silent vendors",
        /// The end of the embargo.
        EmbargoEnd => "End of the embargo",
        /// The note.
        Publication => "Publication",
        /// The record in the CVE List (S86).
        CveRecord => "CVE record",
    }
}

/// How it stands with something that falls due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Progress {
    /// It was done, then.
    Met(Timestamp),
    /// There is time.
    Open,
    /// Its time has come to be seen to: from here on somebody should be warned.
    Pressing,
    /// Its time is over.
    Missed,
}

/// Something that falls due, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// What.
    pub due: Due,
    /// The proposal, if it is about one.
    pub proposal: Option<ProposalId>,
    /// From when on it is pressing.
    pub from: Timestamp,
    /// By when.
    pub by: Timestamp,
    /// How it stands.
    pub progress: Progress,
}

impl Case {
    /// Everything that falls due in the case as it stands, earliest first. What can no longer
    /// come about, as after a decline, is not there.
    pub fn deadlines(&self, now: Timestamp) -> Vec<Deadline> {
        let mut deadlines = vec![self.first_answer(now)];
        if self.declined.is_none() {
            deadlines.extend(self.proposal_answers(now));
            deadlines.extend(self.silence_review(now));
            deadlines.extend(self.before_publication(now));
        }
        deadlines.sort_by_key(|deadline| deadline.by);
        deadlines
    }

    /// The next thing to be seen to: the earliest that is neither done nor out of reach.
    pub fn next_deadline(&self, now: Timestamp) -> Option<Deadline> {
        let mut deadlines = self.deadlines(now).into_iter();
        deadlines.find(|deadline| !matches!(deadline.progress, Progress::Met(_)))
    }

    /// The instant to which the plan leads: that of the note if it is set, or the end of the
    /// embargo.
    pub fn target(&self) -> Option<Timestamp> {
        let published = self.note.published.map(|(at, _)| at);
        let set = published.or_else(|| self.publishes_at());
        set.or_else(|| self.embargo.end().map(|end| end.at))
    }

    fn first_answer(&self, now: Timestamp) -> Deadline {
        let (from, by) = self.first_response_due();
        deadline(Due::FirstAnswer, (from, by), self.report.acknowledged_at, now)
    }

    fn proposal_answers(&self, now: Timestamp) -> impl Iterator<Item = Deadline> {
        let floor = self.policy.embargo.answer_floor.duration();
        self.embargo.open().into_iter().map(move |proposal| {
            let by = proposal.answer_by;
            let from = by.checked_sub(floor).unwrap_or(by);
            let due = deadline(Due::ProposalAnswers, (from, by), None, now);
            Deadline { proposal: Some(proposal.id), ..due }
        })
    }

    /// From when on the first of the vendors who have not said a word counts as silent, until
    /// it counts as gone.
    fn silence_review(&self, now: Timestamp) -> Option<Deadline> {
        let promptness = &self.policy.promptness;
        let since = self.waiting_for().filter_map(Participant::silent_since).min()?;
        let (from, by) =
            (promptness.vendor_silent.after(since), promptness.vendor_gone.after(since));
        Some(deadline(Due::SilenceReview, (from, by), None, now))
    }

    fn before_publication(&self, now: Timestamp) -> Vec<Deadline> {
        let Some(target) = self.target() else { return vec![] };
        let (promptness, publication) = (&self.policy.promptness, &self.policy.publication);
        let read = (publication.draft_target.before(target), publication.draft_lead.before(target));
        let mut deadlines = vec![
            deadline(Due::CveIds, read, self.numbered_at(), now),
            deadline(Due::DraftShared, read, self.note.first_shown_at(), now),
            self.publication(target, now),
        ];
        if let Some(end) = self.embargo.end() {
            deadlines.push(deadline(Due::EmbargoEnd, (end.at, end.at), None, now));
        }
        if self.pxa.public {
            deadlines.extend(self.cve_record(now));
            return deadlines;
        }
        if self.waiting_for().next().is_some() {
            let last = promptness.last_reminder.before(target);
            let reminded = self.waiting_for().map(|them| them.reminded_at.last().copied());
            let all: Option<Vec<_>> = reminded.collect();
            let done = all.and_then(|all| all.into_iter().min()).filter(|at| *at >= last);
            deadlines.push(deadline(Due::LastReminder, (last, target), done, now));
            deadlines.extend(self.downstream_alert(target, now));
        }
        deadlines
    }

    fn publication(&self, target: Timestamp, now: Timestamp) -> Deadline {
        let from = self.policy.promptness.last_reminder.before(target);
        let published = self.note.published.map(|(at, _)| at);
        deadline(Due::Publication, (from, target), published, now)
    }

    /// While a vendor is silent, those downstream of it are told in good time.
    fn downstream_alert(&self, target: Timestamp, now: Timestamp) -> Option<Deadline> {
        let downstream = |them: &&Participant| them.roles.contains(&Role::DownstreamVendor);
        let mut theirs = self.engaged().filter(downstream).peekable();
        theirs.peek()?;
        let told: Option<Vec<_>> =
            theirs.map(|them| them.attempts.first().map(|attempt| attempt.at)).collect();
        let done = told.and_then(|told| told.into_iter().max());
        let by = self.policy.promptness.downstream_before.before(target);
        Some(deadline(Due::DownstreamAlert, (by, by), done, now))
    }

    /// The record follows the note, if it is ours to write.
    fn cve_record(&self, now: Timestamp) -> Option<Deadline> {
        let public = self.since.public?;
        if !self.vulnerabilities.values().any(|flaw| flaw.our_cve().is_some()) {
            return None;
        }
        let by = public.checked_add(RECORD_WITHIN).unwrap_or(Timestamp::MAX);
        Some(deadline(Due::CveRecord, (public, by), None, now))
    }

    /// Vendors who were told and have said neither how they stand nor anything else.
    fn waiting_for(&self) -> impl Iterator<Item = &Participant> {
        let coordinated = self.kind == Some(CaseKind::Coordinate);
        self.vendors().filter(move |them| {
            coordinated && them.is_engaged() && them.is_notified() && them.last_heard_at.is_none()
        })
    }

    /// When the last of the flaws got its CVE ID, if all have one.
    fn numbered_at(&self) -> Option<Timestamp> {
        let given: Option<Vec<_>> = self.vulnerabilities.values().map(|flaw| flaw.cve_at).collect();
        given.and_then(|given| given.into_iter().max())
    }
}

fn deadline(
    due: Due,
    (from, by): (Timestamp, Timestamp),
    done: Option<Timestamp>,
    now: Timestamp,
) -> Deadline {
    let progress = match done {
        Some(at) => Progress::Met(at),
        None if by < now => Progress::Missed,
        None if from <= now => Progress::Pressing,
        None => Progress::Open,
    };
    Deadline { due, proposal: None, from, by, progress }
}

#[cfg(test)]
mod tests;
