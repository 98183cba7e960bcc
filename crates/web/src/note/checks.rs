//! What is looked at before a note goes out, as the draft page shows it before anybody decides.
//! The decision is the domain's, and so is what this tells of it.

use domain::case::Vulnerability;
use domain::{Case, Rule, Timestamp};

/// One thing that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) kind: &'static str,
    pub(crate) word: &'static str,
    pub(crate) rule: &'static str,
}

/// What speaks for and against the note, in the order in which it is looked at. The embargo is not
/// here: the page tells of its end beside the moment that is chosen.
const LOOKED_AT: [(Rule, &str, &str); 5] = [
    (Rule::NoCveId, "Every flaw has a CVE ID", "A flaw has no CVE ID"),
    (Rule::ShortDraftLead, "Draft shared for long enough", "Draft not shared long enough"),
    (Rule::OpenRemark, "Every remark is dealt with", "A remark on the draft is open"),
    (Rule::NoReminder, "Silent vendors were reminded", "A silent vendor was not reminded"),
    (
        Rule::PublishWithoutFix,
        "Every affected vendor has a fix",
        "An affected vendor has no fix yet",
    ),
];

/// What is looked at, as if the note were to go out at the end of the embargo.
pub(crate) fn checks(case: &Case, now: Timestamp) -> Vec<Check> {
    let at = case.embargo.end().map_or(now, |end| end.at.max(now));
    let against = case.speaks_against_publication(at);
    let described =
        case.vulnerabilities.values().all(|flaw| Vulnerability::description(flaw).is_some());
    let described = if described {
        Check { kind: "done", word: "Every flaw is described by us", rule: "S7" }
    } else {
        Check { kind: "fail", word: "A flaw is not described yet", rule: "S7" }
    };
    let check = |(rule, good, bad): (Rule, &'static str, &'static str)| {
        let (kind, word) = if against.contains(&rule) { ("wait", bad) } else { ("done", good) };
        Check { kind, word, rule: rule.code() }
    };
    std::iter::once(described).chain(LOOKED_AT.map(check)).collect()
}
