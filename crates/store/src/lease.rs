//! Which node does a duty: at most one at a time, until its lease runs out.

use jiff::Timestamp;

use crate::engine::Tx;
use crate::error::Result;
use crate::statements::sql;
use crate::values;

impl Tx {
    /// Takes or prolongs a lease; false while another node holds it.
    pub fn take_lease(
        &mut self,
        name: &str,
        node: &str,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<bool> {
        let taken = self.execute(
            sql!(
                "insert into leases (name, node, valid_until) values (?1, ?2, ?4) \
                on conflict (name) do update \
                set node = excluded.node, valid_until = excluded.valid_until \
                where leases.node = excluded.node or leases.valid_until <= ?3"
            ),
            &values![name, node, now, until],
        )?;
        Ok(taken == 1)
    }

    /// Gives a lease back, if this node holds it.
    pub fn release_lease(&mut self, name: &str, node: &str) -> Result<()> {
        let sql = sql!("delete from leases where name = ?1 and node = ?2");
        self.execute(sql, &values![name, node]).map(drop)
    }
}

#[cfg(test)]
mod tests;
