//! The record of a GCVE numbering authority (GCVE-BCP-05 1.7): a CVE record that carries its GCVE
//! id in `cveMetadata.vulnId` and in `x_gcve`. A vulnerability needs no CVE id for one; where it has
//! one, the record says that they are equal.

use domain::Identifier;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::cve::{self, Container, Organisation, Record};
use crate::json::shapes;
use crate::public_note::{PublicNote, PublicVulnerability, Publisher};

/// A GCVE id, such as `GCVE-1988-2026-0001` (GCVE-BCP-04).
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct GcveId {
    authority: u32,
    year: u16,
    number: u64,
}

/// A text that is no GCVE id.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("“{0}” is not a GCVE id; one looks like GCVE-1988-2026-0001.")]
pub struct NotAnId(String);

impl GcveId {
    /// The id that an authority gives for the number of a year; none outside four digits of year.
    pub fn new(authority: u32, year: u16, number: u64) -> Option<Self> {
        (1000..=9999).contains(&year).then_some(Self { authority, year, number })
    }
}

impl std::fmt::Display for GcveId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GCVE-{}-{}-{:04}", self.authority, self.year, self.number)
    }
}

impl std::str::FromStr for GcveId {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let parts: Vec<&str> = text.split('-').collect();
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let read = || {
            let [word, authority, year, number] = parts.as_slice() else { return None };
            let right = word.eq_ignore_ascii_case("GCVE")
                && year.len() == 4
                && number.len() >= 4
                && [authority, year, number].into_iter().all(|part| digits(part));
            right.then_some(())?;
            Self::new(authority.parse().ok()?, year.parse().ok()?, number.parse().ok()?)
        };
        read().ok_or_else(|| NotAnId(crate::words::line(text, 40)))
    }
}

impl From<GcveId> for String {
    fn from(id: GcveId) -> Self {
        id.to_string()
    }
}

impl TryFrom<String> for GcveId {
    type Error = NotAnId;

    fn try_from(text: String) -> Result<Self, NotAnId> {
        text.parse()
    }
}

shapes! {
    /// What is known of the id.
    pub struct Metadata {
        /// The GCVE id.
        ["vulnId"] id: GcveId,
        /// The UUID of the organisation that assigned it.
        ["assignerOrgId"] assigner: String,
        /// Its short name.
        ["assignerShortName"] assigner_short_name: String,
        /// `PUBLISHED` or `REJECTED`.
        ["state"] state: String,
        ;
        /// When the record was first published.
        ["datePublished"] published: Option<String>,
        /// When it was last changed.
        ["dateUpdated"] updated: Option<String>,
    }
}

/// The record of one vulnerability of a note.
pub fn record(
    note: &PublicNote,
    vulnerability: &PublicVulnerability,
    publisher: &Publisher,
    organisation: &Organisation,
    id: &GcveId,
) -> Record<Container, Metadata> {
    let mut told = cve::container(note, vulnerability, publisher, organisation);
    let own = id.to_string();
    let others = vulnerability.identifiers.iter().filter(|one| one.scheme() == "GCVE");
    let others = others.map(Identifier::id).filter(|other| *other != own);
    let equal = vulnerability.cve.as_deref().into_iter().chain(others);
    let relationships: Vec<_> =
        equal.map(|other| json!({ "destId": other, "type": "equal" })).collect();
    let extension =
        json!([{ "vulnId": id, "recordType": "advisory", "relationships": relationships }]);
    told.other.insert("x_gcve".to_owned(), extension);
    let metadata = Metadata {
        id: id.clone(),
        assigner: organisation.id().to_owned(),
        assigner_short_name: organisation.short_name().to_owned(),
        state: "PUBLISHED".to_owned(),
        published: cve::instant(note.first_published_at),
        updated: cve::instant(note.updated_at),
        other: serde_json::Map::new(),
    };
    cve::whole(metadata, told)
}

#[cfg(test)]
mod tests;
