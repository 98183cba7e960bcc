//! When was it said? A date of the archive as an instant, with the words that it was given in.
//! A date without a zone is read as UTC; all but a few of those are days at midnight, so the instant of such a day is no more than the day.

use jiff::{Timestamp, civil, tz::TimeZone};

/// CERT/CC was founded in this year; an earlier date is a slip.
const FIRST_YEAR: i16 = 1988;

/// An instant and how it was said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Said {
    /// The instant.
    pub at: Timestamp,
    /// The date as it was written.
    pub words: String,
    /// Whether the zone was said or assumed.
    pub zone: Zone,
}

/// Where the zone of an instant comes from.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Zone {
    /// The date says its offset.
    Given,
    /// The date says none, and is read as UTC.
    AssumedUtc,
}

/// Why a text was not taken for a date.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NoDate {
    NotADate,
    TooEarly,
}

impl Said {
    pub(super) fn parse(words: &str) -> Result<Self, NoDate> {
        let (at, zone) = if let Ok(at) = words.parse::<Timestamp>() {
            (at, Zone::Given)
        } else {
            let local: civil::DateTime = words.parse().map_err(|_| NoDate::NotADate)?;
            let at = TimeZone::UTC.to_timestamp(local).map_err(|_| NoDate::NotADate)?;
            (at, Zone::AssumedUtc)
        };
        if TimeZone::UTC.to_datetime(at).year() < FIRST_YEAR {
            return Err(NoDate::TooEarly);
        }
        let words = words.to_owned();
        Ok(Self { at, words, zone })
    }
}
