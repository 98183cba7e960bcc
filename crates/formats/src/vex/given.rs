//! A vendor's answer as a file, in whichever of the three formats it is: CSAF (VEX or advisory),
//! OpenVEX or CycloneDX. It is measured before it is parsed, and what is refused is refused in a
//! sentence that names the place.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::Answer;
use crate::csaf;
use crate::json::{self, Unread};
use crate::words;

/// A file larger than this is refused before it is read.
pub const LARGEST_GIVEN: usize = 2 * 1024 * 1024;

/// How many broken rules are told of one file.
const MOST_BROKEN: usize = 20;

const WHAT: &str = "The document";

/// Rules of CSAF without which it is not clear what a document says (CSAF 2.1, 6.1): a product that
/// is nowhere or defined twice, groups likewise, and two statuses that contradict each other.
const CLEAR: &[&str] = &["6.1.1", "6.1.2", "6.1.4", "6.1.5", "6.1.6"];

/// What a file gave.
#[derive(Clone, Debug, PartialEq)]
pub struct Given {
    /// The format, as people call it.
    pub format: &'static str,
    /// What the document is about, where it says so.
    pub title: Option<String>,
    /// Its answers, in its order.
    pub answers: Vec<Answer>,
    /// Web addresses that it leads to.
    pub references: Vec<String>,
    /// Rules of the standard that it breaks without being unclear, a sentence each.
    pub broken: Vec<String>,
}

/// Reads a document of CSAF 2.0 or 2.1, OpenVEX or CycloneDX.
pub fn read_any(bytes: &[u8]) -> Result<Given, Unread> {
    // Some programs write a mark of the byte order in front, which JSON does not know.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    #[expect(
        clippy::zero_sized_map_values,
        reason = "serde knows maps alone; the values are not kept"
    )]
    let keys: BTreeMap<String, IgnoredAny> = json::read(WHAT, bytes, LARGEST_GIVEN)?;
    if keys.contains_key("document") {
        return csaf_given(bytes);
    }
    let format = match (keys.contains_key("bomFormat"), keys.contains_key("@context")) {
        (true, _) => "CycloneDX",
        (false, true) => "OpenVEX",
        (false, false) => {
            let why = "it is none of CSAF (document), OpenVEX (@context) and CycloneDX (bomFormat)";
            return Err(Unread::OtherShape { what: WHAT, why: why.to_owned() });
        }
    };
    let answers = super::read(bytes)?;
    Ok(Given { format, title: None, answers, references: vec![], broken: vec![] })
}

fn csaf_given(bytes: &[u8]) -> Result<Given, Unread> {
    let refused = |why: String| Unread::OtherShape { what: "The CSAF document", why };
    let document = csaf::read(bytes).map_err(|unread| match unread {
        csaf::Refused::NotJson { line, column } => Unread::NotJson { what: WHAT, line, column },
        other => refused(unfinished(&other.to_string())),
    })?;
    let problems = csaf::problems(&document);
    if let Some(problem) = problems.iter().find(|problem| CLEAR.contains(&problem.test)) {
        return Err(refused(unfinished(&sentence(problem))));
    }
    Ok(Given {
        format: match document.version() {
            csaf::Version::V2_0 => "CSAF 2.0",
            csaf::Version::V2_1 => "CSAF 2.1",
        },
        title: Some(words::line(document.title(), 200)).filter(|title| !title.is_empty()),
        answers: document.to_answers().into_iter().take(super::MOST).collect(),
        references: document.addresses().into_iter().map(|url| words::line(url, 2000)).collect(),
        broken: problems.iter().take(MOST_BROKEN).map(sentence).collect(),
    })
}

fn sentence(problem: &csaf::Problem) -> String {
    let words = words::line(&problem.words, 300);
    format!("rule {} is broken at {}: {words}", problem.test, words::line(&problem.path, 200))
}

/// A refusal ends its sentence itself.
fn unfinished(text: &str) -> String {
    text.trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests;
