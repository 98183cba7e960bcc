//! Cases with which a duty failed. They are left alone for a while, longer each time, so that they
//! take no time from the others and are tried again without anybody asking.

use domain::CaseId;
use jiff::{SignedDuration, Timestamp};

use crate::engine::Tx;
use crate::error::Result;
use crate::statements::sql;
use crate::values;

/// The first pause of a case, and the longest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pauses {
    /// After the first failure; each further one doubles it.
    pub first: SignedDuration,
    /// It grows no longer than this.
    pub longest: SignedDuration,
}

impl Tx {
    /// A duty failed with a case: until its pause is over, [`Tx::cases_due`] does not name it.
    pub fn set_back(
        &mut self,
        duty: &str,
        case: CaseId,
        now: Timestamp,
        pauses: Pauses,
    ) -> Result<()> {
        let micros = |pause: SignedDuration| i64::try_from(pause.as_micros()).unwrap_or(i64::MAX);
        let (first, longest) = (micros(pauses.first), micros(pauses.longest));
        let first_try = now.checked_add(pauses.first).unwrap_or(Timestamp::MAX);
        self.execute(
            sql!(
                "insert into setbacks (duty, case_id, pause, next_at) values (?1, ?2, ?3, ?4) \
                on conflict (duty, case_id) do update set \
                pause = case when 2 * setbacks.pause < ?5 then 2 * setbacks.pause else ?5 end, \
                next_at = ?6 + \
                case when 2 * setbacks.pause < ?5 then 2 * setbacks.pause else ?5 end"
            ),
            &values![duty, case, first, first_try, longest, now],
        )
        .map(drop)
    }

    /// A duty succeeded with a case.
    pub fn forget_setback(&mut self, duty: &str, case: CaseId) -> Result<()> {
        let sql = sql!("delete from setbacks where duty = ?1 and case_id = ?2");
        self.execute(sql, &values![duty, case]).map(drop)
    }

    /// How many cases duties failed with and have not mended since.
    pub fn n_setbacks(&mut self) -> Result<i64> {
        let row = self.query_opt(sql!("select count(*) as n from setbacks"), &[])?;
        row.map_or(Ok(0), |row| row.get("n"))
    }
}

#[cfg(test)]
mod tests;
