//! Whether the row of a case is what its journal adds up to.

use std::collections::BTreeMap;

use super::{
    Actor, Case, CaseId, OrganizationId, ParticipantId, Party, Result, Timestamp, Tx, admit,
    columns, from_json, sql,
};
use crate::values;

/// How the row of a case differs from what its journal adds up to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum RowCheck {
    /// In nothing.
    Same,
    /// There is none.
    Missing,
    /// In these columns.
    Different(Vec<String>),
}

impl Tx {
    /// Compares the row of a case, column by column, with what its journal adds up to.
    pub(crate) fn check_case_row(
        &mut self,
        case: &Case,
        head_hash: &str,
        updated_at: Timestamp,
    ) -> Result<RowCheck> {
        let row = self.query_opt(
            sql!(
                "select id, version, head_hash, number, reference, report_id, phase, assignee, \
                title_body, received_at, updated_at, embargo_end, publishes_at, due_at, closed, \
                acknowledged, n_vendors, state from cases where id = ?1"
            ),
            &values![case.id],
        )?;
        let Some(row) = row else { return Ok(RowCheck::Missing) };
        let expected = columns(case, head_hash, updated_at)?;
        let mut different: Vec<String> = row
            .columns
            .iter()
            .zip(&row.values)
            .skip(1)
            .zip(&expected)
            .filter(|((name, found), wanted)| name.as_str() != "state" && found != wanted)
            .map(|((name, _), _)| name.clone())
            .collect();
        // The same case may be written in two ways, by two versions of this program.
        if from_json::<Case>(&row, "state").ok().as_ref() != Some(case) {
            different.push("state".to_owned());
        }
        Ok(if different.is_empty() { RowCheck::Same } else { RowCheck::Different(different) })
    }

    /// The participants whose row is not what the case says of them: missing, different, or of
    /// somebody who is not in the case.
    pub(crate) fn check_participations(&mut self, case: &Case) -> Result<Vec<ParticipantId>> {
        let rows = self.query(
            sql!(
                "select participant_id, organization_id, engaged, admitted from participations \
                where case_id = ?1"
            ),
            &values![case.id],
        )?;
        let mut found = BTreeMap::new();
        for row in &rows {
            let says: (Option<OrganizationId>, bool, bool) =
                (row.get("organization_id")?, row.get("engaged")?, row.get("admitted")?);
            found.insert(row.get::<ParticipantId>("participant_id")?, says);
        }
        let mut wrong = Vec::new();
        for them in case.participants.values() {
            let organization = match them.party {
                Party::Organization(organization) => Some(organization),
                Party::Team | Party::Reporter(_) => None,
            };
            let admitted = admit(Actor::Bearer(case.id, them.id), case).is_some();
            if found.remove(&them.id) != Some((organization, them.is_engaged(), admitted)) {
                wrong.push(them.id);
            }
        }
        wrong.extend(found.into_keys());
        Ok(wrong)
    }

    /// The case after another in the order of ids, whether it has a row, a journal or both.
    pub(crate) fn next_case(&mut self, after: Option<CaseId>) -> Result<Option<CaseId>> {
        let after = after.map_or(crate::Value::Bytes(Vec::new()), crate::Value::from);
        let row = self.query_opt(
            sql!("select id from cases where id > ?1 order by id limit 1"),
            std::slice::from_ref(&after),
        )?;
        let journal = self.query_opt(
            sql!(
                "select case_id as id from journal where case_id > ?1 order by case_id, seq limit 1"
            ),
            &[after],
        )?;
        let ids = row.iter().chain(&journal).map(|row| row.get("id"));
        Ok(ids.collect::<Result<Vec<CaseId>>>()?.into_iter().min())
    }

    /// Keeps others from changing a case until this transaction ends.
    pub(crate) fn hold_case(&mut self, id: CaseId) -> Result<()> {
        self.query(
            sql!(
                sqlite: "select id from cases where id = ?1",
                postgres: "select id from cases where id = ?1 for update"
            ),
            &values![id],
        )
        .map(drop)
    }
}
