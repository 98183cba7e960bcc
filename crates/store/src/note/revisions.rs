//! Every revision of a note that was public, and is not to be forgotten.

use domain::Published;
use domain::note::Remains;
use jiff::Timestamp;

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::{from_json, to_json};
use crate::public::PublicTx;
use crate::statements::sql;
use crate::values;

impl Tx {
    /// Keeps a revision beside those before it. What must go is on no public page, and not in the
    /// tables that they read either (INV-16).
    pub(super) fn keep_revision(&mut self, slug: &str, note: &Published) -> Result<()> {
        if note.withdrawn().is_some_and(|told| told.remains == Remains::Nothing) {
            let earlier = values![slug, note.revision()];
            let sql = sql!("delete from artefacts where slug = ?1 and revision < ?2");
            self.execute(sql, &earlier)?;
            let sql = sql!("delete from note_revisions where slug = ?1 and revision < ?2");
            self.execute(sql, &earlier)?;
        }
        let sql = sql!(
            "insert into note_revisions (slug, revision, published_at, document) \
            values (?1, ?2, ?3, ?4)"
        );
        let row = values![slug, note.revision(), note.updated_at(), to_json(note)?];
        self.execute(sql, &row).map(drop)
    }
}

impl PublicTx<'_> {
    /// The revisions of a note that can be read, and when each was published, the newest first.
    pub fn revisions(&mut self, slug: &str) -> Result<Vec<(u32, Timestamp)>> {
        let rows = self.0.query(
            sql!(
                "select revision, published_at from note_revisions where slug = ?1 \
                order by revision desc limit 500"
            ),
            &values![slug],
        )?;
        rows.iter().map(|row| Ok((row.get("revision")?, row.get("published_at")?))).collect()
    }

    /// A revision of a note, as it was published.
    pub fn revision(&mut self, slug: &str, revision: u32) -> Result<Option<Published>> {
        let row = self.0.query_opt(
            sql!("select slug, document from note_revisions where slug = ?1 and revision = ?2"),
            &values![slug, revision],
        )?;
        row.map(|row| from_json(&row, "document")).transpose()
    }
}
