//! What will be told: the vulnerability note, from the first draft to the public text.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::access::StaffRole;
use crate::event::Event;
use crate::report::choices;
use crate::{AccountId, CommentId, Instant, ParticipantId, Rule, Text};

mod foreseen;
mod imported;
mod leak;
mod published;
mod subject;
mod verbs;
mod withdrawal;

pub use foreseen::Foreseen;
pub use imported::withdrawal as imported_withdrawal;
pub use imported::{
    Elsewhere, FlawElsewhere, Imported, LineElsewhere, ScoreElsewhere, VendorElsewhere,
};
pub use leak::{Guarded, Leak, Place, leaks};
pub use published::{
    Assigner, Content, Published, PublishedLine, PublishedProduct, PublishedVendor,
    PublishedVulnerability, Withdrawal, Words,
};
pub use subject::{Subject, SubjectKind, place_of};
pub(crate) use verbs::lacks_a_fix;

choices! {
    /// A section of a note, in the order in which it is read.
    Section {
        /// What it is, in two sentences.
        Overview => "Overview",
        /// What is wrong.
        Description => "Description",
        /// What an attacker can do.
        Impact => "Impact",
        /// What to do about it.
        Solution => "Solution",
        /// What to do until then.
        Workarounds => "Workarounds",
        /// Which systems, beyond what the vendors say.
        SystemsAffected => "Systems affected",
        /// Who is thanked.
        Acknowledgements => "Acknowledgements",
        /// Who wrote the note.
        Author => "Author",
        /// Where to read more, one address a line.
        References => "References",
    }
}

choices! {
    /// What stays of a note that is withdrawn.
    Remains {
        /// Readers need to know what was said.
        Words => "Its words stay, under the notice that it was withdrawn",
        /// What was said must go.
        Nothing => "Nothing of it stays but its number and the reason",
    }
}

/// When an approved note goes out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "at", rename_all = "snake_case")]
pub enum When {
    /// At the end of the embargo, wherever that moves.
    EmbargoEnds,
    /// At an instant of its own.
    At(Instant),
}

/// Where the note of a case stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Note {
    /// Every revision of the draft, oldest first.
    pub revisions: Vec<Revision>,
    /// Remarks on the draft.
    pub comments: BTreeMap<CommentId, Comment>,
    /// Who approved the newest revision.
    pub approvals: BTreeMap<AccountId, StaffRole>,
    /// For when they approved it.
    pub approved_for: Option<When>,
    /// Rules that were set aside for this approval.
    #[serde(default)]
    pub set_aside: BTreeSet<Rule>,
    /// Whether it goes out by itself, and when.
    pub armed: Option<Armed>,
    /// When it first went out, and which revision of the draft is public now.
    pub published: Option<(Timestamp, u32)>,
    /// When it went out again, mended, oldest first (S103).
    pub revised_at: Vec<Timestamp>,
    /// A decision to take it back that not enough people made yet.
    #[serde(default)]
    pub withdrawing: Option<Withdrawing>,
    /// Since when it is withdrawn, what stays of it, and why (INV-16).
    #[serde(default)]
    pub withdrawn: Option<(Timestamp, Remains, Text)>,
    /// When it last came back after that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned_at: Option<Timestamp>,
    /// Why there will be none (S81).
    pub declined: Option<(Timestamp, Text)>,
}

/// One revision of the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revision {
    /// Counts up from 1.
    pub number: u32,
    /// When it was written.
    pub at: Timestamp,
    /// The title, as it will be public.
    pub title: Text,
    /// The sections.
    pub sections: BTreeMap<Section, Text>,
    /// Who was shown it, and since when.
    pub shared: BTreeMap<ParticipantId, Timestamp>,
}

/// A remark on the draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comment {
    /// Who; absent for the team.
    pub by: Option<ParticipantId>,
    /// When.
    pub at: Timestamp,
    /// On which revision.
    pub revision: u32,
    /// What.
    pub text: Text,
    /// Whether it was dealt with.
    pub resolved: bool,
}

/// A decision to take a public note back that waits for others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withdrawing {
    /// What is to stay of it.
    pub remains: Remains,
    /// Why, for everyone to read.
    pub reason: Text,
    /// Who decided so.
    pub approvals: BTreeMap<AccountId, StaffRole>,
}

/// A note that goes out by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Armed {
    /// Which revision.
    pub revision: u32,
    /// When.
    pub when: When,
    /// Since when it is: it goes out no earlier than that.
    #[serde(default)]
    pub since: Timestamp,
}

impl Note {
    /// The newest revision.
    pub fn latest(&self) -> Option<&Revision> {
        self.revisions.last()
    }

    /// Whether there is a revision that is not public yet.
    pub fn is_ahead(&self) -> bool {
        let public = self.published.map_or(0, |(_, revision)| revision);
        self.latest().is_some_and(|latest| latest.number > public)
    }

    /// Whether its newest public revision took the place of one that was public as well: it is
    /// neither the first, nor the one that brought it back.
    pub(crate) fn was_only_mended(&self) -> bool {
        self.revised_at.last().is_some_and(|at| self.returned_at != Some(*at))
    }

    /// A revision by its number.
    pub fn revision(&self, number: u32) -> Option<&Revision> {
        self.revisions.iter().find(|revision| revision.number == number)
    }

    /// The newest revision that a participant was shown.
    pub fn latest_shown_to(&self, participant: ParticipantId) -> Option<&Revision> {
        self.revisions.iter().rev().find(|revision| revision.shared.contains_key(&participant))
    }

    /// When a participant was first shown one of the revisions.
    pub fn first_shown_to(&self, participant: ParticipantId) -> Option<Timestamp> {
        let shown = self.revisions.iter().filter_map(|known| known.shared.get(&participant));
        shown.min().copied()
    }

    /// When the first of the revisions was shown to a participant.
    pub fn first_shown_at(&self) -> Option<Timestamp> {
        self.revisions.iter().flat_map(|revision| revision.shared.values()).min().copied()
    }

    pub(crate) fn apply(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::DraftWritten { revision, title, sections } => {
                self.revisions.push(Revision {
                    number: *revision,
                    at,
                    title: title.clone(),
                    sections: sections.clone(),
                    shared: BTreeMap::new(),
                });
                // What was approved was another text.
                self.disapprove();
                self.declined = None;
            }
            Event::DraftShared { revision, with } => {
                // What is well for these readers is asked again before everyone reads it.
                self.set_aside.retain(|rule| !rule.is_of_words());
                self.share(*revision, with, at);
            }
            Event::DraftCommented { comment, by, revision, text } => {
                let remark = Comment {
                    by: *by,
                    at,
                    revision: *revision,
                    text: text.clone(),
                    resolved: false,
                };
                self.comments.insert(*comment, remark);
            }
            Event::CommentResolved { comment } => {
                if let Some(comment) = self.comments.get_mut(comment) {
                    comment.resolved = true;
                }
            }
            Event::PolicyOverridden { rule, .. } if rule.is_of_publication() => {
                self.set_aside.insert(*rule);
            }
            Event::PublicationApproved { by, role, when, .. } => {
                self.approvals.insert(*by, *role);
                self.approved_for = Some(when.clone());
                self.declined = None;
            }
            Event::PublicationArmed { revision, when } => {
                self.armed = Some(Armed { revision: *revision, when: when.clone(), since: at });
            }
            Event::PublicationHeld => {
                self.disapprove();
                self.withdrawing = None;
            }
            Event::PublicationDeclined { reason } => {
                self.disapprove();
                self.declined = Some((at, reason.clone()));
            }
            Event::NotePublished { revision, dated } => {
                self.went_out(*revision, dated.unwrap_or(at));
            }
            Event::WithdrawalApproved { .. } | Event::NoteWithdrawn { .. } => {
                self.apply_withdrawal(event, at);
            }
            _ => {}
        }
    }

    /// What is out was approved once; what comes after it is approved anew.
    fn went_out(&mut self, revision: u32, at: Timestamp) {
        self.disapprove();
        self.withdrawing = None;
        if self.withdrawn.take().is_some() {
            self.returned_at = Some(at);
        }
        match &mut self.published {
            Some((_, public)) => {
                *public = revision;
                self.revised_at.push(at);
            }
            None => self.published = Some((at, revision)),
        }
    }

    /// Whatever was approved, and for whatever reason, is not any more.
    fn disapprove(&mut self) {
        self.approvals.clear();
        self.approved_for = None;
        self.set_aside.clear();
        self.armed = None;
    }

    fn share(&mut self, number: u32, with: &BTreeSet<ParticipantId>, at: Timestamp) {
        let known = self.revisions.iter_mut().find(|revision| revision.number == number);
        if let Some(revision) = known {
            for participant in with {
                revision.shared.entry(*participant).or_insert(at);
            }
        }
    }
}

#[cfg(test)]
mod tests;
