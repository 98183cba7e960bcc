//! The document itself: who says it, since when, under which number, and to whom it may be passed on.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Version;
use super::shape::{Acknowledgment, Note, Other, Reference, objects, vocabularies};
use super::tree::ProductTree;
use super::vulnerability::Vulnerability;

/// A CSAF document of version 2.0 or 2.1. What it says beyond our model is kept as it was.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Document {
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub(crate) schema: Option<String>,
    pub(crate) document: About,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) product_tree: Option<ProductTree>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) vulnerabilities: Vec<Vulnerability>,
    #[serde(flatten)]
    pub(crate) other: Other,
}

vocabularies! {
    /// What the publisher is to the vulnerability (CSAF 2.1, 3.2.2.8).
    PublisherCategory { Coordinator, Discoverer, Multiplier, Other, Translator, User, Vendor, }
    /// How finished the document is (CSAF 2.1, 3.2.2.12).
    TrackingStatus { Final, Draft, Interim, }
}

/// The traffic light; `WHITE` is of CSAF 2.0 alone, `CLEAR` and `AMBER+STRICT` are of 2.1.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Light {
    White,
    #[default]
    Clear,
    Green,
    Amber,
    #[serde(rename = "AMBER+STRICT")]
    AmberStrict,
    Red,
}

objects! {
    /// What stands under `/document`.
    About {
        must { category: String, csaf_version: Version, publisher: Issuer, title: String, tracking: Tracking, }
        may { aggregate_severity: AggregateSeverity, distribution: Distribution, lang: String, license_expression: String, source_lang: String, }
        lists { acknowledgments: Acknowledgment, notes: Note, references: Reference, }
    }
    /// How grave all of it is together.
    AggregateSeverity {
        must { text: String, }
        may { namespace: String, }
    }
    /// To whom the document may be passed on.
    Distribution {
        may { sharing_group: SharingGroup, text: String, tlp: Tlp, }
    }
    /// The circle in which it is shared.
    SharingGroup {
        must { id: String, }
        may { name: String, }
    }
    /// The traffic light and what it means.
    Tlp {
        must { label: Light, }
        may { url: String, }
    }
    /// Who publishes the document.
    Issuer {
        must { category: PublisherCategory, name: String, namespace: String, }
        may { contact_details: String, issuing_authority: String, }
    }
    /// Number, dates and versions.
    Tracking {
        must {
            current_release_date: String,
            id: String,
            initial_release_date: String,
            revision_history: Vec<Revision>,
            status: TrackingStatus,
            version: String,
        }
        may { generator: Generator, }
        lists { aliases: String, }
    }
    /// One version that there was.
    Revision {
        must { date: String, number: String, summary: String, }
        may { legacy_version: String, }
    }
    /// What wrote the document.
    Generator {
        must { engine: Engine, }
        may { date: String, }
    }
    /// The program.
    Engine {
        must { name: String, }
        may { version: String, }
    }
}

/// How many addresses are taken from a document.
const MOST_ADDRESSES: usize = 100;

impl Document {
    /// The version of the format.
    pub fn version(&self) -> Version {
        self.document.csaf_version
    }

    /// The number under which the publisher keeps it (CSAF 2.1, 3.2.2.12.4).
    pub fn id(&self) -> &str {
        &self.document.tracking.id
    }

    /// What it is about, in a line.
    pub fn title(&self) -> &str {
        &self.document.title
    }

    /// Who says it.
    pub fn publisher(&self) -> &str {
        &self.document.publisher.name
    }

    /// The space of names in which its number is one of a kind (CSAF 2.1, 3.2.2.8).
    pub fn namespace(&self) -> &str {
        &self.document.publisher.namespace
    }

    /// Whether everyone may read it: its traffic light says so, or there is none (CSAF 2.0).
    pub fn is_for_everyone(&self) -> bool {
        let distribution = self.document.distribution.as_ref();
        let label = distribution.and_then(|known| known.tlp.as_ref()).map(|tlp| tlp.label);
        match label {
            Some(Light::White | Light::Clear) | None => true,
            Some(Light::Green | Light::Amber | Light::AmberStrict | Light::Red) => false,
        }
    }

    /// Whether it is not to be relied on yet (CSAF 2.1, 3.2.2.12).
    pub fn is_draft(&self) -> bool {
        self.document.tracking.status == TrackingStatus::Draft
    }

    /// Web addresses that the document leads to, its own among them, each once.
    pub fn addresses(&self) -> Vec<&str> {
        let mut found: Vec<&str> = vec![];
        let own = self.document.references.iter();
        for reference in own.chain(self.vulnerabilities.iter().flat_map(|one| &one.references)) {
            let url = reference.url.as_str();
            let is_web = url.starts_with("https://") || url.starts_with("http://");
            if is_web && !found.contains(&url) && found.len() < MOST_ADDRESSES {
                found.push(url);
            }
        }
        found
    }

    /// The document as JSON with the keys of every object in alphabetical order (CSAF 2.1, 6.2.13).
    /// Nothing follows its last brace: there are readers that hash what they parsed and stop there.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Through a value, whose maps are sorted. What this model holds can always be written.
        let value = serde_json::to_value(self).unwrap_or(Value::Null);
        serde_json::to_vec_pretty(&value).unwrap_or_default()
    }
}
