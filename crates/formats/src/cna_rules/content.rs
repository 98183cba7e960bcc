//! What a record says: section 5 of the rules, and the tags of section 4.

use super::{Dispute, Facts, Hosting, Problem, Support, Weakness, identifier, must, should};
use crate::cve::{Affected, Container, Status, Words, is_a_record};

const UNSUPPORTED: &str = "unsupported-when-assigned";
const HOSTED: &str = "exclusively-hosted-service";
const DISPUTED: &str = "disputed";

pub(super) fn problems(told: &Container, facts: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(tags(told, facts));
    problems.extend(products(told));
    problems.extend(weakness(told, facts));
    problems.extend(description(told));
    problems.extend(references(told));
    problems
}

fn tags(told: &Container, facts: &Facts) -> Vec<Problem> {
    let has = |tag: &str| told.tags.iter().any(|known| known == tag);
    let mut problems = Vec::new();
    if facts.support == Support::None && !has(UNSUPPORTED) {
        let words = format!("No product still receives fixes: tag the record “{UNSUPPORTED}”.");
        problems.push(must("4.2.17.1", words));
    }
    match facts.dispute {
        Dispute::Disputed if !has(DISPUTED) => {
            let words = format!("The vulnerability is disputed: tag the record “{DISPUTED}”.");
            problems.push(must("4.5.3.10", words));
        }
        Dispute::Disputed | Dispute::None => {}
    }
    let explained = told.descriptions.iter().any(|one| one.value.to_lowercase().contains("disput"));
    if has(DISPUTED) && !explained {
        let words =
            "The record is tagged “disputed”: say in the description who disputes it and why.";
        problems.push(must("4.5.3.10", words.to_owned()));
    }
    match (facts.hosting, has(HOSTED)) {
        (Hosting::Exclusive, false) => {
            let words = format!("All products are hosted services: tag the record “{HOSTED}”.");
            problems.push(must("5.1.11.1", words));
        }
        (Hosting::Some, true) => {
            let words = format!("A product runs at its users': take the tag “{HOSTED}” away.");
            problems.push(must("5.1.11.1", words));
        }
        (Hosting::Exclusive, true) | (Hosting::Some, false) => {}
    }
    problems
}

fn products(told: &Container) -> Option<Problem> {
    let named: Vec<&Affected> = told.affected.iter().filter(|one| one.is_named()).collect();
    if named.is_empty() {
        let words = "Name at least one product that is affected or may be.";
        return Some(must("5.1.3", words.to_owned()));
    }
    let mut statuses = named.iter().flat_map(|one| one.statuses()).peekable();
    if statuses.peek().is_none() {
        let words = "Say of at least one product that it is affected or that this is not known.";
        return Some(must("5.1.4", words.to_owned()));
    }
    let words = "Every product is unaffected: then this is no vulnerability. Name one that is affected or \
                 may be.";
    statuses.all(|one| one == Status::Unaffected).then(|| must("5.1.8", words.to_owned()))
}

fn weakness(told: &Container, facts: &Facts) -> Option<Problem> {
    let problems = || told.problem_types.iter().flat_map(|kind| &kind.descriptions);
    if problems().any(|problem| problem.cwe.is_some()) {
        return None;
    }
    if problems().any(|problem| !problem.description.trim().is_empty()) {
        let words = "Name the weakness by its CWE id.";
        return Some(should("5.1.7", words.to_owned()));
    }
    Some(match facts.weakness {
        Weakness::Determinable => must("5.1.7", "Say what kind of weakness it is.".to_owned()),
        Weakness::NotYetDeterminable => should(
            "5.1.7.1",
            "The kind of weakness is not known yet: add it to the record once it is.".to_owned(),
        ),
    })
}

fn description(told: &Container) -> Vec<Problem> {
    let said: Vec<&Words> =
        told.descriptions.iter().filter(|one| !one.value.trim().is_empty()).collect();
    if said.is_empty() {
        return vec![must("5.1.9", "Describe the vulnerability in a sentence.".to_owned())];
    }
    let mut problems = Vec::new();
    if !said.iter().any(|one| one.is_english()) {
        problems.push(must("5.2.5", "Describe the vulnerability in English too.".to_owned()));
    }
    if let Some(credited) = said.iter().find_map(|one| credited(&one.value, told)) {
        let words = format!(
            "The description credits somebody (“{credited}”): credits have a place of their own."
        );
        problems.push(must("5.2.4", words));
    }
    if let Some(id) = said.iter().find_map(|one| identifier::foreign(&one.value)) {
        let words = format!(
            "The description names “{id}”, which is not a CVE id: a reference can carry it instead."
        );
        problems.push(should("5.2.11", words));
    }
    problems
}

/// Words that thank, or the name of somebody who is credited.
fn credited(text: &str, told: &Container) -> Option<String> {
    const THANKS: [&str; 8] = [
        "discovered by",
        "reported by",
        "found by",
        "credit to",
        "credits to",
        "credited to",
        "thanks to",
        "thank ",
    ];
    let lower = format!(" {} ", text.to_lowercase());
    let thanks = THANKS.iter().find(|words| lower.contains(&format!(" {words}")));
    let is_name = |name: &str| {
        let name = name.trim().to_lowercase();
        let whole = |at: usize| {
            let before = lower.get(..at).and_then(|text| text.chars().next_back());
            let after = lower.get(at + name.len()..).and_then(|text| text.chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        };
        // A name of a letter or two is found everywhere.
        name.chars().count() > 2 && lower.match_indices(&name).any(|(at, _)| whole(at))
    };
    let name = told.credits.iter().map(|credit| &credit.value).find(|name| is_name(name));
    thanks.map(|words| words.trim().to_owned()).or_else(|| name.cloned())
}

fn references(told: &Container) -> Option<Problem> {
    if told.references.is_empty() {
        let words = "Refer to at least one page that tells of the vulnerability.";
        return Some(must("5.1.10", words.to_owned()));
    }
    let words =
        "The record refers to CVE records only: refer to a page that tells of the vulnerability.";
    let records = told.references.iter().all(|one| is_a_record(&one.url));
    records.then(|| must("5.3.3.5", words.to_owned()))
}
