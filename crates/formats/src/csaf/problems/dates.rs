//! Dates that are dates, and in an order in which things can happen (CSAF 2.1).

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use serde_json::Value;

use super::{Problem, each_key, vulnerabilities};
use crate::csaf::Document;
use crate::csaf::document::{Light, TrackingStatus};

/// The keys that hold a date.
const DATES: [&str; 9] = [
    "current_release_date",
    "date",
    "disclosure_date",
    "discovery_date",
    "exploitation_date",
    "initial_release_date",
    "release_date",
    "timestamp",
    "last_updated",
];

/// 6.1.37: a date that is not written as RFC 3339 asks, in capital letters, on a day that there is.
pub(super) fn not_a_date(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    each_key(document, &mut |path, key, value| {
        let date = value.as_str().filter(|date| DATES.contains(&key) && !is_date(date));
        let problem = date.map(|date| Problem::new("6.1.37", path, format!("{date} is no date.")));
        found.extend(problem);
        key == "x_extensions"
    });
    found
}

/// `2024-02-29T12:00:00.5Z` or with an offset of hours and minutes; no leap second is needed.
fn is_date(text: &str) -> bool {
    let Some((day, rest)) = text.split_once('T') else { return false };
    let universal = rest.strip_suffix('Z').map(|time| (time, "+00:00"));
    let offset = || rest.rfind(['+', '-']).map(|at| rest.split_at(at));
    let Some((time, offset)) = universal.or_else(offset) else { return false };
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty();
    let shape = |text: &str, wanted: &str| {
        text.len() == wanted.len()
            && text
                .bytes()
                .zip(wanted.bytes())
                .all(|(byte, sign)| if sign == b'0' { byte.is_ascii_digit() } else { byte == sign })
    };
    let (hours, minutes) = offset
        .split_at_checked(1)
        .and_then(|(_, rest)| rest.split_once(':'))
        .unwrap_or(("99", "99"));
    let small = |text: &str, below: u8| {
        text.len() == 2 && text.parse::<u8>().is_ok_and(|number| number < below)
    };
    shape(day, "0000-00-00")
        && shape(clock, "00:00:00")
        && !clock.ends_with(":60")
        && digits(fraction)
        && small(hours, 24)
        && small(minutes, 60)
        && day.parse::<Date>().is_ok()
        && clock.parse::<Time>().is_ok()
}

/// The instant, to the ninth digit after its point; the last days of all are one instant.
pub(super) fn instant(text: &str) -> Option<Timestamp> {
    let (before, rest) = text.split_once('.').unwrap_or((text, ""));
    let end = rest.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, offset) = rest.split_at(end);
    let digits: String = digits.chars().take(9).collect();
    let whole =
        if digits.is_empty() { text.to_owned() } else { format!("{before}.{digits}{offset}") };
    whole.parse().ok().or_else(|| text.starts_with("9999-12-3").then_some(Timestamp::MAX))
}

/// The date of the newest revision; none where the document is a draft.
fn newest(document: &Document) -> Option<Timestamp> {
    let tracking = &document.document.tracking;
    let dates = tracking.revision_history.iter().filter_map(|one| instant(&one.date));
    dates.max().filter(|_| tracking.status != TrackingStatus::Draft)
}

/// Whether a date is behind the newest revision.
fn is_later(document: &Document, date: &str) -> bool {
    instant(date).zip(newest(document)).is_some_and(|(date, newest)| date > newest)
}

/// 6.1.45: a vulnerability that a public document tells before it may be told.
pub(super) fn disclosed_later(document: &Document) -> Vec<Problem> {
    let distribution = document.document.distribution.as_ref();
    let public =
        distribution.and_then(|one| one.tlp.as_ref()).is_some_and(|tlp| tlp.label == Light::Clear);
    let mut found = vec![];
    for (path, one) in vulnerabilities(document).filter(|_| public) {
        if one.disclosure_date.as_ref().is_some_and(|date| is_later(document, date)) {
            let words = "The date of disclosure is behind the newest revision.";
            found.push(Problem::new("6.1.45", format!("{path}/disclosure_date"), words));
        }
    }
    found
}

/// 6.1.49 and 6.1.51: a measure that was taken after the newest revision.
pub(super) fn measured_later(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, one) in vulnerabilities(document) {
        for (index, metric) in one.metrics.iter().enumerate() {
            let content = &metric.content;
            let epss = content.epss.as_ref().and_then(|epss| epss.get("timestamp"));
            let ssvc = content.ssvc_v2.as_ref().and_then(|ssvc| ssvc.get("timestamp"));
            for (test, key, date) in [("6.1.49", "ssvc_v2", ssvc), ("6.1.51", "epss", epss)] {
                let date = date.and_then(Value::as_str);
                if date.is_some_and(|date| is_later(document, date)) {
                    let path = format!("{path}/metrics/{index}/content/{key}/timestamp");
                    let words = "The measure was taken after the newest revision.";
                    found.push(Problem::new(test, path, words));
                }
            }
        }
    }
    found
}

/// 6.1.52 and 6.1.53: an exploitation that was learned after the newest revision, or before it happened.
pub(super) fn exploited_later(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, one) in vulnerabilities(document) {
        for (index, one) in one.first_known_exploitation_dates.iter().enumerate() {
            let path = format!("{path}/first_known_exploitation_dates/{index}");
            if is_later(document, &one.date) {
                let words = "The exploitation was learned after the newest revision.";
                found.push(Problem::new("6.1.52", format!("{path}/date"), words));
            }
            let order = instant(&one.exploitation_date).zip(instant(&one.date));
            if order.is_some_and(|(happened, learned)| happened > learned) {
                let words = "The exploitation was learned before it happened.";
                found.push(Problem::new("6.1.53", format!("{path}/exploitation_date"), words));
            }
        }
    }
    found
}
