//! What a published note says, as plain values: everything that a page or a file made from it may show.
//! Texts are Markdown. Whether a note may be published at all was decided before one of these exists.

use domain::Identifier;
use domain::ssvc::Exploitation;
use domain::status::ProductStatus;
use domain::version::Versions;
use jiff::Timestamp;

mod from_published;
mod imported;

pub use from_published::section_of;

/// A vulnerability note as the public sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicNote {
    /// The number without its prefix, such as `257161`.
    pub number: String,
    /// One line that names the product and the weakness.
    pub title: String,
    /// The sections in the order in which they are read, each as Markdown.
    pub sections: Vec<(Section, String)>,
    /// The vulnerabilities that the note is about, in the order of their local ids.
    pub vulnerabilities: Vec<PublicVulnerability>,
    /// Every vendor that the note names.
    pub vendors: Vec<PublicVendor>,
    /// References as printed, one a line; most are web addresses.
    pub references: Vec<String>,
    /// Search words.
    pub keywords: Vec<String>,
    /// Those who agreed to be thanked by name.
    pub credits: Vec<Credit>,
    /// Scores given to the note as a whole rather than to one vulnerability.
    pub scores: Vec<Score>,
    /// When work on the note began.
    pub created_at: Option<Timestamp>,
    /// When the vulnerability was first public anywhere.
    pub public_at: Option<Timestamp>,
    /// When this note was first published.
    pub first_published_at: Timestamp,
    /// When this revision was published.
    pub updated_at: Timestamp,
    /// The revision, counted from 1.
    pub revision: i64,
    /// What happened when, as told to the public.
    pub timeline: Vec<TimelineEntry>,
    /// Since when an exploit is known to be public.
    pub exploit_public_at: Option<Timestamp>,
    /// Since when attacks are known.
    pub attacks_seen_at: Option<Timestamp>,
    /// When each revision after the first was published; empty where only the newest is known.
    pub revised_at: Vec<Timestamp>,
    /// When it was taken back and why; its texts and its title say so as well.
    pub withdrawn: Option<Withdrawn>,
}

impl PublicNote {
    /// How far the vulnerability is exploited, in the words of SSVC, as far as this revision tells. A
    /// note of several says it of all of them together, so it is said of none; and where it tells
    /// nothing, that is not to say that there is nothing.
    pub(crate) fn exploitation(&self) -> Option<Exploitation> {
        let newest = self.updated_at.max(self.first_published_at);
        let told = |at: Option<Timestamp>| at.is_some_and(|at| at <= newest);
        let found = if told(self.attacks_seen_at) {
            Some(Exploitation::Active)
        } else if told(self.exploit_public_at) {
            Some(Exploitation::PublicProof)
        } else {
            None
        };
        found.filter(|_| self.vulnerabilities.len() == 1)
    }
}

/// That a note was taken back.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Withdrawn {
    /// When.
    pub at: Timestamp,
    /// Why, as Markdown.
    pub reason: String,
}

/// Who publishes: what every format says of the team that runs this server.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Publisher {
    /// The team's name.
    pub name: String,
    /// The address under which the server is reached, without a slash at its end. It is also the
    /// space of names from which ids are made.
    pub base_url: String,
    /// How to reach the team, in a line.
    pub contact: String,
    /// What stands before a note's number, such as `VU#`.
    pub number_prefix: String,
}

impl Publisher {
    /// A note's number as people write it, such as `VU#257161`.
    pub fn number(&self, note: &PublicNote) -> String {
        format!("{}{}", self.number_prefix, note.number)
    }

    /// A note's name in addresses, such as `VU-257161`.
    pub fn slug(&self, note: &PublicNote) -> String {
        format!("{}-{}", self.number_prefix.trim_end_matches('#'), note.number)
    }

    /// Where a note is read.
    pub fn page(&self, note: &PublicNote) -> String {
        format!("{}/vuls/{}", self.base_url, self.slug(note))
    }
}

/// A section of a note.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Section {
    /// The note in a sentence or two.
    Overview,
    /// How the vulnerability works.
    Description,
    /// What an attacker gains.
    Impact,
    /// What to do about it.
    Solution,
    /// What to do until then.
    Workarounds,
    /// Which systems are affected, beyond what the vendor list says.
    SystemsAffected,
    /// Thanks to those who found and reported it.
    Acknowledgements,
    /// Who wrote the note.
    Author,
}

impl Section {
    /// Every section, in the order in which a note is read.
    pub const ALL: [Self; 8] = [
        Self::Overview,
        Self::Description,
        Self::Impact,
        Self::Solution,
        Self::Workarounds,
        Self::SystemsAffected,
        Self::Acknowledgements,
        Self::Author,
    ];

    /// The heading that readers see.
    pub const fn heading(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Description => "Description",
            Self::Impact => "Impact",
            Self::Solution => "Solution",
            Self::Workarounds => "Workarounds",
            Self::SystemsAffected => "Systems Affected",
            Self::Acknowledgements => "Acknowledgements",
            Self::Author => "Author",
        }
    }
}

/// One vulnerability of a note.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicVulnerability {
    /// The place in the note, counted from 1: the `k` of `VU#nnnnnn.k`.
    pub local: u32,
    /// The CVE id with its prefix, such as `CVE-2024-10469`.
    pub cve: Option<String>,
    /// What it is called in other numberings.
    pub identifiers: Vec<Identifier>,
    /// What it is, as Markdown.
    pub description: String,
    /// The weakness, such as `CWE-79`.
    pub cwe: Option<String>,
    /// Its scores.
    pub scores: Vec<Score>,
    /// When it was added to the case.
    pub added_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A score by its vector.
#[derive(Clone, Debug, PartialEq)]
pub struct Score {
    /// The vector; one without a prefix is CVSS v2.
    pub vector: String,
    /// The base score that goes with it.
    pub base: Option<f64>,
    /// Who gave it, where that is said.
    pub given_by: Option<String>,
}

/// What a vendor says, or what is said of it, about a vulnerability (VINCE 3.1).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum VendorStatus {
    /// At least one product has it.
    Affected,
    /// No product has it.
    NotAffected,
    /// Nothing is known.
    Unknown,
}

impl VendorStatus {
    /// The status of a vendor with several: any Affected wins, then any Not Affected (VINCE 3.1).
    pub fn overall(statuses: impl IntoIterator<Item = Self>) -> Self {
        statuses.into_iter().min().unwrap_or(Self::Unknown)
    }
}

/// A vendor with a fix was affected; one that is still looking is unknown to this vocabulary.
impl From<&ProductStatus> for VendorStatus {
    fn from(status: &ProductStatus) -> Self {
        match status {
            ProductStatus::Affected | ProductStatus::Fixed | ProductStatus::WillNotFix => {
                Self::Affected
            }
            ProductStatus::NotAffected { .. } => Self::NotAffected,
            ProductStatus::Unknown | ProductStatus::UnderInvestigation => Self::Unknown,
        }
    }
}

impl From<VendorStatus> for ProductStatus {
    fn from(status: VendorStatus) -> Self {
        match status {
            VendorStatus::Affected => Self::Affected,
            VendorStatus::NotAffected => Self::NotAffected { justification: None },
            VendorStatus::Unknown => Self::Unknown,
        }
    }
}

/// A vendor as the note names it.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicVendor {
    /// Its name.
    pub name: String,
    /// Its status on each vulnerability that it has one for.
    pub statuses: Vec<PublicStatus>,
    /// Its own words, as Markdown.
    pub statement: Option<String>,
    /// What else it had to say, as Markdown; notes of the archive keep this apart.
    pub information: Option<String>,
    /// References that it gave, one a line.
    pub references: Vec<String>,
    /// What the coordinator adds, as Markdown.
    pub addendum: Option<String>,
    /// When it was told.
    pub contacted_at: Option<Timestamp>,
    /// When it answered.
    pub statement_at: Option<Timestamp>,
    /// When its entry was last changed.
    pub updated_at: Timestamp,
}

impl PublicVendor {
    /// The vendor's status as a whole.
    pub fn overall(&self) -> VendorStatus {
        VendorStatus::overall(self.statuses.iter().map(|one| VendorStatus::from(&one.status)))
    }
}

/// A product that a vendor's status speaks of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicProduct {
    /// What it is known by for good, whatever it is called later.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its package URL.
    pub purl: Option<String>,
    /// Its CPE 2.3 name.
    pub cpe: Option<String>,
}

/// What a vendor says of one vulnerability and one of its products, or all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicStatus {
    /// The local number of the vulnerability.
    pub vulnerability: u32,
    /// The product; none where the vendor speaks of all its products.
    pub product: Option<PublicProduct>,
    /// The status.
    pub status: ProductStatus,
    /// The versions that the status is about; empty where nobody told.
    pub versions: Versions,
    /// The vendor's words on this vulnerability.
    pub statement: Option<String>,
    /// References for this vulnerability, one a line.
    pub references: Vec<String>,
    /// When the status was first given.
    pub added_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Someone who is thanked.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Credit {
    /// The name they asked for.
    pub name: String,
    /// What they did, in a word of the CVE record format such as `finder`.
    pub role: Option<String>,
}

/// A line of the public timeline.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TimelineEntry {
    /// When it happened.
    pub at: Timestamp,
    /// What happened, in one sentence.
    pub words: String,
}

#[cfg(test)]
mod tests;
