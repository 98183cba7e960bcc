//! What a flaw is called in numberings other than the CVE program's: an advisory of GitHub, a record
//! of the EUVD, a number of a vendor's own (`ids` of CSAF, `aliases` of OSV). Those of databases that have
//! a form of their own are held to it; whoever else numbers flaws is named with a colon behind. A
//! CVE ID is none of these: it has rules of its own ([`crate::cve`]).

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::access::Me;
use crate::event::Event;
use crate::plan::{Asked, Decision};
use crate::{Case, CveId, Refusal, VulnerabilityId};

mod numbering;

use numbering::Numbering;

/// The longest name of a numbering, and the longest identifier, in characters.
const LONGEST_SCHEME: usize = 40;
const LONGEST_ID: usize = 100;

/// A flaw has no more of them.
const MOST: usize = 20;

/// What a flaw is called in one numbering.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Identifier {
    scheme: String,
    id: String,
}

/// What was typed is no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentifierError {
    /// It is not said who numbers.
    #[error("say who numbers it, with a colon behind: Acme: SA-2026-17")]
    NoScheme,
    /// It is not of the form that the numbering has.
    #[error("one of {scheme} looks like {looks_like}")]
    Form {
        /// The numbering.
        scheme: &'static str,
        /// One of its identifiers.
        looks_like: &'static str,
    },
    /// It is a CVE ID.
    #[error("a CVE ID has a field of its own")]
    Cve,
    /// It is longer than identifiers are.
    #[error("a numbering has up to 40 letters, and an identifier up to 100")]
    TooLong,
    /// It holds signs that are no letters.
    #[error("it holds signs that cannot be seen")]
    Unseen,
}

/// A list of identifiers cannot be taken as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentifiersError {
    /// One of its lines is none.
    #[error("{line}: {error}.")]
    Line {
        /// The beginning of the line.
        line: String,
        /// What is wrong with it.
        error: IdentifierError,
    },
    /// There are more than a flaw has.
    #[error("Keep the 20 that matter most.")]
    TooMany,
}

impl Identifier {
    /// An identifier in a numbering, held to the form of those whose form is known.
    pub fn new(scheme: &str, id: &str) -> Result<Self, IdentifierError> {
        let (scheme, id) = (scheme.trim(), id.trim());
        if scheme.eq_ignore_ascii_case("CVE") || id.parse::<CveId>().is_ok() {
            return Err(IdentifierError::Cve);
        }
        match Numbering::named(scheme) {
            Some(known) => known.read(id).ok_or_else(|| known.error()),
            None => Self::checked(scheme, id),
        }
    }

    /// An identifier that a document of somebody else tells, whatever its form; nothing if it is a
    /// CVE ID, or longer than identifiers are.
    pub fn told(scheme: &str, id: &str) -> Option<Self> {
        match Self::new(scheme, id) {
            Ok(known) => Some(known),
            Err(IdentifierError::Form { .. }) => Self::checked(scheme.trim(), id.trim()).ok(),
            Err(
                IdentifierError::NoScheme
                | IdentifierError::Cve
                | IdentifierError::TooLong
                | IdentifierError::Unseen,
            ) => None,
        }
    }

    /// Identifiers as people type them, one a line.
    pub fn read_lines(text: &str) -> Result<BTreeSet<Self>, IdentifiersError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let wrong = |line: &str, error| {
            let line = line.chars().filter(|c| !c.is_control()).take(LONGEST_SCHEME).collect();
            IdentifiersError::Line { line, error }
        };
        let mut read = BTreeSet::new();
        for line in lines {
            read.insert(line.parse().map_err(|error| wrong(line, error))?);
            if read.len() > MOST {
                return Err(IdentifiersError::TooMany);
            }
        }
        Ok(read)
    }

    /// Who numbers.
    pub fn scheme(&self) -> &str {
        &self.scheme
    }

    /// What the flaw is called there.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether the id alone says of which database it is, as `DB-ENTRY` (OSV, `aliases`).
    pub fn names_its_database(&self) -> bool {
        let known = Numbering::named(&self.scheme);
        known.is_some_and(|known| known.is_database() && known.read(&self.id).is_some())
    }

    fn checked(scheme: &str, id: &str) -> Result<Self, IdentifierError> {
        if scheme.is_empty() || id.is_empty() {
            return Err(IdentifierError::NoScheme);
        }
        if scheme.chars().count() > LONGEST_SCHEME || id.chars().count() > LONGEST_ID {
            return Err(IdentifierError::TooLong);
        }
        if scheme.chars().chain(id.chars()).any(is_unseen) {
            return Err(IdentifierError::Unseen);
        }
        Ok(Self { scheme: scheme.to_owned(), id: id.to_owned() })
    }
}

impl FromStr for Identifier {
    type Err = IdentifierError;

    /// Reads what people type: an identifier that says itself whose it is, or a name, a colon and
    /// what the flaw is called there.
    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        let text = text.trim();
        if text.parse::<CveId>().is_ok() {
            return Err(IdentifierError::Cve);
        }
        let begun = Numbering::beginning(text);
        if let Some(known) = begun.and_then(|known| known.read(text)) {
            return Ok(known);
        }
        match (text.split_once(':'), begun) {
            (Some((scheme, id)), _) => Self::new(scheme, id),
            (None, Some(known)) => Err(known.error()),
            (None, None) => Err(IdentifierError::NoScheme),
        }
    }
}

impl fmt::Display for Identifier {
    /// As people type it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begun = Numbering::beginning(&self.id);
        match begun.and_then(|known| known.read(&self.id)) {
            Some(known) if known == *self => f.write_str(&self.id),
            Some(_) | None => write!(f, "{}: {}", self.scheme, self.id),
        }
    }
}

impl Case {
    /// What a flaw is called in other numberings, in place of what was known before; nothing takes
    /// it back. Others read it at once, so what names somebody who hides needs a reason.
    pub fn set_identifiers(
        &self,
        me: &Me,
        vulnerability: VulnerabilityId,
        identifiers: BTreeSet<Identifier>,
        asked: &Asked,
    ) -> Decision {
        let mut plan = self.work(me, asked)?;
        let flaw = self.vulnerabilities.get(&vulnerability).ok_or(Refusal::NoSuchVulnerability)?;
        if flaw.identifiers != identifiers {
            for rule in &asked.objections {
                plan.needs_reason(*rule)?;
            }
            plan.push(Event::IdentifiersSet { vulnerability, identifiers });
            // What was approved did not name them.
            plan.hold_if_approved();
        }
        plan.done()
    }
}

/// Signs that change how others look and cannot be seen themselves.
fn is_unseen(sign: char) -> bool {
    let formats = ['\u{200b}'..='\u{200f}', '\u{2028}'..='\u{202e}', '\u{2060}'..='\u{206f}'];
    sign.is_control() || sign == '\u{feff}' || formats.iter().any(|signs| signs.contains(&sign))
}

#[cfg(test)]
mod tests;
