//! Where the OpenPGP key of the house lies: sealed under the key of the house, one row for all
//! nodes of a database.

use std::fmt;

use zeroize::Zeroizing;

use super::{Spot, Vault, unhex};
use crate::engine::Tx;
use crate::error::{Result, StoreError};
use crate::statements::sql;
use crate::values;

const NAME: &str = "openpgp_key";

/// The key of the house as it was kept.
pub struct KeptServiceKey {
    /// The secret key, as its maker made it into bytes.
    pub bytes: Zeroizing<Vec<u8>>,
    version: i64,
}

impl fmt::Debug for KeptServiceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeptServiceKey(…)")
    }
}

fn spot() -> Spot {
    Spot::new("settings", "value", NAME, None)
}

impl Tx {
    /// The OpenPGP key of the house, if one was made.
    pub fn service_key(&mut self, vault: &Vault) -> Result<Option<KeptServiceKey>> {
        let sql = sql!("select name, value, version from settings where name = ?1");
        let Some(row) = self.query_opt(sql, &values![NAME])? else { return Ok(None) };
        let sealed: Vec<u8> = row.read("value", |text: String| unhex(&text))?;
        let bytes = vault.open(&vault.kek, &spot(), &sealed)?;
        Ok(Some(KeptServiceKey { bytes, version: row.get("version")? }))
    }

    /// Keeps a key in the place of the one that was read, or the first one; `Stale` if another node
    /// was faster.
    pub fn keep_service_key(
        &mut self,
        vault: &Vault,
        before: Option<&KeptServiceKey>,
        bytes: &[u8],
    ) -> Result<()> {
        let sealed = domain::journal::hex(&vault.seal(&vault.kek, &spot(), bytes)?);
        let Some(before) = before else {
            let sql = sql!("insert into settings (name, value, version) values (?1, ?2, ?3)");
            let row = values![NAME, sealed, 1];
            return self.execute(sql, &row).map(drop).map_err(StoreError::stale_if_taken);
        };
        let sql = sql!(
            "update settings set value = ?2, version = version + 1 \
            where name = ?1 and version = ?3"
        );
        self.execute_one(sql, &values![NAME, sealed, before.version])
    }
}

#[cfg(test)]
mod tests;
