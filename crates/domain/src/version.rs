//! Which versions of a product a flaw is in, and which no longer have it, as a vendor writes it
//! in one line: `>= 3.0 < 4.2.1, 5.0-beta; fixed 4.2.1, 5.0`. How versions are ordered is the
//! vendor's own affair: they are compared by whoever knows the product, never here.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The longest version anybody may name, in bytes.
const LONGEST_VERSION: usize = 100;

/// How many ranges and versions one line may name.
const MOST: usize = 100;

/// The versions of a product that matter for one flaw.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Versions {
    /// Those that have it; none says that nobody told which.
    pub affected: Vec<VersionRange>,
    /// Those in which it is mended.
    pub fixed: Vec<String>,
}

/// A run of versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum VersionRange {
    /// All there are.
    All,
    /// This one.
    Only {
        /// The version.
        version: String,
    },
    /// From one, included, up to another; open where nothing is named.
    Between {
        /// The first.
        from: Option<String>,
        /// The end.
        until: Option<Until>,
    },
}

/// Where a run of versions ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", content = "version", rename_all = "snake_case")]
pub enum Until {
    /// Just before this one.
    Before(String),
    /// With this one.
    Through(String),
}

/// Why a line of versions cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotVersions {
    /// A part of the line is not a run of versions.
    #[error(
        "“{0}” is not a run of versions; write `4.1`, `< 4.2`, `<= 4.2`, `>= 3.0 < 4.2` or `all`"
    )]
    Range(String),
    /// What follows the semicolon.
    #[error(
        "after the semicolon write `fixed` and the versions that mend it, as in `< 4.2; fixed 4.2`"
    )]
    Fixed,
    /// Too much for one line.
    #[error("name at most {MOST} versions, of at most {LONGEST_VERSION} characters each")]
    TooMuch,
}

impl Versions {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.affected.is_empty() && self.fixed.is_empty()
    }
}

impl FromStr for Versions {
    type Err = NotVersions;

    fn from_str(line: &str) -> Result<Self, NotVersions> {
        let (affected, fixed) = line.split_once(';').unwrap_or((line, ""));
        let affected: Vec<_> = items(affected).map(range).collect::<Result<_, _>>()?;
        let fixed = match fixed.trim() {
            "" => vec![],
            rest => {
                let named = rest.strip_prefix("fixed").ok_or(NotVersions::Fixed)?;
                let named: Vec<_> = items(named).map(version).collect::<Result<_, _>>()?;
                if named.is_empty() {
                    return Err(NotVersions::Fixed);
                }
                named
            }
        };
        if affected.len() + fixed.len() > MOST {
            return Err(NotVersions::TooMuch);
        }
        Ok(Self { affected, fixed })
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, range) in self.affected.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{range}")?;
        }
        if self.fixed.is_empty() {
            return Ok(());
        }
        write!(f, "; fixed {}", self.fixed.join(", "))
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All | Self::Between { from: None, until: None } => f.write_str("all"),
            Self::Only { version } => f.write_str(version),
            Self::Between { from: Some(from), until: None } => write!(f, ">= {from}"),
            Self::Between { from: None, until: Some(until) } => write!(f, "{until}"),
            Self::Between { from: Some(from), until: Some(until) } => {
                write!(f, ">= {from} {until}")
            }
        }
    }
}

impl fmt::Display for Until {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Before(version) => write!(f, "< {version}"),
            Self::Through(version) => write!(f, "<= {version}"),
        }
    }
}

fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|item| !item.is_empty())
}

fn range(item: &str) -> Result<VersionRange, NotVersions> {
    if item == "all" {
        return Ok(VersionRange::All);
    }
    let unread = || NotVersions::Range(item.chars().take(40).collect());
    if !item.contains(['<', '>']) {
        return version(item).map(|version| VersionRange::Only { version });
    }
    let (from, rest) = match item.strip_prefix(">=") {
        Some(rest) => {
            let end = rest.find('<').unwrap_or(rest.len());
            let (from, rest) = rest.split_at(end);
            (Some(version(from.trim())?), rest)
        }
        None => (None, item),
    };
    let until = if rest.is_empty() {
        None
    } else if let Some(through) = rest.strip_prefix("<=") {
        Some(Until::Through(version(through.trim())?))
    } else {
        let before = rest.strip_prefix('<').ok_or_else(unread)?;
        Some(Until::Before(version(before.trim())?))
    };
    Ok(VersionRange::Between { from, until })
}

/// A version may hold spaces and signs, but nothing that the line itself is made of.
fn version(text: &str) -> Result<String, NotVersions> {
    if text.len() > LONGEST_VERSION {
        return Err(NotVersions::TooMuch);
    }
    let strange = |letter: char| matches!(letter, '<' | '>' | '=' | ';') || letter.is_control();
    if text.is_empty() || text == "all" || text.contains(strange) {
        return Err(NotVersions::Range(text.chars().take(40).collect()));
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests;
