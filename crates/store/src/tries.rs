//! How often somebody tried something, to slow down who tries too often. The key is a hash made by
//! the caller; who it stands for is not kept.

use jiff::Timestamp;

use crate::engine::Tx;
use crate::error::{Corrupt, Result};
use crate::statements::sql;
use crate::values;

impl Tx {
    /// Counts one more try in a window of time, and says how many there are in it now.
    pub fn count_try(&mut self, key: &str, window_start: Timestamp) -> Result<i64> {
        let row = self.query_opt(
            sql!(
                "insert into tries (key, window_start, n) values (?1, ?2, 1) \
                on conflict (key, window_start) do update set n = tries.n + 1 \
                returning n"
            ),
            &values![key, window_start],
        )?;
        row.ok_or_else(|| Corrupt::new("tries", "n", "unknown"))?.get("n")
    }

    /// Forgets the windows that began before.
    pub fn forget_tries(&mut self, before: Timestamp) -> Result<()> {
        self.execute(sql!("delete from tries where window_start < ?1"), &values![before]).map(drop)
    }
}

#[cfg(test)]
mod tests;
