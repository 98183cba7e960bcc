//! What a note will say once it is public, told to the team and to the machine before. It lets
//! files be made, checked and signed ahead of their instant, and gives nobody the right to publish.

use std::ops::Deref;

use jiff::Timestamp;

use super::{Content, Words};
use crate::embargo::EndCause;
use crate::{Case, Event};

/// What a revision of a note will say if it goes out at an instant: the case is brought forward on
/// a copy that nobody else sees. It is not a [`Published`](super::Published) and none can be made
/// of it, so nothing that publishes takes it; what is made from it stays sealed with the case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Foreseen(Content);

impl Foreseen {
    /// What a revision will say if it goes out at `at`; nothing for a case without a number, or
    /// without that revision.
    pub fn of(case: &Case, revision: u32, at: Timestamp, words: &Words) -> Option<Self> {
        let mut then = case.clone();
        if then.embargo.free().is_none() {
            then.embargo.apply(&Event::EmbargoTerminated { cause: EndCause::Expiry }, at);
        }
        then.note.apply(&Event::NotePublished { revision, dated: Some(at) }, at);
        Content::of(&then, words).map(Self)
    }

    /// What the armed note of a case will say at its instant.
    pub fn of_armed(case: &Case, words: &Words) -> Option<Self> {
        let armed = case.note.armed.as_ref()?;
        Self::of(case, armed.revision, case.publishes_at()?, words)
    }
}

impl Deref for Foreseen {
    type Target = Content;

    fn deref(&self) -> &Content {
        &self.0
    }
}

#[cfg(test)]
mod tests;
