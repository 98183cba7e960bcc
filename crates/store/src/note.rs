//! What is public: the notes as they are read, and the files made of them. Nothing here touches a
//! private table: a case becomes public by being copied here, and is read from here alone.

mod gcve;
mod revisions;
mod security_txt;
mod subjects;
mod terms;

use std::collections::BTreeSet;

use domain::{CaseId, CveId, Published};
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::{from_json, to_json};
use crate::public::PublicTx;
use crate::statements::sql;
use crate::value::Row;
use crate::values;
pub use gcve::{GcveOrder, GcvePage, GcveRow};
pub use security_txt::SignedSecurityTxt;
pub use terms::NoteSearch;

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

/// The certificate that signatures of the server are checked with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishedKey {
    /// Its fingerprint, in hexadecimal digits.
    pub fingerprint: String,
    /// It in its armour, as programs import it.
    pub certificate: String,
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
        self.keep_terms(&slug, note)?;
        self.keep_revision(&slug, note)?;
        self.keep_subjects(&slug, note)?;
        self.new_edition()
    }

    /// The name in addresses of the note of a case, once it is public.
    pub fn slug_of(&mut self, case: CaseId) -> Result<Option<String>> {
        let row =
            self.query_opt(sql!("select slug from notes where case_id = ?1"), &values![case])?;
        row.map(|row| row.get("slug")).transpose()
    }

    /// Gives out the certificate that signatures of the server are checked with.
    pub fn publish_key(&mut self, key: &PublishedKey) -> Result<()> {
        self.execute_one(
            sql!(
                "insert into published_key (one, fingerprint, certificate) values (1, ?1, ?2) \
                on conflict (one) do update set fingerprint = excluded.fingerprint, \
                certificate = excluded.certificate"
            ),
            &values![&key.fingerprint, &key.certificate],
        )?;
        self.new_edition()
    }

    /// What is public has changed: answers made of it before are out of date, on every node.
    pub(crate) fn new_edition(&mut self) -> Result<()> {
        self.execute_one(
            sql!(
                "insert into public_edition (one, n) values (1, 1) \
                on conflict (one) do update set n = public_edition.n + 1"
            ),
            &[],
        )
    }
}

impl PublicTx<'_> {
    /// Counts up with each change of what is public.
    pub fn edition(&mut self) -> Result<i64> {
        let row = self.0.query_opt(sql!("select n from public_edition where one = 1"), &[])?;
        row.map_or(Ok(0), |row| row.get("n"))
    }

    /// A note that is public.
    pub fn note(&mut self, slug: &str) -> Result<Option<Published>> {
        let sql = sql!("select slug, document from notes where slug = ?1");
        let row = self.0.query_opt(sql, &values![slug])?;
        row.map(|row| from_json(&row, "document")).transpose()
    }

    /// The newest revision of a note in one format. `Corrupt` if it is not as it was published.
    pub fn artefact(&mut self, slug: &str, format: &str) -> Result<Option<Artefact>> {
        let row = self.0.query_opt(
            sql!(
                "select format, media_type, sha256, bytes from artefacts \
                join notes on notes.slug = artefacts.slug and notes.revision = artefacts.revision \
                where notes.slug = ?1 and format = ?2"
            ),
            &values![slug, format],
        )?;
        row.as_ref().map(artefact).transpose()
    }

    /// The names of the files of the newest revision of a note.
    pub fn formats_of(&mut self, slug: &str) -> Result<BTreeSet<String>> {
        let rows = self.0.query(
            sql!(
                "select format from artefacts \
                join notes on notes.slug = artefacts.slug and notes.revision = artefacts.revision \
                where notes.slug = ?1"
            ),
            &values![slug],
        )?;
        rows.iter().map(|row| row.get("format")).collect()
    }

    /// Notes whole, the newest first: those first public from one instant on and before another.
    pub fn notes_between(
        &mut self,
        from: Timestamp,
        until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Published>> {
        let rows = self.0.query(
            sql!(
                "select slug, document from notes where published_at >= ?1 and published_at < ?2 \
                order by published_at desc, slug desc limit ?3"
            ),
            &values![from, until, limit],
        )?;
        rows.iter().map(|row| from_json(row, "document")).collect()
    }

    /// The slugs of all notes with the revision that is public, some at a time, in the order of
    /// the slugs; the first ones after an empty slug.
    pub fn revisions_after(&mut self, slug: &str, limit: u32) -> Result<Vec<(String, u32)>> {
        let rows = self.0.query(
            sql!("select slug, revision from notes where slug > ?1 order by slug limit ?2"),
            &values![slug, limit],
        )?;
        rows.iter().map(|row| Ok((row.get("slug")?, row.get("revision")?))).collect()
    }

    /// The newest note that speaks of a CVE ID.
    pub fn note_of_cve(&mut self, cve: &CveId) -> Result<Option<Published>> {
        let row = self.0.query_opt(
            sql!(
                "select slug, document from notes where slug in \
                (select slug from note_terms where about = 'cve' and term = ?1) \
                order by published_at desc, slug desc limit 1"
            ),
            &values![terms::whole(cve.as_ref())],
        )?;
        row.map(|row| from_json(&row, "document")).transpose()
    }

    /// The certificate that signatures of the server are checked with, once it has one.
    pub fn key(&mut self) -> Result<Option<PublishedKey>> {
        let sql = sql!("select fingerprint, certificate from published_key where one = 1");
        let row = self.0.query_opt(sql, &[])?;
        row.map(|row| {
            let (fingerprint, certificate) = (row.get("fingerprint")?, row.get("certificate")?);
            Ok(PublishedKey { fingerprint, certificate })
        })
        .transpose()
    }

    /// The slugs of all notes that have a file of this name.
    pub fn slugs_with(&mut self, format: &str) -> Result<BTreeSet<String>> {
        let rows = self.0.query(
            sql!(
                "select notes.slug as slug from artefacts \
                join notes on notes.slug = artefacts.slug and notes.revision = artefacts.revision \
                where format = ?1"
            ),
            &values![format],
        )?;
        rows.iter().map(|row| row.get("slug")).collect()
    }

    /// How many notes are public.
    pub fn n_published(&mut self) -> Result<i64> {
        let row = self.0.query_opt(sql!("select count(*) as n from notes"), &[])?;
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
