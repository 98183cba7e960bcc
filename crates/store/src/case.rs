//! The cases as they stand: one folded row each, with the columns that lists sort and filter by.
//! The rows can be thrown away and made again from the journal.

use domain::access::{Actor, admit};
use domain::case::{Party, Phase};
use domain::{
    AccountId, BodyId, Case, CaseId, CaseNumber, Entry, Event, OrganizationId, ParticipantId,
    ReportId, ReportReference,
};
use jiff::Timestamp;

pub(crate) mod check;
mod list;

pub use list::{CaseFilter, CaseRow, Cursor, NotACursor, Page, Sight};

use crate::engine::Tx;
use crate::error::{Result, StoreError};
use crate::parse::{code, from_json, id_hex, to_json};
use crate::statements::sql;
use crate::value::{Row, Value};
use crate::values;

/// A case whose time has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The case.
    pub case: CaseId,
    /// Since when.
    pub at: Timestamp,
}

impl Tx {
    /// A case as it stands, and the hash of the last entry of its journal.
    pub fn case(&mut self, id: CaseId) -> Result<Option<(Case, String)>> {
        let sql = sql!("select id, version, head_hash, state from cases where id = ?1");
        self.query_opt(sql, &values![id])?.as_ref().map(folded).transpose()
    }

    /// The case of a number.
    pub fn case_by_number(&mut self, number: &CaseNumber) -> Result<Option<CaseId>> {
        let sql = sql!("select id from cases where number = ?1");
        self.query_opt(sql, &values![number.as_ref()])?.map(|row| row.get("id")).transpose()
    }

    /// The case that a report began.
    pub fn case_of_report(&mut self, report: ReportId) -> Result<Option<CaseId>> {
        let sql = sql!("select id from cases where report_id = ?1");
        self.query_opt(sql, &values![report])?.map(|row| row.get("id")).transpose()
    }

    /// Whether a case or a published note has the number.
    pub fn number_taken(&mut self, number: &CaseNumber) -> Result<bool> {
        let sql = sql!(
            "select 1 as taken from cases where number = ?1 \
            union all select 1 from notes where number = ?1"
        );
        Ok(self.query_opt(sql, &values![number.as_ref()])?.is_some())
    }

    /// Whether any case or published note has a number.
    pub fn has_numbers(&mut self) -> Result<bool> {
        let sql = sql!(
            "select 1 as given from cases where number is not null \
            union all select 1 from notes limit 1"
        );
        Ok(self.query_opt(sql, &[])?.is_some())
    }

    /// Cases whose embargo or whose wait for publication is over, earliest first, from `after` on.
    /// A case with which this duty failed is left out until its pause is over.
    pub fn cases_due(
        &mut self,
        duty: &str,
        now: Timestamp,
        after: Option<Due>,
        limit: u32,
    ) -> Result<Vec<Due>> {
        let at = after.map_or(Value::Integer(i64::MIN), |due| due.at.into());
        let id = after.map_or(Value::Bytes(Vec::new()), |due| due.case.into());
        let mut row = Vec::from(values![now, duty]);
        row.extend([at, id, limit.into()]);
        let rows = self.query(
            sql!(
                "select id, due_at from cases \
                where due_at <= ?1 and (due_at, id) > (?3, ?4) and not exists \
                (select 1 from setbacks where setbacks.duty = ?2 \
                and setbacks.case_id = cases.id and setbacks.next_at > ?1) \
                order by due_at, id limit ?5"
            ),
            &row,
        )?;
        rows.iter().map(|row| Ok(Due { case: row.get("id")?, at: row.get("due_at")? })).collect()
    }

    /// When the next embargo or wait for publication is over, which may have been already.
    pub fn next_due_at(&mut self) -> Result<Option<Timestamp>> {
        let sql =
            sql!("select due_at from cases where due_at is not null order by due_at, id limit 1");
        self.query_opt(sql, &[])?.map(|row| row.get("due_at")).transpose()
    }

    /// When the next embargo or wait for publication is over after `now`, whatever is overdue.
    pub fn next_due_after(&mut self, now: Timestamp) -> Result<Option<Timestamp>> {
        let sql = sql!("select due_at from cases where due_at > ?1 order by due_at, id limit 1");
        self.query_opt(sql, &values![now])?.map(|row| row.get("due_at")).transpose()
    }

    /// The cases in which vendors may have been silent, in the order of ids: they have some, and
    /// neither is their note out nor are they closed. One that cannot be read comes as its id and
    /// the fault, and keeps no other back.
    pub fn cases_with_vendors(
        &mut self,
        after: Option<CaseId>,
        limit: u32,
    ) -> Result<Vec<(CaseId, Result<Case>)>> {
        let after = after.map_or(Value::Bytes(Vec::new()), Value::from);
        let rows = self.query(
            sql!(
                "select id, version, head_hash, state from cases \
                where closed = 0 and n_vendors > 0 and phase <> 'watch' and id > ?1 \
                order by id limit ?2"
            ),
            &[after, limit.into()],
        )?;
        rows.iter().map(|row| Ok((row.get("id")?, folded(row).map(|(case, _)| case)))).collect()
    }

    /// How many reports that came before an instant nobody has acknowledged.
    pub fn n_unacknowledged(&mut self, before: Timestamp) -> Result<i64> {
        let sql = sql!(
            "select count(*) as n from cases \
            where acknowledged = 0 and phase = 'report' and received_at < ?1"
        );
        self.query_opt(sql, &values![before])?.map_or(Ok(0), |row| row.get("n"))
    }

    /// The ids of all cases, in order, for whoever walks them all.
    pub fn all_case_ids(&mut self, after: Option<CaseId>, limit: u32) -> Result<Vec<CaseId>> {
        let after = after.map_or(Value::Bytes(Vec::new()), Value::from);
        let rows = self.query(
            sql!("select id from cases where id > ?1 order by id limit ?2"),
            &[after, limit.into()],
        )?;
        rows.iter().map(|row| row.get("id")).collect()
    }

    /// Writes the row of a case anew from what its journal adds up to. `Stale` if the journal has
    /// moved on.
    pub fn replace_folded(&mut self, case: &Case) -> Result<()> {
        let last = self.last_entry(case.id)?.filter(|last| last.seq == case.version);
        let Some(last) = last else { return Err(StoreError::Stale) };
        self.execute(sql!("delete from cases where id = ?1"), &values![case.id])?;
        self.write_case(case, &last.hash, last.recorded_at)?;
        self.execute(sql!("delete from participations where case_id = ?1"), &values![case.id])?;
        self.write_cves(case)?;
        self.write_participations(case, case.participants.keys().copied())
    }

    /// The row of a new case.
    pub(crate) fn write_case(
        &mut self,
        case: &Case,
        head_hash: &str,
        updated_at: Timestamp,
    ) -> Result<()> {
        let mut row = Vec::from(values![case.id]);
        row.extend(columns(case, head_hash, updated_at)?);
        self.execute(
            sql!(
                "insert into cases (id, version, head_hash, number, reference, report_id, phase, \
                assignee, title_body, received_at, updated_at, embargo_end, publishes_at, due_at, \
                closed, acknowledged, n_vendors, state) \
                values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, \
                ?17, ?18)"
            ),
            &row,
        )
        .map(drop)
    }

    /// The row of a case to which entries are added, if it is still where they begin.
    pub(crate) fn move_case(&mut self, case: &Case, first: &Entry, last: &Entry) -> Result<()> {
        let before = i64::try_from(first.seq).unwrap_or(i64::MAX) - 1;
        let mut row = Vec::from(values![case.id]);
        row.extend(columns(case, &last.hash, last.recorded_at)?);
        row.extend(values![before, &first.prev_hash]);
        self.execute_one(
            sql!(
                "update cases set version = ?2, head_hash = ?3, number = ?4, reference = ?5, \
                report_id = ?6, phase = ?7, assignee = ?8, title_body = ?9, received_at = ?10, \
                updated_at = ?11, embargo_end = ?12, publishes_at = ?13, due_at = ?14, \
                closed = ?15, acknowledged = ?16, n_vendors = ?17, state = ?18 \
                where id = ?1 and version = ?19 and head_hash = ?20"
            ),
            &row,
        )
    }

    /// Keeps up with who takes part, as far as the entries speak of it.
    pub(crate) fn follow_participations(&mut self, entries: &[Entry], case: &Case) -> Result<()> {
        let touched = entries.iter().filter_map(|entry| match &entry.event {
            Event::ParticipantAdded { participant, .. }
            | Event::ContactAttempted { participant, .. }
            | Event::ParticipantLeft { participant }
            | Event::ParticipantRemoved { participant, .. } => Some(*participant),
            _ => None,
        });
        self.write_participations(case, touched)
    }

    /// Who takes part, and whether the case may be shown to them: what `admit` says.
    pub(crate) fn write_participations(
        &mut self,
        case: &Case,
        participants: impl Iterator<Item = ParticipantId>,
    ) -> Result<()> {
        let touched: std::collections::BTreeSet<_> = participants.collect();
        let rows: Vec<_> = touched
            .into_iter()
            .filter_map(|id| case.participant(id))
            .map(|them| {
                let organization = match them.party {
                    Party::Organization(organization) => Some(id_hex(organization)),
                    Party::Team | Party::Reporter(_) => None,
                };
                let admitted = admit(Actor::Bearer(case.id, them.id), case).is_some();
                let (engaged, admitted) = (i32::from(them.is_engaged()), i32::from(admitted));
                serde_json::json!([
                    id_hex(them.id),
                    id_hex(case.id),
                    organization,
                    engaged,
                    admitted
                ])
            })
            .collect();
        if rows.is_empty() {
            return Ok(());
        }
        self.execute(
            sql!(
                sqlite: "insert into participations \
                    (participant_id, case_id, organization_id, engaged, admitted) \
                    select unhex(value ->> 0), unhex(value ->> 1), unhex(value ->> 2), \
                    value ->> 3, value ->> 4 from json_each(?1) where true \
                    on conflict (participant_id) do update \
                    set engaged = excluded.engaged, admitted = excluded.admitted",
                postgres: "insert into participations \
                    (participant_id, case_id, organization_id, engaged, admitted) \
                    select decode(listed ->> 0, 'hex'), decode(listed ->> 1, 'hex'), \
                    decode(listed ->> 2, 'hex'), cast(listed ->> 3 as bigint), \
                    cast(listed ->> 4 as bigint) \
                    from jsonb_array_elements(cast(?1 as text)::jsonb) as listed \
                    on conflict (participant_id) do update \
                    set engaged = excluded.engaged, admitted = excluded.admitted"
            ),
            &values![to_json(&rows)?],
        )
        .map(drop)
    }
}

/// The columns after the id, in the order of the table.
fn columns(case: &Case, head_hash: &str, updated_at: Timestamp) -> Result<[Value; 17]> {
    let version = i64::try_from(case.version).unwrap_or(i64::MAX);
    let embargo_end = case.embargo.end().map(|end| end.at);
    let publishes_at = case.publishes_at();
    let due_at = embargo_end.into_iter().chain(publishes_at).min();
    Ok(values![
        version,
        head_hash,
        case.number.as_ref().map(AsRef::<str>::as_ref),
        case.report.reference.as_ref(),
        case.report.id,
        code(&case.phase())?,
        case.assignee,
        case.title.body,
        case.report.received_at,
        updated_at,
        embargo_end,
        publishes_at,
        due_at,
        case.closed.is_some(),
        case.report.acknowledged_at.is_some(),
        i64::try_from(case.vendors().count()).unwrap_or(i64::MAX),
        to_json(case)?,
    ])
}

fn folded(row: &Row) -> Result<(Case, String)> {
    let case: Case = from_json(row, "state")?;
    let (id, version): (CaseId, u64) = (row.get("id")?, row.get("version")?);
    if case.id != id {
        return Err(row.corrupt("state"));
    }
    if case.version != version {
        return Err(row.corrupt("version"));
    }
    Ok((case, row.get("head_hash")?))
}

#[cfg(test)]
mod tests;
