//! Whether the words of a case are still the ones that were sealed.

use super::{BodyId, CaseId, Key, Result, Tx, Vault, opened, sql};
use crate::{Value, values};

/// A text as it was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct BodyFound {
    pub(crate) id: BodyId,
    /// The commitment that the row holds.
    pub(crate) seal: String,
    pub(crate) words: Words,
}

/// What became of the words of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Words {
    /// They are what was sealed.
    Whole,
    /// They were erased.
    Erased,
    /// They do not open, or are others.
    Spoilt,
}

impl Tx {
    /// A page of the texts of a case, each opened and compared with its seal.
    pub(crate) fn check_bodies(
        &mut self,
        (vault, key): (&Vault, Option<&Key>),
        case: CaseId,
        after: Option<BodyId>,
        limit: u32,
    ) -> Result<Vec<BodyFound>> {
        let after = after.map_or(Value::Bytes(Vec::new()), Value::from);
        let rows = self.query(
            sql!(
                "select id, seal, sealed from bodies where case_id = ?1 and id > ?2 \
                order by id limit ?3"
            ),
            &values![case, after, limit],
        )?;
        rows.iter()
            .map(|row| {
                let erased = row.get::<Option<Vec<u8>>>("sealed")?.is_none();
                let words = match key {
                    _ if erased => Words::Erased,
                    Some(key) if opened(vault, key, case, row).is_ok() => Words::Whole,
                    Some(_) | None => Words::Spoilt,
                };
                Ok(BodyFound { id: row.get("id")?, seal: row.get("seal")?, words })
            })
            .collect()
    }
}
