//! The words people wrote, kept outside the journal: sealed with the key of their case, and erased
//! without breaking the chain, which holds only a salted hash of them.

use std::collections::{BTreeMap, BTreeSet};

use domain::journal::hex;
use domain::{BodyId, CaseId, Text};
use sha2::{Digest, Sha256};

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::id_list;
use crate::statements::sql;
use crate::value::Row;
use crate::values;
use crate::vault::{Key, Spot, Vault};

pub(crate) mod check;

const SALT: usize = 16;

impl Tx {
    /// Keeps words, and returns the reference that the journal holds. The first words of a case
    /// may come before its journal begins.
    pub fn keep_body(
        &mut self,
        vault: &Vault,
        case: CaseId,
        id: BodyId,
        words: &str,
    ) -> Result<Text> {
        let key = self.case_key_or_new(vault, case)?;
        let mut salted = vault.random::<SALT>().to_vec();
        salted.extend_from_slice(words.as_bytes());
        let seal = hex(&Sha256::digest(&salted));
        let sealed = vault.seal(&key, &spot(id, case), &salted)?;
        self.execute(
            sql!("insert into bodies (id, case_id, seal, sealed) values (?1, ?2, ?3, ?4)"),
            &values![id, case, &seal, sealed],
        )?;
        Ok(Text { body: id, seal })
    }

    /// The words asked for, as far as they are of this case and not erased. Two statements,
    /// however many they are, and nothing is opened that was not asked for.
    pub fn bodies(
        &mut self,
        vault: &Vault,
        case: CaseId,
        ids: &BTreeSet<BodyId>,
    ) -> Result<BTreeMap<BodyId, String>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let Some(key) = self.case_key(vault, case)? else { return Ok(BTreeMap::new()) };
        let rows = self.query(
            sql!(
                sqlite: "select id, seal, sealed from bodies where case_id = ?1 \
                    and sealed is not null and id in (select unhex(value) from json_each(?2))",
                postgres: "select id, seal, sealed from bodies where case_id = ?1 \
                    and sealed is not null and id in (select decode(listed, 'hex') \
                    from jsonb_array_elements_text(cast(?2 as text)::jsonb) as listed)"
            ),
            &values![case, id_list(ids.iter().copied())?],
        )?;
        rows.iter().map(|row| opened(vault, &key, case, row)).collect()
    }

    /// The words of one body of each of many cases, for lists. One statement.
    pub fn titles(
        &mut self,
        vault: &Vault,
        wanted: &[(CaseId, BodyId)],
    ) -> Result<BTreeMap<CaseId, String>> {
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = self.query(
            sql!(
                sqlite: "select id, seal, sealed, bodies.case_id as case_id, wrapped from bodies \
                    join case_keys on case_keys.case_id = bodies.case_id \
                    where sealed is not null and id in (select unhex(value) from json_each(?1))",
                postgres: "select id, seal, sealed, bodies.case_id as case_id, wrapped from bodies \
                    join case_keys on case_keys.case_id = bodies.case_id \
                    where sealed is not null and id in (select decode(listed, 'hex') \
                    from jsonb_array_elements_text(cast(?1 as text)::jsonb) as listed)"
            ),
            &values![id_list(wanted.iter().map(|(_, body)| *body))?],
        )?;
        let wanted: BTreeSet<_> = wanted.iter().copied().collect();
        let mut titles = BTreeMap::new();
        for row in &rows {
            let (case, body) = (row.get("case_id")?, row.get("id")?);
            if wanted.contains(&(case, body)) {
                let key = vault.unwrap_case_key(case, &row.get::<Vec<u8>>("wrapped")?)?;
                titles.insert(case, opened(vault, &key, case, row)?.1);
            }
        }
        Ok(titles)
    }

    /// Erases words and salt. The row stays, and with it the proof that there was a text.
    pub fn erase_body(&mut self, id: BodyId) -> Result<()> {
        self.execute(sql!("update bodies set sealed = null where id = ?1"), &values![id]).map(drop)
    }
}

fn spot(id: BodyId, case: CaseId) -> Spot {
    Spot::new("bodies", "sealed", id, Some(case))
}

fn opened(vault: &Vault, key: &Key, case: CaseId, row: &Row) -> Result<(BodyId, String)> {
    let id = row.get("id")?;
    let salted = vault.open(key, &spot(id, case), &row.get::<Vec<u8>>("sealed")?)?;
    if hex(&Sha256::digest(&salted)) != row.get::<String>("seal")? {
        return Err(row.corrupt("seal"));
    }
    let words = salted.get(SALT..).and_then(|words| std::str::from_utf8(words).ok());
    Ok((id, words.ok_or_else(|| row.corrupt("sealed"))?.to_owned()))
}

#[cfg(test)]
mod tests;
