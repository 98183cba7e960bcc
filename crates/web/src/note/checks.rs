//! What is looked at before a note goes out, as the draft page shows it before anybody decides.
//! The decision itself is the domain's; here it is only told in advance.

use domain::cs::Vfd;
use domain::participant::Participant;
use domain::status::ProductStatus;
use domain::{Case, Rule, Timestamp};

/// One thing that is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Check {
    pub(crate) kind: &'static str,
    pub(crate) word: &'static str,
    pub(crate) rule: &'static str,
}

/// What is looked at, as if the note were to go out at the end of the embargo.
pub(crate) fn checks(case: &Case, now: Timestamp) -> Vec<Check> {
    let at = case.embargo.end().map_or(now, |end| end.at.max(now));
    let lead = case.policy.publication.draft_lead;
    let told = case.engaged().any(|them| them.id != case.coordinator && them.is_notified());
    let long = case.note.first_shown_at().is_some_and(|shown| lead.after(shown) <= at);
    let silent = case.policy.promptness.vendor_silent;
    let forgotten = |them: &Participant| {
        them.is_engaged() && them.is_silent(silent, at) && them.reminded_at.is_empty()
    };
    let unfixed = |them: &Participant| {
        them.overall_status() == ProductStatus::Affected && them.vfd() < Vfd::FixReady
    };
    let flaws = &case.vulnerabilities;
    let looked_at = [
        (
            Rule::NoCveId,
            flaws.values().any(|flaw| flaw.cve.is_none()),
            "Every flaw has a CVE ID",
            "A flaw has no CVE ID",
        ),
        (
            Rule::ShortDraftLead,
            told && !long,
            "Draft shared for long enough",
            "Draft not shared long enough",
        ),
        (
            Rule::NoReminder,
            case.vendors().any(forgotten),
            "Silent vendors were reminded",
            "A silent vendor was not reminded",
        ),
        (
            Rule::PublishWithoutFix,
            case.vendors().any(unfixed),
            "Every affected vendor has a fix",
            "An affected vendor has no fix yet",
        ),
    ];
    let undescribed = flaws.values().any(|flaw| flaw.description().is_none());
    let described = if undescribed {
        Check { kind: "fail", word: "A flaw is not described yet", rule: "S7" }
    } else {
        Check { kind: "done", word: "Every flaw is described by us", rule: "S7" }
    };
    let check = |(rule, broken, good, bad): (Rule, bool, &'static str, &'static str)| {
        let (kind, word) = if broken { ("wait", bad) } else { ("done", good) };
        Check { kind, word, rule: rule.code() }
    };
    std::iter::once(described).chain(looked_at.into_iter().map(check)).collect()
}
