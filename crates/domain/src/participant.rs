//! One who takes part in one case: in what roles, how far their own handling is, whether
//! they keep the embargo, what they were told and what they said.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::advisory::Advisory;
use crate::case::{Party, Role, Visibility};
use crate::cs::Vfd;
use crate::em::Em;
use crate::event::{Channel, StatementAudience};
use crate::pec::{Pec, content_may_be_delivered};
use crate::policy::Days;
use crate::rm::Rm;
use crate::status::{Answers, Delivery, ProductStatus};
use crate::{ContactId, Instant, LetterId, ParticipantId, ProductId, Text, VulnerabilityId};

mod verbs;
pub use verbs::Approach;

/// One who takes part in one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// Who, in this case.
    pub id: ParticipantId,
    /// Who, in the world.
    pub party: Party,
    /// As what.
    pub roles: BTreeSet<Role>,
    /// How the others see them.
    pub visibility: Visibility,
    /// Since when.
    pub joined_at: Timestamp,
    /// Whether they still take part.
    pub standing: Standing,
    /// Who named them, if a party did.
    pub suggested_by: Option<ParticipantId>,
    /// How far their own handling of the report is.
    pub rm: Rm,
    /// Whether they keep the embargo.
    pub pec: Pec,
    /// How far they are as a whole, where nothing is said of single flaws.
    pub vfd: Vfd,
    /// What they hold was shown until then, if they may see nothing newer.
    pub shown_until: Option<Timestamp>,
    /// Attempts to reach them, oldest first.
    pub attempts: Vec<Attempt>,
    /// When they were first heard of.
    pub acknowledged_at: Option<Timestamp>,
    /// When they were last heard of.
    pub last_heard_at: Option<Timestamp>,
    /// Their answers to the four questions.
    pub answers: Answers,
    /// When they said their fix would be ready, oldest first (S63).
    pub fix_dates: Vec<(Timestamp, Instant)>,
    /// What they say of their products, by flaw.
    pub lines: BTreeMap<VulnerabilityId, Vec<Line>>,
    /// Their statements, oldest first (S91).
    pub statements: Vec<Statement>,
    /// What they publish of their own, in the order in which it was told (S83).
    #[serde(default)]
    pub advisories: Vec<Advisory>,
    /// What the coordinator adds about them in the note; the team's until then.
    pub addendum: Option<(Timestamp, Text)>,
    /// When they were reminded, oldest first.
    pub reminded_at: Vec<Timestamp>,
    /// Whether they were given up on.
    pub non_responsive: bool,
}

/// Whether somebody still takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// They do.
    Engaged,
    /// They went, then.
    Left(Timestamp),
    /// They were put out, then.
    Removed(Timestamp),
}

/// An attempt to reach somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// When.
    pub at: Timestamp,
    /// At which address.
    pub contact: Option<ContactId>,
    /// How.
    pub channel: Channel,
    /// The letter, if it was one.
    pub letter: Option<LetterId>,
    /// What became of it.
    pub outcome: Delivery,
}

/// What a vendor says of one product and one flaw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// Which product; absent for all of them.
    pub product: Option<ProductId>,
    /// What is said of it.
    pub status: ProductStatus,
    /// Of which versions; absent if nobody told.
    pub versions: Option<Text>,
    /// How far the vendor is with it.
    pub vfd: Vfd,
    /// Since when.
    pub at: Timestamp,
}

/// What a vendor wants to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// When it was given.
    pub at: Timestamp,
    /// The words.
    pub wording: Wording,
    /// Who may read it before publication.
    pub audience: StatementAudience,
}

/// What a vendor wants to be read, in the parts that notes keep apart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wording {
    /// What it says.
    pub text: Option<Text>,
    /// What else it wants readers to know.
    pub information: Option<Text>,
    /// Where to read more, one address a line.
    pub references: Option<Text>,
}

impl Wording {
    /// All of its texts.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        [&self.text, &self.information, &self.references].into_iter().flatten()
    }
}

impl From<Text> for Wording {
    fn from(text: Text) -> Self {
        Self { text: Some(text), ..Self::default() }
    }
}

/// What is said of a product: how it stands with a flaw, and in which versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// How it stands.
    pub status: ProductStatus,
    /// In which versions; absent if nobody told.
    pub versions: Option<Text>,
}

impl From<ProductStatus> for Said {
    fn from(status: ProductStatus) -> Self {
        Self { status, versions: None }
    }
}

impl Participant {
    /// A participant as they enter, at the start of every machine.
    pub fn new(
        id: ParticipantId,
        party: Party,
        roles: BTreeSet<Role>,
        joined_at: Timestamp,
    ) -> Self {
        Self {
            id,
            party,
            roles,
            visibility: Visibility::Named,
            joined_at,
            standing: Standing::Engaged,
            suggested_by: None,
            rm: Rm::Start,
            pec: Pec::NoEmbargo,
            vfd: Vfd::Unaware,
            shown_until: None,
            attempts: vec![],
            acknowledged_at: None,
            last_heard_at: None,
            answers: Answers::default(),
            fix_dates: vec![],
            lines: BTreeMap::new(),
            statements: vec![],
            advisories: vec![],
            addendum: None,
            reminded_at: vec![],
            non_responsive: false,
        }
    }

    /// Whether they make the flawed thing, or build on it.
    pub fn is_vendor(&self) -> bool {
        self.roles.contains(&Role::Vendor) || self.roles.contains(&Role::DownstreamVendor)
    }

    /// Whether they take part now.
    pub fn is_engaged(&self) -> bool {
        self.standing == Standing::Engaged
    }

    /// Whether they were told.
    pub fn is_notified(&self) -> bool {
        !self.attempts.is_empty()
    }

    /// Whether they know of the case: they were told, or told us.
    pub fn knows_of_it(&self) -> bool {
        self.is_notified() || self.roles.contains(&Role::Reporter)
    }

    /// Whether new content may be shown to them now (content gate, E15).
    pub fn may_receive_content(&self, em: Em) -> bool {
        self.is_engaged() && content_may_be_delivered(self.rm, em, self.pec)
    }

    /// Whether something that was there at `at` may be shown to them now: it passes the gate,
    /// or was shown before the gate closed.
    pub fn may_see(&self, em: Em, at: Timestamp) -> bool {
        self.may_receive_content(em)
            || (self.is_engaged()
                && self.rm.has_report()
                && self.shown_until.is_some_and(|until| at <= until))
    }

    /// How far they are as a whole: as far as with the slowest of what concerns them.
    pub fn vfd(&self) -> Vfd {
        let concerned = |line: &&Line| !matches!(line.status, ProductStatus::NotAffected { .. });
        let slowest = self.lines.values().flatten().filter(concerned).map(|line| line.vfd).min();
        slowest.unwrap_or(self.vfd)
    }

    /// What they say of one flaw: the gravest of what they say of their products.
    pub fn status(&self, vulnerability: VulnerabilityId) -> ProductStatus {
        let lines = self.lines.get(&vulnerability).map_or(&[][..], Vec::as_slice);
        let gravest = lines.iter().max_by_key(|line| line.status.gravity());
        gravest.map(|line| line.status.clone()).unwrap_or_default()
    }

    /// What they say of the case: the gravest of what they say of its flaws.
    pub fn overall_status(&self) -> ProductStatus {
        let lines = self.lines.values().flatten();
        let gravest = lines.max_by_key(|line| line.status.gravity());
        gravest.map(|line| line.status.clone()).unwrap_or_default()
    }

    /// Since when nothing was heard from them although they were told, if that is so.
    pub fn silent_since(&self) -> Option<Timestamp> {
        let first = self.attempts.first()?.at;
        Some(self.last_heard_at.map_or(first, |heard| heard.max(first)))
    }

    /// Whether they have been silent for so long.
    pub fn is_silent(&self, after: Days, now: Timestamp) -> bool {
        self.silent_since().is_some_and(|since| after.after(since) <= now)
    }
}

#[cfg(test)]
mod tests;
