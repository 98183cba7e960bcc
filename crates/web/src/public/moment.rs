//! A time as pages show it: for machines, in UTC, and in words.

use domain::Timestamp;

/// A time as pages show it: never a bare date, never a local time (S60).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// For machines.
    pub(crate) iso: String,
    /// `2026-12-09 14:00 UTC`.
    pub(crate) text: String,
    /// `2026-12-09`, where a table has no room for more.
    pub(crate) day: String,
    /// `in 17 days`.
    pub(crate) words: String,
    /// Whether it has passed.
    pub(crate) past: bool,
}

impl Moment {
    /// A time, and how far it is from `now`.
    pub(crate) fn new(at: Timestamp, now: Timestamp) -> Self {
        Self {
            iso: at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            text: mail::when::instant(at),
            day: at.strftime("%Y-%m-%d").to_string(),
            words: mail::when::in_words(at, now),
            past: at <= now,
        }
    }
}
