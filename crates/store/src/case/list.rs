//! Lists of cases: the newest activity first, page by page. A page ends in a cursor, not in a
//! count, so that what happens meanwhile neither hides a case nor shows one twice in a walk.

use std::fmt;
use std::str::FromStr;

use super::{
    AccountId, BodyId, CaseId, CaseNumber, OrganizationId, Phase, ReportReference, Result, Row,
    Timestamp, Tx, Value, code, sql, to_json,
};
use crate::parse::from_code;

/// Which cases somebody may see at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    /// All of them.
    Everything,
    /// Those of one analyst, and those of nobody.
    OwnAndUnassigned(AccountId),
    /// Those that an organisation takes part in and was told of.
    Organization(OrganizationId),
}

/// Which cases a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFilter {
    /// Whose eyes it is for.
    pub sight: Sight,
    /// How far they have come; empty for all.
    pub phase: Vec<Phase>,
}

/// A place in a list, just after the last row that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// When that case last changed.
    pub updated_at: Timestamp,
    /// That case.
    pub id: CaseId,
}

/// As it stands in an address: digits, letters and `-`.
impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.updated_at.as_microsecond(), self.id)
    }
}

/// This is not a place in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a place in the list; begin at its top")]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (instant, id) = text.split_once('.').ok_or(NotACursor)?;
        let instant = instant.parse().map_err(|_| NotACursor)?;
        let updated_at = Timestamp::from_microsecond(instant).map_err(|_| NotACursor)?;
        Ok(Self { updated_at, id: id.parse().map_err(|_| NotACursor)? })
    }
}

/// A page of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// Where it begins; the top if absent.
    pub before: Option<Cursor>,
    /// How many rows at most.
    pub limit: u32,
}

/// A case in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    /// The case.
    pub id: CaseId,
    /// Its number, once accepted.
    pub number: Option<CaseNumber>,
    /// What its reporter quotes.
    pub reference: ReportReference,
    /// How far it has come.
    pub phase: Phase,
    /// Who is responsible.
    pub assignee: Option<AccountId>,
    /// Its working title, to be looked up with `titles`.
    pub title: BodyId,
    /// When the report came.
    pub received_at: Timestamp,
    /// When something last happened.
    pub updated_at: Timestamp,
    /// The end of the embargo in force.
    pub embargo_end: Option<Timestamp>,
    /// When the note goes out by itself.
    pub publishes_at: Option<Timestamp>,
    /// Whether the reporter was told that the report is here.
    pub acknowledged: bool,
    /// How many vendors take part or did.
    pub n_vendors: u32,
}

impl CaseRow {
    /// The place after this row.
    pub fn cursor(&self) -> Cursor {
        Cursor { updated_at: self.updated_at, id: self.id }
    }
}

impl Tx {
    /// A page of the cases that the filter lets through, the newest activity first.
    pub fn cases_for(&mut self, filter: &CaseFilter, page: &Page) -> Result<Vec<CaseRow>> {
        if let ([phase], Sight::Everything) = (&filter.phase[..], filter.sight) {
            return self.cases_in(*phase, page);
        }
        let phases = filter.phase.iter().map(code).collect::<Result<Vec<_>>>()?;
        let [instant, id] = page.start();
        let mut parameters = vec![instant, id, to_json(&phases)?.into(), Value::from(page.limit)];
        let sql = match filter.sight {
            Sight::Everything => sql!(
                sqlite: "select id, number, reference, phase, assignee, title_body, received_at, \
                    updated_at, embargo_end, publishes_at, acknowledged, n_vendors from cases \
                    where (updated_at, id) < (?1, ?2) \
                    and (?3 = '[]' or phase in (select value from json_each(?3))) \
                    order by updated_at desc, id desc limit ?4",
                postgres: "select id, number, reference, phase, assignee, title_body, received_at, \
                    updated_at, embargo_end, publishes_at, acknowledged, n_vendors from cases \
                    where (updated_at, id) < (?1, ?2) \
                    and (cast(?3 as text) = '[]' or cast(?3 as text)::jsonb ? phase) \
                    order by updated_at desc, id desc limit ?4"
            ),
            Sight::OwnAndUnassigned(_) => sql!(
                sqlite: "select id, number, reference, phase, assignee, title_body, received_at, \
                    updated_at, embargo_end, publishes_at, acknowledged, n_vendors from cases \
                    where (updated_at, id) < (?1, ?2) \
                    and (?3 = '[]' or phase in (select value from json_each(?3))) \
                    and (assignee is null or assignee = ?5) \
                    order by updated_at desc, id desc limit ?4",
                postgres: "select id, number, reference, phase, assignee, title_body, received_at, \
                    updated_at, embargo_end, publishes_at, acknowledged, n_vendors from cases \
                    where (updated_at, id) < (?1, ?2) \
                    and (cast(?3 as text) = '[]' or cast(?3 as text)::jsonb ? phase) \
                    and (assignee is null or assignee = ?5) \
                    order by updated_at desc, id desc limit ?4"
            ),
            Sight::Organization(_) => sql!(
                sqlite: "select id, number, reference, phase, assignee, title_body, received_at, \
                    updated_at, embargo_end, publishes_at, acknowledged, n_vendors from cases \
                    where (updated_at, id) < (?1, ?2) \
                    and (?3 = '[]' or phase in (select value from json_each(?3))) \
                    and id in (select case_id from participations \
                        where organization_id = ?5 and admitted = 1) \
                    order by updated_at desc, id desc limit ?4",
                postgres: "select id, number, reference, phase, assignee, title_body, received_at, \
                    updated_at, embargo_end, publishes_at, acknowledged, n_vendors from cases \
                    where (updated_at, id) < (?1, ?2) \
                    and (cast(?3 as text) = '[]' or cast(?3 as text)::jsonb ? phase) \
                    and id in (select case_id from participations \
                        where organization_id = ?5 and admitted = 1) \
                    order by updated_at desc, id desc limit ?4"
            ),
        };
        match filter.sight {
            Sight::Everything => (),
            Sight::OwnAndUnassigned(account) => parameters.push(account.into()),
            Sight::Organization(organization) => parameters.push(organization.into()),
        }
        self.query(sql, &parameters)?.iter().map(case_row).collect()
    }

    /// A page of all cases in one phase, which are few among many: they have an index of their own.
    fn cases_in(&mut self, phase: Phase, page: &Page) -> Result<Vec<CaseRow>> {
        let [instant, id] = page.start();
        let rows = self.query(
            sql!(
                "select id, number, reference, phase, assignee, title_body, received_at, \
                updated_at, embargo_end, publishes_at, acknowledged, n_vendors from cases \
                where phase = ?3 and (updated_at, id) < (?1, ?2) \
                order by updated_at desc, id desc limit ?4"
            ),
            &[instant, id, code(&phase)?.into(), page.limit.into()],
        )?;
        rows.iter().map(case_row).collect()
    }
}

impl Page {
    /// The place its rows come after. After the end of time there is nothing, so the top is just
    /// before it.
    fn start(&self) -> [Value; 2] {
        match self.before {
            Some(cursor) => [cursor.updated_at.into(), cursor.id.into()],
            None => [Timestamp::MAX.into(), Value::Bytes(vec![0xff; 17])],
        }
    }
}

fn case_row(row: &Row) -> Result<CaseRow> {
    Ok(CaseRow {
        id: row.get("id")?,
        number: row.read("number", |text: Option<String>| {
            text.map(|t| t.parse().ok()).map_or(Some(None), |number| number.map(Some))
        })?,
        reference: row.parse("reference")?,
        phase: from_code(row, "phase")?,
        assignee: row.get("assignee")?,
        title: row.get("title_body")?,
        received_at: row.get("received_at")?,
        updated_at: row.get("updated_at")?,
        embargo_end: row.get("embargo_end")?,
        publishes_at: row.get("publishes_at")?,
        acknowledged: row.get("acknowledged")?,
        n_vendors: row.get("n_vendors")?,
    })
}
