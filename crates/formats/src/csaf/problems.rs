//! Which mandatory rules of the standard a document breaks: the tests of section 6.1 of CSAF 2.0 and 2.1, by their numbers.
//!
//! Where the two versions number a test alike, one function serves both. [`TESTS`] is the list of those that are kept here: all but 6.1.60.2 and
//! 6.1.60.3, for which the schemas would have to be fetched that extensions name.

mod cvss;
mod dates;
mod extensions;
mod ids;
mod licence;
mod profiles;
mod ranges;
mod revisions;
mod sharing;
mod ssvc;
mod statuses;
mod words;

use serde_json::Value;

use super::{Document, Version};

/// A rule that a document breaks.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Problem {
    /// The number of the test, such as `6.1.1`.
    pub test: &'static str,
    /// Where, as a JSON pointer.
    pub path: String,
    /// What is wrong, in a sentence.
    pub words: String,
}

impl Problem {
    fn new(test: &'static str, path: impl Into<String>, words: impl Into<String>) -> Self {
        Self { test, path: path.into(), words: words.into() }
    }
}

type Test = fn(&Document) -> Vec<Problem>;

/// The tests that are kept, each with the versions of the format that know it.
const TESTS: &[(&[Version], Test)] = &[
    (BOTH, ids::missing),
    (BOTH, ids::defined_twice),
    (BOTH, ids::circular),
    (BOTH, ids::missing_groups),
    (BOTH, ids::groups_defined_twice),
    (BOTH, statuses::contradicting),
    (BOTH, cvss::several),
    (BOTH, cvss::invalid),
    (BOTH, cvss::wrongly_counted),
    (BOTH, cvss::inconsistent),
    (BOTH, words::weakness),
    (BOTH, words::language),
    (BOTH, words::package_url),
    (BOTH, revisions::unsorted),
    (BOTH, words::translator),
    (BOTH, revisions::latest),
    (BOTH, revisions::draft),
    (BOTH, revisions::released),
    (BOTH, revisions::pre_release),
    (BOTH, revisions::not_draft),
    (BOTH, revisions::missing),
    (BOTH, revisions::twice),
    (BOTH, words::cve_twice),
    (BOTH, words::involved_twice),
    (BOTH, words::hash_twice),
    (BOTH, words::category),
    (BOTH, of_profile),
    (BOTH, words::translation),
    (BOTH, statuses::remediation_of_nothing),
    (BOTH, revisions::mixed),
    (BOTH, ranges::range_as_version),
    (BOTH, statuses::flag_of_nothing),
    (BOTH, statuses::several_flags),
    (NEW, ranges::too_deep),
    (NEW, statuses::contradicting_remediations),
    (NEW, statuses::remediation_against_status),
    (NEW, dates::not_a_date),
    (NEW, sharing::tests),
    (NEW, words::package_urls_of_one_product),
    (NEW, ranges::stars),
    (NEW, dates::disclosed_later),
    (NEW, ssvc::no_list),
    (NEW, ssvc::of_others),
    (NEW, ssvc::not_published),
    (NEW, dates::measured_later),
    (NEW, ranges::range_rules),
    (NEW, dates::exploited_later),
    (NEW, licence::expression),
    (NEW, licence::text),
    (NEW, cvss::rating_beside_score),
    (NEW, ranges::stacked),
    (NEW, ranges::mixed),
    (NEW, extensions::shape),
];

const BOTH: &[Version] = &[Version::V2_0, Version::V2_1];
const NEW: &[Version] = &[Version::V2_1];

/// The mandatory rules that a document breaks, in the order of their numbers as far as they are kept here.
pub fn problems(document: &Document) -> Vec<Problem> {
    let version = document.version();
    let tests = TESTS.iter().filter(|(versions, _)| versions.contains(&version));
    tests.flat_map(|(_, test)| test(document)).collect()
}

pub(super) use ids::Groups;
pub(super) use profiles::of_profile;

/// Shows every key of the document with the pointer to it and what it holds; what `is_done` says of is not looked into.
fn each_key(document: &Document, is_done: &mut dyn FnMut(&str, &str, &Value) -> bool) {
    // What this model holds can always be written.
    let value = serde_json::to_value(document).unwrap_or_default();
    walk(&value, "", is_done);
}

fn walk(value: &Value, path: &str, is_done: &mut dyn FnMut(&str, &str, &Value) -> bool) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                let path = format!("{path}/{key}");
                if !is_done(&path, key, value) {
                    walk(value, &path, is_done);
                }
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter().enumerate() {
                walk(value, &format!("{path}/{index}"), is_done);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The vulnerabilities with the pointers to them.
fn vulnerabilities(
    document: &Document,
) -> impl Iterator<Item = (String, &super::vulnerability::Vulnerability)> {
    let numbered = document.vulnerabilities.iter().enumerate();
    numbered.map(|(index, one)| (format!("/vulnerabilities/{index}"), one))
}
