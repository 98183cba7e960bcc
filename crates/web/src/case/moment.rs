//! A time as pages show it: for machines, in UTC, and in words.

use domain::Timestamp;

/// A time as pages show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) iso: String,
    pub(crate) text: String,
    /// The day alone, in UTC: where a list has no room for more, never for an embargo.
    pub(crate) day: String,
    pub(crate) words: String,
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
