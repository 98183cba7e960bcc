//! Are the selections of SSVC in a document's metrics a list of selections, and are they selections from what SSVC has published (CSAF 2.1)?

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{Problem, vulnerabilities};
use crate::csaf::Document;
use crate::csaf::vulnerability::Vulnerability;

/// A line for each decision point.
const DECISION_POINTS: &str = include_str!("ssvc.tsv");

/// Every list of selections of a vulnerability, with the pointer to it.
fn lists<'a>(
    path: &str,
    vulnerability: &'a Vulnerability,
) -> impl Iterator<Item = (String, &'a Value)> {
    let metrics = vulnerability.metrics.iter().enumerate();
    metrics.filter_map(move |(index, metric)| {
        let list = metric.content.ssvc_v2.as_ref()?;
        Some((format!("{path}/metrics/{index}/content/ssvc_v2"), list))
    })
}

fn all(document: &Document) -> Vec<(String, &Value)> {
    let vulnerabilities = vulnerabilities(document);
    vulnerabilities.flat_map(|(path, one)| lists(&path, one).collect::<Vec<_>>()).collect()
}

/// What the schema `SelectionList` 2.0.0 allows.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    timestamp: String,
    #[serde(rename = "schemaVersion")]
    schema_version: String,
    selections: Vec<Selection>,
    target_ids: Option<Vec<String>>,
    decision_point_resources: Option<Vec<Resource>>,
    references: Option<Vec<Resource>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resource {
    uri: String,
    #[expect(dead_code, reason = "it has to be there; what it says is free")]
    summary: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Selection {
    namespace: String,
    key: String,
    version: String,
    name: Option<String>,
    definition: Option<String>,
    values: Vec<Chosen>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Chosen {
    key: String,
    name: Option<String>,
    definition: Option<String>,
}

fn read(list: &Value) -> Result<List, serde_json::Error> {
    List::deserialize(list)
}

/// 6.1.46: what is no list of selections by the schema of SSVC.
pub(super) fn no_list(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, value) in all(document) {
        let words = match read(value) {
            Ok(list) => list.fault(),
            Err(error) => Some(error.to_string().chars().take(200).collect()),
        };
        let problem = words.map(|words| format!("This is no list of selections of SSVC: {words}."));
        found.extend(problem.map(|words| Problem::new("6.1.46", path, words)));
    }
    found
}

impl List {
    /// What the schema does not allow, beyond the shape.
    fn fault(&self) -> Option<String> {
        let targets = self.target_ids.as_deref();
        let twice =
            targets.is_some_and(|ids| ids.iter().collect::<BTreeSet<_>>().len() < ids.len());
        let resources = [&self.decision_point_resources, &self.references];
        let mut uris = resources.into_iter().flatten().flatten().map(|one| one.uri.as_str());
        let fault = if self.schema_version != "2.0.0" {
            "it is of another version"
        } else if self.timestamp.parse::<Timestamp>().is_err() {
            "its timestamp is none"
        } else if self.selections.is_empty()
            || targets.is_some_and(<[String]>::is_empty)
            || resources.into_iter().flatten().any(Vec::is_empty)
        {
            "a list in it is empty"
        } else if twice {
            "an id stands in it twice"
        } else if !uris.all(is_uri) {
            "a reference leads nowhere"
        } else {
            return self.selections.iter().find_map(Selection::fault);
        };
        Some(fault.to_owned())
    }
}

impl Selection {
    fn fault(&self) -> Option<String> {
        let keys = self.values.iter().map(|value| &value.key);
        let mut keys = keys.chain([&self.key]);
        let words = self.values.iter().flat_map(|value| [&value.name, &value.definition]);
        let mut words = words.chain([&self.name, &self.definition]).flatten();
        let fault = if !is_namespace(&self.namespace) {
            "is no namespace"
        } else if !is_semantic_version(&self.version) {
            "has no version"
        } else if self.values.is_empty() {
            "has no value"
        } else if !keys.all(|key| is_key(key)) {
            "has a key that is none"
        } else if words.any(String::is_empty) {
            "has an empty word"
        } else {
            return None;
        };
        let place: String = format!("{} {}", self.namespace, self.key).chars().take(80).collect();
        Some(format!("the selection {place} {fault}"))
    }

    /// The namespace without its extensions and its part.
    fn base(&self) -> &str {
        self.namespace.split(['/', '#']).next().unwrap_or_default()
    }

    /// Whether the words are those of a language (the last part of an extension, `$de-DE`, or the part after the first slash).
    fn is_in_a_language(&self) -> bool {
        let mut parts = self.namespace.split('/').skip(1);
        parts.next().is_some_and(|language| !language.is_empty())
            || parts.any(|part| part.contains('$'))
    }
}

fn is_uri(text: &str) -> bool {
    let scheme = text.split_once(':').map(|(scheme, _)| scheme).unwrap_or_default();
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
        && !text.contains(|letter: char| letter.is_whitespace() || letter.is_control())
}

/// Letters, digits and low lines, none of them at an end.
fn is_key(text: &str) -> bool {
    let fine = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    text == "T*" || !text.is_empty() && fine && !text.starts_with('_') && !text.ends_with('_')
}

/// Three numbers, and what Semantic Versioning 2.0.0 allows behind them.
pub(super) fn is_semantic_version(text: &str) -> bool {
    let (rest, build) =
        text.split_once('+').map_or((text, None), |(rest, after)| (rest, Some(after)));
    let (core, early) =
        rest.split_once('-').map_or((rest, None), |(core, after)| (core, Some(after)));
    let is_number = |part: &str| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        digits && (part == "0" || !part.starts_with('0'))
    };
    let is_part = |part: &str| {
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        !part.is_empty() && part.bytes().all(fine)
    };
    let is_early = |part: &str| {
        is_part(part) && (is_number(part) || !part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    core.split('.').count() == 3
        && core.split('.').all(is_number)
        && early.is_none_or(|early| early.split('.').all(is_early))
        && build.is_none_or(|build| build.split('.').all(is_part))
}

/// A registered name or `x_` with a domain, and its extensions, by the grammar of SSVC's namespaces.
fn is_namespace(text: &str) -> bool {
    let mut parts = text.split('/');
    let base = parts.next().unwrap_or_default();
    let is_base = base.strip_prefix("x_").map_or_else(|| is_registered(base), is_private);
    let is_first = parts.next().is_none_or(|first| first.is_empty() || is_language(first));
    let length = text.chars().count();
    (3..=1000).contains(&length) && is_base && is_first && parts.all(is_extension)
}

/// The shape of a registered name, such as `cisa`, alone or with a part behind a sharp sign.
fn is_registered(base: &str) -> bool {
    let (name, part) = base.split_once('#').map_or((base, None), |(a, b)| (a, Some(b)));
    let first = name.starts_with(|first: char| first.is_ascii_lowercase());
    name.len() > 2 && first && is_dotted(name) && part.is_none_or(is_dotted)
}

fn is_extension(part: &str) -> bool {
    let Some((place, language)) = part.split_once('$') else {
        return is_language(part) || part.strip_prefix('.').is_some_and(is_private);
    };
    let named = place.strip_prefix('.').is_some_and(is_domain);
    is_language(language) && (named || is_private(place))
}

/// A domain with a part, such as `example.org#tables`.
fn is_private(text: &str) -> bool {
    text.split_once('#').is_some_and(|(domain, part)| is_domain(domain) && is_dotted(part))
}

fn is_domain(text: &str) -> bool {
    let is_label = |label: &str| {
        let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let ends = label.starts_with('-') || label.ends_with('-');
        (1..=63).contains(&label.len()) && label.bytes().all(fine) && !ends
    };
    text.contains('.') && text.split('.').all(is_label)
}

/// Small letters and digits, with single dots and hyphens between them.
fn is_dotted(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.split(['.', '-']).all(|part| !part.is_empty() && part.bytes().all(fine))
}

/// The shape of a language, such as `de-DE`; whether there is one is not looked up.
fn is_language(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let letters = first.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    letters
        && ((2..=8).contains(&first.len()) || text.len() > 2)
        && is_part(first)
        && parts.all(is_part)
}

/// 6.1.47: a selection for a vulnerability that is not this one.
pub(super) fn of_others(document: &Document) -> Vec<Problem> {
    let several = document.vulnerabilities.len() > 1;
    let mut found = vec![];
    for (path, one) in vulnerabilities(document) {
        let ids = one.ids.iter().map(|id| id.text.as_str());
        let ids: BTreeSet<&str> = ids.chain(one.cve.as_deref()).collect();
        for (path, list) in lists(&path, one) {
            let targets = list.get("target_ids").and_then(Value::as_array).into_iter().flatten();
            let strange = targets
                .filter_map(Value::as_str)
                .any(|target| !ids.contains(target) || several && target == document.id());
            if strange {
                let words = "The choice is for another vulnerability.";
                found.push(Problem::new("6.1.47", format!("{path}/target_ids"), words));
            }
        }
    }
    found
}

/// 6.1.48: a selection that is none of those that SSVC has published. Namespaces that begin with `x_` are of others; of the registered ones the
/// decision points of `ssvc` and `cvss` are known here.
pub(super) fn not_published(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, value) in all(document) {
        // What is no list is told by 6.1.46.
        let selections = read(value).map(|list| list.selections).unwrap_or_default();
        for (index, selection) in selections.iter().enumerate() {
            let path = format!("{path}/selections/{index}");
            let fault = selection.strangeness();
            found.extend(fault.map(|words| Problem::new("6.1.48", path, words)));
        }
    }
    found
}

impl Selection {
    fn strangeness(&self) -> Option<&'static str> {
        match self.base() {
            // It is reserved for what is never valid.
            "invalid" => Some("The namespace is reserved for what is invalid."),
            "ssvc" | "cvss" => self.is_unknown(),
            _ => None,
        }
    }

    fn is_unknown(&self) -> Option<&'static str> {
        let points: Vec<[&str; 3]> = points(self.base(), &self.key).collect();
        if points.is_empty() {
            return Some("SSVC has no such decision point.");
        }
        let exact: Vec<_> =
            points.iter().filter(|[version, ..]| *version == self.version).collect();
        // Versions of `cvss` are told that SSVC never gave, also by OASIS; the others speak for them.
        let asked = match (exact.is_empty(), self.base()) {
            (true, "cvss") => points.iter().collect(),
            (true, _) => return Some("The decision point has no such version."),
            (false, _) => exact,
        };
        let fits = |[_, name, keys]: &&[&str; 3]| self.fits(name, keys);
        let words = "The decision point has no such values, or has them in another order.";
        (!asked.into_iter().any(|point| fits(&point))).then_some(words)
    }

    /// Whether the values are among these, in this order; what is told in another language may have another.
    fn fits(&self, name: &str, keys: &str) -> bool {
        let place = |chosen: &Chosen| keys.split(' ').position(|key| key == chosen.key);
        let places: Vec<Option<usize>> = self.values.iter().map(place).collect();
        let translated =
            self.is_in_a_language() && self.name.as_deref().is_some_and(|own| own != name);
        places.iter().all(Option::is_some)
            && (translated || places.is_sorted_by(|one, next| one < next))
    }
}

/// The published decision points of a key: version, name, and the keys of the values.
fn points<'a>(namespace: &'a str, key: &'a str) -> impl Iterator<Item = [&'static str; 3]> + 'a {
    DECISION_POINTS.lines().filter_map(move |line| {
        let mut parts = line.split('\t');
        let ours = parts.next() == Some(namespace) && parts.next() == Some(key);
        let told = [parts.next()?, parts.next()?, parts.next()?];
        ours.then_some(told)
    })
}

#[cfg(test)]
mod tests;
