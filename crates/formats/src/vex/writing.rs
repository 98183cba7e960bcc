//! A note as an OpenVEX 0.2.0 document: a statement for each vulnerability, vendor and product that
//! has a status. OpenVEX has no word for “nobody said”, so that is left out; and it has no runs of
//! versions, so those stand in the notes of the statement, written as vendors write them.

use std::collections::HashSet;

use domain::Identifier;
use domain::status::ProductStatus;
use domain::version::{VersionRange, Versions};
use serde_json::Map;

use super::justification;
use crate::json::shapes;
use crate::public_note::{
    PublicNote, PublicStatus, PublicVendor, PublicVulnerability, Publisher, Section,
};
use crate::purl::Purl;
use crate::{ENGINE, json, web_address, words};

/// What the first key of a document holds.
pub const CONTEXT: &str = "https://openvex.dev/ns/v0.2.0";

/// What stands before the name of a product without a package URL in the notes of a statement.
pub(super) const PRODUCT: &str = "Product: ";

/// What stands before the versions.
pub(super) const VERSIONS: &str = "Versions: ";

/// How much of a vendor's general words one statement repeats, in characters.
const LONGEST: usize = 1000;

shapes! {
    /// A document.
    pub struct Document {
        /// [`CONTEXT`].
        ["@context"] context: String,
        /// The address that stands for the document.
        ["@id"] id: String,
        /// Who made it.
        ["author"] author: String,
        /// When it was issued.
        ["timestamp"] timestamp: String,
        /// Its version, counted from 1.
        ["version"] version: u64,
        /// What it says.
        ["statements"] statements: Vec<Statement>,
        ;
        /// What the author is.
        ["role"] role: Option<String>,
        /// When it was last changed.
        ["last_updated"] last_updated: Option<String>,
        /// What wrote it.
        ["tooling"] tooling: Option<String>,
    }

    /// A statement on one vulnerability and one product.
    pub struct Statement {
        /// The vulnerability.
        ["vulnerability"] vulnerability: Vulnerability,
        /// The product, once for each version that is named.
        ["products"] products: Vec<Component>,
        /// The status.
        ["status"] status: String,
        ;
        /// When it was known to be true.
        ["timestamp"] timestamp: Option<String>,
        /// Who makes the product.
        ["supplier"] supplier: Option<String>,
        /// What else is said.
        ["status_notes"] status_notes: Option<String>,
        /// Why the product is not affected, in a word of OpenVEX.
        ["justification"] justification: Option<String>,
        /// Why the product is not affected, in words, where there is no such word.
        ["impact_statement"] impact_statement: Option<String>,
        /// What to do, where the product is affected.
        ["action_statement"] action_statement: Option<String>,
    }

    /// A vulnerability.
    pub struct Vulnerability {
        /// Its name.
        ["name"] name: String,
        ;
        /// Other names.
        ["aliases"] aliases: Vec<String>,
    }

    /// A product.
    pub struct Component {
        /// The address that stands for it.
        ["@id"] id: String,
        ;
        /// What it is known by.
        ["identifiers"] identifiers: Option<Identifiers>,
    }

    /// What a product is known by.
    pub struct Identifiers {
        ;
        /// Its package URL.
        ["purl"] purl: Option<String>,
    }
}

/// The document; none for a note in which no vendor says anything, and none for one that was taken
/// back, for which the format has no word.
pub fn write(note: &PublicNote, publisher: &Publisher) -> Option<Document> {
    if note.withdrawn.is_some() {
        return None;
    }
    let solution = solution(note, publisher);
    let mut statements: Vec<Statement> = Vec::new();
    // The format lets no statement stand twice; an old note may name a vendor twice.
    let mut seen = HashSet::new();
    for one in &note.vulnerabilities {
        for vendor in &note.vendors {
            let writer = Writer { note, publisher, one, vendor, solution: &solution };
            let own = vendor.statuses.iter().filter(|said| said.vulnerability == one.local);
            let new = own.filter_map(|said| writer.statement(said));
            statements.extend(new.filter(|statement| seen.insert(json::written(statement))));
        }
    }
    (!statements.is_empty()).then(|| Document {
        context: CONTEXT.to_owned(),
        id: format!("{}#openvex", publisher.page(note)),
        author: publisher.name.clone(),
        timestamp: note.first_published_at.to_string(),
        version: u64::try_from(note.revision).unwrap_or(1).max(1),
        statements,
        role: Some("Coordinator".to_owned()),
        last_updated: Some(note.updated_at.to_string()),
        tooling: Some(ENGINE.to_owned()),
        other: Map::new(),
    })
}

/// What to do, in short; the page has the rest.
fn solution(note: &PublicNote, publisher: &Publisher) -> String {
    let found = note.sections.iter().find(|(section, _)| *section == Section::Solution);
    let words = found.map(|(_, text)| words::cut(&words::plain(text), LONGEST / 2));
    match words.filter(|words| !words.is_empty()) {
        Some(words) => format!("{words} See {}.", publisher.page(note)),
        None => format!("See {}.", publisher.page(note)),
    }
}

struct Writer<'a> {
    note: &'a PublicNote,
    publisher: &'a Publisher,
    one: &'a PublicVulnerability,
    vendor: &'a PublicVendor,
    solution: &'a str,
}

impl Writer<'_> {
    fn statement(&self, said: &PublicStatus) -> Option<Statement> {
        let supplier = Some(words::line(&self.vendor.name, 512)).filter(|name| !name.is_empty());
        let mut statement = Statement {
            vulnerability: self.vulnerability(),
            products: self.products(said),
            status: String::new(),
            timestamp: Some(said.updated_at.to_string()),
            supplier,
            status_notes: None,
            justification: None,
            impact_statement: None,
            action_statement: None,
            other: Map::new(),
        };
        let mut notes = self.words(said);
        let status = match &said.status {
            ProductStatus::Unknown => return None,
            ProductStatus::UnderInvestigation => "under_investigation",
            ProductStatus::Fixed => "fixed",
            ProductStatus::Affected => {
                statement.action_statement = Some(self.solution.to_owned());
                "affected"
            }
            ProductStatus::WillNotFix => {
                let action = format!("The vendor will not fix this. {}", self.solution);
                statement.action_statement = Some(action);
                "affected"
            }
            ProductStatus::NotAffected { justification: Some(reason) } => {
                statement.justification = Some(justification(*reason).to_owned());
                "not_affected"
            }
            ProductStatus::NotAffected { justification: None } => {
                let silent = "The vendor says that this is not affected.".to_owned();
                statement.impact_statement = Some(notes.take().unwrap_or(silent));
                "not_affected"
            }
        };
        status.clone_into(&mut statement.status);
        let named = said.product.as_ref().filter(|product| {
            product.purl.as_deref().and_then(Purl::parse).is_none()
                && !product.name.trim().is_empty()
        });
        let product = named.map(|product| format!("{PRODUCT}{}", words::line(&product.name, 512)));
        let versions = (!said.versions.is_empty()).then(|| format!("{VERSIONS}{}", said.versions));
        let parts: Vec<String> = product.into_iter().chain(versions).chain(notes).collect();
        statement.status_notes = (!parts.is_empty()).then(|| parts.join("\n\n"));
        Some(statement)
    }

    /// What the vendor says of this vulnerability, or else in general.
    fn words(&self, said: &PublicStatus) -> Option<String> {
        let own = said.statement.as_deref().map(words::plain);
        let own = own.filter(|words| !words.is_empty());
        own.or_else(|| {
            let general = words::plain(self.vendor.statement.as_deref()?);
            (!general.is_empty()).then(|| words::cut(&general, LONGEST))
        })
    }

    /// The CVE id with the note's own name beside it, or that alone.
    fn vulnerability(&self) -> Vulnerability {
        let ours = format!("{}.{}", self.publisher.number(self.note), self.one.local);
        let (name, mut aliases) = match &self.one.cve {
            Some(cve) => (cve.clone(), vec![ours]),
            None => (ours, vec![]),
        };
        for other in self.one.identifiers.iter().map(Identifier::id) {
            if other != name && !aliases.iter().any(|known| known == other) {
                aliases.push(other.to_owned());
            }
        }
        Vulnerability { name, aliases, other: Map::new() }
    }

    /// A package URL once for each version that the status is about, where single versions are all
    /// that is named; else the product as such, or the vendor's products as a whole.
    fn products(&self, said: &PublicStatus) -> Vec<Component> {
        let purl = said.product.as_ref().and_then(|product| product.purl.as_deref());
        let Some(purl) = purl.and_then(Purl::parse) else {
            let part = match &said.product {
                Some(product) => format!("product-{}", web_address::part(&product.id)),
                None => format!("vendor-{}", web_address::part(&self.vendor.name)),
            };
            let id = format!("{}#{part}", self.publisher.page(self.note));
            return vec![Component { id, identifiers: None, other: Map::new() }];
        };
        let single = single_versions(&said.status, &said.versions);
        let mut named: Vec<String> = Vec::new();
        for version in single.iter().flatten().map(|version| purl.at(version)) {
            if !named.contains(&version) {
                named.push(version);
            }
        }
        if named.is_empty() {
            named.push(match &purl.version {
                Some(version) if said.versions.is_empty() => purl.at(version),
                Some(_) | None => purl.any(),
            });
        }
        let component = |purl: String| Component {
            id: purl.clone(),
            identifiers: Some(Identifiers { purl: Some(purl), other: Map::new() }),
            other: Map::new(),
        };
        named.into_iter().map(component).collect()
    }
}

/// The versions that a status is about, if it names single ones alone: those with the fix for a
/// product that is fixed.
fn single_versions<'a>(status: &ProductStatus, versions: &'a Versions) -> Option<Vec<&'a str>> {
    if *status == ProductStatus::Fixed {
        return Some(versions.fixed.iter().map(String::as_str).collect());
    }
    let ranges = versions.affected.iter();
    ranges
        .map(|range| match range {
            VersionRange::Only { version } => Some(version.as_str()),
            VersionRange::All | VersionRange::Between { .. } => None,
        })
        .collect()
}
