//! What has run out, and can be forgotten: secrets that open nothing any more, counts of tries that
//! hold nobody up, blobs of which no row tells.

use jiff::Timestamp;

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::to_json;
use crate::statements::sql;
use crate::values;

impl Tx {
    /// Forgets invitations that ran out before, used or not.
    pub fn forget_invitations(&mut self, before: Timestamp) -> Result<()> {
        let sql = sql!("delete from invitations where expires_at < ?1");
        self.execute(sql, &values![before]).map(drop)
    }

    /// Forgets links of letters that ran out before.
    pub fn forget_links(&mut self, before: Timestamp) -> Result<()> {
        self.execute(sql!("delete from links where valid_until < ?1"), &values![before]).map(drop)
    }

    /// Forgets setbacks that were over before: the case moved on by another way.
    pub fn forget_setbacks(&mut self, before: Timestamp) -> Result<()> {
        self.execute(sql!("delete from setbacks where next_at < ?1"), &values![before]).map(drop)
    }

    /// Bytes are about to be kept under this name, or were kept and are needed no more. Unless a row
    /// of an attachment comes to tell of them, they are swept.
    pub fn note_loose_blob(&mut self, blob: &str, now: Timestamp) -> Result<()> {
        let sql = sql!(
            "insert into loose_blobs (blob, noted_at) values (?1, ?2) on conflict (blob) do nothing"
        );
        self.execute(sql, &values![blob, now]).map(drop)
    }

    /// Names of blobs that were noted before and of which still no row tells, in order.
    pub fn loose_blobs(&mut self, before: Timestamp, limit: u32) -> Result<Vec<String>> {
        let rows = self.query(
            sql!(
                "select blob from loose_blobs where noted_at < ?1 and not exists \
                (select 1 from attachments where attachments.blob = loose_blobs.blob) \
                order by noted_at, blob limit ?2"
            ),
            &values![before, limit],
        )?;
        rows.iter().map(|row| row.get("blob")).collect()
    }

    /// These blobs are deleted.
    pub fn forget_loose_blobs(&mut self, blobs: &[String]) -> Result<()> {
        self.execute(
            sql!(
                sqlite: "delete from loose_blobs where blob in (select value from json_each(?1))",
                postgres: "delete from loose_blobs where blob in (select value from \
                    jsonb_array_elements_text(cast(?1 as text)::jsonb))"
            ),
            &values![to_json(&blobs)?],
        )
        .map(drop)
    }

    /// No blob of a restored backup is in anybody's hands: whoever was sending one then, did it
    /// elsewhere, and may need it there.
    pub(crate) fn forget_all_loose_blobs(&mut self) -> Result<()> {
        self.execute(sql!("delete from loose_blobs"), &[]).map(drop)
    }
}

#[cfg(test)]
mod tests;
