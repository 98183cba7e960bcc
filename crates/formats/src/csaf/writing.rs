//! A published note as a CSAF document. The same note gives the same bytes, and what a note says twice is said once.

mod about;
mod draft;
mod products;
mod said;
mod scores;
mod vulnerability;

pub use draft::write_draft;
use said::{Claim, Sayings};

use super::Version;
use super::document::Document;
use super::vulnerability::Vulnerability;
use crate::public_note::{PublicNote, Publisher};

/// The note as a document: an advisory where the rules of that profile hold (CSAF 2.0 and 2.1, section 4), else one of the plainer kinds.
pub fn write(note: &PublicNote, publisher: &Publisher, version: Version) -> Vec<u8> {
    document(note, publisher, version).to_bytes()
}

/// What one vendor says of the note's vulnerabilities, as VEX (CSAF 2.0 and 2.1, section 4.5); none where it says nothing that VEX has a word for.
pub fn write_vex(
    note: &PublicNote,
    publisher: &Publisher,
    version: Version,
    vendor: &str,
) -> Option<Vec<u8>> {
    let mut note = note.clone();
    note.vendors.retain(|known| known.name == vendor);
    let told = |local| {
        said::sayings(&note, local, version).values().any(|said| said.claim != Claim::Unknown)
    };
    let flaws = note.vulnerabilities.iter().filter(|flaw| told(flaw.local));
    let flaws: Vec<_> = flaws.cloned().collect();
    note.vulnerabilities = flaws;
    if note.vulnerabilities.is_empty() {
        return None;
    }
    let mut document = document(&note, publisher, version);
    "csaf_vex".clone_into(&mut document.document.category);
    let name = products::one_line(vendor).unwrap_or_else(|| "vendor".to_owned());
    document.document.tracking.id = format!("{}-VEX-{name}", document.id());
    document.document.title = format!("{}: {name}", document.title());
    about::point_to_itself(&mut document, publisher, &note);
    for vulnerability in &mut document.vulnerabilities {
        vulnerability.answer_for_every_product();
    }
    Some(document.to_bytes())
}

/// Where a document of ours is served: the address that it names as its own (CSAF 2.0 and 2.1, 6.2.11).
pub fn address(note: &PublicNote, publisher: &Publisher, version: Version) -> String {
    about::address(note, publisher, version, &about::id(note, publisher))
}

pub(super) fn document(note: &PublicNote, publisher: &Publisher, version: Version) -> Document {
    let said: Vec<Sayings<'_>> =
        note.vulnerabilities.iter().map(|flaw| said::sayings(note, flaw.local, version)).collect();
    let leaves: std::collections::BTreeSet<_> = said.iter().flat_map(|said| said.keys()).collect();
    let mut vulnerabilities: Vec<Vulnerability> = vec![];
    for (flaw, said) in note.vulnerabilities.iter().zip(&said) {
        let mut written = vulnerability::write(note, publisher, version, (flaw, said));
        // No id of the CVE list stands twice (6.1.23).
        if vulnerabilities.iter().any(|earlier| earlier.cve == written.cve) {
            written.cve = None;
        }
        vulnerabilities.push(written);
    }
    let mut document = Document {
        schema: match version {
            Version::V2_0 => None,
            Version::V2_1 => Some(SCHEMA.to_owned()),
        },
        document: about::write(note, publisher, version),
        product_tree: products::tree(leaves, version),
        vulnerabilities,
        ..Document::default()
    };
    category(&document).clone_into(&mut document.document.category);
    if note.withdrawn.is_some() {
        withdraw(&mut document, version);
    }
    document
}

/// Nothing that a program could act upon stays in a document that was taken back (2.1, section 4.6;
/// 2.0 has no category for it).
fn withdraw(document: &mut Document, version: Version) {
    document.vulnerabilities.clear();
    document.product_tree = None;
    let category = match version {
        Version::V2_0 => "csaf_base",
        Version::V2_1 => "csaf_withdrawn",
    };
    category.clone_into(&mut document.document.category);
}

const SCHEMA: &str = "https://docs.oasis-open.org/csaf/csaf/v2.1/schema/csaf.json";

/// The most telling profile whose rules the document keeps. An advisory that knows nothing for certain is none.
fn category(document: &Document) -> &'static str {
    if !document.vulnerabilities.iter().all(Vulnerability::is_conclusive) {
        return "csaf_base";
    }
    let mut tried = document.clone();
    for category in ["csaf_security_advisory", "csaf_informational_advisory"] {
        category.clone_into(&mut tried.document.category);
        if super::problems::of_profile(&tried).is_empty() {
            return category;
        }
    }
    "csaf_base"
}
