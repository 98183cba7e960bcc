//! Codes that people printed for the day on which they lose their second factor. Only their hashes
//! are here, and a code that was used is here no more.

use domain::AccountId;

use crate::engine::Tx;
use crate::error::Result;
use crate::statements::sql;
use crate::values;

impl Tx {
    /// Keeps the hashes of somebody's codes; those from before are good no longer.
    pub fn keep_recovery_codes(&mut self, account: AccountId, hashes: &[[u8; 32]]) -> Result<()> {
        self.execute(sql!("delete from recovery_codes where account_id = ?1"), &values![account])?;
        for hash in hashes {
            let sql = sql!("insert into recovery_codes (account_id, hash) values (?1, ?2)");
            self.execute(sql, &values![account, *hash])?;
        }
        Ok(())
    }

    /// Uses a code, once: false if it is none of theirs, or was used before.
    pub fn use_recovery_code(&mut self, account: AccountId, hash: &[u8; 32]) -> Result<bool> {
        let sql = sql!("delete from recovery_codes where account_id = ?1 and hash = ?2");
        Ok(self.execute(sql, &values![account, *hash])? == 1)
    }

    /// How many codes somebody has left.
    pub fn recovery_codes_left(&mut self, account: AccountId) -> Result<u64> {
        let rows = self.query(
            sql!("select hash from recovery_codes where account_id = ?1"),
            &values![account],
        )?;
        Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests;
