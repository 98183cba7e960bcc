//! The files of notes that wait for their instant, sealed with the key of their case. A set is
//! never changed: it stays until its successor is kept, and goes when nothing waits for it.

use domain::CaseId;
use jiff::Timestamp;

use crate::case::Due;
use crate::engine::Tx;
use crate::error::Result;
use crate::note::Artefact;
use crate::statements::sql;
use crate::value::{Row, Value};
use crate::values;
use crate::vault::{Spot, Vault};

/// What is to be known of a set of files without opening them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prepared {
    /// The version of the case that was last looked at.
    pub case_version: u64,
    /// When the note goes out.
    pub publishes_at: Timestamp,
    /// When the files were made.
    pub prepared_at: Timestamp,
    /// A digest of everything that they were made from.
    pub made_from: [u8; 32],
}

impl Tx {
    /// Keeps a set in the place of the one before.
    pub fn keep_prepared(
        &mut self,
        vault: &Vault,
        case: CaseId,
        prepared: &Prepared,
        files: &[Artefact],
    ) -> Result<()> {
        let key = self.case_key_or_new(vault, case)?;
        self.forget_prepared(case)?;
        let made_from = vault.seal(&key, &digest_spot(case), &prepared.made_from)?;
        self.execute(
            sql!(
                "insert into prepared_notes (case_id, case_version, publishes_at, prepared_at, \
                looked_at, made_from) values (?1, ?2, ?3, ?4, ?4, ?5)"
            ),
            &values![
                case,
                version(prepared.case_version),
                prepared.publishes_at,
                prepared.prepared_at,
                made_from,
            ],
        )?;
        for file in files {
            let sealed = vault.seal(&key, &file_spot(case, &file.format), &file.bytes)?;
            self.execute(
                sql!(
                    "insert into prepared_files (case_id, format, media_type, sealed) \
                    values (?1, ?2, ?3, ?4)"
                ),
                &values![case, &file.format, &file.media_type, sealed],
            )?;
        }
        Ok(())
    }

    /// What is to be known of the set of a case, if there is one.
    pub fn prepared(&mut self, vault: &Vault, case: CaseId) -> Result<Option<Prepared>> {
        let row = self.query_opt(
            sql!(
                "select case_version, publishes_at, prepared_at, made_from from prepared_notes \
                where case_id = ?1"
            ),
            &values![case],
        )?;
        let Some(row) = row else { return Ok(None) };
        let Some(key) = self.case_key(vault, case)? else { return Ok(None) };
        let digest = vault.open(&key, &digest_spot(case), &row.get::<Vec<u8>>("made_from")?)?;
        Ok(Some(Prepared {
            case_version: row.get("case_version")?,
            publishes_at: row.get("publishes_at")?,
            prepared_at: row.get("prepared_at")?,
            made_from: digest.as_slice().try_into().map_err(|_| row.corrupt("made_from"))?,
        }))
    }

    /// The files of the set of a case, in the order of their formats.
    pub fn prepared_files(&mut self, vault: &Vault, case: CaseId) -> Result<Vec<Artefact>> {
        let Some(key) = self.case_key(vault, case)? else { return Ok(Vec::new()) };
        let rows = self.query(
            sql!(
                "select format, media_type, sealed from prepared_files where case_id = ?1 \
                order by format"
            ),
            &values![case],
        )?;
        let open = |row: &Row| {
            let format: String = row.get("format")?;
            let sealed = row.get::<Vec<u8>>("sealed")?;
            let bytes = vault.open(&key, &file_spot(case, &format), &sealed)?.to_vec();
            Ok(Artefact { format, media_type: row.get("media_type")?, bytes })
        };
        rows.iter().map(open).collect()
    }

    /// The set of a case was looked at, and is as it should be for this version of the case.
    pub fn still_prepared(&mut self, case: CaseId, seen: u64, now: Timestamp) -> Result<()> {
        let sql =
            sql!("update prepared_notes set case_version = ?2, looked_at = ?3 where case_id = ?1");
        self.execute(sql, &values![case, version(seen), now]).map(drop)
    }

    /// Forgets the set of a case.
    pub fn forget_prepared(&mut self, case: CaseId) -> Result<()> {
        let sql = sql!("delete from prepared_files where case_id = ?1");
        self.execute(sql, &values![case])?;
        let sql = sql!("delete from prepared_notes where case_id = ?1");
        self.execute(sql, &values![case]).map(drop)
    }

    /// Armed cases whose set is missing, is of another version of the case, or was not looked at
    /// since an instant, those that go out first before the others, from `after` on. A case with
    /// which this duty failed is left out until its pause is over.
    pub fn cases_to_prepare(
        &mut self,
        duty: &str,
        (now, looked_before): (Timestamp, Timestamp),
        after: Option<Due>,
        limit: u32,
    ) -> Result<Vec<Due>> {
        let at = after.map_or(Value::Integer(i64::MIN), |due| due.at.into());
        let id = after.map_or(Value::Bytes(Vec::new()), |due| due.case.into());
        let mut row = Vec::from(values![now, looked_before, duty]);
        row.extend([at, id, limit.into()]);
        let rows = self.query(
            sql!(
                "select id, cases.publishes_at as at from cases \
                left join prepared_notes on prepared_notes.case_id = cases.id \
                where cases.publishes_at is not null and (cases.publishes_at, id) > (?4, ?5) \
                and (prepared_notes.case_id is null or looked_at < ?2 \
                or prepared_notes.case_version <> cases.version) and not exists \
                (select 1 from setbacks where setbacks.duty = ?3 \
                and setbacks.case_id = cases.id and setbacks.next_at > ?1) \
                order by cases.publishes_at, id limit ?6"
            ),
            &row,
        )?;
        rows.iter().map(|row| Ok(Due { case: row.get("id")?, at: row.get("at")? })).collect()
    }

    /// Cases that have a set and are not armed any more.
    pub fn cases_prepared_in_vain(&mut self, limit: u32) -> Result<Vec<CaseId>> {
        let rows = self.query(
            sql!(
                "select case_id from prepared_notes join cases on cases.id = case_id \
                where cases.publishes_at is null order by case_id limit ?1"
            ),
            &[limit.into()],
        )?;
        rows.iter().map(|row| row.get("case_id")).collect()
    }
}

fn version(of: u64) -> i64 {
    i64::try_from(of).unwrap_or(i64::MAX)
}

fn digest_spot(case: CaseId) -> Spot {
    Spot::new("prepared_notes", "made_from", case, Some(case))
}

/// A file is bound to its format as well, so that none stands in for another.
fn file_spot(case: CaseId, format: &str) -> Spot {
    Spot::new("prepared_files", "sealed", format, Some(case))
}

#[cfg(test)]
mod tests;
