//! The end of an embargo as a calendar shows it: one entry for a case, which moves when another
//! end is agreed, and is called off when the embargo ends before.

use jiff::Timestamp;

use super::{Embargo, EndCause, Proposal, ProposalState};
use crate::{Case, CaseNumber, Me};

/// An entry of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarEntry {
    /// When the embargo ends, or would have ended.
    pub ends_at: Timestamp,
    /// Since when the entry is as it is.
    pub changed_at: Timestamp,
    /// Whether it takes place.
    pub standing: CalendarStanding,
}

/// Whether an entry of a calendar takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarStanding {
    /// It does, or did.
    Agreed,
    /// The embargo ended before.
    CalledOff,
}

impl Embargo {
    /// The entry, once an end was agreed.
    fn calendar_entry(&self) -> Option<CalendarEntry> {
        if let Some(terms) = &self.terms {
            let (ends_at, changed_at) = (terms.end.at, terms.since);
            return Some(CalendarEntry { ends_at, changed_at, standing: CalendarStanding::Agreed });
        }
        let (ended_at, cause) = self.ended?;
        let agreed = |one: &&Proposal| one.state == ProposalState::Accepted;
        let mut ends = self.proposals.iter().filter(agreed).map(|one| one.end.at);
        // The one that stood last is not written down once it stands no more. One that came is the
        // last before the end; of those that did not, the one that was named last.
        let (end, standing) = match cause {
            EndCause::Expiry => {
                (ends.filter(|end| *end <= ended_at).max(), CalendarStanding::Agreed)
            }
            EndCause::Public
            | EndCause::Exploit
            | EndCause::Attacks
            | EndCause::Quorum
            | EndCause::Consensus
            | EndCause::Other => (ends.rfind(|end| *end > ended_at), CalendarStanding::CalledOff),
        };
        // An embargo that nobody agreed to was on nobody's calendar.
        self.began_at?;
        let ends_at = end.unwrap_or(ended_at);
        Some(CalendarEntry { ends_at, changed_at: ended_at, standing })
    }
}

impl Me {
    /// The entry of a case in the calendar of who may enter it, once the case has a number. When
    /// it was as it is before they were told is not theirs to know.
    pub fn calendar_entry(&self, case: &Case) -> Option<(CaseNumber, CalendarEntry)> {
        if self.case() != case.id {
            return None;
        }
        let entry = case.embargo.calendar_entry()?;
        let told_at = self.participant().and_then(|id| case.participant(id)?.attempts.first());
        let changed_at = told_at.map_or(entry.changed_at, |told| told.at.max(entry.changed_at));
        Some((case.number.clone()?, CalendarEntry { changed_at, ..entry }))
    }
}

#[cfg(test)]
mod tests;
