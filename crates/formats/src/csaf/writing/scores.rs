//! Scores by their vectors. The score is counted anew from the vector, so that the two cannot contradict (CSAF 2.0 and 2.1, 6.1.9).

use domain::score::{CvssVersion, Vector};
use serde_json::json;

use super::about::text_note;
use crate::csaf::names::is_web_address;
use crate::csaf::shape::{Note, NoteCategory, Other};
use crate::csaf::vulnerability::{Content, Metric, Score, Vulnerability};
use crate::csaf::{SCORES, Version};
use crate::public_note::{Publisher, Score as Given};

/// Gives a vulnerability its scores. One for each version of CVSS can be said of a product (6.1.7); what cannot, and who gave a score, is told in a note.
pub(super) fn write(
    written: &mut Vulnerability,
    given: &[&Given],
    products: &[String],
    about: (&Publisher, Version),
) {
    let (publisher, version) = about;
    let mut said: Vec<CvssVersion> = vec![];
    let mut told = vec![];
    for score in given {
        let vector = score.vector.parse::<Vector>().ok();
        let free = vector.as_ref().filter(|vector| {
            let has_word = version == Version::V2_1 || vector.version() != CvssVersion::V4_0;
            has_word && !products.is_empty() && !said.iter().any(|one| same(*one, vector.version()))
        });
        let by_other = score.given_by.as_ref().filter(|name| **name != publisher.name);
        if let Some(vector) = free {
            said.push(vector.version());
            put(written, vector, products, (score, version));
        }
        if free.is_none() || by_other.is_some() {
            told.push(words(score));
        }
    }
    written.notes.extend(told_note(&told));
}

/// Two scores of the third version share a place in CSAF 2.1.
fn same(one: CvssVersion, other: CvssVersion) -> bool {
    let major = |version: CvssVersion| version.number().chars().next();
    major(one) == major(other)
}

fn put(written: &mut Vulnerability, vector: &Vector, products: &[String], of: (&Given, Version)) {
    let (given, version) = of;
    let object = object(vector);
    let mut content = Content::default();
    match vector.version() {
        CvssVersion::V2 => content.cvss_v2 = Some(object),
        CvssVersion::V3_0 | CvssVersion::V3_1 => content.cvss_v3 = Some(object),
        CvssVersion::V4_0 => content.cvss_v4 = Some(object),
    }
    let products = products.to_vec();
    match version {
        Version::V2_0 => {
            let Content { cvss_v2, cvss_v3, .. } = content;
            written.scores.push(Score { products, cvss_v2, cvss_v3, ..Score::default() });
        }
        Version::V2_1 => {
            let source = given.given_by.clone().filter(|source| is_web_address(source));
            written.metrics.push(Metric { content, products, source, ..Metric::default() });
        }
    }
}

fn object(vector: &Vector) -> Other {
    let version = vector.version();
    let base = vector.scores().base;
    let mut object = Other::new();
    let mut say = |key: &str, value| object.insert(key.to_owned(), value);
    say("version", json!(version.number()));
    say("vectorString", json!(vector.to_string()));
    let score = match version {
        // The score of a whole vector; version 4 has no other (CVSS 4.0, 1.3).
        CvssVersion::V4_0 => vector.scores().overall(),
        CvssVersion::V2 | CvssVersion::V3_0 | CvssVersion::V3_1 => base,
    };
    say("baseScore", json!(score.as_f64()));
    if version != CvssVersion::V2 {
        say("baseSeverity", json!(score.severity(version).to_string().to_uppercase()));
    }
    object
}

fn words(score: &Given) -> String {
    let base = score.base.map(|base| format!(", base score {base}")).unwrap_or_default();
    let by = score.given_by.as_ref().map(|name| format!(", given by {name}")).unwrap_or_default();
    format!("- {}{base}{by}", score.vector.trim())
}

fn told_note(told: &[String]) -> Option<Note> {
    text_note(NoteCategory::Details, SCORES, &told.join("\n"))
}
