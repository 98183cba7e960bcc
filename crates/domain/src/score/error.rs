//! What to tell somebody whose text is not a vector: which metric, and what it may be.

use super::{CvssVersion, LONGEST_VECTOR, Metric};

/// How much of somebody's text an error repeats.
const LONGEST_QUOTE: usize = 24;

/// Why a text is not a vector, as a sentence for the person who wrote it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VectorError {
    /// There is nothing in it.
    #[error(
        "The vector is empty. It looks like this: CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H."
    )]
    Empty,
    /// It is longer than any vector.
    #[error("The text is too long for a CVSS vector: at most {LONGEST_VECTOR} characters.")]
    TooLong,
    /// It begins like a vector of a version that is not known.
    #[error(
        "“{named}” is not a version we know. Begin with CVSS:4.0/, CVSS:3.1/ or CVSS:3.0/; \
         a version 2 vector begins with its first metric, AV."
    )]
    UnknownVersion {
        /// How it begins.
        named: String,
    },
    /// A part is not a pair of metric and value.
    #[error(
        "“{part}” is not a metric and its value. Each part looks like AV:N, with a slash between parts."
    )]
    NotAMetric {
        /// The part.
        part: String,
    },
    /// The version has no such metric.
    #[error("CVSS {version} has no metric “{named}”. It has {}.{}", names(*version), hint(*version))]
    UnknownMetric {
        /// The version of the vector.
        version: CvssVersion,
        /// What was named.
        named: String,
    },
    /// The metric has no such value.
    #[error("{metric} in CVSS {version} cannot be “{given}”: choose {}.", metric.allowed())]
    UnknownValue {
        /// The version of the vector.
        version: CvssVersion,
        /// The metric.
        metric: &'static Metric,
        /// The value given.
        given: String,
    },
    /// A metric is there twice.
    #[error("{metric} is there more than once. Keep one.")]
    Repeated {
        /// The metric.
        metric: &'static Metric,
    },
    /// A metric that every vector needs is not there.
    #[error("{metric} is missing. Every CVSS {version} vector needs it: choose {}.", metric.allowed())]
    Missing {
        /// The version of the vector.
        version: CvssVersion,
        /// The metric.
        metric: &'static Metric,
    },
    /// The arithmetic did not take a vector that the tables do; none is known.
    #[error("This vector cannot be scored. Please tell us about it.")]
    Unscored,
}

/// The short names of a version's metrics, for a sentence.
fn names(version: CvssVersion) -> String {
    version.metrics().iter().map(|metric| metric.name).collect::<Vec<_>>().join(", ")
}

/// A vector without its prefix reads as version 2; whoever left it out should learn that.
fn hint(version: CvssVersion) -> &'static str {
    match version {
        CvssVersion::V2 => " A vector of a later version begins with CVSS:3.1/ or CVSS:4.0/.",
        CvssVersion::V3_0 | CvssVersion::V3_1 | CvssVersion::V4_0 => "",
    }
}

/// Repeats a little of somebody's text, without what could break a line.
pub(super) fn quote(text: &str) -> String {
    let shown = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut quoted: String = text.chars().take(LONGEST_QUOTE).map(shown).collect();
    if text.chars().nth(LONGEST_QUOTE).is_some() {
        quoted.push('…');
    }
    quoted
}
