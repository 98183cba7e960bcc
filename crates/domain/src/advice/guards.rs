//! How strongly does the protocol speak for or against an act, given report, embargo and case state together?
//! One table as one function. It does not enforce: what is hard and what may be overridden is decided where the act is.

use serde::{Deserialize, Serialize};

use super::Viability;
use crate::cs::{CaseState, Vfd};
use crate::em::Em;
use crate::rm::Rm;

/// How strongly the protocol speaks, in the words of RFC 2119.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// It is left to the participant.
    May,
    /// It is advised; leaving it needs a reason.
    Should,
    /// It is advised against; doing it needs a reason.
    ShouldNot,
    /// It is to be done.
    Shall,
    /// It is not to be done.
    ShallNot,
    /// It is to be done, and nothing else comes first.
    Must,
}

/// An act that report, embargo and case state have a say in (model 2.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Propose an embargo where none is in force.
    StartEmbargo,
    /// Propose an embargo soon, because a first vendor finds the report valid.
    StartEmbargoSoon,
    /// Go on talking about terms that are on the table.
    ContinueNegotiation,
    /// Agree to a proposed embargo.
    AcceptProposal,
    /// Turn a proposed embargo down.
    RejectProposal,
    /// Propose other terms for an embargo in force.
    ReviseEmbargo,
    /// End an embargo in force.
    TerminateEmbargo,
    /// End the embargo for no other reason than that one participant deferred or closed.
    TerminateBecauseOneLeft,
    /// Tell the others that one's adherence to the embargo has changed.
    AnnounceChangedAdherence,
    /// Say whether one will keep to the embargo while closing the report.
    DeclareAdherenceOnClosing,
    /// Decide whether to work on a report.
    PrioritiseReport,
    /// Close the report for oneself.
    CloseReport,
    /// Record, as a vendor, that a fix is ready.
    RecordFixReady,
}

/// What a guard looks at: the participant's own report state, the embargo, and the case state of the vendor in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Position {
    /// The participant's handling of the report.
    pub rm: Rm,
    /// The embargo of the case.
    pub em: Em,
    /// The case state.
    pub cs: CaseState,
}

impl Level {
    /// Every level.
    pub const ALL: [Self; 6] =
        [Self::May, Self::Should, Self::ShouldNot, Self::Shall, Self::ShallNot, Self::Must];
}

impl Act {
    /// Every act.
    pub const ALL: [Self; 13] = [
        Self::StartEmbargo,
        Self::StartEmbargoSoon,
        Self::ContinueNegotiation,
        Self::AcceptProposal,
        Self::RejectProposal,
        Self::ReviseEmbargo,
        Self::TerminateEmbargo,
        Self::TerminateBecauseOneLeft,
        Self::AnnounceChangedAdherence,
        Self::DeclareAdherenceOnClosing,
        Self::PrioritiseReport,
        Self::CloseReport,
        Self::RecordFixReady,
    ];
}

/// How strongly the protocol speaks about the act (model 2.2 and 2.7, E4, E5, E9, E21).
///
/// An act that its own machine has no step for is `ShallNot`; where several rules speak, the strictest is the answer.
pub const fn guard(act: Act, at: Position) -> Level {
    match act {
        Act::StartEmbargo => start_embargo(at),
        Act::StartEmbargoSoon => start_embargo_soon(at),
        Act::ContinueNegotiation => continue_negotiation(at),
        Act::AcceptProposal => accept_proposal(at),
        Act::RejectProposal => reject_proposal(at),
        Act::ReviseEmbargo => revise_embargo(at),
        Act::TerminateEmbargo => terminate_embargo(at),
        Act::TerminateBecauseOneLeft => Level::ShallNot,
        Act::AnnounceChangedAdherence => Level::Should,
        Act::DeclareAdherenceOnClosing if at.em.in_force() => Level::Should,
        Act::DeclareAdherenceOnClosing => Level::May,
        Act::PrioritiseReport => prioritise_report(at.rm),
        Act::CloseReport => close_report(at),
        Act::RecordFixReady => record_fix_ready(at),
    }
}

const fn start_embargo(at: Position) -> Level {
    if matches!(at.em, Em::Active | Em::Revise | Em::Exited) {
        return Level::ShallNot;
    }
    match (Viability::of(at.cs), at.rm) {
        (Viability::NotViable, _) => Level::ShallNot,
        (Viability::NoStart, _)
        | (
            Viability::StartOk | Viability::StartWithCaution,
            Rm::Invalid | Rm::Deferred | Rm::Closed,
        ) => Level::ShouldNot,
        (
            Viability::StartOk | Viability::StartWithCaution,
            Rm::Start | Rm::Received | Rm::Valid | Rm::Accepted,
        ) => Level::May,
    }
}

/// With a fix ready there is no hurry to begin: what was advice before is then left to the participants.
const fn start_embargo_soon(at: Position) -> Level {
    match (at.em, at.rm, Viability::of(at.cs)) {
        (Em::None, Rm::Valid, Viability::StartOk) => Level::Should,
        (Em::None | Em::Proposed | Em::Active | Em::Revise | Em::Exited, _, _) => start_embargo(at),
    }
}

const fn continue_negotiation(at: Position) -> Level {
    if !at.em.is_negotiating() || !at.cs.pxa.is_quiet() {
        return Level::ShallNot;
    }
    match at.rm {
        Rm::Closed => Level::ShouldNot,
        Rm::Start | Rm::Received | Rm::Invalid | Rm::Valid | Rm::Accepted | Rm::Deferred => {
            Level::May
        }
    }
}

/// Terms may be agreed before the report arrives, so S stands with those who may.
const fn accept_proposal(at: Position) -> Level {
    if !matches!(at.em, Em::Proposed) {
        return Level::ShallNot;
    }
    match (Viability::of(at.cs), at.rm) {
        (Viability::NotViable, _) => Level::ShallNot,
        (Viability::NoStart, _)
        | (Viability::StartOk | Viability::StartWithCaution, Rm::Invalid | Rm::Closed) => {
            Level::ShouldNot
        }
        (
            Viability::StartOk | Viability::StartWithCaution,
            Rm::Start | Rm::Received | Rm::Valid | Rm::Accepted | Rm::Deferred,
        ) => Level::May,
    }
}

const fn reject_proposal(at: Position) -> Level {
    if !matches!(at.em, Em::Proposed) {
        return Level::ShallNot;
    }
    match Viability::of(at.cs) {
        Viability::NotViable => disclosure(at),
        Viability::StartWithCaution | Viability::NoStart => Level::Should,
        Viability::StartOk => Level::May,
    }
}

/// More time for those who lag behind may be asked for as long as nothing is out, also with a fix ready.
const fn revise_embargo(at: Position) -> Level {
    if !at.em.in_force() || !at.cs.pxa.is_quiet() {
        return Level::ShallNot;
    }
    match at.rm {
        Rm::Valid | Rm::Accepted | Rm::Deferred => Level::May,
        Rm::Start | Rm::Received | Rm::Invalid | Rm::Closed => Level::ShouldNot,
    }
}

const fn terminate_embargo(at: Position) -> Level {
    if !at.em.in_force() {
        return Level::ShallNot;
    }
    match Viability::of(at.cs) {
        Viability::NotViable => disclosure(at),
        Viability::NoStart => Level::Should,
        Viability::StartOk | Viability::StartWithCaution => Level::May,
    }
}

/// The public or an exploit ends it; attacks alone are a strong reason that a person may weigh (errata 9).
const fn disclosure(at: Position) -> Level {
    if at.cs.pxa.public || at.cs.pxa.exploit { Level::Shall } else { Level::Should }
}

const fn prioritise_report(rm: Rm) -> Level {
    match rm {
        Rm::Valid => Level::Must,
        Rm::Accepted | Rm::Deferred => Level::May,
        Rm::Start | Rm::Received | Rm::Invalid | Rm::Closed => Level::ShallNot,
    }
}

const fn close_report(at: Position) -> Level {
    if !at.rm.is_closable() {
        Level::ShallNot
    } else if at.em.in_force() {
        Level::ShouldNot
    } else {
        Level::May
    }
}

const fn record_fix_ready(at: Position) -> Level {
    match (at.cs.vfd, at.rm) {
        (Vfd::Aware, Rm::Accepted) => Level::May,
        (Vfd::Unaware | Vfd::Aware | Vfd::FixReady | Vfd::FixDeployed, _) => Level::ShallNot,
    }
}
