//! The words in which events say how, by whom and for whom.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ParticipantId;

/// How somebody was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By mail.
    Mail,
    /// By telephone.
    Telephone,
    /// By a form or portal of theirs.
    Form,
    /// In some other way.
    Other,
}

/// How an event is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// It was seen, or said by who must know.
    Seen,
    /// It follows from something else that happened.
    Inferred,
}

/// A yes or a no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Yes.
    Agree,
    /// No.
    Disagree,
}

/// Who may read a vendor's statement before publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementAudience {
    /// The coordinator.
    Coordinator,
    /// The other parties as well.
    Parties,
}

/// Who may read something in a case. Audiences are parties, never roles or addresses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "to", content = "who", rename_all = "snake_case")]
pub enum Audience {
    /// The coordinator's team.
    Team,
    /// One participant and the team.
    Private(ParticipantId),
    /// These participants and the team.
    Some(BTreeSet<ParticipantId>),
    /// Everyone engaged in the case.
    Everyone,
}
