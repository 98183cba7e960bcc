//! Records that others keep of a flaw once its note is public: whose they are, and when to look for
//! them again (S86, S87). Nobody is asked about a flaw before its note is public: the question
//! alone would tell of it.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

crate::report::choices! {
    /// Who keeps records of flaws by their CVE IDs.
    RecordSource {
        /// The CVE program.
        CveList => "CVE List",
        /// The National Vulnerability Database of NIST.
        Nvd => "NVD",
        /// The European Union Vulnerability Database of ENISA.
        Euvd => "EUVD",
        /// The advisory database of GitHub.
        Ghsa => "GitHub advisories",
    }
}

/// A source is asked no more often than this, by all nodes together: the NVD allows five questions
/// in thirty seconds and wants six seconds between them.
pub const BETWEEN_QUESTIONS: SignedDuration = SignedDuration::from_secs(7);

/// Nobody is left alone for longer.
const LONGEST_PAUSE: SignedDuration = DAY;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// When to look next for the record of a flaw whose note is public since `published_at`: often
/// while it should appear, each day while its score may come, and then no more.
pub fn next_look(
    published_at: Timestamp,
    first_seen_at: Option<Timestamp>,
    now: Timestamp,
) -> Option<Timestamp> {
    let days = |from: Timestamp| now.duration_since(from).as_hours() / 24;
    let pause = match first_seen_at.map(days) {
        None => match days(published_at) {
            ..3 => HOUR,
            3..30 => HOUR * 6,
            30..365 => DAY,
            _ => return None,
        },
        Some(..30) => DAY,
        Some(30..180) => DAY * 7,
        Some(_) => return None,
    };
    now.checked_add(pause).ok()
}

/// For how long a source is left alone that did not answer, after it did not for `n_failed` times in
/// a row: as long as is due after one failure, and twice as long after each further one, up to a day.
pub fn pause(after_one: SignedDuration, n_failed: u32) -> SignedDuration {
    let times = 1 << n_failed.min(16);
    after_one.checked_mul(times).unwrap_or(LONGEST_PAUSE).clamp(SignedDuration::ZERO, LONGEST_PAUSE)
}

/// Whether the word of a source for a record's state says that it does not hold any more: the CVE
/// List and the NVD reject records, GitHub withdraws advisories.
pub fn is_taken_back(state: &str) -> bool {
    ["rejected", "withdrawn"].iter().any(|word| state.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests;
