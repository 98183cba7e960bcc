//! How far has one participant come with the report? Report management (RM): each participant has its own state,
//! and only that participant's acts move it. What others do to their copy of the report is never decided here.

use serde::{Deserialize, Serialize};

/// What one participant has done with the report so far (Vultron RM; model 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rm {
    /// The report has not reached this participant.
    Start,
    /// The report has arrived and waits to be validated.
    Received,
    /// The report could not be validated; it waits for more information or for closing.
    Invalid,
    /// The report is credible and in scope, and waits to be prioritised.
    Valid,
    /// The participant is working on the report.
    Accepted,
    /// The report is valid, and the participant is not working on it.
    Deferred,
    /// The participant has finished with the report for good.
    Closed,
}

/// What a participant can do with its report (Vultron RM; model 2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RmStep {
    /// The report arrives.
    Receive,
    /// The report is found credible and in scope.
    Validate,
    /// The report is found not credible, not in scope or too thin.
    Invalidate,
    /// Work on the report is taken up.
    Accept,
    /// Work on the report is put off.
    Defer,
    /// The report is put away for good.
    Close,
}

impl Rm {
    /// Every state, from the first to the last.
    pub const ALL: [Self; 7] = [
        Self::Start,
        Self::Received,
        Self::Invalid,
        Self::Valid,
        Self::Accepted,
        Self::Deferred,
        Self::Closed,
    ];

    /// The state after the step, or nothing where the step is not allowed (I1, I2, I3).
    ///
    /// A valid report cannot be closed: it is accepted or deferred first, so that nobody's finding is dropped unjudged.
    pub const fn step(self, step: RmStep) -> Option<Self> {
        use RmStep::{Accept, Close, Defer, Invalidate, Receive, Validate};
        match (self, step) {
            (Self::Start, Receive) => Some(Self::Received),
            (Self::Received | Self::Invalid, Validate) => Some(Self::Valid),
            (Self::Received, Invalidate) => Some(Self::Invalid),
            (Self::Valid | Self::Deferred, Accept) => Some(Self::Accepted),
            (Self::Valid | Self::Accepted, Defer) => Some(Self::Deferred),
            (Self::Invalid | Self::Accepted | Self::Deferred, Close) => Some(Self::Closed),
            (Self::Start, Validate | Invalidate | Accept | Defer | Close)
            | (Self::Received, Receive | Accept | Defer | Close)
            | (Self::Invalid, Receive | Invalidate | Accept | Defer)
            | (Self::Valid, Receive | Validate | Invalidate | Close)
            | (Self::Accepted, Receive | Validate | Invalidate | Accept)
            | (Self::Deferred, Receive | Validate | Invalidate | Defer)
            | (Self::Closed, Receive | Validate | Invalidate | Accept | Defer | Close) => None,
        }
    }

    /// Whether the participant holds the report and has not closed it: R, I, V, D or A.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Received | Self::Invalid | Self::Valid | Self::Accepted | Self::Deferred => true,
            Self::Start | Self::Closed => false,
        }
    }

    /// Whether the participant owes the report its attention now: R, V or A.
    pub const fn is_active(self) -> bool {
        match self {
            Self::Received | Self::Valid | Self::Accepted => true,
            Self::Start | Self::Invalid | Self::Deferred | Self::Closed => false,
        }
    }

    /// Whether the report may be closed from here: I, D or A, never V (I2).
    pub const fn is_closable(self) -> bool {
        match self {
            Self::Invalid | Self::Deferred | Self::Accepted => true,
            Self::Start | Self::Received | Self::Valid | Self::Closed => false,
        }
    }

    /// Whether the participant has ever had the report: every state but S.
    pub const fn has_report(self) -> bool {
        match self {
            Self::Start => false,
            Self::Received
            | Self::Invalid
            | Self::Valid
            | Self::Accepted
            | Self::Deferred
            | Self::Closed => true,
        }
    }

    /// How far along the state is, from 0 to 4; I and V are level, and so are D and A (model 2.2).
    pub const fn progress(self) -> u8 {
        match self {
            Self::Start => 0,
            Self::Received => 1,
            Self::Invalid | Self::Valid => 2,
            Self::Deferred | Self::Accepted => 3,
            Self::Closed => 4,
        }
    }

    /// Whether another party's word may carry our picture of it straight to `to`: only strictly forward.
    ///
    /// We see a remote party's state through messages, and messages get lost; so steps may be missing, but nothing goes back.
    /// The level steps I→V, A→D and D→A are not jumps: [`Rm::may_be_told`] allows those too.
    pub const fn may_jump_to(self, to: Self) -> bool {
        to.progress() > self.progress()
    }

    /// Whether another party's word "I am at `to` now" may be believed: one step of the table, or a jump forward.
    pub fn may_be_told(self, to: Self) -> bool {
        self.may_jump_to(to) || RmStep::ALL.into_iter().any(|step| self.step(step) == Some(to))
    }

    /// The letter by which the published model calls the state.
    pub const fn letter(self) -> char {
        match self {
            Self::Start => 'S',
            Self::Received => 'R',
            Self::Invalid => 'I',
            Self::Valid => 'V',
            Self::Accepted => 'A',
            Self::Deferred => 'D',
            Self::Closed => 'C',
        }
    }
}

impl RmStep {
    /// Every step.
    pub const ALL: [Self; 6] =
        [Self::Receive, Self::Validate, Self::Invalidate, Self::Accept, Self::Defer, Self::Close];

    /// The letter by which the published model calls the step.
    pub const fn letter(self) -> char {
        match self {
            Self::Receive => 'r',
            Self::Validate => 'v',
            Self::Invalidate => 'i',
            Self::Accept => 'a',
            Self::Defer => 'd',
            Self::Close => 'c',
        }
    }
}

#[cfg(test)]
mod tests;
