//! What a published note is about: the vendors and products that it names, each with a place in
//! addresses of its own. A place is made of the name or the id alone, so that it is the same on
//! every server and tells nothing of who else there is.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Published;
use crate::journal::hex;

/// How many characters of a name stand in its place, and how many digits of its digest.
const LONGEST: usize = 60;
const DIGITS: usize = 12;

/// A vendor or a product that a published note names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Which of the two it is.
    pub kind: SubjectKind,
    /// The last part of its address.
    pub place: String,
    /// Its name, as the note has it.
    pub name: String,
}

crate::report::choices! {
    /// What a subject is.
    SubjectKind {
        /// A vendor, known by its name.
        Vendor => "Vendor",
        /// A product, known by its id for good, whatever it is called later.
        Product => "Product",
    }
}

impl Subject {
    /// A vendor of this name.
    pub fn vendor(name: &str) -> Self {
        Self { kind: SubjectKind::Vendor, place: place_of(name), name: name.to_owned() }
    }
}

impl Published {
    /// The vendors and products that it names, each once.
    pub fn subjects(&self) -> BTreeSet<Subject> {
        let vendors = self.vendors().iter().map(|vendor| Subject::vendor(&vendor.name));
        let lines = self.vendors().iter().flat_map(|vendor| &vendor.lines);
        let products = lines.filter_map(|line| line.product.as_ref()).map(|product| Subject {
            kind: SubjectKind::Product,
            place: product.id.to_string(),
            name: product.name.clone(),
        });
        let mut known = BTreeSet::new();
        let all = vendors.chain(products);
        all.filter(|found| known.insert((found.kind, found.place.clone()))).collect()
    }
}

/// A name that is safe in an address and on a disk, and another for each name: small letters and
/// digits, with the start of the name's digest where anything had to be changed.
pub fn place_of(name: &str) -> String {
    let kept = |found: char| found.is_ascii_lowercase() || found.is_ascii_digit() || found == '-';
    let small = name.chars().map(|found| found.to_ascii_lowercase());
    let safe = small.map(|found| if kept(found) { found } else { '-' });
    let mut place: String = safe.take(LONGEST).collect();
    if place != name || place.is_empty() {
        let digest = hex(&Sha256::digest(name));
        place.push('-');
        place.push_str(digest.get(..DIGITS).unwrap_or_default());
    }
    place
}

#[cfg(test)]
mod tests;
