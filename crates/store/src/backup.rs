//! A backup: a directory with one text file for each table, the files of attachments, and a list of
//! contents with a checksum for each. It is written while the server works, and read into an empty
//! database on either engine.
//!
//! What people wrote stays sealed in it. The key file of the server is not in it, and without that
//! key nobody can read what was restored: keep it elsewhere.

mod line;
mod read;
mod write;

use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::copy::{CopyError, Heads};
use crate::tables::{EngineName, Table};

pub use read::{Restored, read};
pub use write::write;

/// The form of a backup; a program reads its own and older ones.
const FORMAT: u32 = 1;

/// The file that makes a directory a backup. It is the last one written.
const MANIFEST: &str = "manifest.json";

/// The directories in a backup.
const TABLES: &str = "tables";
const BLOBS: &str = "blobs";

/// What stands in every backup, for whoever finds it.
const ABOUT: &str = "A backup of Ombud. What people wrote is sealed in it with the key file of the \
    server, which is not in here: without that file nothing of it can be read. Keep the two apart.";

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// What this is.
    pub about: String,
    /// The form of the backup.
    pub format: u32,
    /// The version of the program that wrote it.
    pub program: String,
    /// When it was begun.
    pub created_at: Timestamp,
    /// What it was read from.
    pub engine: EngineName,
    /// The changes of the schema that had been made, in order.
    pub schema: Vec<SchemaStep>,
    /// The tables, in the order in which they are filled.
    pub tables: Vec<TableFile>,
    /// Where the journals stood.
    pub journals: Heads,
    /// How many attachments are in it.
    pub attachments: u64,
    /// Names of the blobs that were to be in it and could not be fetched.
    pub missing: Vec<String>,
}

/// A change of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SchemaStep {
    /// Its number.
    pub number: i64,
    /// The SHA-256 of its text, in hex.
    pub sha256: String,
}

/// The file of a table: a line of JSON for each row, an array of its values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableFile {
    /// The table.
    #[serde(flatten)]
    pub table: Table,
    /// How many rows there are.
    pub rows: u64,
    /// The SHA-256 of the file, in hex.
    pub sha256: String,
}

impl Manifest {
    /// The manifest of a backup, without a look at anything else in it.
    pub fn of(directory: &Path) -> Result<Self, CopyError> {
        let path = directory.join(MANIFEST);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let directory = directory.display();
                let sentence = format!("{directory} is not a backup: it has no {MANIFEST}.");
                return Err(CopyError::refused(sentence));
            }
            Err(error) => return Err(CopyError::file(path, error)),
        };
        let unreadable = |error| {
            CopyError::refused(format!("{} cannot be understood: {error}.", path.display()))
        };
        serde_json::from_str(&text).map_err(unreadable)
    }

    /// How many rows it holds.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|file| file.rows).sum()
    }
}

#[cfg(test)]
mod tests;
