//! Are the versions of the document counted one way, without gaps, in the order of their dates?

use std::cmp::Ordering;
use std::collections::BTreeSet;

use jiff::Timestamp;

use super::Problem;
use super::dates::instant;
use crate::csaf::document::{Revision, Tracking, TrackingStatus};
use crate::csaf::{Document, Version};

/// A version's number: whole, or as Semantic Versioning writes it.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Number {
    whole: bool,
    parts: [u64; 3],
    pre_release: Vec<String>,
}

impl Number {
    fn of(text: &str) -> Option<Self> {
        let rest = text.split('+').next().unwrap_or_default();
        let (core, pre) = rest.split_once('-').unwrap_or((rest, ""));
        let digits: Vec<u64> =
            core.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        let (whole, parts) = match digits.as_slice() {
            [whole] => (true, [*whole, 0, 0]),
            [major, minor, patch] => (false, [*major, *minor, *patch]),
            _ => return None,
        };
        let pre_release =
            pre.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
        Some(Self { whole, parts, pre_release })
    }

    /// Whether it stands before the first release.
    fn is_unreleased(&self) -> bool {
        self.parts[0] == 0
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of Semantic Versioning, section 11; what was built from it does not count.
impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let released = self.pre_release.is_empty().cmp(&other.pre_release.is_empty());
        let part = |one: &String, other: &String| match (one.parse::<u64>(), other.parse::<u64>()) {
            (Ok(one), Ok(other)) => one.cmp(&other),
            (Ok(_), Err(_)) => Ordering::Less,
            (Err(_), Ok(_)) => Ordering::Greater,
            (Err(_), Err(_)) => one.cmp(other),
        };
        let pairs = self.pre_release.iter().zip(&other.pre_release);
        let unequal = pairs.map(|(one, other)| part(one, other)).find(|order| order.is_ne());
        let longer = self.pre_release.len().cmp(&other.pre_release.len());
        self.parts.cmp(&other.parts).then(released).then(unequal.unwrap_or(longer))
    }
}

fn tracking(document: &Document) -> &Tracking {
    &document.document.tracking
}

const HISTORY: &str = "/document/tracking/revision_history";

/// The history sorted by date, then number; nothing where a date or a number cannot be read.
fn sorted(document: &Document) -> Option<Vec<(Timestamp, Number)>> {
    let history = tracking(document).revision_history.iter();
    let dated = |one: &Revision| Some((instant(&one.date)?, Number::of(&one.number)?));
    let mut history: Vec<_> = history.map(dated).collect::<Option<_>>()?;
    history.sort();
    Some(history)
}

/// 6.1.14: numbers in another order than the dates.
pub(super) fn unsorted(document: &Document) -> Vec<Problem> {
    let history = sorted(document).unwrap_or_default();
    let falls = history.windows(2).any(|pair| matches!(pair, [(_, one), (_, next)] if one >= next));
    found("6.1.14", HISTORY, falls, "The numbers of the revisions do not follow their dates.")
}

fn found(test: &'static str, path: &str, broken: bool, words: &str) -> Vec<Problem> {
    if broken { vec![Problem::new(test, path, words)] } else { vec![] }
}

/// 6.1.16: a version that is not the newest of the history.
pub(super) fn latest(document: &Document) -> Vec<Problem> {
    let Some(version) = Number::of(&tracking(document).version) else { return vec![] };
    let history = sorted(document).unwrap_or_default();
    let newest = history.last().map(|(_, number)| number);
    // A draft's version may be a step to the release that the history already names.
    let is_draft = tracking(document).status == TrackingStatus::Draft;
    let Some(newest) = newest else { return vec![] };
    let same = if is_draft {
        newest.parts == version.parts
            && (version.pre_release.is_empty()
                || newest.pre_release.is_empty()
                || *newest == version)
    } else {
        newest.cmp(&version).is_eq()
    };
    let words = "The version of the document is not the newest of its history.";
    found("6.1.16", "/document/tracking/version", !same, words)
}

/// 6.1.17: an unreleased version that is no draft.
pub(super) fn draft(document: &Document) -> Vec<Problem> {
    let number = Number::of(&tracking(document).version);
    let unreleased =
        number.is_some_and(|number| number.is_unreleased() || !number.pre_release.is_empty());
    let broken = unreleased && tracking(document).status != TrackingStatus::Draft;
    found("6.1.17", "/document/tracking/status", broken, "An unreleased version has to be a draft.")
}

/// 6.1.18: a released document with unreleased versions in its history.
pub(super) fn released(document: &Document) -> Vec<Problem> {
    if tracking(document).status == TrackingStatus::Draft {
        return vec![];
    }
    each(document, "6.1.18", Number::is_unreleased, "A released document lists no draft.")
}

fn each(
    document: &Document,
    test: &'static str,
    broken: impl Fn(&Number) -> bool,
    words: &str,
) -> Vec<Problem> {
    let history = tracking(document).revision_history.iter().enumerate();
    let history =
        history.filter(|(_, one)| Number::of(&one.number).is_some_and(|one| broken(&one)));
    history
        .map(|(index, _)| Problem::new(test, format!("{HISTORY}/{index}/number"), words))
        .collect()
}

/// 6.1.19: a history that lists steps towards a release.
pub(super) fn pre_release(document: &Document) -> Vec<Problem> {
    let is_step = |number: &Number| !number.pre_release.is_empty();
    each(document, "6.1.19", is_step, "The history lists a version before its release.")
}

/// 6.1.20: a released document whose version is a step towards a release.
pub(super) fn not_draft(document: &Document) -> Vec<Problem> {
    let number = Number::of(&tracking(document).version);
    let step = number.is_some_and(|number| !number.pre_release.is_empty());
    let broken = step && tracking(document).status != TrackingStatus::Draft;
    let words = "The version of a released document names a step before the release.";
    found("6.1.20", "/document/tracking/version", broken, words)
}

/// 6.1.21: a history with a gap.
pub(super) fn missing(document: &Document) -> Vec<Problem> {
    let history = sorted(document).unwrap_or_default();
    let new = document.version() == Version::V2_1;
    let mut broken = history.first().is_some_and(|(_, number)| number.parts[0] > 1);
    for pair in history.windows(2) {
        let [(_, one), (_, next)] = pair else { continue };
        broken |= next.parts[0] > one.parts[0] + 1;
        // From one version to the next of the same major version, nothing may be left out (2.1).
        let [major, minor, patch] = one.parts;
        let steps = [[major, minor, patch + 1], [major, minor + 1, 0], [major + 1, 0, 0]];
        broken |= new && next > one && next.parts != one.parts && !steps.contains(&next.parts);
    }
    found("6.1.21", HISTORY, broken, "The history leaves out a version.")
}

/// 6.1.22: a version that stands in the history twice.
pub(super) fn twice(document: &Document) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let again = tracking(document).revision_history.iter().any(|one| !seen.insert(&one.number));
    found("6.1.22", HISTORY, again, "A version stands in the history twice.")
}

/// 6.1.30: versions counted in two ways.
pub(super) fn mixed(document: &Document) -> Vec<Problem> {
    let numbers = tracking(document).revision_history.iter().map(|one| &one.number);
    let numbers = numbers.chain([&tracking(document).version]);
    let ways: BTreeSet<bool> =
        numbers.filter_map(|number| Number::of(number)).map(|number| number.whole).collect();
    found("6.1.30", HISTORY, ways.len() > 1, "Whole and semantic versions are mixed.")
}
