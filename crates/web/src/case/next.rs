//! What comes next in a case, and why it is where it is: derived from what is, never set by
//! anybody. A step names what is missing, not whose fault it is.

use domain::case::{CaseKind, Phase, Verdict};
use domain::status::Delivery;
use domain::{Case, Timestamp};

use super::Tab;

/// Something to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NextStep {
    pub(crate) what: String,
    pub(crate) by: Option<Timestamp>,
    pub(crate) tab: Tab,
    pub(crate) anchor: &'static str,
}

/// Why the case is in its phase, as a half sentence after "because".
pub(crate) fn why_here(case: &Case) -> &'static str {
    match case.phase() {
        Phase::Report => "nobody has decided on the report yet",
        Phase::Declined => "the report was not taken on",
        Phase::Validate => "no vendor was told yet",
        Phase::Fix => "vendors were told, and no draft is written yet",
        Phase::Draft => "a draft is written and not approved yet",
        Phase::Publish => "the note is approved and waits for its moment",
        Phase::Watch => "the note is public",
        Phase::Closed => "work is over",
    }
}

/// What to do next, the most urgent first.
pub(crate) fn next_steps(case: &Case, now: Timestamp) -> Vec<NextStep> {
    let mut steps = vec![];
    if case.closed.is_some() {
        return steps;
    }
    steps.extend(to_decide(case));
    steps.extend(to_look_at(case));
    if case.accepted_at.is_some() && case.declined.is_none() && case.note.published.is_none() {
        // Nobody is told before that.
        if case.vulnerabilities.values().any(|flaw| flaw.description().is_none()) {
            steps.push(step("Describe every vulnerability", None, Tab::Flaws, ""));
        }
        steps.extend(to_tell(case, now));
        steps.extend(to_write(case));
    }
    if case.note.published.is_some() && case.note.is_ahead() {
        let what = "Approve the revision of the note";
        steps.push(step(what, None, Tab::Draft, "#publish"));
    }
    if case.note.published.is_some() {
        steps.push(step("Close the case when all is settled", None, Tab::Overview, "#close"));
    }
    // What has a date comes before what has none.
    steps.sort_by_key(|step| step.by.unwrap_or(Timestamp::MAX));
    steps
}

fn step(
    what: impl Into<String>,
    by: Option<Timestamp>,
    tab: Tab,
    anchor: &'static str,
) -> NextStep {
    NextStep { what: what.into(), by, tab, anchor }
}

fn to_decide(case: &Case) -> Vec<NextStep> {
    let mut steps = vec![];
    if case.phase() == Phase::Report {
        let due = case.report.acknowledged_at.is_none().then(|| case.first_response_due().1);
        let what = if due.is_some() {
            "Give the reporter a first answer"
        } else {
            "Decide: accept or decline"
        };
        steps.push(step(what, due, Tab::Overview, "#decide"));
    }
    if let Some(proposal) = case.embargo.open().first() {
        let what = format!("Decide on the proposed date {}", proposal.end);
        steps.push(step(what, Some(proposal.answer_by), Tab::Embargo, "#proposals"));
    }
    steps
}

fn to_look_at(case: &Case) -> Vec<NextStep> {
    let claimed = case.observations.values().filter(|seen| seen.verdict == Verdict::Claimed);
    let lines = [
        (claimed.count(), "observation to judge", "observations to judge", Tab::Seen, ""),
        (
            case.suggestions.len(),
            "suggested party",
            "suggested parties",
            Tab::Vendors,
            "#suggested",
        ),
        (
            case.note.comments.values().filter(|said| !said.resolved).count(),
            "comment on the draft",
            "comments on the draft",
            Tab::Draft,
            "#comments",
        ),
    ];
    let there = lines.into_iter().filter(|(n, ..)| *n > 0);
    there
        .map(|(n, one, many, tab, anchor)| {
            step(format!("Look at {}", counted(n, one, many)), None, tab, anchor)
        })
        .collect()
}

fn to_tell(case: &Case, now: Timestamp) -> Vec<NextStep> {
    if case.kind == Some(CaseKind::AdviseOnly) {
        return vec![];
    }
    let vendors = || case.vendors().filter(|them| them.is_engaged());
    if vendors().next().is_none() {
        return vec![step("Add the vendors concerned", None, Tab::Vendors, "#add")];
    }
    let lost = |outcome: Delivery| matches!(outcome, Delivery::Bounced | Delivery::Failed);
    let silent = case.policy.promptness.vendor_silent;
    let untold = vendors().filter(|them| !them.is_notified()).count();
    let undelivered = vendors()
        .filter(|them| them.attempts.last().is_some_and(|attempt| lost(attempt.outcome)))
        .count();
    let forgotten =
        vendors().filter(|them| them.is_silent(silent, now) && them.reminded_at.is_empty()).count();
    let lines = [
        (untold, "Tell", "&show=untold"),
        (undelivered, "Find another address for", "&show=undelivered"),
        (forgotten, "Remind", "&show=silent"),
    ];
    let there = lines.into_iter().filter(|(n, ..)| *n > 0);
    there
        .map(|(n, verb, shown)| {
            let what = format!("{verb} {}", counted(n, "vendor", "vendors"));
            step(what, None, Tab::Vendors, shown)
        })
        .collect()
}

fn to_write(case: &Case) -> Vec<NextStep> {
    let publication = case.policy.publication;
    let end = case.embargo.end().map(|end| end.at);
    let mut steps = vec![];
    if case.vulnerabilities.values().any(|flaw| flaw.cve.is_none()) {
        steps.push(step("Give every vulnerability a CVE ID", None, Tab::Flaws, ""));
    }
    match case.note.latest() {
        None => {
            let by = end.map(|end| publication.draft_target.before(end));
            steps.push(step("Write the draft of the note", by, Tab::Draft, ""));
        }
        Some(_) if case.note.first_shown_at().is_none() => {
            let by = end.map(|end| publication.draft_lead.before(end));
            steps.push(step("Share the draft", by, Tab::Draft, "#share"));
        }
        Some(_) if case.note.armed.is_none() => {
            let (n, of) = (case.note.approvals.len(), publication.approvers);
            let what = format!("Approve the note ({n} of {of} so far)");
            steps.push(step(what, end, Tab::Draft, "#publish"));
        }
        Some(_) => {}
    }
    steps
}

/// A number and its noun.
pub(crate) fn counted(n: usize, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

#[cfg(test)]
mod tests;
