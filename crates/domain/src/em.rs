//! Where does the case stand with its embargo? Embargo management (EM): one state for the whole case, shared by all.
//! Who has agreed to the embargo is each participant's own matter and lives in `pec`; the dates are terms and live with the case.

use serde::{Deserialize, Serialize};

/// Where a case stands with its embargo (Vultron EM; model 2.3).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Em {
    /// There is no embargo and none is on the table.
    #[default]
    None,
    /// An embargo is on the table; nobody is bound yet (E13).
    Proposed,
    /// An embargo is in force.
    Active,
    /// An embargo is in force, and other terms for it are on the table; the old terms bind until then (I7).
    Revise,
    /// The embargo is over; this case gets no second one (I5).
    Exited,
}

/// What can happen to the embargo of a case (Vultron EM; model 2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmStep {
    /// Terms are put on the table: first ones, or others for an embargo in force.
    Propose,
    /// The terms on the table are agreed.
    Accept,
    /// The terms on the table are turned down; an embargo in force keeps its old terms.
    Reject,
    /// The embargo in force ends at once.
    Terminate,
}

impl Em {
    /// Every state, from the first to the last.
    pub const ALL: [Self; 5] =
        [Self::None, Self::Proposed, Self::Active, Self::Revise, Self::Exited];

    /// The state after the step, or nothing where the step is not allowed (I1, I5).
    pub const fn step(self, step: EmStep) -> Option<Self> {
        use EmStep::{Accept, Propose, Reject, Terminate};
        match (self, step) {
            (Self::None | Self::Proposed, Propose) => Some(Self::Proposed),
            (Self::Active | Self::Revise, Propose) => Some(Self::Revise),
            (Self::Proposed | Self::Revise, Accept) | (Self::Revise, Reject) => Some(Self::Active),
            (Self::Proposed, Reject) => Some(Self::None),
            (Self::Active | Self::Revise, Terminate) => Some(Self::Exited),
            (Self::None, Accept | Reject | Terminate)
            | (Self::Proposed, Terminate)
            | (Self::Active, Accept | Reject)
            | (Self::Exited, Propose | Accept | Reject | Terminate) => None,
        }
    }

    /// Whether an embargo binds its signatories now: A or R, for a revision leaves the old terms in force (I6).
    pub const fn in_force(self) -> bool {
        match self {
            Self::Active | Self::Revise => true,
            Self::None | Self::Proposed | Self::Exited => false,
        }
    }

    /// Whether terms wait for an answer: P or R.
    pub const fn is_negotiating(self) -> bool {
        match self {
            Self::Proposed | Self::Revise => true,
            Self::None | Self::Active | Self::Exited => false,
        }
    }

    /// What must follow when the matter is in the open: a proposal falls, an embargo ends (E4, E9).
    pub const fn step_on_disclosure(self) -> Option<EmStep> {
        match self {
            Self::Proposed => Some(EmStep::Reject),
            Self::Active | Self::Revise => Some(EmStep::Terminate),
            Self::None | Self::Exited => None,
        }
    }

    /// The letter by which the published model calls the state.
    pub const fn letter(self) -> char {
        match self {
            Self::None => 'N',
            Self::Proposed => 'P',
            Self::Active => 'A',
            Self::Revise => 'R',
            Self::Exited => 'X',
        }
    }
}

impl EmStep {
    /// Every step.
    pub const ALL: [Self; 4] = [Self::Propose, Self::Accept, Self::Reject, Self::Terminate];

    /// The letter by which the published model calls the step.
    pub const fn letter(self) -> char {
        match self {
            Self::Propose => 'p',
            Self::Accept => 'a',
            Self::Reject => 'r',
            Self::Terminate => 't',
        }
    }
}

#[cfg(test)]
mod tests;
