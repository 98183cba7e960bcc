//! The shapes of an OSV record, and records of other people.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::json::{self, Unread, shapes};

/// A record larger than this is refused before it is read.
pub const LARGEST: usize = 8 * 1024 * 1024;

/// Reads a record; a refusal names the key that is missing or wrong and where it stands.
pub fn read(bytes: &[u8]) -> Result<Record, Unread> {
    json::read("The OSV record", bytes, LARGEST)
}

/// A turn in the life of a flaw, by version.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// It came with this version; `0` is before the first.
    Introduced(String),
    /// It is gone with this version.
    Fixed(String),
    /// This is the last version that has it.
    LastAffected(String),
    /// Nothing is said of versions from here on.
    Limit(String),
}

shapes! {
    /// A record.
    pub struct Record {
        /// Its id.
        ["id"] id: String,
        /// When it was last changed.
        ["modified"] modified: String,
        ;
        /// The version of the schema.
        ["schema_version"] schema_version: Option<String>,
        /// When it was published.
        ["published"] published: Option<String>,
        /// When it was withdrawn.
        ["withdrawn"] withdrawn: Option<String>,
        /// Other ids of the same flaw.
        ["aliases"] aliases: Vec<String>,
        /// Ids of flaws that have to do with it.
        ["related"] related: Vec<String>,
        /// Ids of the flaw in what the packages are made from.
        ["upstream"] upstream: Vec<String>,
        /// One line.
        ["summary"] summary: Option<String>,
        /// The whole, as Markdown.
        ["details"] details: Option<String>,
        /// Its scores.
        ["severity"] severity: Vec<Severity>,
        /// The packages that have it.
        ["affected"] affected: Vec<Affected>,
        /// Where more is told.
        ["references"] references: Vec<Reference>,
        /// Who is thanked.
        ["credits"] credits: Vec<Credit>,
        /// What the database adds.
        ["database_specific"] database_specific: Map<String, Value>,
    }

    /// A score.
    pub struct Severity {
        /// The scale, such as `CVSS_V3`.
        ["type"] kind: String,
        /// The vector.
        ["score"] score: String,
        ;
    }

    /// A package, and which of its versions have the flaw.
    pub struct Affected {
        ;
        /// The package.
        ["package"] package: Option<Package>,
        /// Scores for this package alone.
        ["severity"] severity: Vec<Severity>,
        /// Runs of versions.
        ["ranges"] ranges: Vec<Range>,
        /// Single versions.
        ["versions"] versions: Vec<String>,
        /// What the ecosystem adds.
        ["ecosystem_specific"] ecosystem_specific: Map<String, Value>,
        /// What the database adds.
        ["database_specific"] database_specific: Map<String, Value>,
    }

    /// A package by its name.
    pub struct Package {
        /// Where the name is valid.
        ["ecosystem"] ecosystem: String,
        /// The name.
        ["name"] name: String,
        ;
        /// The package URL without a version.
        ["purl"] purl: Option<String>,
    }

    /// A run of versions.
    pub struct Range {
        /// How versions are ordered.
        ["type"] kind: String,
        /// Where it begins and ends.
        ["events"] events: Vec<Event>,
        ;
        /// The repository that commits are in.
        ["repo"] repository: Option<String>,
        /// What the database adds.
        ["database_specific"] database_specific: Map<String, Value>,
    }

    /// Where more is told.
    pub struct Reference {
        /// What kind of page it is.
        ["type"] kind: String,
        /// The address.
        ["url"] url: String,
        ;
    }

    /// Who is thanked.
    pub struct Credit {
        /// The name.
        ["name"] name: String,
        ;
        /// Where they are reached.
        ["contact"] contact: Vec<String>,
        /// What they did, such as `FINDER`.
        ["type"] kind: Option<String>,
    }
}
