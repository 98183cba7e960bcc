//! Scores that follow from their vectors, one of a kind for each product.

use std::collections::{BTreeMap, BTreeSet};

use domain::score::{CvssVersion, Metric, Score, Vector};
use serde_json::Value;

use super::{Problem, vulnerabilities};
use crate::csaf::Document;
use crate::csaf::shape::Other;
use crate::csaf::vulnerability::Vulnerability;

/// A score with the pointer to it, its products and who gave it.
struct Placed<'a> {
    path: String,
    object: &'a Other,
    products: &'a [String],
    source: Option<&'a str>,
    kind: &'static str,
}

fn scores<'a>(path: &str, vulnerability: &'a Vulnerability) -> Vec<Placed<'a>> {
    let mut found = vec![];
    let mut put = |path, kind, object: Option<&'a Other>, products, source| {
        let placed =
            |object| Placed { path: format!("{path}/{kind}"), object, products, source, kind };
        found.extend(object.map(placed));
    };
    for (index, score) in vulnerability.scores.iter().enumerate() {
        let path = format!("{path}/scores/{index}");
        put(path.clone(), "cvss_v2", score.cvss_v2.as_ref(), &score.products, None);
        put(path, "cvss_v3", score.cvss_v3.as_ref(), &score.products, None);
    }
    for (index, metric) in vulnerability.metrics.iter().enumerate() {
        let path = format!("{path}/metrics/{index}/content");
        let (content, source) = (&metric.content, metric.source.as_deref());
        put(path.clone(), "cvss_v2", content.cvss_v2.as_ref(), &metric.products, source);
        put(path.clone(), "cvss_v3", content.cvss_v3.as_ref(), &metric.products, source);
        put(path, "cvss_v4", content.cvss_v4.as_ref(), &metric.products, source);
    }
    found
}

fn all(document: &Document) -> Vec<Placed<'_>> {
    vulnerabilities(document).flat_map(|(path, one)| scores(&path, one)).collect()
}

/// 6.1.7: two scores of one kind for one product by one who gives them.
pub(super) fn several(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, vulnerability) in vulnerabilities(document) {
        let mut seen = BTreeSet::new();
        for score in scores(&path, vulnerability) {
            let version = score.object.get("version").and_then(Value::as_str);
            for product in score.products {
                if !seen.insert((product, score.kind, version, score.source)) {
                    let words = format!("The product {product} has two scores of one kind.");
                    found.push(Problem::new("6.1.7", score.path.clone(), words));
                }
            }
        }
    }
    found
}

impl Placed<'_> {
    fn text(&self, key: &str) -> Option<&str> {
        self.object.get(key).and_then(Value::as_str)
    }

    fn vector(&self) -> Option<Vector> {
        self.text("vectorString")?.parse().ok()
    }

    fn version(&self) -> Option<CvssVersion> {
        let number = self.text("version")?;
        CvssVersion::ALL.into_iter().find(|version| version.number() == number)
    }

    /// Whether the object is of the kind that it stands under.
    fn has_its_place(&self) -> bool {
        match self.version() {
            Some(CvssVersion::V2) => self.kind == "cvss_v2",
            Some(CvssVersion::V3_0 | CvssVersion::V3_1) => self.kind == "cvss_v3",
            Some(CvssVersion::V4_0) => self.kind == "cvss_v4",
            None => false,
        }
    }

    /// Keys that are missing, or hold what no score of this version holds.
    fn is_invalid(&self) -> bool {
        let Some(version) = self.version().filter(|_| self.has_its_place()) else { return true };
        let needed: &[&str] = match version {
            CvssVersion::V2 => &["vectorString", "baseScore"],
            CvssVersion::V3_0 | CvssVersion::V3_1 | CvssVersion::V4_0 => {
                &["vectorString", "baseScore", "baseSeverity"]
            }
        };
        let missing = needed.iter().any(|key| !self.object.contains_key(*key));
        let vector = self.vector().is_none_or(|vector| vector.version() != version);
        let metrics = version.metrics().iter().any(|metric| {
            let said = self.object.get(&key(metric));
            said.is_some_and(|said| {
                said.as_str().is_none_or(|said| !allowed(version, metric, said))
            })
        });
        let scores = self.object.iter().filter(|(key, _)| key.ends_with("Score"));
        let mut numbers = scores.map(|(_, score)| score.as_f64());
        let wrong = numbers.any(|score| score.is_none_or(|score| !(0.0..=10.0).contains(&score)));
        // Version 4 has one score, whatever its vector says.
        let strange = |key: &&String| {
            (key.ends_with("Score") || key.ends_with("Severity")) && !key.starts_with("base")
        };
        let several = version == CvssVersion::V4_0 && self.object.keys().any(|key| strange(&key));
        missing || vector || metrics || wrong || several || !self.severities_are_words(version)
    }

    fn severities_are_words(&self, version: CvssVersion) -> bool {
        let words = ["NONE", "LOW", "MEDIUM", "HIGH", "CRITICAL"];
        let mut said = self.object.iter().filter(|(key, _)| key.ends_with("Severity"));
        version == CvssVersion::V2
            || said.all(|(_, said)| said.as_str().is_some_and(|said| words.contains(&said)))
    }
}

/// 6.1.8: an object that is no score of its version.
pub(super) fn invalid(document: &Document) -> Vec<Problem> {
    let scores = all(document).into_iter().filter(Placed::is_invalid);
    let words = "This is no score of CVSS.";
    scores.map(|score| Problem::new("6.1.8", score.path, words)).collect()
}

/// 6.1.9: a score or a severity that does not follow from the vector.
pub(super) fn wrongly_counted(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for score in all(document) {
        let Some(vector) = score.vector() else { continue };
        let counted = vector.scores();
        let base = match vector.version() {
            CvssVersion::V4_0 => counted.overall(),
            CvssVersion::V2 | CvssVersion::V3_0 | CvssVersion::V3_1 => counted.base,
        };
        let temporal = counted.temporal.unwrap_or(counted.base);
        for (name, right) in [
            ("base", base),
            ("temporal", temporal),
            ("threat", temporal),
            ("environmental", counted.environmental.unwrap_or(temporal)),
        ] {
            if score.says_otherwise(name, right, vector.version()) {
                let path = format!("{}/{name}Score", score.path);
                let words = format!("The vector {vector} comes to {right}.");
                found.push(Problem::new("6.1.9", path, words));
            }
        }
    }
    found
}

impl Placed<'_> {
    fn says_otherwise(&self, name: &str, right: Score, version: CvssVersion) -> bool {
        let number = self.object.get(&format!("{name}Score")).and_then(Value::as_f64);
        let word = self.text(&format!("{name}Severity"));
        let severity = right.severity(version).to_string().to_uppercase();
        number.is_some_and(|number| (number - right.as_f64()).abs() > 0.01)
            || version != CvssVersion::V2 && word.is_some_and(|word| word != severity)
    }
}

/// 6.1.10: a metric beside the vector that says something else. What the vector leaves open may stand beside it (6.2.19).
pub(super) fn inconsistent(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for score in all(document) {
        let Some(vector) = score.vector() else { continue };
        for metric in vector.version().metrics() {
            let key = key(metric);
            let Some(said) = score.text(&key) else { continue };
            let Some(right) = vector.get(metric.name) else { continue };
            let choice = metric.choices.iter().find(|choice| choice.key == right);
            let right =
                choice.map_or("NOT_DEFINED".to_owned(), |one| word(vector.version(), one.label));
            if said != right {
                let words = format!("The vector says {right}, and {said} stands beside it.");
                found.push(Problem::new("6.1.10", format!("{}/{key}", score.path), words));
            }
        }
    }
    found
}

/// The key under which the JSON of CVSS keeps a metric.
fn key(metric: &Metric) -> String {
    let modified = metric.label.starts_with("Modified ");
    let name = metric.name.strip_prefix('M').filter(|_| modified).unwrap_or(metric.name);
    let part = match name {
        "VC" | "SC" | "C" => "Confidentiality",
        "VI" | "SI" | "I" => "Integrity",
        "VA" | "SA" | "A" => "Availability",
        _ => "",
    };
    let system = match name {
        "VC" | "VI" | "VA" => "Vuln",
        "SC" | "SI" | "SA" => "Sub",
        _ => "",
    };
    let label = if part.is_empty() {
        metric.label.replace(' ', "")
    } else {
        let modified = if modified { "Modified" } else { "" };
        format!("{modified}{system}{part}Impact")
    };
    let mut letters = label.chars();
    let first = letters.next().map(|letter| letter.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}

fn word(version: CvssVersion, label: &str) -> String {
    let word = label.to_uppercase().replace([' ', '-'], "_");
    let third = matches!(version, CvssVersion::V3_0 | CvssVersion::V3_1);
    if third && word == "ADJACENT" { "ADJACENT_NETWORK".to_owned() } else { word }
}

fn allowed(version: CvssVersion, metric: &Metric, said: &str) -> bool {
    metric.choices.iter().any(|choice| word(version, choice.label) == said)
}

/// 6.1.56: a rating in words beside a score by the same one, for the same product.
pub(super) fn rating_beside_score(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, one) in vulnerabilities(document) {
        let mut seen: BTreeMap<(&str, Option<&str>), [bool; 2]> = BTreeMap::new();
        for metric in &one.metrics {
            let content = &metric.content;
            let scored =
                content.cvss_v2.is_some() || content.cvss_v3.is_some() || content.cvss_v4.is_some();
            let rated = content.qualitative_severity_rating.is_some();
            for product in &metric.products {
                let entry = seen.entry((product, metric.source.as_deref())).or_default();
                entry[0] |= scored;
                entry[1] |= rated;
            }
        }
        for ((product, _), _) in seen.iter().filter(|(_, entry)| **entry == [true, true]) {
            let words = format!("The product {product} has a score and a rating in words.");
            found.push(Problem::new("6.1.56", format!("{path}/metrics"), words));
        }
    }
    found
}
