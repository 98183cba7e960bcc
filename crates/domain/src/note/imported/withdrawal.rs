//! Taking back a note that has no case (INV-16). There is no journal that could keep who decided so:
//! each decision is kept by itself, and what they come to is worked out here. As with the note of a
//! case, as many people decide as decide to publish, a lead among them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Elsewhere, FlawElsewhere};
use crate::access::StaffRole;
use crate::note::{Published, Remains, Withdrawal};
use crate::{AccountId, Refusal};

/// A decision about a public note that has no case, and whose it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// Who.
    pub by: AccountId,
    /// As what.
    pub role: StaffRole,
    /// When.
    pub at: Timestamp,
    /// What.
    pub choice: Choice,
}

/// What can be decided about a public note that has no case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Choice {
    /// It is to be taken back.
    Withdraw {
        /// What is to stay of it.
        remains: Remains,
        /// Why, for everyone to read.
        reason: String,
    },
    /// That somebody else wants it taken back is right.
    Agree,
    /// It stays public.
    Leave,
    /// It was taken back, and its file may bring it back.
    Return,
}

/// A decision to take a note back that waits for others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// What is to stay of it.
    pub remains: Remains,
    /// Why, for everyone to read.
    pub reason: String,
    /// Who decided so.
    pub approvals: BTreeMap<AccountId, StaffRole>,
}

impl Proposal {
    /// What waits after these decisions, oldest first. Another proposal takes the place of one that
    /// waits.
    pub fn of(decided: &[Decided]) -> Option<Self> {
        decided.iter().fold(None, |waiting: Option<Self>, one| match &one.choice {
            Choice::Withdraw { remains, reason } => Some(Self {
                remains: *remains,
                reason: reason.clone(),
                approvals: [(one.by, one.role)].into(),
            }),
            Choice::Agree => waiting.map(|mut waiting| {
                waiting.approvals.insert(one.by, one.role);
                waiting
            }),
            Choice::Leave | Choice::Return => None,
        })
    }

    fn is_enough(&self, approvers: u8) -> bool {
        let lead = self.approvals.values().any(|role| *role == StaffRole::Lead);
        lead && self.approvals.len() >= usize::from(approvers.max(1))
    }
}

/// Whether the file of a note that was taken back may bring it back.
pub fn may_return(decided: &[Decided]) -> bool {
    decided.last().is_some_and(|last| last.choice == Choice::Return)
}

impl Published {
    /// Whether this may be decided about a note without a case, after these decisions; and the notice
    /// that takes its place, if that is enough now.
    pub fn decide(
        &self,
        before: &[Decided],
        new: &Decided,
        approvers: u8,
    ) -> Result<Option<Withdrawal>, Refusal> {
        let waiting = Proposal::of(before).filter(|_| self.withdrawn().is_none());
        match (&new.choice, self.withdrawn(), &waiting) {
            (Choice::Withdraw { .. }, None, _) => {}
            (Choice::Withdraw { .. }, Some(_), _) => return Err(Refusal::Withdrawn),
            (Choice::Agree, _, Some(waiting)) if waiting.approvals.contains_key(&new.by) => {
                return Err(Refusal::ApprovedAlready);
            }
            (Choice::Agree, _, Some(_)) => {}
            (Choice::Leave, _, Some(_)) => return Ok(None),
            (Choice::Return, Some(_), _) if new.role == StaffRole::Lead => return Ok(None),
            (Choice::Return, Some(_), _) => return Err(Refusal::NotYours),
            (Choice::Agree | Choice::Leave, _, None) | (Choice::Return, None, _) => {
                return Err(Refusal::NothingToWithdraw);
            }
        }
        let all: Vec<_> = before.iter().chain([new]).cloned().collect();
        let enough = Proposal::of(&all).filter(|proposal| proposal.is_enough(approvers));
        Ok(enough.map(|Proposal { remains, reason, .. }| Withdrawal {
            at: new.at,
            remains,
            reason,
        }))
    }

    /// The next revision of a note without a case, with the notice that it was taken back. What a case
    /// tells is told by its journal alone, so of such a note there is none.
    pub fn with_notice(self, told: Withdrawal) -> Option<Self> {
        let Self(mut content) = self;
        let beyond = content.elsewhere.take()?;
        content.elsewhere = Some(Box::new(match told.remains {
            Remains::Words => *beyond,
            Remains::Nothing => beyond.without_words(),
        }));
        content.revision = content.revision.saturating_add(1);
        content.updated_at = told.at;
        Some(Self(content.taken_back(told)))
    }
}

impl Elsewhere {
    /// Who published it, under which name and when; of its flaws, that they are there.
    fn without_words(self) -> Self {
        let bare = |flaw| FlawElsewhere { scores: vec![], ..flaw };
        Self {
            publisher: self.publisher,
            called: self.called,
            began_at: self.began_at,
            public_at: self.public_at,
            flaws: self.flaws.into_iter().map(bare).collect(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests;
