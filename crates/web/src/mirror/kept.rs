//! What is kept beside the files about them: which edition they are of, which notes are there in
//! which revision, and what a run that broke off had still to do.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use store::{PublicFile, Root, STATE};

use super::Result;

const NAME: &str = "site.json";

/// What lies there, and what is left to do.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The edition that the last whole run carried.
    pub(super) edition: i64,
    /// What drew the pages.
    program: String,
    /// The revision of each note that is there whole.
    pub(super) notes: BTreeMap<String, u32>,
    /// The path and the digest of each list, by its address.
    pub(super) lists: BTreeMap<String, (String, String)>,
    /// The lists that were there whatever was published.
    pub(super) everywhere: BTreeSet<String>,
    /// Lists that may not tell what is public.
    pub(super) touched: BTreeSet<String>,
    /// Paths that nothing will name once the lists are right.
    pub(super) doomed: BTreeSet<String>,
}

/// Which paths a note may have taken, and which lists may name it.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct NoteKept {
    pub(super) files: BTreeSet<String>,
    pub(super) lists: BTreeSet<String>,
}

impl Kept {
    /// What is kept there. What another program drew is drawn again.
    pub(super) async fn read(root: &Root, program: &str) -> Result<Self> {
        let mut kept: Self = match root.read(&format!("{STATE}{NAME}")).await? {
            Some(bytes) => serde_json::from_slice(&bytes)?,
            None => Self::default(),
        };
        if kept.program != program {
            program.clone_into(&mut kept.program);
            kept.notes.values_mut().for_each(|revision| *revision = 0);
        }
        Ok(kept)
    }

    pub(super) async fn write(&self, root: &Root) -> Result<()> {
        let file = PublicFile::state(NAME, serde_json::to_vec(self)?);
        root.place(vec![vec![file]]).await?;
        Ok(())
    }
}

impl NoteKept {
    fn name(slug: &str) -> String {
        format!("notes/{slug}")
    }

    /// Where the word of a note lies.
    pub(super) fn path(slug: &str) -> String {
        format!("{STATE}{}", Self::name(slug))
    }

    pub(super) async fn read(root: &Root, slug: &str) -> Result<Self> {
        let found = root.read(&Self::path(slug)).await?;
        Ok(found.map_or_else(|| Ok(Self::default()), |bytes| serde_json::from_slice(&bytes))?)
    }

    pub(super) fn file(&self, slug: &str) -> Result<PublicFile> {
        Ok(PublicFile::state(&Self::name(slug), serde_json::to_vec(self)?))
    }
}
