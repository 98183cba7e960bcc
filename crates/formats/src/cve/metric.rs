//! Scores as the record writes them. A vector that cannot be read is no score, and is left out;
//! the base score is the one that the vector comes to.

use domain::score::{CvssVersion, Vector};
use domain::ssvc::Exploitation;
use serde_json::{Map, Number, json};

use super::record::{Cvss, Metric};
use super::writing::instant;
use crate::public_note::{PublicNote, PublicVulnerability, Score};

/// The scores of a vulnerability; those of the note where it is about nothing else.
pub(crate) fn scores<'a>(
    note: &'a PublicNote,
    vulnerability: &'a PublicVulnerability,
) -> Vec<Vector> {
    let own = &vulnerability.scores;
    let alone = note.vulnerabilities.len() <= 1;
    let said: &[Score] = if own.is_empty() && alone { &note.scores } else { own };
    let mut vectors: Vec<Vector> = Vec::new();
    for vector in said.iter().filter_map(|score| Vector::parse(&score.vector).ok()) {
        if !vectors.contains(&vector) {
            vectors.push(vector);
        }
    }
    vectors
}

pub(super) fn metrics(note: &PublicNote, vulnerability: &PublicVulnerability) -> Vec<Metric> {
    let scores = scores(note, vulnerability);
    scores.iter().filter_map(metric).chain(exploitation(note, vulnerability)).collect()
}

/// How far it is exploited, in the shape in which the containers of CISA tell it (SSVC 2.0.3).
fn exploitation(note: &PublicNote, vulnerability: &PublicVulnerability) -> Option<Metric> {
    let word = match note.exploitation()? {
        Exploitation::Active => "active",
        Exploitation::PublicProof => "poc",
        Exploitation::None => return None,
    };
    let content = json!({
        "id": vulnerability.cve.as_deref()?,
        "role": "Coordinator",
        "options": [{ "Exploitation": word }],
        "version": "2.0.3",
        "timestamp": instant(note.updated_at)?,
    });
    let other = json!({ "type": "ssvc", "content": content });
    let other = Map::from_iter([("other".to_owned(), other)]);
    Some(Metric { other, ..nothing() })
}

fn nothing() -> Metric {
    let other = Map::new();
    Metric { format: None, cvss4: None, cvss31: None, cvss30: None, cvss2: None, other }
}

fn metric(vector: &Vector) -> Option<Metric> {
    let version = vector.version();
    let base = vector.scores().base;
    let severity = match version {
        CvssVersion::V2 => None,
        CvssVersion::V3_0 | CvssVersion::V3_1 | CvssVersion::V4_0 => {
            Some(base.severity(version).to_string().to_uppercase())
        }
    };
    let cvss = Cvss {
        version: version.number().to_owned(),
        vector: vector.to_string(),
        base: Number::from_f64(base.as_f64())?,
        severity,
        other: Map::new(),
    };
    let mut metric = Metric { format: Some("CVSS".to_owned()), ..nothing() };
    let place = match version {
        CvssVersion::V2 => &mut metric.cvss2,
        CvssVersion::V3_0 => &mut metric.cvss30,
        CvssVersion::V3_1 => &mut metric.cvss31,
        CvssVersion::V4_0 => &mut metric.cvss4,
    };
    *place = Some(cvss);
    Some(metric)
}
