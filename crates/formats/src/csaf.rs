//! CSAF, the format of security advisories that programs read: versions 2.0 and 2.1 of OASIS's Common Security Advisory Framework, both directions.
//! [`write()`] makes a document from a published note, [`write_vex`] one vendor's answers alone; [`read`] takes anybody's document, [`problems`] says which
//! rules of the standard it breaks, and [`Document::to_answers`] and [`Document::to_public_note`] say in our words what it tells. Nothing here fetches, and
//! nothing decides what is public.

use serde::{Deserialize, Serialize};

mod cwe;
mod document;
mod names;
mod problems;
mod reading;
mod shape;
mod told;
mod tree;
mod vulnerability;
mod writing;

pub use document::Document;
pub use names::file_name;
pub use problems::{Problem, problems};
pub use reading::{DEEPEST, LARGEST, MOST_VALUES, Refused, read};
pub use writing::{address, write, write_draft, write_vex};

/// The title of the note that lists vendors of whom nothing is known.
const UNKNOWN_VENDORS: &str = "Vendors whose status is unknown";

/// The title of the note that tells the scores that no product has, and who gave one.
const SCORES: &str = "Scores";

/// The name of the branch for what a vendor says of its products without naming one.
const ALL_PRODUCTS: &str = "All products";

/// A version of the format.
#[derive(
    Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize,
)]
pub enum Version {
    /// CSAF 2.0, OASIS standard of November 2022.
    #[serde(rename = "2.0")]
    V2_0,
    /// CSAF 2.1.
    #[default]
    #[serde(rename = "2.1")]
    V2_1,
}

#[cfg(test)]
mod tests;
