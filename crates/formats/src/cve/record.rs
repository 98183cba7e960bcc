//! The shapes of a CVE record, key by key. What a shape does not name stays in its `other`, so that
//! a record that was read is written with everything that was in it; an empty list says nothing,
//! and is left out.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Number, Value};

use crate::json::{is_nothing, shapes};

/// A record: who it is about, and what is told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record<Told = Container, About = Metadata> {
    /// Always `CVE_RECORD`.
    #[serde(rename = "dataType")]
    pub data_type: String,
    /// The version of the format.
    #[serde(rename = "dataVersion")]
    pub data_version: String,
    /// What the CVE program knows of the id.
    #[serde(rename = "cveMetadata")]
    pub metadata: About,
    /// What is told.
    pub containers: Containers<Told>,
    /// Keys that are not named here, as they came.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// What the assigner tells, and what others added.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Containers<Told> {
    /// What the assigner tells.
    pub cna: Told,
    /// What others added, as it came.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub adp: Vec<Value>,
    /// Keys that are not named here, as they came.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Whether a product or a version has the flaw.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It has.
    Affected,
    /// Nobody knows or nobody says.
    Unknown,
    /// It has not.
    Unaffected,
}

shapes! {
    /// What the CVE program knows of an id; CVE Services fills it for records that go there.
    pub struct Metadata {
        /// The id.
        ["cveId"] cve_id: String,
        /// The UUID of the organisation that assigned it.
        ["assignerOrgId"] assigner: String,
        ;
        /// That organisation's short name.
        ["assignerShortName"] assigner_short_name: Option<String>,
        /// `PUBLISHED` or `REJECTED`.
        ["state"] state: String,
        /// When the id was reserved.
        ["dateReserved"] reserved: Option<String>,
        /// When the record was first published.
        ["datePublished"] published: Option<String>,
        /// When it was last changed.
        ["dateUpdated"] updated: Option<String>,
        /// When it was rejected.
        ["dateRejected"] rejected: Option<String>,
    }

    /// What an assigner tells of a vulnerability: the container that CVE Services takes.
    pub struct Container {
        /// Who tells.
        ["providerMetadata"] provider: Provider,
        /// What it is, at least once in English.
        ["descriptions"] descriptions: Vec<Words>,
        /// What has it.
        ["affected"] affected: Vec<Affected>,
        /// Where more is told.
        ["references"] references: Vec<Reference>,
        ;
        /// One line.
        ["title"] title: Option<String>,
        /// When it was first public anywhere.
        ["datePublic"] public: Option<String>,
        /// Its kind of weakness.
        ["problemTypes"] problem_types: Vec<ProblemType>,
        /// What an attacker gains.
        ["impacts"] impacts: Vec<Impact>,
        /// Its scores.
        ["metrics"] metrics: Vec<Metric>,
        /// What to do about it.
        ["solutions"] solutions: Vec<Words>,
        /// What to do until then.
        ["workarounds"] workarounds: Vec<Words>,
        /// What is known of exploits.
        ["exploits"] exploits: Vec<Words>,
        /// What happened when.
        ["timeline"] timeline: Vec<Event>,
        /// Who is thanked.
        ["credits"] credits: Vec<Credit>,
        /// Where it came from, in keys that the format leaves open.
        ["source"] source: Map<String, Value>,
        /// Words of the CVE program such as `disputed`.
        ["tags"] tags: Vec<String>,
    }

    /// What somebody added to a record: those parts of it that a note has a place for.
    pub struct Addition {
        /// Who tells.
        ["providerMetadata"] provider: Provider,
        ;
        /// Where more is told.
        ["references"] references: Vec<Reference>,
        /// Its kind of weakness.
        ["problemTypes"] problem_types: Vec<ProblemType>,
        /// Its scores.
        ["metrics"] metrics: Vec<Metric>,
    }

    /// Why an id is not used.
    pub struct Rejection {
        /// Who tells.
        ["providerMetadata"] provider: Provider,
        /// The reasons, at least once in English.
        ["rejectedReasons"] reasons: Vec<Words>,
        ;
        /// The ids to use instead.
        ["replacedBy"] replaced_by: Vec<String>,
    }

    /// Who tells.
    pub struct Provider {
        /// The organisation's UUID.
        ["orgId"] organisation: String,
        ;
        /// Its short name.
        ["shortName"] short_name: Option<String>,
        /// When it last told something new.
        ["dateUpdated"] updated: Option<String>,
    }

    /// A text in a language.
    pub struct Words {
        /// The language, such as `en`.
        ["lang"] lang: String,
        /// The text, plain.
        ["value"] value: String,
        ;
        /// The same text in other forms.
        ["supportingMedia"] media: Vec<Media>,
    }

    /// A text in another form.
    pub struct Media {
        /// The media type.
        ["type"] kind: String,
        /// The text.
        ["value"] value: String,
        ;
        /// Whether the text is in base64.
        ["base64"] base64: Option<bool>,
    }

    /// A product, or a package, and which of its versions have the flaw.
    pub struct Affected {
        ;
        /// Who makes it.
        ["vendor"] vendor: Option<String>,
        /// What it is called.
        ["product"] product: Option<String>,
        /// The collection that a package is in.
        ["collectionURL"] collection: Option<String>,
        /// Its name there.
        ["packageName"] package: Option<String>,
        /// Its package URL without a version, new in 5.2.0.
        ["packageURL"] purl: Option<String>,
        /// Its CPE names.
        ["cpes"] cpes: Vec<String>,
        /// The status of every version that is not listed.
        ["defaultStatus"] default_status: Option<Status>,
        /// The versions and their status.
        ["versions"] versions: Vec<Version>,
    }

    /// A version or a run of versions.
    pub struct Version {
        /// The version, or the first of a run.
        ["version"] version: String,
        /// Its status.
        ["status"] status: Status,
        ;
        /// How versions are ordered.
        ["versionType"] order: Option<String>,
        /// The run ends before this one; `*` where it does not end.
        ["lessThan"] less_than: Option<String>,
        /// The run ends with this one.
        ["lessThanOrEqual"] less_than_or_equal: Option<String>,
        /// Where the status changes within the run.
        ["changes"] changes: Vec<Change>,
    }

    /// A change of status within a run of versions.
    pub struct Change {
        /// The version from which on it holds.
        ["at"] at: String,
        /// The status from there on.
        ["status"] status: Status,
        ;
    }

    /// Kinds of weakness that belong together.
    pub struct ProblemType {
        /// The kinds.
        ["descriptions"] descriptions: Vec<Problem>,
        ;
    }

    /// A kind of weakness.
    pub struct Problem {
        /// The language.
        ["lang"] lang: String,
        /// Its name.
        ["description"] description: String,
        ;
        /// Its CWE id.
        ["cweId"] cwe: Option<String>,
        /// The list that it is from, such as `CWE`.
        ["type"] kind: Option<String>,
    }

    /// What an attacker gains.
    pub struct Impact {
        /// In words.
        ["descriptions"] descriptions: Vec<Words>,
        ;
        /// The pattern of attack.
        ["capecId"] capec: Option<String>,
    }

    /// A score.
    pub struct Metric {
        ;
        /// How the score is written, such as `CVSS`.
        ["format"] format: Option<String>,
        /// CVSS version 4.0.
        ["cvssV4_0"] cvss4: Option<Cvss>,
        /// CVSS version 3.1.
        ["cvssV3_1"] cvss31: Option<Cvss>,
        /// CVSS version 3.0.
        ["cvssV3_0"] cvss30: Option<Cvss>,
        /// CVSS version 2.0.
        ["cvssV2_0"] cvss2: Option<Cvss>,
    }

    /// A CVSS score.
    pub struct Cvss {
        /// The version of CVSS.
        ["version"] version: String,
        /// The vector.
        ["vectorString"] vector: String,
        /// The base score.
        ["baseScore"] base: Number,
        ;
        /// The word for the base score; version 2.0 has none.
        ["baseSeverity"] severity: Option<String>,
    }

    /// Where more is told.
    pub struct Reference {
        /// The address.
        ["url"] url: String,
        ;
        /// What is there.
        ["name"] name: Option<String>,
        /// What kind of page it is.
        ["tags"] tags: Vec<String>,
    }

    /// What happened when.
    pub struct Event {
        /// When.
        ["time"] time: String,
        /// The language.
        ["lang"] lang: String,
        /// What.
        ["value"] value: String,
        ;
    }

    /// Who is thanked.
    pub struct Credit {
        /// The language.
        ["lang"] lang: String,
        /// The name.
        ["value"] value: String,
        ;
        /// What they did, such as `finder`.
        ["type"] kind: Option<String>,
    }
}

impl<Told> Containers<Told> {
    /// What others added, in their order; what has not the shape of a container is left aside.
    pub(super) fn additions(&self) -> impl Iterator<Item = Addition> {
        self.adp.iter().filter_map(|container| Addition::deserialize(container).ok())
    }
}

impl Words {
    /// An English text.
    pub fn english(value: String) -> Self {
        Self { lang: "en".to_owned(), value, media: vec![], other: Map::new() }
    }

    /// Whether it is in English.
    pub fn is_english(&self) -> bool {
        self.lang.split(['-', '_']).next().is_some_and(|lang| lang.eq_ignore_ascii_case("en"))
    }
}

impl Affected {
    /// Every status that is said of any of its versions.
    pub fn statuses(&self) -> impl Iterator<Item = Status> {
        let changes = self.versions.iter().flat_map(|version| &version.changes);
        self.default_status
            .into_iter()
            .chain(self.versions.iter().map(|version| version.status))
            .chain(changes.map(|change| change.status))
    }

    /// Whether anything is named at all.
    pub fn is_named(&self) -> bool {
        let names = [&self.vendor, &self.product, &self.package, &self.purl];
        names.into_iter().flatten().any(|name| {
            !name.trim().is_empty() && !name.trim().eq_ignore_ascii_case(super::NOT_NAMED)
        })
    }
}
