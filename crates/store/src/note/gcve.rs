//! The GCVE ids of published flaws. A flaw gets one and keeps it: whoever asks for another later
//! changes nothing.

use std::collections::BTreeMap;

use domain::Published;
use jiff::Timestamp;

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::{from_json, to_json};
use crate::public::PublicTx;
use crate::statements::sql;
use crate::value::Row;
use crate::values;

/// A published flaw that has a GCVE id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GcveRow {
    /// The id.
    pub id: String,
    /// The note.
    pub slug: String,
    /// The flaw, by its place in the note.
    pub ordinal: u32,
}

/// By what a list of GCVE records is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GcveOrder {
    /// By when their notes last changed.
    Updated,
    /// By when their notes were first public.
    Published,
}

/// Which GCVE records are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GcvePage {
    /// In which order, the newest first.
    pub order: GcveOrder,
    /// Only those whose notes changed after this instant.
    pub since: Timestamp,
    /// How many are passed over.
    pub skip: u32,
    /// How many at most.
    pub limit: u32,
}

impl Tx {
    /// Gives flaws of a note their ids, by their places in it. A flaw that has one keeps it, and an
    /// id that is taken is not given again.
    pub fn give_gcve_ids(&mut self, slug: &str, ids: &[(u32, String)]) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        self.execute(
            sql!(
                sqlite: "insert into gcve_ids (slug, ordinal, id) \
                    select ?1, value ->> 0, value ->> 1 from json_each(?2) where true \
                    on conflict do nothing",
                postgres: "insert into gcve_ids (slug, ordinal, id) \
                    select ?1, cast(value ->> 0 as bigint), value ->> 1 \
                    from jsonb_array_elements(cast(cast(?2 as text) as jsonb)) as listed (value) \
                    on conflict do nothing"
            ),
            &values![slug, to_json(&ids)?],
        )?;
        self.new_edition()
    }

    /// Published notes after one of them, of which no flaw has an id.
    pub fn notes_without_gcve_ids(&mut self, after: &str, limit: u32) -> Result<Vec<Published>> {
        let rows = self.query(
            sql!(
                "select slug, document from notes where slug > ?1 and not exists \
                (select 1 from gcve_ids where gcve_ids.slug = notes.slug) \
                order by slug limit ?2"
            ),
            &values![after, limit],
        )?;
        rows.iter().map(|row| from_json(row, "document")).collect()
    }
}

impl PublicTx<'_> {
    /// A page of the flaws that have an id, with the notes that they are of. What is passed over is
    /// counted by the keys alone; the notes of the page are looked up by theirs.
    pub fn gcve_page(
        &mut self,
        page: GcvePage,
    ) -> Result<(Vec<GcveRow>, BTreeMap<String, Published>)> {
        let values = values![page.since, page.limit, page.skip];
        let rows = match page.order {
            GcveOrder::Updated => self.0.query(
                sql!(
                    "select page.id as id, page.slug as slug, ordinal, document from \
                    (select id, gcve_ids.slug as slug, ordinal from notes \
                    join gcve_ids on gcve_ids.slug = notes.slug where updated_at > ?1 \
                    order by updated_at desc, notes.slug desc, ordinal limit ?2 offset ?3) as page \
                    join notes on notes.slug = page.slug \
                    order by updated_at desc, page.slug desc, ordinal"
                ),
                &values,
            ),
            GcveOrder::Published => self.0.query(
                sql!(
                    "select page.id as id, page.slug as slug, ordinal, document from \
                    (select id, gcve_ids.slug as slug, ordinal from notes \
                    join gcve_ids on gcve_ids.slug = notes.slug where updated_at > ?1 \
                    order by published_at desc, notes.slug desc, ordinal limit ?2 offset ?3) as page \
                    join notes on notes.slug = page.slug \
                    order by published_at desc, page.slug desc, ordinal"
                ),
                &values,
            ),
        }?;
        with_notes(&rows)
    }

    /// The next flaws that have an id, by the names of their notes; for a walk over all of them.
    pub fn gcve_after(
        &mut self,
        (slug, ordinal): &(String, u32),
        limit: u32,
    ) -> Result<(Vec<GcveRow>, BTreeMap<String, Published>)> {
        let rows = self.0.query(
            sql!(
                "select id, gcve_ids.slug as slug, ordinal, document from gcve_ids \
                join notes on notes.slug = gcve_ids.slug \
                where (gcve_ids.slug, ordinal) > (?1, ?2) \
                order by gcve_ids.slug, ordinal limit ?3"
            ),
            &values![slug, *ordinal, limit],
        )?;
        with_notes(&rows)
    }

    /// The flaw that has an id.
    pub fn gcve(&mut self, id: &str) -> Result<Option<(GcveRow, Published)>> {
        let row = self.0.query_opt(
            sql!(
                "select id, gcve_ids.slug as slug, ordinal, document from gcve_ids \
                join notes on notes.slug = gcve_ids.slug where id = ?1"
            ),
            &values![id],
        )?;
        row.map(|row| Ok((gcve_row(&row)?, from_json(&row, "document")?))).transpose()
    }
}

/// The flaws, and each of their notes once. Every row brings its note along: the door for everyone
/// knows no lists to ask for notes by.
fn with_notes(rows: &[Row]) -> Result<(Vec<GcveRow>, BTreeMap<String, Published>)> {
    let mut notes = BTreeMap::new();
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        let flaw = gcve_row(row)?;
        if !notes.contains_key(&flaw.slug) {
            notes.insert(flaw.slug.clone(), from_json(row, "document")?);
        }
        found.push(flaw);
    }
    Ok((found, notes))
}

fn gcve_row(row: &Row) -> Result<GcveRow> {
    Ok(GcveRow { id: row.get("id")?, slug: row.get("slug")?, ordinal: row.get("ordinal")? })
}

#[cfg(test)]
mod tests;
