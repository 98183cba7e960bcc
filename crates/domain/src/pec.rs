//! Has this participant agreed to the embargo? Participant embargo consent (PEC): each participant's own answer, and the
//! gate that decides whether it may be handed the content of the case. Whether it keeps its word is not known here.

use serde::{Deserialize, Serialize};

use crate::em::Em;
use crate::rm::Rm;

/// One participant's answer to the embargo of the case (Vultron PEC, ADR-0048; model 2.4).
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Pec {
    /// There is nothing this participant has been asked to agree to.
    #[default]
    NoEmbargo,
    /// The participant has been asked and has not answered.
    Invited,
    /// The participant has agreed to the terms in force.
    Signatory,
    /// The participant agreed to earlier terms; other terms are on the table.
    Lapsed,
    /// The participant has said no, or has let the time to answer pass.
    Declined,
}

/// What can happen to one participant's answer (Vultron PEC, ADR-0048; model 2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PecStep {
    /// The participant is asked to agree.
    Invite,
    /// The participant agrees.
    Accept,
    /// The participant says no, or its time to answer runs out.
    Decline,
    /// New terms are proposed for an embargo in force: once on A→R, not again on R→R (I18).
    Revise,
    /// The embargo has ended (I19).
    Reset,
}

impl Pec {
    /// Every state.
    pub const ALL: [Self; 5] =
        [Self::NoEmbargo, Self::Invited, Self::Signatory, Self::Lapsed, Self::Declined];

    /// The state after the step, or nothing where the step is not allowed (I1, I20).
    ///
    /// A signatory is never invited: it has agreed, and new terms make its consent lapse instead (errata 8).
    pub const fn step(self, step: PecStep) -> Option<Self> {
        use PecStep::{Accept, Decline, Invite, Reset, Revise};
        match (self, step) {
            (Self::NoEmbargo | Self::Lapsed | Self::Declined, Invite) => Some(Self::Invited),
            (Self::NoEmbargo | Self::Invited | Self::Lapsed, Accept) => Some(Self::Signatory),
            (Self::NoEmbargo | Self::Invited | Self::Lapsed, Decline) => Some(Self::Declined),
            (Self::Signatory, Revise) => Some(Self::Lapsed),
            (
                Self::NoEmbargo | Self::Invited | Self::Signatory | Self::Lapsed | Self::Declined,
                Reset,
            ) => Some(Self::NoEmbargo),
            (Self::NoEmbargo | Self::Lapsed, Revise)
            | (Self::Invited, Invite | Revise)
            | (Self::Signatory, Invite | Accept | Decline)
            | (Self::Declined, Accept | Decline | Revise) => None,
        }
    }

    /// Whether the participant is held to the embargo: computed, never stored.
    pub const fn adheres(self) -> bool {
        match self {
            Self::Signatory => true,
            Self::NoEmbargo | Self::Invited | Self::Lapsed | Self::Declined => false,
        }
    }
}

impl PecStep {
    /// Every step.
    pub const ALL: [Self; 5] =
        [Self::Invite, Self::Accept, Self::Decline, Self::Revise, Self::Reset];
}

/// Whether a participant may be handed the content of the case now (MV-10-005, E15; model 2.4).
///
/// Invitations, answers and the news that the embargo is over are not content: they reach everyone (I22).
pub const fn content_may_be_delivered(rm: Rm, em: Em, pec: Pec) -> bool {
    rm.has_report() && (!em.in_force() || pec.adheres())
}

#[cfg(test)]
mod tests;
