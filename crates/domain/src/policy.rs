//! What the coordinator promises and demands, as data with a version. A case keeps the policy
//! it was taken under (S102): a change concerns new cases only.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// A number of days of 24 hours each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Days(pub u16);

/// A number of hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Hours(pub u16);

impl Days {
    /// As a duration.
    pub fn duration(self) -> SignedDuration {
        SignedDuration::from_hours(24 * i64::from(self.0))
    }

    /// That long after `start`, or the last instant there is.
    pub fn after(self, start: Timestamp) -> Timestamp {
        start.checked_add(self.duration()).unwrap_or(Timestamp::MAX)
    }

    /// That long before `end`, or the first instant there is.
    pub fn before(self, end: Timestamp) -> Timestamp {
        end.checked_sub(self.duration()).unwrap_or(Timestamp::MIN)
    }
}

impl Hours {
    /// As a duration.
    pub fn duration(self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.0))
    }

    /// That long after `start`, or the last instant there is.
    pub fn after(self, start: Timestamp) -> Timestamp {
        start.checked_add(self.duration()).unwrap_or(Timestamp::MAX)
    }
}

/// What starts the clock of the default embargo (S35).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockBasis {
    /// The report came in.
    ReportReceived,
    /// The first attempt to reach a vendor, delivered or not.
    FirstContactAttempt,
    /// The first letter that a vendor's server took.
    FirstDelivery,
    /// The first vendor acknowledged.
    VendorAcknowledged,
    /// Nothing starts it: a date is named by hand.
    ExplicitDate,
}

/// Who decides on a proposed change of the embargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionRule {
    /// The coordinator, having heard the parties.
    Coordinator,
    /// Every engaged party must agree.
    Consensus,
    /// More than half of the engaged vendors must agree (E21).
    Majority,
}

/// What silence means when somebody is asked whether it keeps the embargo (E12).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Silence {
    /// Who has not answered in time is counted as not agreeing. It may still agree later.
    #[default]
    Declines,
    /// Nothing: the question stays open.
    Waits,
}

impl Silence {
    /// Journals written before there was a choice do not name it, and still have their hashes.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
    fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// How a party is shown to the other parties, unless it says otherwise (S47).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VendorNaming {
    /// By name.
    Named,
    /// As one of several unnamed vendors.
    Unnamed,
}

/// How far an analyst of the team sees (access matrix, "case: see it exists").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TeamSight {
    /// Cases assigned to them, and those assigned to nobody.
    OwnAndUnassigned,
    /// Every case.
    Everything,
}

/// Durations of the embargo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EmbargoPolicy {
    /// What starts the clock.
    pub basis: ClockBasis,
    /// How long, by default (S55).
    pub default: Days,
    /// A longer one needs a documented reason (E19).
    pub justify_over: Days,
    /// A longer one should not be (E19).
    pub at_most: Days,
    /// How long parties have to answer a proposal, by default.
    pub answer_within: Days,
    /// Never less than this to answer a proposal.
    pub answer_floor: Hours,
    /// What it means when they do not (E12).
    #[serde(default, skip_serializing_if = "Silence::is_usual")]
    pub silence: Silence,
    /// Who decides.
    pub decided_by: DecisionRule,
    /// After attacks are seen, end the embargo by itself after so long; never by itself if
    /// absent (E9).
    pub end_after_attacks: Option<Hours>,
}

/// When somebody is late or silent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptnessPolicy {
    /// A first answer to the reporter is due soon after this (S17).
    pub first_response_warn: Hours,
    /// A first answer to the reporter is late after this (S17).
    pub first_response_breach: Hours,
    /// A vendor is silent after so many days without a word (S51).
    pub vendor_silent: Days,
    /// A silent vendor with no date agreed is non-responsive after so many days (card 06).
    pub vendor_gone: Days,
    /// Silent vendors are reminded so many days after the first attempt (S52).
    pub reminders: Vec<Days>,
    /// The last reminder goes out so many days before publication (S52).
    pub last_reminder: Days,
    /// Downstream vendors are told so many days before publication (S70).
    pub downstream_before: Days,
}

/// What must be before a note goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PublicationPolicy {
    /// How many people must decide to publish.
    pub approvers: u8,
    /// A draft is shared at least so many days before (S78).
    pub draft_lead: Days,
    /// A draft should be shared so many days before (S78).
    pub draft_target: Days,
}

/// What triage asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TriagePolicy {
    /// Whether an accepted report needs a CVSS v2 environmental score (S23).
    pub score: ScoreDemand,
}

/// Whether a score is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScoreDemand {
    /// No report is accepted without one, unless waived with a reason.
    Required,
    /// It may be left out.
    Optional,
}

/// A policy: every number and choice a rule looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// Counts up with each change.
    pub version: u32,
    /// The letters before a case number, such as `VU`.
    pub prefix: String,
    /// Durations of the embargo.
    pub embargo: EmbargoPolicy,
    /// When somebody is late or silent.
    pub promptness: PromptnessPolicy,
    /// What must be before a note goes out.
    pub publication: PublicationPolicy,
    /// What triage asks for.
    pub triage: TriagePolicy,
    /// How a vendor is shown to other parties, unless it says otherwise.
    pub vendors: VendorNaming,
    /// How far an analyst sees.
    pub analysts: TeamSight,
}

impl Policy {
    /// The next version, with other letters before the numbers of cases (S88); nothing if they are
    /// not one to ten letters of English.
    pub fn with_prefix(&self, letters: &str) -> Option<Self> {
        let fits = (1..=10).contains(&letters.len());
        let plain = letters.bytes().all(|letter| letter.is_ascii_alphabetic());
        (fits && plain).then(|| Self {
            version: self.version.saturating_add(1),
            prefix: letters.to_ascii_uppercase(),
            ..self.clone()
        })
    }
}

/// What everyone may read of a policy (S102): how triage works and how far analysts see is not in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PublishedPolicy {
    /// Counts up with each change.
    pub version: u32,
    /// The letters before a case number, such as `VU`.
    pub prefix: String,
    /// Durations of the embargo.
    pub embargo: EmbargoPolicy,
    /// When somebody is late or silent.
    pub promptness: PromptnessPolicy,
    /// What must be before a note goes out.
    pub publication: PublicationPolicy,
}

impl From<Policy> for PublishedPolicy {
    fn from(policy: Policy) -> Self {
        Self {
            version: policy.version,
            prefix: policy.prefix,
            embargo: policy.embargo,
            promptness: policy.promptness,
            publication: policy.publication,
        }
    }
}

impl Default for Policy {
    /// The policy of the source documents.
    fn default() -> Self {
        Self {
            version: 1,
            prefix: "VU".to_owned(),
            embargo: EmbargoPolicy {
                basis: ClockBasis::FirstContactAttempt,
                default: Days(45),
                justify_over: Days(90),
                at_most: Days(365),
                answer_within: Days(7),
                answer_floor: Hours(72),
                silence: Silence::Declines,
                decided_by: DecisionRule::Coordinator,
                end_after_attacks: None,
            },
            promptness: PromptnessPolicy {
                first_response_warn: Hours(24),
                first_response_breach: Hours(48),
                vendor_silent: Days(14),
                vendor_gone: Days(42),
                reminders: vec![Days(7), Days(14), Days(28)],
                last_reminder: Days(3),
                downstream_before: Days(14),
            },
            publication: PublicationPolicy {
                approvers: 2,
                draft_lead: Days(7),
                draft_target: Days(14),
            },
            triage: TriagePolicy { score: ScoreDemand::Required },
            vendors: VendorNaming::Named,
            analysts: TeamSight::OwnAndUnassigned,
        }
    }
}
