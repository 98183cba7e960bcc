//! Who reported: their identity, sealed with a key of its own, and the receipt by which they come
//! back without saying who they are.

use std::fmt;

use domain::{CaseId, ReportId};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::to_json;
use crate::statements::sql;
use crate::values;
use crate::vault::{Spot, Vault};

/// Who reported, as far as they said.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ReporterIdentity {
    /// By what name they wish to be known.
    pub name: Option<String>,
    /// Where they can be reached.
    pub address: Option<String>,
    /// For whom they speak.
    pub organization: Option<String>,
    /// What else they said of themselves.
    pub notes: Option<String>,
}

/// Says nothing of them.
impl fmt::Debug for ReporterIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReporterIdentity(…)")
    }
}

impl Tx {
    /// Keeps who reported, in place of what was known before.
    pub fn keep_reporter(
        &mut self,
        vault: &Vault,
        report: ReportId,
        case: CaseId,
        identity: &ReporterIdentity,
    ) -> Result<()> {
        let key = vault.new_key();
        let wrapped = vault.wrap(&key, &spot("wrapped", report, case))?;
        let plain = Zeroizing::new(to_json(identity)?);
        let sealed = vault.seal(&key, &spot("sealed", report, case), plain.as_bytes())?;
        self.execute_one(
            sql!(
                "insert into reporters (report_id, case_id, wrapped, sealed) values (?1, ?2, ?3, ?4) \
                on conflict (report_id) do update \
                set wrapped = excluded.wrapped, sealed = excluded.sealed \
                where reporters.case_id = excluded.case_id"
            ),
            &values![report, case, wrapped, sealed],
        )
    }

    /// Who reported, unless nothing is known or it was erased.
    pub fn reporter(
        &mut self,
        vault: &Vault,
        report: ReportId,
    ) -> Result<Option<ReporterIdentity>> {
        let sql = sql!(
            "select report_id, case_id, wrapped, sealed from reporters \
            where report_id = ?1 and wrapped is not null and sealed is not null"
        );
        let Some(row) = self.query_opt(sql, &values![report])? else { return Ok(None) };
        let case = row.get("case_id")?;
        let wrapped: Vec<u8> = row.get("wrapped")?;
        let key = vault.unwrap(&wrapped, &spot("wrapped", report, case))?;
        let sealed: Vec<u8> = row.get("sealed")?;
        let plain = vault.open(&key, &spot("sealed", report, case), &sealed)?;
        serde_json::from_slice(&plain).map(Some).map_err(|_| row.corrupt("sealed"))
    }

    /// Erases who reported, and the key it was sealed with.
    pub fn erase_reporter(&mut self, report: ReportId) -> Result<()> {
        let sql = sql!("update reporters set wrapped = null, sealed = null where report_id = ?1");
        self.execute(sql, &values![report]).map(drop)
    }

    /// Keeps what a receipt is found by.
    pub fn keep_receipt(&mut self, lookup: [u8; 32], report: ReportId, case: CaseId) -> Result<()> {
        let sql = sql!("insert into receipts (lookup, report_id, case_id) values (?1, ?2, ?3)");
        self.execute(sql, &values![lookup, report, case]).map(drop)
    }

    /// The report that a receipt is for.
    pub fn receipt(&mut self, lookup: &[u8; 32]) -> Result<Option<(ReportId, CaseId)>> {
        let sql = sql!("select report_id, case_id from receipts where lookup = ?1");
        let row = self.query_opt(sql, &values![*lookup])?;
        row.map(|row| Ok((row.get("report_id")?, row.get("case_id")?))).transpose()
    }
}

fn spot(column: &'static str, report: ReportId, case: CaseId) -> Spot {
    Spot::new("reporters", column, report, Some(case))
}

#[cfg(test)]
mod tests;
