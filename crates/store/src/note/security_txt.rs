//! The signed `security.txt`, kept so that it is not signed anew for every reader.

use jiff::Timestamp;

use crate::engine::Tx;
use crate::error::Result;
use crate::public::PublicTx;
use crate::statements::sql;
use crate::values;

/// A `security.txt` that was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedSecurityTxt {
    /// What it says, without its end.
    pub content: String,
    /// Until when it may be believed.
    pub expires_at: Timestamp,
    /// The file, with the signature around it.
    pub signed: String,
}

impl Tx {
    /// Gives out a `security.txt` that was signed, in place of the one before.
    pub fn publish_security_txt(&mut self, file: &SignedSecurityTxt) -> Result<()> {
        self.execute_one(
            sql!(
                "insert into published_security (one, content, expires_at, signed) \
                values (1, ?1, ?2, ?3) on conflict (one) do update set \
                content = excluded.content, expires_at = excluded.expires_at, \
                signed = excluded.signed"
            ),
            &values![&file.content, file.expires_at, &file.signed],
        )?;
        self.new_edition()
    }
}

impl PublicTx<'_> {
    /// The `security.txt` that was signed last.
    pub fn security_txt(&mut self) -> Result<Option<SignedSecurityTxt>> {
        let sql = sql!("select content, expires_at, signed from published_security where one = 1");
        let row = self.0.query_opt(sql, &[])?;
        row.map(|row| {
            Ok(SignedSecurityTxt {
                content: row.get("content")?,
                expires_at: row.get("expires_at")?,
                signed: row.get("signed")?,
            })
        })
        .transpose()
    }
}
