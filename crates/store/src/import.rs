//! Notes that were public before they came here: by what each is known again, and what the file was
//! that it was read from. Such a note is a published note like any other and belongs to no case.

use domain::note::imported_withdrawal::Decided;
use domain::{CaseId, Published};
use jiff::Timestamp;
use uuid::Uuid;

use crate::Artefact;
use crate::engine::Tx;
use crate::error::{Result, StoreError};
use crate::parse::{from_json, to_json};
use crate::statements::sql;
use crate::value::Row;
use crate::values;

/// What is known of the file that a note was read from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRow {
    /// By what the note is known again.
    pub source: String,
    /// Its name in addresses here.
    pub slug: String,
    /// The revision that the file spoke of.
    pub revision: u32,
    /// The SHA-256 of the file.
    pub sha256: [u8; 32],
    /// When it came.
    pub imported_at: Timestamp,
}

/// The case of a note that belongs to none.
pub(crate) fn no_case() -> CaseId {
    Uuid::nil().into()
}

impl Tx {
    /// The file that a note known by this was read from, if it was here before.
    pub fn import_of(&mut self, source: &str) -> Result<Option<ImportRow>> {
        let row = self.query_opt(
            sql!(
                "select source, slug, revision, sha256, imported_at from imports \
                where source = ?1"
            ),
            &values![source],
        )?;
        row.as_ref().map(import).transpose()
    }

    /// Publishes a note that was public elsewhere, or its next revision, and keeps what it was read
    /// from. `Stale` if a case has its number, or this revision or a later one is public already.
    pub fn publish_imported(
        &mut self,
        note: &Published,
        from: &ImportRow,
        artefacts: &[Artefact],
    ) -> Result<()> {
        let sql = sql!("select id from cases where number = ?1");
        if self.query_opt(sql, &values![note.number().as_ref()])?.is_some() {
            return Err(StoreError::Stale);
        }
        self.publish_note(note, no_case(), artefacts)?;
        self.execute_one(
            sql!(
                "insert into imports (source, slug, revision, sha256, imported_at) \
                values (?1, ?2, ?3, ?4, ?5) on conflict (source) do update \
                set revision = excluded.revision, sha256 = excluded.sha256, \
                imported_at = excluded.imported_at where imports.slug = excluded.slug"
            ),
            &values![&from.source, &from.slug, from.revision, from.sha256, from.imported_at],
        )
    }

    /// Publishes the notice in the place of a note that was public elsewhere. `Stale` if this revision
    /// or a later one is public already.
    pub fn withdraw_imported(&mut self, notice: &Published, artefacts: &[Artefact]) -> Result<()> {
        self.publish_note(notice, no_case(), artefacts)
    }

    /// What was decided about a note without a case, oldest first; nothing, where no such note is.
    pub fn import_decisions(&mut self, slug: &str) -> Result<Option<Vec<Decided>>> {
        if !self.was_imported(slug)? {
            return Ok(None);
        }
        let rows = self.query(
            sql!("select decision from import_decisions where slug = ?1 order by number"),
            &values![slug],
        )?;
        rows.iter().map(|row| from_json(row, "decision")).collect::<Result<_>>().map(Some)
    }

    /// Keeps the decision of this number, from 1, about a note without a case. `Stale` if somebody
    /// else was faster.
    pub fn keep_import_decision(&mut self, slug: &str, number: u32, new: &Decided) -> Result<()> {
        self.execute_one(
            sql!(
                "insert into import_decisions (slug, number, account_id, decided_at, decision) \
                values (?1, ?2, ?3, ?4, ?5) on conflict (slug, number) do nothing"
            ),
            &values![slug, number, new.by, new.at, to_json(new)?],
        )
    }

    /// Whether a note of this name was read from a file.
    pub(crate) fn was_imported(&mut self, slug: &str) -> Result<bool> {
        let sql = sql!("select 1 as known from imports where slug = ?1");
        Ok(self.query_opt(sql, &values![slug])?.is_some())
    }
}

fn import(row: &Row) -> Result<ImportRow> {
    Ok(ImportRow {
        source: row.get("source")?,
        slug: row.get("slug")?,
        revision: row.get("revision")?,
        sha256: row.get("sha256")?,
        imported_at: row.get("imported_at")?,
    })
}

#[cfg(test)]
mod tests;
