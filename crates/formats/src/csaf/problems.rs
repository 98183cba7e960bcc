//! Which mandatory rules of the standard a document breaks: the tests of section 6.1 of CSAF 2.0 and 2.1, by their numbers.
//!
//! Where the two versions number a test alike, one function serves both. [`TESTS`] is the list of those that are kept here; the others need a
//! registry that is not part of this program, and a document that passes here may still fail them.

mod cvss;
mod dates;
mod ids;
mod profiles;
mod ranges;
mod revisions;
mod sharing;
mod statuses;
mod words;

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
    (NEW, cvss::ssvc_of_others),
    (NEW, dates::measured_later),
    (NEW, ranges::range_rules),
    (NEW, dates::exploited_later),
    (NEW, words::licence_text),
    (NEW, cvss::rating_beside_score),
    (NEW, ranges::stacked),
    (NEW, ranges::mixed),
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

/// The vulnerabilities with the pointers to them.
fn vulnerabilities(
    document: &Document,
) -> impl Iterator<Item = (String, &super::vulnerability::Vulnerability)> {
    let numbered = document.vulnerabilities.iter().enumerate();
    numbered.map(|(index, one)| (format!("/vulnerabilities/{index}"), one))
}
