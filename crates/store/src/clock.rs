//! What time it is by the database, which all nodes share.

use jiff::Timestamp;

use crate::engine::Tx;
use crate::error::Result;
use crate::statements::sql;

impl Tx {
    /// The time by the clock of the database, where that is a machine of its own.
    pub fn database_clock(&mut self) -> Result<Option<Timestamp>> {
        #[cfg(any(test, feature = "testkit"))]
        if let Some(pretended) = self.pretended_clock() {
            return Ok(Some(pretended));
        }
        let row = self.query_opt(
            sql!(
                sqlite: "select 0 as now where 1 = 0",
                postgres: "select cast(extract(epoch from clock_timestamp()) * 1000000 as bigint) \
                    as now"
            ),
            &[],
        )?;
        row.map(|row| row.get("now")).transpose()
    }
}
