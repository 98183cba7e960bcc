//! What the public site holds, file by file: pages, what is downloaded from them, feeds, CSAF,
//! `security.txt`, the map of the site. It is made from what is published and from nothing else.
//! Whoever keeps such a tree somewhere compares what is there with what should be and carries the
//! changes over in the order that [`diff`] gives: then no reader follows a link into nothing.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

mod changes;
mod site;

pub use changes::{Change, Rank, diff, rank};
pub use site::{CsafFiles, NoteFiles, Site, site};

/// What a file holds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Content {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Bytes that are kept elsewhere under their SHA-256.
    Kept(Digest),
}

/// A SHA-256.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// A digest that was taken elsewhere.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Content {
    fn digest(&self) -> Digest {
        match self {
            Self::Bytes(bytes) => Digest::of(bytes),
            Self::Kept(digest) => *digest,
        }
    }
}

/// Each file's digest under its path: all that is needed to see what has changed.
pub type Manifest = BTreeMap<String, Digest>;

/// Files by their paths from the root, without a slash at the start.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Tree {
    files: BTreeMap<String, Content>,
}

/// Why a file has no place in a tree.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum BadPath {
    /// A path that could lead out of the tree, or that is none.
    #[error("“{0}” is no path of a file below the root")]
    NotBelow(String),
    /// A path that is taken.
    #[error("two files would lie at “{0}”")]
    Twice(String),
    /// A file where a folder is, or the other way round.
    #[error("“{0}” would be a file and a folder")]
    FileAndFolder(String),
}

impl Tree {
    /// Adds a file.
    pub fn put(&mut self, path: impl Into<String>, content: Content) -> Result<(), BadPath> {
        let path = path.into();
        if !is_below(&path) {
            return Err(BadPath::NotBelow(path));
        }
        if self.files.contains_key(&path) {
            return Err(BadPath::Twice(path));
        }
        let folder = format!("{path}/");
        let inside = self.files.range(folder.clone()..).next();
        let is_a_folder = inside.is_some_and(|(below, _)| below.starts_with(&folder));
        let mut above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        if is_a_folder || above.any(|above| self.files.contains_key(above)) {
            return Err(BadPath::FileAndFolder(path));
        }
        self.files.insert(path, content);
        Ok(())
    }

    /// The files in the order of their paths.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Content)> {
        self.files.iter().map(|(path, content)| (path.as_str(), content))
    }

    /// What a file holds.
    pub fn get(&self, path: &str) -> Option<&Content> {
        self.files.get(path)
    }

    /// The digest of every file.
    pub fn manifest(&self) -> Manifest {
        self.files.iter().map(|(path, content)| (path.clone(), content.digest())).collect()
    }
}

/// Whether a path stays below the root, whatever server or program takes it.
fn is_below(path: &str) -> bool {
    let mut parts = path.split('/');
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    parts.all(plain) && !path.contains(|found: char| found.is_control() || found == '\\')
}

#[cfg(test)]
mod tests;
