//! What a score is: a number of tenths, and the word for it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::CvssVersion;

/// A score from 0.0 to 10.0, held as whole tenths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Score(u8);

impl Score {
    /// The score of so many tenths, if there is one: at most 100.
    pub fn from_tenths(tenths: u8) -> Option<Self> {
        (tenths <= 100).then_some(Self(tenths))
    }

    /// How many tenths.
    pub fn tenths(self) -> u8 {
        self.0
    }

    /// The number, for formats that write it as one.
    pub fn as_f64(self) -> f64 {
        f64::from(self.0) / 10.0
    }

    /// The word for it on the rating scale of a version (v3.1 section 5, v4.0 section 6). For
    /// version 2, which has none, the scale of the National Vulnerability Database.
    pub fn severity(self, version: CvssVersion) -> Severity {
        match version {
            CvssVersion::V2 => match self.0 {
                0..=39 => Severity::Low,
                40..=69 => Severity::Medium,
                70.. => Severity::High,
            },
            CvssVersion::V3_0 | CvssVersion::V3_1 | CvssVersion::V4_0 => match self.0 {
                0 => Severity::None,
                1..=39 => Severity::Low,
                40..=69 => Severity::Medium,
                70..=89 => Severity::High,
                90.. => Severity::Critical,
            },
        }
    }

    /// The score nearest to a number that was rounded to a tenth as a float.
    pub(super) fn nearest(number: f64) -> Self {
        let tenths = number * 10.0;
        Self((0..100).find(|&whole| f64::from(whole) + 0.5 > tenths).unwrap_or(100))
    }

    /// The lowest score that is not below so many tenths.
    pub(super) fn at_least(tenths: i128) -> Self {
        Self((0..100).find(|&whole| i128::from(whole) >= tenths).unwrap_or(100))
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

impl TryFrom<u8> for Score {
    type Error = &'static str;

    fn try_from(tenths: u8) -> Result<Self, Self::Error> {
        Self::from_tenths(tenths).ok_or("a score is at most 100 tenths")
    }
}

impl From<Score> for u8 {
    fn from(score: Score) -> Self {
        score.0
    }
}

/// The word for a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// 0.0, from version 3 on.
    None,
    /// Up to 3.9.
    Low,
    /// 4.0 to 6.9.
    Medium,
    /// 7.0 to 8.9; in version 2 up to 10.0.
    High,
    /// 9.0 and above, from version 3 on.
    Critical,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::None => "None",
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        })
    }
}

/// Which groups of metrics a version 4 score rests on (CVSS 4.0 section 1.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Nomenclature {
    /// Base alone.
    B,
    /// Base and threat.
    BT,
    /// Base and environment.
    BE,
    /// Base, threat and environment.
    BTE,
}

impl fmt::Display for Nomenclature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::B => "CVSS-B",
            Self::BT => "CVSS-BT",
            Self::BE => "CVSS-BE",
            Self::BTE => "CVSS-BTE",
        })
    }
}
