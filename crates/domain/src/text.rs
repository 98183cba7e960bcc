//! What people wrote, and when something is said to happen. The words themselves are kept
//! outside the journal, so that they can be erased; the journal holds a sealed reference.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::BodyId;

/// A text kept outside the journal: its id, and a salted SHA-256 over it that proves later
/// that it was not changed, and tells nothing once text and salt are erased.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Text {
    /// Where the words are.
    pub body: BodyId,
    /// The salted hash, in hex.
    pub seal: String,
}

/// An instant, with the zone it was said in. A date without a time is never an embargo (E1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Instant {
    /// The instant.
    pub at: Timestamp,
    /// The IANA name of the zone in which somebody named it.
    pub zone: Zone,
}

impl Instant {
    /// An instant named in UTC.
    pub fn utc(at: Timestamp) -> Self {
        Self { at, zone: Zone("UTC".to_owned()) }
    }
}

impl fmt::Display for Instant {
    /// `2026-12-09 14:00 UTC`: always UTC, so that nobody has to guess.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.at.strftime("%Y-%m-%d %H:%M UTC").fmt(f)
    }
}

/// The IANA name of a time zone.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Zone(String);

/// There is no time zone of that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone of that name; use UTC or one like Europe/Berlin")]
pub struct UnknownZone;

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(text: &str) -> Result<Self, UnknownZone> {
        let known = text == "UTC" || (text.len() <= 64 && TimeZone::get(text).is_ok());
        known.then(|| Self(text.to_owned())).ok_or(UnknownZone)
    }
}

impl AsRef<str> for Zone {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<Zone> for String {
    fn from(zone: Zone) -> Self {
        zone.0
    }
}

impl TryFrom<String> for Zone {
    type Error = UnknownZone;

    fn try_from(text: String) -> Result<Self, UnknownZone> {
        text.parse()
    }
}
