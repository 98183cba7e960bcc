//! What speaks against a note before it goes out, in words that an analyst understands: which rule,
//! where, and why. Findings about files come from the files themselves, as they would be served.

use formats::csaf::{Problem, problems};
use formats::{csaf, osv, vex};
use serde_json::Value;
use store::Artefact;

use crate::artefact;

/// One thing that speaks against a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule, such as `CSAF 2.0, 6.1.23`.
    pub rule: String,
    /// Where, in words, such as `Vulnerability 2`.
    pub place: String,
    /// What is wrong, in a sentence.
    pub words: String,
    /// What follows from it.
    pub weight: Weight,
}

/// What follows from a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// The note does not go out like this.
    Stops,
    /// It is worth a look.
    Warns,
}

impl Finding {
    /// Something with which a note does not go out.
    pub(crate) fn stops(rule: &str, place: &str, words: impl Into<String>) -> Self {
        let (rule, place) = (rule.to_owned(), place.to_owned());
        Self { rule, place, words: words.into(), weight: Weight::Stops }
    }
}

/// The mandatory rules of the formats that the files of a note break.
pub(crate) fn of_files(files: &[Artefact]) -> Vec<Finding> {
    files.iter().flat_map(of_file).collect()
}

fn of_file(file: &Artefact) -> Vec<Finding> {
    let unread = |rule, words: Option<String>| {
        words.map(|words| Finding::stops(rule, WHOLE, words)).into_iter().collect()
    };
    match file.format.as_str() {
        artefact::CSAF_2_0 => of_csaf("CSAF 2.0", &file.bytes),
        artefact::CSAF_2_1 => of_csaf("CSAF 2.1", &file.bytes),
        artefact::OPENVEX => unread("OpenVEX", vex::read(&file.bytes).err().map(said)),
        format if format.starts_with("osv-") => {
            unread("OSV", osv::read(&file.bytes).err().map(said))
        }
        _ => vec![],
    }
}

fn said(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn of_csaf(format: &str, bytes: &[u8]) -> Vec<Finding> {
    let document = match csaf::read(bytes) {
        Ok(document) => document,
        Err(refused) => return vec![Finding::stops(format, WHOLE, said(refused))],
    };
    let whole = serde_json::from_slice(bytes).unwrap_or(Value::Null);
    let finding = |problem: Problem| {
        let rule = format!("{format}, {}", problem.test);
        Finding::stops(&rule, &place(&whole, &problem.path), problem.words)
    };
    problems(&document).into_iter().map(finding).collect()
}

const WHOLE: &str = "The document as a whole";

/// What a JSON pointer into a CSAF document points at, in the words of a note.
fn place(document: &Value, pointer: &str) -> String {
    let mut steps = pointer.split('/').skip(1);
    let (first, second, third) = (steps.next(), steps.next(), steps.next());
    let nth = |step: Option<&str>| step.and_then(|step| step.parse::<usize>().ok());
    let named = |what: &str, index: usize, name: &Value| match name.as_str() {
        Some(name) => format!("{what} {} ({name})", index + 1),
        None => format!("{what} {}", index + 1),
    };
    match (first, second, nth(second), nth(third)) {
        (Some("vulnerabilities"), _, Some(index), _) => {
            named("Vulnerability", index, &document["vulnerabilities"][index]["cve"])
        }
        (Some("product_tree"), Some("branches"), _, Some(index)) => {
            named("Vendor", index, &document["product_tree"]["branches"][index]["name"])
        }
        (Some("product_tree"), ..) => "The products".to_owned(),
        (Some("document"), Some("notes"), _, Some(index)) => {
            named("Section", index, &document["document"]["notes"][index]["title"])
        }
        (Some("document"), Some("references"), _, Some(index)) => {
            named("Reference", index, &document["document"]["references"][index]["url"])
        }
        (Some("document"), Some("acknowledgments"), ..) => "The thanks".to_owned(),
        (Some("document"), Some("tracking"), ..) => "The dates and revisions".to_owned(),
        (Some("document"), Some("publisher"), ..) => "The publisher".to_owned(),
        _ => WHOLE.to_owned(),
    }
}

#[cfg(test)]
mod tests;
