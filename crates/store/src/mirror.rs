//! How far each copy of the public site elsewhere is.

use jiff::Timestamp;

use crate::engine::Tx;
use crate::error::Result;
use crate::statements::sql;
use crate::values;

/// How far a copy of the public site is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirrorState {
    /// The edition that lies there; none if nothing was ever carried to its end.
    pub edition: Option<i64>,
    /// When it was found to be there last.
    pub carried_at: Option<Timestamp>,
    /// How often it failed since.
    pub n_failures: u32,
    /// Before this it is not tried again.
    pub next_at: Timestamp,
    /// Why it failed last.
    pub why: Option<String>,
}

impl Tx {
    /// How far a copy is, by its name; nothing if it was never tried.
    pub fn mirror(&mut self, name: &str) -> Result<Option<MirrorState>> {
        let row = self.query_opt(
            sql!(
                "select edition, carried_at, n_failures, next_at, why from mirrors where name = ?1"
            ),
            &values![name],
        )?;
        row.map(|row| {
            Ok(MirrorState {
                edition: row.get("edition")?,
                carried_at: row.get("carried_at")?,
                n_failures: row.get("n_failures")?,
                next_at: row.get("next_at")?,
                why: row.get("why")?,
            })
        })
        .transpose()
    }

    /// An edition lies there now.
    pub fn mirror_carried(&mut self, name: &str, edition: i64, now: Timestamp) -> Result<()> {
        self.execute_one(
            sql!(
                "insert into mirrors (name, edition, carried_at, n_failures, next_at) \
                values (?1, ?2, ?3, 0, ?3) on conflict (name) do update set \
                edition = excluded.edition, carried_at = excluded.carried_at, n_failures = 0, \
                next_at = excluded.next_at, why = null"
            ),
            &values![name, edition, now],
        )
    }

    /// The copy could not be brought up to date, and is tried again at an instant.
    pub fn mirror_failed(&mut self, name: &str, next_at: Timestamp, why: &str) -> Result<()> {
        self.execute_one(
            sql!(
                "insert into mirrors (name, n_failures, next_at, why) values (?1, 1, ?2, ?3) \
                on conflict (name) do update set n_failures = mirrors.n_failures + 1, \
                next_at = excluded.next_at, why = excluded.why"
            ),
            &values![name, next_at, why],
        )
    }
}

#[cfg(test)]
mod tests;
