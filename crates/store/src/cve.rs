//! CVE IDs: for which flaw the service was asked, what it answered, and which flaw has which ID.
//!
//! An ask is written down before it is made, and its answer is found again if it was lost: what
//! the service has reserved since, and nobody here has. See `app::channel` for how it is asked.

use std::collections::{BTreeMap, BTreeSet};

use domain::{AccountId, Case, CaseId, CveId, Entry, Event, VulnerabilityId};
use jiff::Timestamp;

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::to_json;
use crate::statements::sql;
use crate::value::Row;
use crate::values;

/// A flaw that the service was asked to reserve an ID for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CveReservation {
    /// The flaw.
    pub vulnerability: VulnerabilityId,
    /// Its case.
    pub case: CaseId,
    /// When the service was first asked.
    pub asked_at: Timestamp,
    /// What it answered, if that is known.
    pub cve: Option<CveId>,
}

/// A CVE ID that somebody here has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCve {
    /// The case.
    pub case: CaseId,
    /// By what people speak of it.
    pub handle: String,
}

impl Tx {
    /// The reservation of a flaw, if the service was asked.
    pub fn cve_reservation(
        &mut self,
        vulnerability: VulnerabilityId,
    ) -> Result<Option<CveReservation>> {
        let row = self.query_opt(
            sql!(
                "select vulnerability_id, case_id, asked_at, cve_id from cve_reservations \
                where vulnerability_id = ?1"
            ),
            &values![vulnerability],
        )?;
        row.as_ref().map(reservation).transpose()
    }

    /// The service is about to be asked for an ID for a flaw, for the first time.
    pub fn ask_for_cve(
        &mut self,
        case: CaseId,
        vulnerability: VulnerabilityId,
        now: Timestamp,
    ) -> Result<()> {
        self.execute_one(
            sql!(
                "insert into cve_reservations (vulnerability_id, case_id, asked_at) \
                values (?1, ?2, ?3)"
            ),
            &values![vulnerability, case, now],
        )
    }

    /// The service answered. `Stale` if the flaw has an answer already.
    pub fn cve_answered(
        &mut self,
        vulnerability: VulnerabilityId,
        cve: &CveId,
        now: Timestamp,
    ) -> Result<()> {
        self.execute_one(
            sql!(
                "update cve_reservations set cve_id = ?2, answered_at = ?3 \
                where vulnerability_id = ?1 and cve_id is null"
            ),
            &values![vulnerability, cve.as_ref(), now],
        )
    }

    /// For how many flaws the service was asked and the answer is not known.
    pub fn n_cves_awaited(&mut self) -> Result<i64> {
        let sql = sql!("select count(*) as n from cve_reservations where cve_id is null");
        self.query_opt(sql, &[])?.map_or(Ok(0), |row| row.get("n"))
    }

    /// Which of these IDs somebody here has or had, and in which case. One statement.
    pub fn known_cves(&mut self, ids: &[String]) -> Result<BTreeMap<String, KnownCve>> {
        if ids.is_empty() {
            return Ok(BTreeMap::new());
        }
        let rows = self.query(
            sql!(
                sqlite: "select known.cve_id as cve_id, cases.id as case_id, \
                    coalesce(cases.number, cases.reference) as handle from \
                    (select cve_id, case_id from cve_ids union \
                    select cve_id, case_id from cve_reservations where cve_id is not null) as known \
                    join cases on cases.id = known.case_id \
                    where known.cve_id in (select value from json_each(?1)) \
                    order by known.cve_id, cases.id",
                postgres: "select known.cve_id as cve_id, cases.id as case_id, \
                    coalesce(cases.number, cases.reference) as handle from \
                    (select cve_id, case_id from cve_ids union \
                    select cve_id, case_id from cve_reservations where cve_id is not null) as known \
                    join cases on cases.id = known.case_id \
                    where known.cve_id in \
                    (select jsonb_array_elements_text(cast(?1 as text)::jsonb)) \
                    order by known.cve_id, cases.id"
            ),
            &values![to_json(&ids)?],
        )?;
        rows.iter()
            .map(|row| {
                let known = KnownCve { case: row.get("case_id")?, handle: row.get("handle")? };
                Ok((row.get("cve_id")?, known))
            })
            .collect()
    }

    /// IDs that somebody reserved for no flaw yet.
    pub fn keep_cve_stock(&mut self, ids: &[CveId], by: AccountId, now: Timestamp) -> Result<()> {
        for id in ids {
            let sql = sql!(
                "insert into cve_stock (cve_id, account_id, reserved_at) values (?1, ?2, ?3) \
                on conflict (cve_id) do nothing"
            );
            self.execute(sql, &values![id.as_ref(), by, now])?;
        }
        Ok(())
    }

    /// Which of these IDs were reserved for no flaw. One statement.
    pub fn cves_in_stock(&mut self, ids: &[String]) -> Result<BTreeSet<String>> {
        let rows = self.query(
            sql!(
                sqlite: "select cve_id from cve_stock \
                    where cve_id in (select value from json_each(?1)) order by cve_id",
                postgres: "select cve_id from cve_stock where cve_id in \
                    (select jsonb_array_elements_text(cast(?1 as text)::jsonb)) order by cve_id"
            ),
            &values![to_json(&ids)?],
        )?;
        rows.iter().map(|row| row.get("cve_id")).collect()
    }

    /// Keeps up with which flaw has which ID, as far as the entries speak of it. What a flaw had
    /// once stays known: the ID is not free.
    pub(crate) fn follow_cves(&mut self, entries: &[Entry], case: CaseId) -> Result<()> {
        for entry in entries {
            if let Event::CveAssigned { vulnerability, cve, .. } = &entry.event {
                self.keep_cve(case, *vulnerability, cve)?;
            }
        }
        Ok(())
    }

    /// Every ID that flaws of a case have or had.
    pub(crate) fn write_cves(&mut self, case: &Case) -> Result<()> {
        for (id, flaw) in &case.vulnerabilities {
            let rejected = flaw.cve_rejected.iter().map(|rejected| &rejected.cve);
            for cve in flaw.cve.iter().chain(rejected) {
                self.keep_cve(case.id, *id, cve)?;
            }
        }
        Ok(())
    }

    fn keep_cve(&mut self, case: CaseId, flaw: VulnerabilityId, cve: &CveId) -> Result<()> {
        let sql = sql!(
            "insert into cve_ids (cve_id, vulnerability_id, case_id) values (?1, ?2, ?3) \
            on conflict (cve_id, vulnerability_id) do nothing"
        );
        self.execute(sql, &values![cve.as_ref(), flaw, case]).map(drop)
    }
}

fn reservation(row: &Row) -> Result<CveReservation> {
    let cve: Option<String> = row.get("cve_id")?;
    Ok(CveReservation {
        vulnerability: row.get("vulnerability_id")?,
        case: row.get("case_id")?,
        asked_at: row.get("asked_at")?,
        cve: cve.map(|_| row.parse("cve_id")).transpose()?,
    })
}

#[cfg(test)]
mod tests;
