//! The journal: entries are appended and never edited. What is kept is the text that was hashed, so
//! that what is read back can be verified to the last digit; the folded case moves in the same
//! transaction, and whoever appends to a case that has moved on is `Stale`.

use domain::journal::GENESIS;
use domain::{Case, CaseId, Entry};
use jiff::Timestamp;

use crate::engine::Tx;
use crate::error::{Corrupt, Result, StoreError};
use crate::parse::{id_hex, to_json};
use crate::statements::sql;
use crate::value::Row;
use crate::values;
use crate::vault::Vault;

impl Tx {
    /// When the newest entry of a case was written down.
    pub fn last_recorded_at(&mut self, case: CaseId) -> Result<Option<Timestamp>> {
        let row = self.query_opt(
            sql!(
                "select case_id, seq, recorded_at from journal where case_id = ?1 \
                order by seq desc limit 1"
            ),
            &values![case],
        )?;
        row.map(|row| row.get("recorded_at")).transpose()
    }

    /// Begins a journal: the first entry, the case it makes, and the key of the case unless its
    /// first words have made one.
    pub fn begin_journal(&mut self, vault: &Vault, entry: &Entry, case: &Case) -> Result<()> {
        let entries = std::slice::from_ref(entry);
        follows(entries, case)?;
        if entry.seq != 1 || entry.prev_hash != GENESIS {
            return Err(StoreError::Stale);
        }
        self.case_key_or_new(vault, case.id)?;
        self.write_entries(entries)?;
        self.write_case(case, &entry.hash, entry.recorded_at)?;
        self.write_participations(case, case.participants.keys().copied())
    }

    /// Appends what happened next, and keeps the case as it is now. `Stale` if the case has moved
    /// on since it was read.
    pub fn append(&mut self, entries: &[Entry], case: &Case) -> Result<()> {
        follows(entries, case)?;
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Ok(()) };
        self.move_case(case, first, last)?;
        self.write_entries(entries)?;
        self.follow_cves(entries, case.id)?;
        self.follow_participations(entries, case)
    }

    /// Entries of a case after a number, in order.
    pub fn journal(&mut self, case: CaseId, after: u64, limit: u32) -> Result<Vec<Entry>> {
        let after = i64::try_from(after).unwrap_or(i64::MAX);
        let rows = self.query(
            sql!(
                "select case_id, seq, entry from journal where case_id = ?1 and seq > ?2 \
                order by seq limit ?3"
            ),
            &values![case, after, limit],
        )?;
        rows.iter().map(entry).collect()
    }

    /// The hash that the next entry of a case follows; the one before every first entry if there
    /// is no such case.
    pub fn last_hash(&mut self, case: CaseId) -> Result<String> {
        let row =
            self.query_opt(sql!("select head_hash from cases where id = ?1"), &values![case])?;
        row.map_or_else(|| Ok(GENESIS.to_owned()), |row| row.get("head_hash"))
    }

    /// The last entry of a case.
    pub(crate) fn last_entry(&mut self, case: CaseId) -> Result<Option<Entry>> {
        let sql = sql!(
            "select case_id, seq, entry from journal where case_id = ?1 order by seq desc limit 1"
        );
        self.query_opt(sql, &values![case])?.as_ref().map(entry).transpose()
    }

    fn write_entries(&mut self, entries: &[Entry]) -> Result<()> {
        let rows = entries
            .iter()
            .map(|entry| {
                let text = serde_json::to_value(entry).map_err(StoreError::database)?;
                let kind = text.get("kind").cloned().unwrap_or_default();
                Ok(serde_json::json!([
                    id_hex(entry.case),
                    entry.seq,
                    id_hex(entry.id),
                    kind,
                    entry.recorded_at.as_microsecond(),
                    text.to_string(),
                ]))
            })
            .collect::<Result<Vec<_>>>()?;
        self.execute(
            sql!(
                sqlite: "insert into journal (case_id, seq, id, kind, recorded_at, entry) \
                    select unhex(value ->> 0), value ->> 1, unhex(value ->> 2), value ->> 3, \
                    value ->> 4, value ->> 5 from json_each(?1)",
                postgres: "insert into journal (case_id, seq, id, kind, recorded_at, entry) \
                    select decode(listed ->> 0, 'hex'), cast(listed ->> 1 as bigint), \
                    decode(listed ->> 2, 'hex'), listed ->> 3, cast(listed ->> 4 as bigint), \
                    listed ->> 5 from jsonb_array_elements(cast(?1 as text)::jsonb) as listed"
            ),
            &values![to_json(&rows)?],
        )
        .map(drop)
        .map_err(StoreError::stale_if_taken)
    }
}

/// The entry of a row, which must be the one that its key says.
fn entry(row: &Row) -> Result<Entry> {
    let (case, seq): (CaseId, u64) = (row.get("case_id")?, row.get("seq")?);
    let read = |text: String| serde_json::from_str(&text).ok();
    row.read("entry", |text| {
        read(text).filter(|entry: &Entry| entry.case == case && entry.seq == seq)
    })
}

/// Whether the entries follow one another and end where the case stands. If not, the caller has
/// put them together wrongly, and nothing is kept.
fn follows(entries: &[Entry], case: &Case) -> Result<()> {
    let strange = |seq| Err(Corrupt::new("journal", "seq", format!("{} {seq}", case.id)).into());
    for pair in entries.windows(2) {
        if let [before, after] = pair
            && (after.seq != before.seq + 1 || after.prev_hash != before.hash)
        {
            return strange(after.seq);
        }
    }
    for entry in entries {
        if entry.case != case.id {
            return strange(entry.seq);
        }
    }
    match entries.last() {
        Some(last) if last.seq != case.version => strange(last.seq),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
