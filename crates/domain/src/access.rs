//! Who may see a case, and who may do what in it. One function decides; what it returns is the
//! only key. A case that an actor may not see does not exist for that actor.

use crate::case::Party;
use crate::journal::Hand;
use crate::participant::Participant;
use crate::policy::TeamSight;
use crate::{AccountId, Case, CaseId, OrganizationId, ParticipantId, Refusal, ReportId};

mod view;

use serde::{Deserialize, Serialize};
pub use view::{
    DraftSeen, EmbargoSeen, Fellow, FlawSeen, PartyView, ProposalSeen, ReporterView, StaffView,
    View,
};

/// What somebody of the team may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// Works on cases.
    Analyst,
    /// Sees every case, and decides what is published.
    Lead,
    /// Reads, and writes nothing.
    Auditor,
    /// Runs the server, and sees no case.
    Administrator,
}

/// On whose behalf something is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Nobody we know.
    Anyone,
    /// Somebody of the team, logged in.
    Staff(AccountId, StaffRole),
    /// Somebody logged in for an organisation. A person of two acts for one at a time.
    Member(AccountId, OrganizationId),
    /// Who holds the link that was sent to one participant.
    Bearer(CaseId, ParticipantId),
    /// Who holds the receipt of a report.
    Receipt(ReportId),
    /// The server itself, doing a duty.
    Server,
}

/// Proof that an actor may enter a case, and as whom. Only [`admit`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Me {
    case: CaseId,
    who: Who,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Staff(AccountId, StaffRole),
    Participant(ParticipantId),
    Server,
}

/// Admits an actor to a case, or does not know them.
pub fn admit(actor: Actor, case: &Case) -> Option<Me> {
    let who = match actor {
        Actor::Anyone => return None,
        Actor::Staff(account, role) => {
            staff_sees(case, account, role).then_some(Who::Staff(account, role))?
        }
        Actor::Member(_, organization) => {
            let them = case.participant_of(organization)?;
            party_sees(them).then_some(Who::Participant(them.id))?
        }
        Actor::Bearer(of, participant) => {
            let them = case.participant(participant)?;
            (of == case.id && party_sees(them)).then_some(Who::Participant(participant))?
        }
        Actor::Receipt(report) => {
            let theirs = |them: &&Participant| them.party == Party::Reporter(report);
            let them = case.engaged().find(theirs)?;
            party_sees(them).then_some(Who::Participant(them.id))?
        }
        Actor::Server => Who::Server,
    };
    Some(Me { case: case.id, who })
}

/// A lead and an auditor see every case, an analyst their own and those of nobody, unless the
/// policy lets the team see everything; who runs the server sees none.
fn staff_sees(case: &Case, account: AccountId, role: StaffRole) -> bool {
    match role {
        StaffRole::Lead | StaffRole::Auditor => true,
        StaffRole::Administrator => false,
        StaffRole::Analyst => match case.policy.analysts {
            TeamSight::Everything => true,
            TeamSight::OwnAndUnassigned => case.assignee.is_none_or(|owner| owner == account),
        },
    }
}

/// A party sees the case once it was told, and until it goes.
fn party_sees(them: &Participant) -> bool {
    them.is_engaged() && them.knows_of_it()
}

impl Me {
    /// The case this opens.
    pub fn case(&self) -> CaseId {
        self.case
    }

    /// Whose hand the journal names.
    pub fn hand(&self) -> Hand {
        match self.who {
            Who::Staff(account, _) => Hand::Staff(account),
            Who::Participant(participant) => Hand::Participant(participant),
            Who::Server => Hand::Server,
        }
    }

    /// The participant this is, if it is one; the team is not.
    pub fn participant(&self) -> Option<ParticipantId> {
        match self.who {
            Who::Participant(participant) => Some(participant),
            Who::Staff(..) | Who::Server => None,
        }
    }

    /// The participant for whom this acts: itself, or the coordinator for the team.
    pub(crate) fn acts_as(&self, case: &Case) -> ParticipantId {
        self.participant().unwrap_or(case.coordinator)
    }

    /// Only who works on the case for the team goes on.
    pub(crate) fn works(&self) -> Result<(), Refusal> {
        match self.who {
            Who::Staff(_, StaffRole::Analyst | StaffRole::Lead) | Who::Server => Ok(()),
            Who::Staff(_, StaffRole::Auditor | StaffRole::Administrator) | Who::Participant(_) => {
                Err(Refusal::NotYours)
            }
        }
    }

    /// Only who may write anything goes on.
    pub(crate) fn writes(&self) -> Result<(), Refusal> {
        match self.who {
            Who::Participant(_) => Ok(()),
            Who::Staff(..) | Who::Server => self.works(),
        }
    }

    /// Only a person of the team who may decide on publication goes on.
    pub(crate) fn approves(&self) -> Result<(AccountId, StaffRole), Refusal> {
        match self.who {
            Who::Staff(account, role @ (StaffRole::Analyst | StaffRole::Lead)) => {
                Ok((account, role))
            }
            Who::Staff(_, StaffRole::Auditor | StaffRole::Administrator)
            | Who::Participant(_)
            | Who::Server => Err(Refusal::NotYours),
        }
    }

    /// Only the server goes on.
    pub(crate) fn is_server(&self) -> Result<(), Refusal> {
        match self.who {
            Who::Server => Ok(()),
            Who::Staff(..) | Who::Participant(_) => Err(Refusal::NotYours),
        }
    }

    /// Only the team, or the participant spoken of, goes on.
    pub(crate) fn speaks_for(&self, them: ParticipantId) -> Result<(), Refusal> {
        match self.participant() {
            Some(me) if me == them => Ok(()),
            Some(_) => Err(Refusal::NotYours),
            None => self.works(),
        }
    }
}

#[cfg(test)]
mod tests;
