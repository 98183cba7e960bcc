//! Until when may it not be told? One embargo for a case: proposed, agreed, revised, ended.
//!
//! Its state moves as the model's embargo machine does ([`Em`]). A date that stands binds
//! until another is agreed in its place; a date nobody agreed to binds nobody (E13).

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::em::{Em, EmStep};
use crate::event::{Answer, Event};
use crate::report::choices;
use crate::{Instant, ParticipantId, ProposalId};

mod calendar;
mod silence;
mod verbs;

pub use calendar::{CalendarEntry, CalendarStanding};

choices! {
    /// Why somebody names a date.
    ProposalReason {
        /// The policy's default (E7).
        PolicyDefault => "The usual time",
        /// The fix takes longer, or is ready.
        FixTiming => "The fix",
        /// A party that came later.
        NewParty => "Another party joined",
        /// Others who build on it.
        Downstream => "Vendors downstream",
        /// A talk or paper.
        Conference => "A talk or a paper",
        /// It is being exploited.
        Exploitation => "Exploitation",
        /// Cases were joined (E22).
        Merge => "Cases were merged",
        /// None of these.
        Other => "Another reason",
    }
    /// How a proposed date came to stand.
    Acceptance {
        /// Nobody asked for another (E7).
        ByDefault => "By default",
        /// It was said.
        Explicit => "Explicitly",
        /// By sending the report while it was on the table (E11).
        BySubmission => "By sending the report",
    }
    /// What ended an embargo.
    EndCause {
        /// Its time came.
        Expiry => "Its time came",
        /// The public knows.
        Public => "It is public",
        /// An exploit is public.
        Exploit => "An exploit is public",
        /// Attacks were seen.
        Attacks => "Attacks were seen",
        /// Enough vendors are ready (E21).
        Quorum => "Enough vendors are ready",
        /// Everyone agreed.
        Consensus => "The parties agreed",
        /// None of these.
        Other => "Another reason",
    }
    /// What became of a proposal.
    ProposalState {
        /// It waits for a decision.
        Open => "Open",
        /// It stands, or stood.
        Accepted => "Accepted",
        /// It was not taken.
        Rejected => "Rejected",
        /// It was taken back.
        Withdrawn => "Withdrawn",
        /// Something else ended it.
        Lapsed => "Lapsed",
    }
}

/// Where the embargo of a case stands.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Embargo {
    /// Where it stands in the model's machine.
    pub em: Em,
    /// Every date that was named, oldest first.
    pub proposals: Vec<Proposal>,
    /// The terms in force; there are some exactly while `em` is Active or Revise.
    pub terms: Option<Terms>,
    /// How it ended.
    pub ended: Option<(Timestamp, EndCause)>,
    /// When the first terms came into force.
    pub began_at: Option<Timestamp>,
}

/// A date that somebody named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The proposal.
    pub id: ProposalId,
    /// Who named it.
    pub by: ParticipantId,
    /// The date.
    pub end: Instant,
    /// Why.
    pub reason: ProposalReason,
    /// When it was named.
    pub at: Timestamp,
    /// Until when an answer is awaited.
    pub answer_by: Timestamp,
    /// What became of it.
    pub state: ProposalState,
    /// Who said what.
    pub answers: BTreeMap<ParticipantId, Answer>,
}

/// The terms in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The proposal they come from.
    pub proposal: ProposalId,
    /// Until when it may not be told.
    pub end: Instant,
    /// Since when they are in force (E2).
    pub since: Timestamp,
}

/// Proof that no embargo binds the case: none was agreed, or it has ended. Only
/// [`Embargo::free`] makes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Free(());

impl Embargo {
    /// The proof that the case may be told, if it may.
    pub fn free(&self) -> Option<Free> {
        match self.em {
            Em::None | Em::Proposed | Em::Exited => Some(Free(())),
            Em::Active | Em::Revise => None,
        }
    }

    /// The instant in force, if one is.
    pub fn end(&self) -> Option<&Instant> {
        self.terms.as_ref().map(|terms| &terms.end)
    }

    /// Proposals that wait for a decision, earliest date first (E10).
    pub fn open(&self) -> Vec<&Proposal> {
        let mut open: Vec<_> = self
            .proposals
            .iter()
            .filter(|proposal| proposal.state == ProposalState::Open)
            .collect();
        open.sort_by_key(|proposal| (proposal.end.at, proposal.id));
        open
    }

    /// A proposal, whatever became of it.
    pub fn proposal(&self, id: ProposalId) -> Option<&Proposal> {
        self.proposals.iter().find(|proposal| proposal.id == id)
    }

    pub(crate) fn apply(&mut self, event: &Event, at: Timestamp) {
        match event {
            Event::EmbargoProposed { proposal, by, end, reason, answer_by }
            | Event::RevisionProposed { proposal, by, end, reason, answer_by } => {
                self.step(EmStep::Propose);
                self.proposals.push(Proposal {
                    id: *proposal,
                    by: *by,
                    end: end.clone(),
                    reason: *reason,
                    at,
                    answer_by: *answer_by,
                    state: ProposalState::Open,
                    answers: [(*by, Answer::Agree)].into(),
                });
            }
            Event::EmbargoAccepted { proposal, .. } | Event::RevisionAccepted { proposal } => {
                self.step(EmStep::Accept);
                self.came_into_force(*proposal, at);
                self.reopen_for_the_rest();
            }
            Event::EmbargoRejected { proposal }
            | Event::RevisionRejected { proposal }
            | Event::ProposalWithdrawn { proposal } => {
                let state = match event {
                    Event::ProposalWithdrawn { .. } => ProposalState::Withdrawn,
                    _ => ProposalState::Rejected,
                };
                self.settle(*proposal, state);
                if self.open().is_empty() {
                    self.step(EmStep::Reject);
                }
            }
            Event::ProposalAnswered { proposal, participant, answer } => {
                if let Some(known) = self.proposals.iter_mut().find(|known| known.id == *proposal) {
                    known.answers.insert(*participant, *answer);
                }
            }
            Event::EmbargoTerminated { cause } => {
                self.step(EmStep::Terminate);
                self.terms = None;
                self.ended = Some((at, *cause));
                for proposal in &mut self.proposals {
                    if proposal.state == ProposalState::Open {
                        proposal.state = ProposalState::Lapsed;
                    }
                }
            }
            _ => {}
        }
    }

    fn step(&mut self, step: EmStep) {
        self.em = self.em.step(step).unwrap_or(self.em);
    }

    fn came_into_force(&mut self, id: ProposalId, at: Timestamp) {
        self.settle(id, ProposalState::Accepted);
        if let Some(proposal) = self.proposal(id) {
            let end = proposal.end.clone();
            self.terms = Some(Terms { proposal: id, end, since: at });
            self.began_at.get_or_insert(at);
        }
    }

    /// Dates that were on the table beside the one that was taken stay there as revisions.
    fn reopen_for_the_rest(&mut self) {
        if !self.open().is_empty() {
            self.step(EmStep::Propose);
        }
    }

    fn settle(&mut self, id: ProposalId, state: ProposalState) {
        if let Some(proposal) = self.proposals.iter_mut().find(|proposal| proposal.id == id) {
            proposal.state = state;
        }
    }
}

#[cfg(test)]
mod tests;
