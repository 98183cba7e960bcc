//! Who is due for a reminder: vendors who were told and have not said a word (S51, S52).

use jiff::Timestamp;

use crate::participant::Participant;
use crate::status::ProductStatus;
use crate::{Case, ParticipantId};

impl Case {
    /// The vendors to be reminded now: after so many days of silence as the policy names, each
    /// once, and once more shortly before the note goes out. Nobody is reminded of a case that
    /// is public or closed.
    pub fn due_for_reminder(&self, now: Timestamp) -> Vec<ParticipantId> {
        if self.closed.is_some() || self.pxa.public || self.accepted_at.is_none() {
            return vec![];
        }
        let due = |them: &&Participant| self.is_due(them, now);
        self.vendors().filter(|them| them.is_engaged()).filter(due).map(|them| them.id).collect()
    }

    fn is_due(&self, them: &Participant, now: Timestamp) -> bool {
        let Some(since) = them.silent_since() else { return false };
        if them.overall_status() != ProductStatus::Unknown {
            return false;
        }
        let promptness = &self.policy.promptness;
        let reached = promptness.reminders.iter().filter(|days| days.after(since) <= now).count();
        let sent = them.reminded_at.iter().filter(|at| **at >= since).count();
        if sent < reached {
            return true;
        }
        let goes_out = self.publishes_at().or_else(|| self.embargo.end().map(|end| end.at));
        goes_out.is_some_and(|at| {
            let last = promptness.last_reminder.before(at);
            last <= now && since < last && !them.reminded_at.iter().any(|sent| *sent >= last)
        })
    }
}
