//! A note that was public before it came here: the history that a team brings along. It has no case:
//! nothing of it was ever secret here, nobody takes part in it, and a journal made up afterwards
//! would tell what nobody saw. What its file says beyond what a note of a case has a place for goes
//! along with it, so that it can be told again without loss.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Content, Published, PublishedVendor, PublishedVulnerability, Section};
use crate::CaseNumber;

pub mod withdrawal;

/// A note from elsewhere, as whoever read its file hands it over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// The number it has here.
    pub number: CaseNumber,
    /// Its title.
    pub title: String,
    /// Its sections.
    pub sections: BTreeMap<Section, String>,
    /// Its flaws.
    pub vulnerabilities: Vec<PublishedVulnerability>,
    /// CVSS vectors of the note as a whole.
    pub scores: Vec<String>,
    /// Its vendors.
    pub vendors: Vec<PublishedVendor>,
    /// Since when an exploit is public.
    pub exploit_public_at: Option<Timestamp>,
    /// Since when attacks are seen.
    pub attacks_seen_at: Option<Timestamp>,
    /// When it was first public.
    pub published_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// Its revision.
    pub revision: u32,
    /// What else it says.
    pub elsewhere: Elsewhere,
}

/// What a note from elsewhere says that a note of a case has no place for. The lists follow those of
/// the note, place by place.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Elsewhere {
    /// Who published it there, where its file says so.
    pub publisher: Option<String>,
    /// What it is called there, if that is not its number here.
    pub called: Option<String>,
    /// When work on it began.
    pub began_at: Option<Timestamp>,
    /// When the flaw was first public anywhere.
    pub public_at: Option<Timestamp>,
    /// Search words.
    pub keywords: Vec<String>,
    /// Who is thanked, and for what.
    pub thanked: Vec<(String, Option<String>)>,
    /// What happened when.
    pub timeline: Vec<(Timestamp, String)>,
    /// Of each score of the note as a whole.
    pub scores: Vec<ScoreElsewhere>,
    /// Of each flaw.
    pub flaws: Vec<FlawElsewhere>,
    /// Of each vendor.
    pub vendors: Vec<VendorElsewhere>,
}

/// What goes with a vector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScoreElsewhere {
    /// The base score as it was written, which may not be what the vector comes to.
    pub base: Option<String>,
    /// Who gave it.
    pub given_by: Option<String>,
}

/// What goes with a flaw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlawElsewhere {
    /// Of each of its scores.
    pub scores: Vec<ScoreElsewhere>,
    /// When it was added.
    pub added_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What goes with a vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorElsewhere {
    /// When its entry last changed.
    pub updated_at: Timestamp,
    /// Of each line.
    pub lines: Vec<LineElsewhere>,
}

/// What goes with a line of a vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineElsewhere {
    /// The name by which the product is known for good there.
    pub product: Option<String>,
    /// The vendor's words on it.
    pub statement: Option<String>,
    /// Where to read more.
    pub references: Vec<String>,
    /// Since when it is said.
    pub added_at: Timestamp,
}

impl Published {
    /// A note that was public elsewhere. Whoever keeps it makes sure that no case has its number:
    /// what is secret here does not become public by being in a file.
    pub fn imported(note: Imported) -> Self {
        let told = note.vendors.iter().filter_map(|vendor| vendor.notified_at);
        let thanked = note.elsewhere.thanked.iter().map(|(name, _)| name.as_str());
        let credit = thanked.collect::<Vec<_>>().join(", ");
        Self(Content {
            first_contact_at: told.min(),
            credit: Some(credit).filter(|names| !names.is_empty()),
            reported_at: note.elsewhere.began_at.unwrap_or(note.published_at),
            number: note.number,
            title: note.title,
            sections: note.sections,
            vulnerabilities: note.vulnerabilities,
            scores: note.scores,
            vendors: note.vendors,
            exploit_public_at: note.exploit_public_at,
            attacks_seen_at: note.attacks_seen_at,
            published_at: note.published_at,
            updated_at: note.updated_at,
            revision: note.revision,
            revised_at: vec![],
            withdrawn: None,
            elsewhere: Some(Box::new(note.elsewhere)),
        })
    }

    /// The same note as another revision.
    #[must_use]
    pub fn as_revision(mut self, revision: u32) -> Self {
        if self.0.elsewhere.is_some() {
            self.0.revision = revision;
        }
        self
    }

    /// The same note as changed at an instant.
    #[must_use]
    pub fn as_changed(mut self, at: Timestamp) -> Self {
        if self.0.elsewhere.is_some() {
            self.0.updated_at = at;
        }
        self
    }
}
