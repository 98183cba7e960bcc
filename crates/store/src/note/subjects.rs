//! Which published notes name a vendor or a product, written when they are published. Whom no
//! published note names is not there, whatever else is known of them.

use std::collections::{BTreeMap, BTreeSet};

use domain::Published;
use domain::note::{Subject, SubjectKind};
use jiff::Timestamp;

use super::{PublishedRow, published_row};
use crate::engine::Tx;
use crate::error::Result;
use crate::parse::{code, from_code, from_json, to_json};
use crate::public::PublicTx;
use crate::statements::sql;
use crate::value::Row;
use crate::values;

/// Sorts after every slug, since those begin with a letter.
const AFTER_ALL: &str = "~";

impl Tx {
    /// Writes down which vendors and products a note names, in place of those of an earlier
    /// revision.
    pub(super) fn keep_subjects(&mut self, slug: &str, note: &Published) -> Result<()> {
        self.execute(sql!("delete from note_subjects where slug = ?1"), &values![slug])?;
        let rows =
            note.subjects().into_iter().map(|one| Ok((code(&one.kind)?, one.place, one.name)));
        let rows = rows.collect::<Result<Vec<_>>>()?;
        self.execute(
            sql!(
                sqlite: "insert into note_subjects (slug, published_at, kind, place, name) \
                    select ?1, ?2, value ->> 0, value ->> 1, value ->> 2 from json_each(?3)",
                postgres: "insert into note_subjects (slug, published_at, kind, place, name) \
                    select ?1, cast(?2 as bigint), value ->> 0, value ->> 1, value ->> 2 \
                    from jsonb_array_elements(cast(cast(?3 as text) as jsonb)) as listed (value)"
            ),
            &values![slug, note.published_at(), to_json(&rows)?],
        )
        .map(drop)
    }

    /// Writes down what some notes name that were published when nobody wrote it down. Says how
    /// many they were.
    pub fn fill_in_subjects(&mut self, limit: u32) -> Result<usize> {
        let rows = self.query(
            sql!(
                "select slug, document from notes where n_vendors > 0 and not exists \
                (select 1 from note_subjects where note_subjects.slug = notes.slug) \
                order by slug limit ?1"
            ),
            &values![limit],
        )?;
        self.renew_subjects(&rows)
    }

    /// Writes anew what notes name, for those after one of them whose rows say something else.
    /// Says how many they were, and where to go on.
    pub(crate) fn mend_subjects(
        &mut self,
        after: &str,
        limit: u32,
    ) -> Result<(usize, Option<String>)> {
        let rows = self.query(
            sql!("select slug, document from notes where slug > ?1 order by slug limit ?2"),
            &values![after, limit],
        )?;
        let Some(last) = rows.last() else { return Ok((0, None)) };
        let last: String = last.get("slug")?;
        let known = self.subjects_between(after, &last)?;
        let wrong = rows.into_iter().filter(|row| {
            // A note that cannot be read is told of by whoever looks for faults.
            from_json::<Published>(row, "document").is_ok_and(|note| {
                let there = known.get(&note.number().slug());
                there.map_or_else(|| !note.subjects().is_empty(), |there| *there != note.subjects())
            })
        });
        let wrong: Vec<_> = wrong.collect();
        Ok((self.renew_subjects(&wrong)?, Some(last)))
    }

    fn renew_subjects(&mut self, rows: &[Row]) -> Result<usize> {
        for row in rows {
            let (slug, note): (String, Published) = (row.get("slug")?, from_json(row, "document")?);
            self.keep_subjects(&slug, &note)?;
        }
        if !rows.is_empty() {
            self.new_edition()?;
        }
        Ok(rows.len())
    }

    /// What is written down of notes after one of them, up to another.
    pub(crate) fn subjects_between(
        &mut self,
        after: &str,
        last: &str,
    ) -> Result<BTreeMap<String, BTreeSet<Subject>>> {
        let rows = self.query(
            sql!(
                "select slug, kind, place, name from note_subjects where slug > ?1 and slug <= ?2"
            ),
            &values![after, last],
        )?;
        let mut found: BTreeMap<String, BTreeSet<Subject>> = BTreeMap::new();
        for row in &rows {
            let (kind, place, name) =
                (from_code(row, "kind")?, row.get("place")?, row.get("name")?);
            found.entry(row.get("slug")?).or_default().insert(Subject { kind, place, name });
        }
        Ok(found)
    }
}

impl PublicTx<'_> {
    /// The names of the vendors that each note names, by its slug.
    pub fn vendors_named(&mut self) -> Result<BTreeMap<String, Vec<String>>> {
        let rows = self.0.query(
            sql!("select slug, name from note_subjects where kind = ?1 order by slug, name"),
            &values![code(&SubjectKind::Vendor)?],
        )?;
        let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in &rows {
            named.entry(row.get("slug")?).or_default().push(row.get("name")?);
        }
        Ok(named)
    }

    /// What a vendor or a product is called in the newest note that names it; nothing for whom no
    /// published note names.
    pub fn subject(&mut self, kind: SubjectKind, place: &str) -> Result<Option<String>> {
        let row = self.0.query_opt(
            sql!(
                "select name from note_subjects where kind = ?1 and place = ?2 \
                order by published_at desc, slug desc limit 1"
            ),
            &values![code(&kind)?, place],
        )?;
        row.map(|row| row.get("name")).transpose()
    }

    /// Notes that name a vendor or a product, the newest first, after one of them or from the top.
    pub fn notes_about(
        &mut self,
        kind: SubjectKind,
        place: &str,
        before: Option<&(Timestamp, String)>,
        limit: u32,
    ) -> Result<Vec<PublishedRow>> {
        let (instant, slug) =
            before.map_or((Timestamp::MAX, AFTER_ALL), |(at, slug)| (*at, slug.as_str()));
        let rows = self.0.query(
            sql!(
                "select notes.slug as slug, number, title, notes.published_at as published_at, \
                updated_at, n_vendors \
                from note_subjects join notes on notes.slug = note_subjects.slug \
                where kind = ?1 and place = ?2 \
                and (note_subjects.published_at, note_subjects.slug) < (?3, ?4) \
                order by note_subjects.published_at desc, note_subjects.slug desc limit ?5"
            ),
            &values![code(&kind)?, place, instant, slug, limit],
        )?;
        rows.iter().map(published_row).collect()
    }

    /// The newest notes that name a vendor or a product, whole.
    pub fn whole_notes_about(
        &mut self,
        kind: SubjectKind,
        place: &str,
        limit: u32,
    ) -> Result<Vec<Published>> {
        let rows = self.0.query(
            sql!(
                "select notes.slug as slug, document \
                from note_subjects join notes on notes.slug = note_subjects.slug \
                where kind = ?1 and place = ?2 \
                order by note_subjects.published_at desc, note_subjects.slug desc limit ?3"
            ),
            &values![code(&kind)?, place, limit],
        )?;
        rows.iter().map(|row| from_json(row, "document")).collect()
    }
}

#[cfg(test)]
mod tests;
