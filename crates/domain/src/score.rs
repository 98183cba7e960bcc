//! How bad is it, in numbers? CVSS vectors of versions 2.0, 3.0, 3.1 and 4.0 and their scores.
//!
//! A [`Vector`] is read once, at the door: what it holds is complete, known and scored, and
//! prints in one canonical form. Scores are whole tenths, so no score is ever "almost" 7.0.
//! Nothing here decides what a score means for a case.

mod error;
mod metric;
mod rating;
mod v3;

#[cfg(test)]
mod tests;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

pub use error::VectorError;
pub use metric::{Choice, Group, Metric};
pub use rating::{Nomenclature, Score, Severity};

use error::quote;

/// The longest text that is read as a vector, in bytes; a complete vector of any version fits.
pub const LONGEST_VECTOR: usize = 512;

/// A version of the Common Vulnerability Scoring System (first.org/cvss).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CvssVersion {
    /// Version 2.0 of 2007, by which CERT/CC orders its queue (S23).
    V2,
    /// Version 3.0 of 2015.
    V3_0,
    /// Version 3.1 of 2019.
    V3_1,
    /// Version 4.0 of 2023.
    V4_0,
}

impl CvssVersion {
    /// Every version, oldest first.
    pub const ALL: [Self; 4] = [Self::V2, Self::V3_0, Self::V3_1, Self::V4_0];

    /// The number people say: "2.0", "3.0", "3.1", "4.0".
    pub fn number(self) -> &'static str {
        match self {
            Self::V2 => "2.0",
            Self::V3_0 => "3.0",
            Self::V3_1 => "3.1",
            Self::V4_0 => "4.0",
        }
    }

    /// The metrics of this version in the order in which its specification writes a vector.
    pub fn metrics(self) -> &'static [Metric] {
        match self {
            Self::V2 => metric::V2,
            Self::V3_0 | Self::V3_1 => metric::V3,
            Self::V4_0 => metric::V4,
        }
    }

    /// What a vector of this version begins with; version 2 vectors begin with nothing.
    fn prefix(self) -> &'static str {
        match self {
            Self::V2 => "",
            Self::V3_0 => "CVSS:3.0/",
            Self::V3_1 => "CVSS:3.1/",
            Self::V4_0 => "CVSS:4.0/",
        }
    }

    /// Tells the version of a text, and what follows its prefix.
    fn split(text: &str) -> Result<(Self, &str), VectorError> {
        for version in [Self::V3_0, Self::V3_1, Self::V4_0] {
            if let Some(rest) = text.strip_prefix(version.prefix()) {
                return Ok((version, rest));
            }
        }
        if text.starts_with("CVSS") {
            let named = text.split('/').next().unwrap_or(text);
            return Err(VectorError::UnknownVersion { named: quote(named) });
        }
        // Databases of the time print version 2 vectors in parentheses.
        let bare = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
        Ok((Self::V2, bare.unwrap_or(text)))
    }
}

impl fmt::Display for CvssVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.number())
    }
}

/// A CVSS vector that is complete and known to its version, with its scores.
///
/// Metrics said to be "not defined" mean the same as metrics left out, and are left out.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Vector {
    version: CvssVersion,
    chosen: Vec<(&'static Metric, &'static Choice)>,
    scores: Scores,
}

impl Vector {
    /// Reads a vector, its metrics in any order; what is wrong is said in a sentence.
    pub fn parse(text: &str) -> Result<Self, VectorError> {
        if text.len() > LONGEST_VECTOR {
            return Err(VectorError::TooLong);
        }
        let text = text.trim();
        if text.is_empty() {
            return Err(VectorError::Empty);
        }
        let (version, rest) = CvssVersion::split(text)?;
        let mut said: Vec<(&'static Metric, &'static Choice)> = Vec::new();
        for part in rest.split('/') {
            let (metric, choice) = read_part(version, part)?;
            if said.iter().any(|(earlier, _)| earlier.name == metric.name) {
                return Err(VectorError::Repeated { metric });
            }
            said.push((metric, choice));
        }
        let mut chosen = Vec::new();
        for metric in version.metrics() {
            match said.iter().find(|(one, _)| one.name == metric.name) {
                Some((_, choice)) if choice.is_defined() => chosen.push((metric, *choice)),
                None if metric.group == Group::Base => {
                    return Err(VectorError::Missing { version, metric });
                }
                Some(_) | None => {}
            }
        }
        let scores = Scores::of(version, &chosen).ok_or(VectorError::Unscored)?;
        Ok(Self { version, chosen, scores })
    }

    /// The version it is written in.
    pub fn version(&self) -> CvssVersion {
        self.version
    }

    /// Its scores.
    pub fn scores(&self) -> Scores {
        self.scores
    }

    /// The rating of its most specific score ([`Scores::overall`]).
    pub fn severity(&self) -> Severity {
        self.scores.overall().severity(self.version)
    }

    /// The metrics it defines and what it says of each, in canonical order.
    pub fn metrics(&self) -> impl Iterator<Item = (&'static Metric, &'static Choice)> {
        self.chosen.iter().copied()
    }

    /// The key it gives for a metric, by the metric's short name: `get("AV")` is `Some("N")`.
    pub fn get(&self, name: &str) -> Option<&'static str> {
        value(&self.chosen, name)
    }

    /// Which metrics the overall score rests on, in the words of CVSS 4.0 section 1.3; earlier
    /// versions have no such word.
    pub fn nomenclature(&self) -> Option<Nomenclature> {
        match self.version {
            CvssVersion::V2 | CvssVersion::V3_0 | CvssVersion::V3_1 => None,
            CvssVersion::V4_0 => {
                Some(match (self.scores.temporal, self.scores.environmental, self.get("E")) {
                    (None, None, _) => Nomenclature::B,
                    (Some(_), None, _) => Nomenclature::BT,
                    (_, Some(_), None) => Nomenclature::BE,
                    (_, Some(_), Some(_)) => Nomenclature::BTE,
                })
            }
        }
    }
}

/// Reads one `AV:N`.
fn read_part(
    version: CvssVersion,
    part: &str,
) -> Result<(&'static Metric, &'static Choice), VectorError> {
    let Some((name, key)) = part.split_once(':') else {
        return Err(VectorError::NotAMetric { part: quote(part) });
    };
    let Some(metric) = version.metrics().iter().find(|metric| metric.name == name) else {
        return Err(VectorError::UnknownMetric { version, named: quote(name) });
    };
    match metric.choices.iter().find(|choice| choice.key == key) {
        Some(choice) => Ok((metric, choice)),
        None => Err(VectorError::UnknownValue { version, metric, given: quote(key) }),
    }
}

/// What the chosen metrics say of one.
fn value(chosen: &[(&'static Metric, &'static Choice)], name: &str) -> Option<&'static str> {
    chosen.iter().find(|(metric, _)| metric.name == name).map(|(_, choice)| choice.key)
}

/// Writes metrics in canonical order behind the prefix of their version.
fn write_vector(
    out: &mut impl fmt::Write,
    version: CvssVersion,
    chosen: &[(&'static Metric, &'static Choice)],
) -> fmt::Result {
    out.write_str(version.prefix())?;
    for (place, (metric, choice)) in chosen.iter().enumerate() {
        let slash = if place == 0 { "" } else { "/" };
        write!(out, "{slash}{}:{}", metric.name, choice.key)?;
    }
    Ok(())
}

impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_vector(f, self.version, &self.chosen)
    }
}

impl FromStr for Vector {
    type Err = VectorError;

    fn from_str(text: &str) -> Result<Self, VectorError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Vector {
    type Error = VectorError;

    fn try_from(text: String) -> Result<Self, VectorError> {
        Self::parse(&text)
    }
}

impl From<Vector> for String {
    fn from(vector: Vector) -> Self {
        vector.to_string()
    }
}

/// What a vector comes to. A score is there when the vector defines a metric of its group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Scores {
    /// From the vulnerability alone.
    pub base: Score,
    /// With what is known of exploits and fixes: the temporal score, in version 4 CVSS-BT.
    pub temporal: Option<Score>,
    /// With what is known of the place it is used in, and of exploits if the vector says.
    pub environmental: Option<Score>,
}

impl Scores {
    /// The score that takes the most into account: environmental, else temporal, else base.
    pub fn overall(self) -> Score {
        self.environmental.or(self.temporal).unwrap_or(self.base)
    }

    fn of(version: CvssVersion, chosen: &[(&'static Metric, &'static Choice)]) -> Option<Self> {
        let names = |group| chosen.iter().any(|(metric, _)| metric.group == group);
        let all = match version {
            CvssVersion::V2 => v2_scores(chosen)?,
            CvssVersion::V3_0 | CvssVersion::V3_1 => {
                v3::scores(version, |name| value(chosen, name))
            }
            CvssVersion::V4_0 => v4_scores(chosen)?,
        };
        Some(Self {
            base: all.base,
            temporal: all.temporal.filter(|_| names(Group::Threat)),
            environmental: all.environmental.filter(|_| names(Group::Environmental)),
        })
    }
}

fn v2_scores(chosen: &[(&'static Metric, &'static Choice)]) -> Option<Scores> {
    let mut text = String::new();
    write_vector(&mut text, CvssVersion::V2, chosen).ok()?;
    let vector = cvss::v2::Vector::from_str(&text).ok()?;
    Some(Scores {
        base: Score::nearest(vector.score().value()),
        temporal: Some(Score::nearest(vector.temporal_score().value())),
        environmental: Some(Score::nearest(vector.environmental_score().value())),
    })
}

/// Version 4 has one function from vector to score; the narrower scores are those of the
/// vector with the other groups left out.
fn v4_scores(chosen: &[(&'static Metric, &'static Choice)]) -> Option<Scores> {
    let score = |groups: &[Group]| {
        let kept: Vec<_> =
            chosen.iter().copied().filter(|(metric, _)| groups.contains(&metric.group)).collect();
        let mut text = String::new();
        write_vector(&mut text, CvssVersion::V4_0, &kept).ok()?;
        let vector = cvss::v4::Vector::from_str(&text).ok()?;
        Some(Score::nearest(vector.score().value()))
    };
    Some(Scores {
        base: score(&[Group::Base])?,
        temporal: Some(score(&[Group::Base, Group::Threat])?),
        environmental: Some(score(&[Group::Base, Group::Threat, Group::Environmental])?),
    })
}
