//! Bytes from outside as a document: measured before they are parsed, and refused in a sentence.

use super::Document;
use super::problems::Groups;

/// A document of more bytes than this is refused before it is read.
pub const LARGEST: usize = 16 * 1024 * 1024;

/// Deeper nesting is refused; the deepest tree that CSAF 2.1 allows (6.1.34) needs 70 levels.
pub const DEEPEST: usize = 100;

/// More values than this are refused.
pub const MOST_VALUES: usize = 1_000_000;

/// Why bytes were not taken for a CSAF document.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// More bytes than [`LARGEST`].
    #[error("The document has {size} bytes; more than {LARGEST} are not read.")]
    TooLarge {
        /// How many bytes there were.
        size: usize,
    },
    /// Nested more deeply than [`DEEPEST`].
    #[error("The document is nested too deeply; more than {DEEPEST} levels are not read.")]
    TooDeep,
    /// More than [`MOST_VALUES`].
    #[error("The document holds too much; more than {MOST_VALUES} values are not read.")]
    TooMuch,
    /// Not JSON.
    #[error("The document is not JSON: the reader stopped at line {line}, column {column}.")]
    NotJson {
        /// Line, counted from 1.
        line: usize,
        /// Column, counted from 1.
        column: usize,
    },
    /// JSON, but not CSAF 2.0 or 2.1.
    #[error("This is not a document of CSAF 2.0 or 2.1: {words}.")]
    NotCsaf {
        /// What was found, and where.
        words: String,
    },
}

/// Reads a document of CSAF 2.0 or 2.1. Whether it keeps the rules of the standard, [`super::problems`] says.
pub fn read(bytes: &[u8]) -> Result<Document, Refused> {
    if bytes.len() > LARGEST {
        return Err(Refused::TooLarge { size: bytes.len() });
    }
    measure(bytes)?;
    // Some programs write a mark of the byte order in front, which JSON does not know.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let document: Document = serde_json::from_slice(bytes).map_err(|error| {
        if error.is_data() {
            let words: String = error.to_string().chars().take(300).collect();
            return Refused::NotCsaf { words };
        }
        Refused::NotJson { line: error.line(), column: error.column() }
    })?;
    // A large group that is named often would be more than the bytes told.
    if Groups::of(&document).references(&document) > MOST_VALUES {
        return Err(Refused::TooMuch);
    }
    Ok(document)
}

/// How deep and how much, from the signs alone: what stands in quotes does not count.
fn measure(bytes: &[u8]) -> Result<(), Refused> {
    let (mut depth, mut values) = (0_usize, 1_usize);
    let (mut quoted, mut escaped) = (false, false);
    for byte in bytes {
        if quoted {
            (quoted, escaped) = match byte {
                _ if escaped => (true, false),
                b'\\' => (true, true),
                b'"' => (false, false),
                _ => (true, false),
            };
            continue;
        }
        match byte {
            b'"' => quoted = true,
            b'{' | b'[' => {
                depth += 1;
                values += 1;
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b',' => values += 1,
            _ => {}
        }
        if depth > DEEPEST {
            return Err(Refused::TooDeep);
        }
        if values > MOST_VALUES {
            return Err(Refused::TooMuch);
        }
    }
    Ok(())
}
