//! What is public: the notes as they are read, and the files made of them. Nothing here touches any
//! other table, so that the public pages can be served by a role that may read nothing else.

use domain::{CaseId, Published};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::{from_json, to_json};
use crate::statements::sql;
use crate::value::{Row, Value};
use crate::values;

/// A note in one format, as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    /// The format, by the last part of its address.
    pub format: String,
    /// Its media type.
    pub media_type: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Artefact {
    /// The SHA-256 of its bytes.
    pub fn sha256(&self) -> [u8; 32] {
        Sha256::digest(&self.bytes).into()
    }
}

/// A published note in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedRow {
    /// Its name in addresses.
    pub slug: String,
    /// Its number.
    pub number: domain::CaseNumber,
    /// Its title.
    pub title: String,
    /// When it was first public.
    pub published_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// How many vendors it names.
    pub n_vendors: u32,
}

impl Tx {
    /// Publishes a note, or its next revision, with its files. `Stale` if this revision or a later
    /// one is public already.
    pub fn publish_note(
        &mut self,
        note: &Published,
        case: CaseId,
        artefacts: &[Artefact],
    ) -> Result<()> {
        let slug = note.number().slug();
        let row = values![
            &slug,
            note.number().as_ref(),
            case,
            note.title(),
            note.published_at(),
            note.updated_at(),
            note.revision(),
            i64::try_from(note.vendors().len()).unwrap_or(i64::MAX),
            to_json(note)?,
        ];
        self.execute_one(
            sql!(
                "insert into notes (slug, number, case_id, title, published_at, updated_at, \
                revision, n_vendors, document) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
                on conflict (slug) do update set title = excluded.title, \
                updated_at = excluded.updated_at, revision = excluded.revision, \
                n_vendors = excluded.n_vendors, document = excluded.document \
                where notes.revision < excluded.revision and notes.case_id = excluded.case_id"
            ),
            &row,
        )?;
        for artefact in artefacts {
            self.execute(
                sql!(
                    "insert into artefacts (slug, revision, format, media_type, sha256, bytes) \
                    values (?1, ?2, ?3, ?4, ?5, ?6)"
                ),
                &values![
                    &slug,
                    note.revision(),
                    &artefact.format,
                    &artefact.media_type,
                    artefact.sha256(),
                    artefact.bytes.as_slice(),
                ],
            )?;
        }
        Ok(())
    }

    /// A note that is public.
    pub fn published(&mut self, slug: &str) -> Result<Option<Published>> {
        let sql = sql!("select slug, document from notes where slug = ?1");
        let row = self.query_opt(sql, &values![slug])?;
        row.map(|row| from_json(&row, "document")).transpose()
    }

    /// The newest revision of a note in one format. `Corrupt` if it is not as it was published.
    pub fn artefact(&mut self, slug: &str, format: &str) -> Result<Option<Artefact>> {
        let row = self.query_opt(
            sql!(
                "select format, media_type, sha256, bytes from artefacts \
                join notes on notes.slug = artefacts.slug and notes.revision = artefacts.revision \
                where notes.slug = ?1 and format = ?2"
            ),
            &values![slug, format],
        )?;
        row.as_ref().map(artefact).transpose()
    }

    /// Notes that are public, the newest first, after one of them or from the top.
    pub fn published_list(
        &mut self,
        before: Option<&(Timestamp, String)>,
        limit: u32,
    ) -> Result<Vec<PublishedRow>> {
        // A slug begins with a letter, so all of them come before this character.
        let (instant, slug) = match before {
            Some((instant, slug)) => (*instant, slug.as_str()),
            None => (Timestamp::MAX, "~"),
        };
        let rows = self.query(
            sql!(
                "select slug, number, title, published_at, updated_at, n_vendors from notes \
                where (published_at, slug) < (?1, ?2) \
                order by published_at desc, slug desc limit ?3"
            ),
            &[instant.into(), Value::from(slug), limit.into()],
        )?;
        rows.iter().map(published_row).collect()
    }

    /// How many notes are public.
    pub fn n_published(&mut self) -> Result<i64> {
        let row = self.query_opt(sql!("select count(*) as n from notes"), &[])?;
        row.map_or(Ok(0), |row| row.get("n"))
    }
}

fn artefact(row: &Row) -> Result<Artefact> {
    let artefact = Artefact {
        format: row.get("format")?,
        media_type: row.get("media_type")?,
        bytes: row.get("bytes")?,
    };
    if artefact.sha256() == row.get::<[u8; 32]>("sha256")? {
        Ok(artefact)
    } else {
        Err(row.corrupt("bytes"))
    }
}

fn published_row(row: &Row) -> Result<PublishedRow> {
    Ok(PublishedRow {
        slug: row.get("slug")?,
        number: row.parse("number")?,
        title: row.get("title")?,
        published_at: row.get("published_at")?,
        updated_at: row.get("updated_at")?,
        n_vendors: row.get("n_vendors")?,
    })
}

#[cfg(test)]
mod tests;
