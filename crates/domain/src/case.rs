//! The case: what its journal adds up to. Nothing here decides; [`Case::apply`] folds what
//! happened into what is, and is the only code that changes a case.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::cs::Pxa;
use crate::embargo::Embargo;
use crate::event::{Audience, Event};
use crate::identifier::Identifier;
use crate::journal::Entry;
use crate::note::Note;
use crate::participant::Participant;
use crate::policy::Policy;
use crate::report::{Analysis, DeclineReason, Submission, choices};
use crate::score::Vector;
use crate::ssvc::Selection;
use crate::{
    AccountId, AttachmentId, CaseId, CaseNumber, CveId, DisputeId, MessageId, ObservationId,
    OrganizationId, ParticipantId, ReportId, ReportReference, Rule, Text, VulnerabilityId,
};

mod apply;

choices! {
    /// How far the coordinator goes.
    CaseKind {
        /// Vendors are told and dates agreed.
        Coordinate => "Coordinate",
        /// The reporter goes ahead, we watch.
        Track => "Track",
        /// The reporter is advised; no vendor is told (S16).
        AdviseOnly => "Advise only",
    }
    /// What somebody is to a case. Roles are a set, not a choice.
    Role {
        /// Found the flaw.
        Finder => "Finder",
        /// Told us.
        Reporter => "Reporter",
        /// Makes the flawed thing.
        Vendor => "Vendor",
        /// Builds on the flawed thing.
        DownstreamVendor => "Downstream vendor",
        /// Runs the flawed thing.
        Deployer => "Deployer",
        /// Coordinates.
        Coordinator => "Coordinator",
        /// Watches and advises.
        Observer => "Observer",
        /// Decides about the case.
        CaseOwner => "Case owner",
        /// Writes what all share.
        CaseManager => "Case manager",
        /// Assigns CVE IDs.
        CveNumberingAuthority => "CVE numbering authority",
    }
    /// How a participant is shown to the others.
    Visibility {
        /// By name.
        Named => "By name",
        /// As one of several, without a name.
        Unnamed => "Without a name",
        /// Not at all.
        Hidden => "Not at all",
    }
    /// What was seen out there.
    ObservationKind {
        /// It is public (P).
        PublicAware => "It is public",
        /// An exploit is public (X).
        ExploitPublic => "An exploit is public",
        /// It is being exploited (A).
        AttacksObserved => "Attacks were seen",
        /// Others found it too.
        IndependentDiscovery => "Somebody else found it",
        /// Part of it got out.
        Leak => "Part of it got out",
    }
    /// What parties disagree about.
    Conflict {
        /// Whether it can be shown.
        Reproducible => "Whether it can be reproduced",
        /// Whether it matters for security.
        SecurityRelevant => "Whether it is a security matter",
        /// How bad it is.
        Severity => "How severe it is",
        /// Whether to tell.
        Disclosure => "Whether to publish",
        /// How much to tell.
        Detail => "How much detail to publish",
        /// When to tell.
        Timing => "When to publish",
        /// Whether to wait longer.
        Extension => "Whether to wait longer",
    }
    /// How two cases belong together.
    Relation {
        /// The same flaw, found again.
        DuplicateOf => "A duplicate of",
        /// Part of what was one case.
        SplitFrom => "Split from",
        /// What another case was split into.
        SplitInto => "Split into",
        /// Went into another.
        MergedInto => "Merged into",
        /// Took another in.
        MergedFrom => "Merged from",
        /// Belongs to the same matter.
        Related => "Related to",
        /// Covers more.
        SupersetOf => "A superset of",
        /// Covers less.
        SubsetOf => "A subset of",
        /// Covers some of the same.
        Overlaps => "Overlaps with",
        /// Perhaps belongs to the same matter.
        PossiblyRelated => "Possibly related to",
    }
    /// Why work on a case is over.
    ClosingReason {
        /// The note is out and the matter settled.
        Published => "The note is published and the matter is settled",
        /// Settled without a note (S90).
        WithoutNote => "Settled without a note",
        /// Not taken on.
        Declined => "Declined",
        /// Goes on in another case.
        Merged => "Merged into another case",
        /// The reporter took it back.
        Withdrawn => "Withdrawn by the reporter",
    }
}

/// Who a participant is in the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "is", content = "id", rename_all = "snake_case")]
pub enum Party {
    /// The team that runs this server.
    Team,
    /// Whoever sent the report.
    Reporter(ReportId),
    /// A vendor, another coordinator, a deployer.
    Organization(OrganizationId),
}

/// A case as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// The case's own id.
    pub id: CaseId,
    /// How many entries its journal has; a change of a stale case is refused.
    pub version: u64,
    /// The policy it was taken under (S102).
    pub policy: Policy,
    /// Its number, once accepted.
    pub number: Option<CaseNumber>,
    /// How far the coordinator goes, once accepted.
    pub kind: Option<CaseKind>,
    /// The working title, for the team.
    pub title: Text,
    /// The report that began it.
    pub report: Report,
    /// We, as a participant.
    pub coordinator: ParticipantId,
    /// Who reported, as a participant.
    pub reporter: ParticipantId,
    /// The analyst who is responsible (S100).
    pub assignee: Option<AccountId>,
    /// Everyone who takes part, or did.
    pub participants: BTreeMap<ParticipantId, Participant>,
    /// Whom parties named as affected as well, not yet settled (S46).
    pub suggestions: Vec<Suggestion>,
    /// The flaws.
    pub vulnerabilities: BTreeMap<VulnerabilityId, Vulnerability>,
    /// CVSS scores, oldest first.
    pub scores: Vec<Scored>,
    /// SSVC selections, oldest first.
    pub selections: Vec<(Timestamp, Selection)>,
    /// Why no score was needed, if it was waived (S23).
    pub score_waived: Option<Text>,
    /// What analysts found, oldest first.
    pub analyses: Vec<(Timestamp, Analysis, Text)>,
    /// Until when it may not be told.
    pub embargo: Embargo,
    /// What the world knows.
    pub pxa: Pxa,
    /// Since when, for each of the three.
    pub since: Since,
    /// What was seen out there.
    pub observations: BTreeMap<ObservationId, Observation>,
    /// What was written, oldest first.
    pub messages: Vec<Message>,
    /// Files that came.
    pub attachments: BTreeMap<AttachmentId, Attachment>,
    /// Disagreements.
    pub disputes: BTreeMap<DisputeId, Dispute>,
    /// What will be told.
    pub note: Note,
    /// Other cases that belong to it.
    pub relations: Vec<(Relation, CaseId)>,
    /// Rules that were set aside, and why (S64).
    pub overrides: Vec<(Timestamp, Rule, Text)>,
    /// The decision not to take it on, if that was the last word (S20).
    pub declined: Option<Declined>,
    /// When it was taken on.
    pub accepted_at: Option<Timestamp>,
    /// The first attempt to reach a vendor (S35).
    pub first_contact_at: Option<Timestamp>,
    /// When and why work ended.
    pub closed: Option<(Timestamp, ClosingReason)>,
}

/// The report that began a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The report.
    pub id: ReportId,
    /// What the reporter quotes.
    pub reference: ReportReference,
    /// When it came.
    pub received_at: Timestamp,
    /// When the reporter was told that it is here.
    pub acknowledged_at: Option<Timestamp>,
    /// What was asked and answered in the form.
    pub submission: Submission,
    /// What it says.
    pub body: Text,
    /// What came later.
    pub addenda: Vec<(Timestamp, Text)>,
}

/// Somebody a party named as affected as well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// Who named them.
    pub by: ParticipantId,
    /// Whom, in their words.
    pub whom: Text,
    /// When.
    pub at: Timestamp,
}

/// One flaw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vulnerability {
    /// Counts up from 1 within the case.
    pub ordinal: u32,
    /// What it is, as analysts wrote it for parties and the public, oldest first; empty until
    /// one did. What the reporter wrote stays with the report (INV-4).
    pub descriptions: Vec<(Timestamp, Text)>,
    /// When it became part of the case.
    pub added_at: Timestamp,
    /// The number of its CWE entry.
    pub cwe: Option<u32>,
    /// Its CVE ID.
    pub cve: Option<CveId>,
    /// When it got that.
    pub cve_at: Option<Timestamp>,
    /// The vendor who assigned it; absent if we did (S76).
    pub cve_by: Option<ParticipantId>,
    /// The vendor who was asked for it.
    pub cve_requested_of: Option<ParticipantId>,
    /// When it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cve_requested_at: Option<Timestamp>,
    /// Since when CVE Services are asked for one, as the CNA that the team is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cve_reserving_since: Option<Timestamp>,
    /// The CVE IDs of ours that it had and that were rejected, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cve_rejected: Vec<RejectedCve>,
    /// What it is called in other numberings.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub identifiers: BTreeSet<Identifier>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifiers_at: Option<Timestamp>,
}

/// A CVE ID of ours that was rejected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectedCve {
    /// When.
    pub at: Timestamp,
    /// The id.
    pub cve: CveId,
    /// Why, for everybody to read.
    pub reason: Text,
    /// What to use in its place, if anything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaced_by: Vec<CveId>,
}

impl Vulnerability {
    /// What it is, for parties and the public; absent until an analyst wrote it.
    pub fn description(&self) -> Option<&Text> {
        self.descriptions.last().map(|(_, text)| text)
    }

    /// The CVE ID, if we assigned it and therefore answer for its record (S85).
    pub fn our_cve(&self) -> Option<&CveId> {
        self.cve.as_ref().filter(|_| self.cve_by.is_none())
    }
}

/// A CVSS score that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scored {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: crate::journal::Hand,
    /// For which flaw; absent for the report as a whole.
    pub vulnerability: Option<VulnerabilityId>,
    /// The vector.
    pub vector: Vector,
}

/// Since when the world knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Since {
    /// That there is a flaw.
    pub public: Option<Timestamp>,
    /// How to exploit it.
    pub exploit: Option<Timestamp>,
    /// By being attacked.
    pub attacks: Option<Timestamp>,
}

/// Something seen out there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// Of what.
    pub kind: ObservationKind,
    /// Who says so.
    pub by: Option<ParticipantId>,
    /// When it was seen.
    pub observed_at: Timestamp,
    /// Where, and how we know.
    pub evidence: Text,
    /// What the coordinator makes of it.
    pub verdict: Verdict,
}

/// What the coordinator makes of an observation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Not decided.
    Claimed,
    /// True.
    Adopted,
    /// Not true, or not shown.
    Rejected,
}

/// Something somebody wrote to others in the case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The post.
    pub id: MessageId,
    /// When.
    pub at: Timestamp,
    /// Who wrote; absent for the team.
    pub by: Option<ParticipantId>,
    /// Who may read.
    pub audience: Audience,
    /// What.
    pub text: Text,
}

/// A file that came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// When.
    pub at: Timestamp,
    /// Who sent it; absent for the team.
    pub by: Option<ParticipantId>,
    /// Who may fetch it.
    pub audience: Audience,
    /// Its name.
    pub name: Text,
    /// The SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: u64,
}

/// A disagreement, with every position that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// About what.
    pub about: Conflict,
    /// Who said what; absent for the team.
    pub positions: Vec<(Timestamp, Option<ParticipantId>, Text)>,
    /// How it ended.
    pub finding: Option<Text>,
}

/// A decision not to take a case on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Declined {
    /// When.
    pub at: Timestamp,
    /// Why, coded.
    pub reasons: BTreeSet<DeclineReason>,
    /// Why, in words.
    pub explanation: Text,
}

choices! {
    /// How far a case has come. Derived, never set.
    Phase {
        /// A report waits for a decision.
        Report => "Report",
        /// Set aside or turned down.
        Declined => "Declined",
        /// Taken on; vendors are to be found and told.
        Validate => "Validate",
        /// Vendors were told; fixes are being made.
        Fix => "Fix",
        /// The note is being written and read.
        Draft => "Draft",
        /// The note waits for its instant.
        Publish => "Publish",
        /// The note is out.
        Watch => "Watch",
        /// Work is over.
        Closed => "Closed",
    }
}

impl Case {
    /// The case that a journal adds up to, or nothing if it does not begin with a report.
    pub fn fold(journal: &[Entry]) -> Option<Self> {
        let (first, rest) = journal.split_first()?;
        let mut case = Self::begin(first)?;
        for entry in rest {
            case.apply(entry);
        }
        Some(case)
    }

    /// How far it has come.
    pub fn phase(&self) -> Phase {
        if self.closed.is_some() {
            return Phase::Closed;
        }
        if self.note.published.is_some() {
            return Phase::Watch;
        }
        if self.note.armed.is_some() {
            return Phase::Publish;
        }
        if self.declined.is_some() {
            return Phase::Declined;
        }
        if self.accepted_at.is_none() {
            return Phase::Report;
        }
        if !self.note.revisions.is_empty() {
            return Phase::Draft;
        }
        if self.first_contact_at.is_some() { Phase::Fix } else { Phase::Validate }
    }

    /// A participant, if there is one of that id.
    pub fn participant(&self, id: ParticipantId) -> Option<&Participant> {
        self.participants.get(&id)
    }

    /// The vendors who take part, downstream ones included.
    pub fn vendors(&self) -> impl Iterator<Item = &Participant> {
        self.participants.values().filter(|participant| participant.is_vendor())
    }

    /// Everyone who takes part now.
    pub fn engaged(&self) -> impl Iterator<Item = &Participant> {
        self.participants.values().filter(|participant| participant.is_engaged())
    }

    /// The participant that stands for an organisation: the one that takes part now, if it
    /// went and came back.
    pub fn participant_of(&self, organization: OrganizationId) -> Option<&Participant> {
        let theirs = |them: &&Participant| them.party == Party::Organization(organization);
        let mut known = self.participants.values().filter(theirs);
        known.clone().find(|them| them.is_engaged()).or_else(|| known.next_back())
    }

    /// The newest CVSS vector of the report or of any flaw.
    pub fn latest_score(&self) -> Option<&Scored> {
        self.scores.last()
    }

    /// The name by which people speak of the case: its number, or the report's reference.
    pub fn handle(&self) -> String {
        self.number.as_ref().map_or_else(|| self.report.reference.to_string(), ToString::to_string)
    }
}

impl Event {
    /// Whether this is how a journal begins.
    pub fn begins_a_journal(&self) -> bool {
        matches!(self, Self::ReportReceived { .. })
    }
}

#[cfg(test)]
mod invariants;
#[cfg(test)]
mod properties;
