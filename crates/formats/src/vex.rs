//! VEX: is a product affected by a known vulnerability? [`write()`] makes an OpenVEX 0.2.0 document
//! from a note; [`read`] takes OpenVEX and CycloneDX documents of vendors and says in our words what
//! they answer, so that the answers can be looked at and taken over. CSAF has a reader of its own.
//! A document that makes no sense is refused as a whole, with the place that is wrong.

mod cyclonedx;
mod given;
mod openvex;
mod place;
mod vers;
mod writing;

use domain::status::{Justification, ProductStatus};
use domain::version::{VersionRange, Versions};
use serde_json::Value;

use crate::json::{self, Unread};
use crate::purl::Purl;
use place::Place;

pub use given::{Given, LARGEST_GIVEN, read_any};
pub use writing::{CONTEXT, Document, Statement, write};

/// A document larger than this is refused before it is read.
pub const LARGEST: usize = 8 * 1024 * 1024;

/// How many answers one document may give.
pub const MOST: usize = 20_000;

/// How many bytes of words all answers together may hold: a document may say the same words of
/// every product.
const MOST_WORDS: usize = 64 * 1024 * 1024;

/// How long a version may be, and how many one answer may name, as for a line that a vendor writes.
const LONGEST_VERSION: usize = 100;
const MOST_VERSIONS: usize = 100;

const WHAT: &str = "The VEX document";

/// What a document says of one product and one vulnerability.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// Who says so, as the document names them.
    pub vendor: Option<String>,
    /// The product; none where the document is about whatever it came with.
    pub product: Option<Product>,
    /// The versions that the status is about; for a product that is fixed, those with the fix.
    pub versions: Versions,
    /// The vulnerability, most often by its CVE id.
    pub vulnerability: String,
    /// Other names of the vulnerability.
    pub aliases: Vec<String>,
    /// The status, with the reason where a product is not affected.
    pub status: ProductStatus,
    /// What else is said, in words.
    pub statement: Option<String>,
}

/// A product by whatever names it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Product {
    /// Its name, or the address that stands for it.
    pub name: Option<String>,
    /// Its package URL without a version.
    pub purl: Option<String>,
    /// Its CPE 2.3 name.
    pub cpe: Option<String>,
}

impl Product {
    /// What it is known by, the surest first: its package in whatever version, vendor and product of
    /// its CPE, its name. Two products that share one are the same.
    pub fn keys(&self) -> Vec<String> {
        let package = self.purl.as_deref().and_then(Purl::parse);
        let package = package.map(|purl| format!("purl {}", purl.without_version()));
        let cpe = self.cpe.as_deref().and_then(cpe_of).map(|cpe| format!("cpe {cpe}"));
        let name = self.name.as_deref().map(|name| format!("name {}", plain_name(name)));
        [package, cpe, name].into_iter().flatten().collect()
    }

    /// What it is called, by whatever names it.
    pub fn called(&self) -> &str {
        let names = [&self.name, &self.purl, &self.cpe];
        names.into_iter().flatten().next().map_or("a product without a name", String::as_str)
    }
}

/// A name without what people write differently: capitals and spaces.
fn plain_name(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Kind, vendor and product of a CPE 2.3 name.
fn cpe_of(name: &str) -> Option<String> {
    let parts: Vec<&str> = name.strip_prefix("cpe:2.3:")?.split(':').take(3).collect();
    (parts.len() == 3).then(|| parts.join(":").to_lowercase())
}

/// Reads an OpenVEX or a CycloneDX document.
pub fn read(bytes: &[u8]) -> Result<Vec<Answer>, Unread> {
    let document: Value = json::read(WHAT, bytes, LARGEST)?;
    let place = Place::whole(&document);
    let answers = if document.get("bomFormat").and_then(Value::as_str) == Some("CycloneDX") {
        cyclonedx::answers(&place)?
    } else if is_openvex(&document) {
        openvex::answers(&place)?
    } else {
        return Err(place.wrong("is neither OpenVEX (@context) nor CycloneDX (bomFormat)"));
    };
    Ok(answers)
}

fn is_openvex(document: &Value) -> bool {
    let is_ours = |context: &Value| {
        context.as_str().is_some_and(|text| text.starts_with("https://openvex.dev/ns"))
    };
    document.get("@context").is_some_and(|context| {
        is_ours(context) || context.as_array().is_some_and(|all| all.iter().any(is_ours))
    })
}

/// The word of OpenVEX for a reason.
pub(crate) fn justification(reason: Justification) -> &'static str {
    match reason {
        Justification::ComponentNotPresent => "component_not_present",
        Justification::VulnerableCodeNotPresent => "vulnerable_code_not_present",
        Justification::VulnerableCodeNotInExecutePath => "vulnerable_code_not_in_execute_path",
        Justification::VulnerableCodeCannotBeControlled => {
            "vulnerable_code_cannot_be_controlled_by_adversary"
        }
        Justification::InlineMitigationsExist => "inline_mitigations_already_exist",
    }
}

/// The answers of a document, as long as it does not give too many.
struct Answers<'a> {
    document: &'a Place<'a>,
    given: Vec<Answer>,
    words: usize,
}

impl<'a> Answers<'a> {
    fn of(document: &'a Place<'a>) -> Self {
        Self { document, given: vec![], words: 0 }
    }

    fn add(&mut self, answer: Answer) -> Result<(), Unread> {
        let aliases = answer.aliases.iter().map(String::len).sum::<usize>();
        self.words += answer.statement.as_ref().map_or(0, String::len) + aliases;
        if self.given.len() >= MOST {
            return Err(self.document.wrong(&format!("gives more than {MOST} answers")));
        }
        if self.words > MOST_WORDS {
            return Err(self.document.wrong("says too much of too many products"));
        }
        self.given.push(answer);
        Ok(())
    }
}

/// A version that a status is about: one with the fix where the product is fixed. What is too long
/// or holds control characters is no version.
fn versions_of(status: &ProductStatus, version: Option<String>) -> Versions {
    let sound = |version: &String| {
        version.len() <= LONGEST_VERSION
            && !version.is_empty()
            && !version.contains(char::is_control)
    };
    let Some(version) = version.filter(sound) else { return Versions::default() };
    match status {
        ProductStatus::Fixed => Versions { affected: vec![], fixed: vec![version] },
        ProductStatus::Unknown
        | ProductStatus::UnderInvestigation
        | ProductStatus::Affected
        | ProductStatus::NotAffected { .. }
        | ProductStatus::WillNotFix => {
            Versions { affected: vec![VersionRange::Only { version }], fixed: vec![] }
        }
    }
}

#[cfg(test)]
mod tests;
