//! Where the bytes of attachments lie. What an attachment is called, who sent it and who may have it
//! is told by the journal; here is only the name of the blob, and what its sealed bytes must be.

use domain::journal::hex;
use domain::{AttachmentId, CaseId};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::engine::Tx;
use crate::error::{Result, StoreError};
use crate::statements::sql;
use crate::value::Row;
use crate::values;
use crate::vault::{Key, Spot, Vault};

/// The bytes of an attachment as they may leave the house, and what is to be known of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedFile {
    /// What goes into the blob store.
    pub sealed: Vec<u8>,
    /// The row that tells where it is.
    pub row: AttachmentRow,
}

/// Where the bytes of an attachment are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttachmentRow {
    /// The attachment.
    pub id: AttachmentId,
    /// Its case.
    pub case: CaseId,
    /// The name of its blob, which tells nothing; absent once the bytes were erased.
    pub blob: Option<String>,
    /// The length of the sealed bytes.
    pub bytes: u64,
    /// The SHA-256 of the sealed bytes.
    pub sha256: [u8; 32],
}

impl SealedFile {
    /// Seals a file with the key of its case, under a name drawn at random. The whole is one sealed
    /// text: files are small enough to be held in memory, and so a file that was cut short, mixed up
    /// or exchanged for another does not open, without a framing of our own.
    pub fn seal(
        vault: &Vault,
        key: &Key,
        case: CaseId,
        id: AttachmentId,
        bytes: &[u8],
    ) -> Result<Self> {
        let sealed = vault.seal(key, &spot(id, case), bytes)?;
        let row = AttachmentRow {
            id,
            case,
            blob: Some(hex(&vault.random::<16>())),
            bytes: u64::try_from(sealed.len()).unwrap_or(u64::MAX),
            sha256: Sha256::digest(&sealed).into(),
        };
        Ok(Self { sealed, row })
    }
}

impl AttachmentRow {
    /// The bytes of the file, or `Sealed` if they are not the ones that were sealed.
    pub fn open(&self, vault: &Vault, key: &Key, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        vault.open(key, &spot(self.id, self.case), sealed)
    }

    /// Whether these are the sealed bytes, which needs no key.
    pub fn is_of(&self, sealed: &[u8]) -> bool {
        u64::try_from(sealed.len()) == Ok(self.bytes)
            && <[u8; 32]>::from(Sha256::digest(sealed)) == self.sha256
    }
}

impl Tx {
    /// The key with which files of a case are sealed; there is none for a case that does not exist.
    pub fn key_of_case(&mut self, vault: &Vault, case: CaseId) -> Result<Option<Key>> {
        self.case_key(vault, case)
    }

    /// Keeps where the bytes of an attachment are, which have to be there already and are loose no
    /// more.
    pub fn keep_attachment(&mut self, row: &AttachmentRow) -> Result<()> {
        let sql = sql!(
            "insert into attachments (id, case_id, blob, bytes, sha256) \
            values (?1, ?2, ?3, ?4, ?5)"
        );
        let bytes = i64::try_from(row.bytes).unwrap_or(i64::MAX);
        let (id, blob) = (Uuid::from(row.id), row.blob.as_deref());
        self.execute(sql, &values![id, row.case, blob, bytes, row.sha256])
            .map_err(StoreError::stale_if_taken)?;
        let sql = sql!("delete from loose_blobs where blob = ?1");
        self.execute(sql, &values![row.blob.as_deref()]).map(drop)
    }

    /// Where the bytes of an attachment of this case are.
    pub fn attachment(&mut self, case: CaseId, id: AttachmentId) -> Result<Option<AttachmentRow>> {
        let sql = sql!(
            "select id, case_id, blob, bytes, sha256 from attachments \
            where id = ?1 and case_id = ?2"
        );
        self.query_opt(sql, &values![Uuid::from(id), case])?.as_ref().map(attachment).transpose()
    }

    /// Where the bytes of all attachments of a case are.
    pub fn attachments_of(&mut self, case: CaseId) -> Result<Vec<AttachmentRow>> {
        let sql = sql!(
            "select id, case_id, blob, bytes, sha256 from attachments where case_id = ?1 \
            order by id"
        );
        self.query(sql, &values![case])?.iter().map(attachment).collect()
    }

    /// Forgets where the bytes of an attachment are, and says which blob nobody needs any more; if it
    /// is not deleted now, it is swept. The row stays, and with it the proof that there was a file.
    pub fn erase_attachment(&mut self, case: CaseId, id: AttachmentId) -> Result<Option<String>> {
        let blob = self.attachment(case, id)?.and_then(|row| row.blob);
        let sql = sql!("update attachments set blob = null where id = ?1 and case_id = ?2");
        self.execute(sql, &values![Uuid::from(id), case])?;
        if let Some(blob) = &blob {
            self.note_loose_blob(blob, Timestamp::UNIX_EPOCH)?;
        }
        Ok(blob)
    }
}

fn attachment(row: &Row) -> Result<AttachmentRow> {
    Ok(AttachmentRow {
        id: row.get::<Uuid>("id")?.into(),
        case: row.get("case_id")?,
        blob: row.get("blob")?,
        bytes: row.get("bytes")?,
        sha256: row.get("sha256")?,
    })
}

fn spot(id: AttachmentId, case: CaseId) -> Spot {
    Spot::new("attachments", "blob", id, Some(case))
}

#[cfg(test)]
mod tests;
