//! What was done about an id: section 4 of the rules, and 5.3.1 and 5.4.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::{
    Facts, FirstRight, Problem, Purpose, Reporter, Requester, Scope, Supplier, must, should,
};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const THREE_DAYS: SignedDuration = SignedDuration::from_hours(72);

/// The prefix that examples and tests have (5.4.1).
const TEST_PREFIX: &str = "CVE-1900-";

pub(super) fn problems(facts: &Facts) -> Vec<Problem> {
    let mut problems = Vec::new();
    problems.extend(first_right(facts));
    problems.extend(left_over(facts));
    problems.extend(same_code(facts));
    problems.extend(scope(facts));
    problems.extend(requester(facts));
    problems.extend(year(facts));
    problems.extend(told(facts));
    problems.extend(in_time(facts));
    problems.extend(first_disclosure(facts));
    problems.extend(purpose(facts));
    problems
}

fn first_right(facts: &Facts) -> Option<Problem> {
    match facts.first_right {
        FirstRight::Ours | FirstRight::Declined => None,
        FirstRight::NotAsked => Some(must(
            "4.2.1.1",
            "Another CNA has the better right to assign: ask it first.".to_owned(),
        )),
        FirstRight::Asked { at } => match public_since(facts) {
            Some(public) if passed(public.max(at), facts.now, THREE_DAYS) => None,
            Some(_) => Some(must(
                "4.2.1.2",
                "The CNA with the better right has 72 hours to answer: wait for them.".to_owned(),
            )),
            None => Some(must(
                "4.2.1.1",
                "The CNA with the better right was asked and has not answered yet.".to_owned(),
            )),
        },
    }
}

fn public_since(facts: &Facts) -> Option<Timestamp> {
    let known = [facts.page_public_at, facts.disclosed_at, facts.told_elsewhere_at];
    known.into_iter().flatten().min().filter(|at| *at <= facts.now)
}

fn passed(since: Timestamp, now: Timestamp, limit: SignedDuration) -> bool {
    now.duration_since(since) >= limit
}

fn left_over(facts: &Facts) -> Option<Problem> {
    let ids = facts.left_over.join(", ");
    let words = format!("Reject what is neither told nor used: {ids}.");
    (!ids.is_empty()).then(|| must("4.5.3.5", words))
}

fn same_code(facts: &Facts) -> Option<Problem> {
    let others = facts.same_code.iter().filter(|id| Some(*id) != facts.id.as_ref());
    let others: Vec<&str> = others.map(String::as_str).collect();
    let words = format!(
        "Products that share the code share one id: this flaw already has {}.",
        others.join(", ")
    );
    (!others.is_empty()).then(|| must("4.2.13", words))
}

fn scope(facts: &Facts) -> Option<Problem> {
    match facts.scope {
        Scope::Within => None,
        Scope::Outside => Some(must(
            "4.2.16.1",
            "The vulnerability is outside of our scope: another CNA has to assign.".to_owned(),
        )),
        Scope::NotChecked => Some(must(
            "4.2.16.1",
            "Nobody has looked yet whether the vulnerability is within our scope.".to_owned(),
        )),
    }
}

fn requester(facts: &Facts) -> Option<Problem> {
    match facts.requester {
        Requester::AskedNobodyElse | Requester::AskedElsewhereAndAgreed => None,
        Requester::AskedElsewhere => Some(should(
            "4.2.16.8",
            "Another CNA was asked for an id too: speak with it before assigning.".to_owned(),
        )),
        Requester::NotSaid => Some(should(
            "4.2.16.8",
            "Ask whether another CNA was already asked for an id.".to_owned(),
        )),
    }
}

fn year(facts: &Facts) -> Option<Problem> {
    let id = facts.id.as_deref().filter(|id| !id.starts_with(TEST_PREFIX))?;
    let year: i16 = id.split('-').nth(1)?.parse().ok()?;
    let known = [
        facts.reserved_at,
        facts.record_published_at,
        facts.disclosed_at,
        facts.told_elsewhere_at,
        facts.page_public_at,
    ];
    let years: Vec<i16> =
        known.into_iter().flatten().map(|at| TimeZone::UTC.to_datetime(at).year()).collect();
    let words = format!(
        "{id} is not of the year in which it was reserved, told or published; an id that is already \
         public keeps its year."
    );
    (!years.is_empty() && !years.contains(&year)).then(|| should("4.2.19", words))
}

fn told(facts: &Facts) -> impl Iterator<Item = Problem> {
    let supplier = match facts.supplier {
        Supplier::Told => None,
        Supplier::NotTold => {
            Some(should("4.3.2", "Try to tell the supplier of the product.".to_owned()))
        }
    };
    let reporter = match facts.reporter {
        Reporter::Nobody | Reporter::HasTheId => None,
        Reporter::HasNotTheId => Some(must("4.3.3", "Give the reporter the CVE id.".to_owned())),
    };
    supplier.into_iter().chain(reporter)
}

/// A record goes out within a day, and within three at the latest, after we told; within three
/// after we learned that others told.
fn in_time(facts: &Facts) -> impl Iterator<Item = Problem> {
    let out = facts.record_published_at.unwrap_or(facts.now);
    let since = |at: Option<Timestamp>, limit| at.is_some_and(|at| out.duration_since(at) > limit);
    let ours = if since(facts.disclosed_at, THREE_DAYS) {
        Some(must("4.5.1.4", late("we told the public of the id", "72 hours")))
    } else if since(facts.disclosed_at, DAY) {
        Some(should("4.5.1.3", late("we told the public of the id", "24 hours")))
    } else {
        None
    };
    let theirs = since(facts.told_elsewhere_at, THREE_DAYS)
        .then(|| should("4.5.1.6", late("we learned that others told of the id", "72 hours")));
    ours.into_iter().chain(theirs)
}

fn late(since: &str, limit: &str) -> String {
    format!("More than {limit} have passed since {since}: publish the record.")
}

fn first_disclosure(facts: &Facts) -> Option<Problem> {
    let public = facts.page_public_at?;
    let out = facts.record_published_at.unwrap_or(facts.now);
    (public > out).then(|| {
        must(
            "5.3.1",
            "The record would be the first to tell of the vulnerability: publish the page with it or \
             before it."
                .to_owned(),
        )
    })
}

fn purpose(facts: &Facts) -> Option<Problem> {
    let id = facts.id.as_deref()?;
    let test = id.starts_with(TEST_PREFIX);
    match facts.purpose {
        Purpose::Live if test => Some(must(
            "5.4.2",
            format!("{id} is an id for examples and tests; the CVE list does not take it."),
        )),
        Purpose::Test if !test => Some(should(
            "5.4.1",
            format!("Use an id that starts with {TEST_PREFIX} for a test in place of {id}."),
        )),
        Purpose::Live | Purpose::Test => None,
    }
}
