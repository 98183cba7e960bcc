//! The secret addresses of calendars, and the cases that stand in one. Only the hash of a secret is
//! kept, and everybody has one at most: a new one makes the one before worthless.

use domain::{AccountId, Case, CaseId, ParticipantId};
use jiff::Timestamp;

use crate::case::Sight;
use crate::engine::Tx;
use crate::error::Result;
use crate::parse::from_json;
use crate::statements::sql;
use crate::values;

/// For whom a calendar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CalendarOwner {
    /// Somebody with an account.
    Account(AccountId),
    /// One who takes part in a case.
    Participant(CaseId, ParticipantId),
}

impl Tx {
    /// Keeps the hash of an address, in place of the one before.
    pub fn keep_calendar(
        &mut self,
        hash: [u8; 32],
        owner: CalendarOwner,
        now: Timestamp,
    ) -> Result<()> {
        self.revoke_calendar(owner)?;
        let (account, case, participant) = match owner {
            CalendarOwner::Account(account) => (Some(account), None, None),
            CalendarOwner::Participant(case, participant) => (None, Some(case), Some(participant)),
        };
        let sql = sql!(
            "insert into calendars (hash, account_id, case_id, participant_id, made_at) \
            values (?1, ?2, ?3, ?4, ?5)"
        );
        self.execute_one(sql, &values![hash, account, case, participant, now])
    }

    /// Makes the address of a calendar worthless.
    pub fn revoke_calendar(&mut self, owner: CalendarOwner) -> Result<()> {
        match owner {
            CalendarOwner::Account(account) => {
                self.execute(sql!("delete from calendars where account_id = ?1"), &values![account])
            }
            CalendarOwner::Participant(case, participant) => self.execute(
                sql!("delete from calendars where case_id = ?1 and participant_id = ?2"),
                &values![case, participant],
            ),
        }
        .map(drop)
    }

    /// Since when somebody has an address for their calendar.
    pub fn calendar_made_at(&mut self, owner: CalendarOwner) -> Result<Option<Timestamp>> {
        let row = match owner {
            CalendarOwner::Account(account) => self.query_opt(
                sql!("select made_at from calendars where account_id = ?1"),
                &values![account],
            ),
            CalendarOwner::Participant(case, participant) => self.query_opt(
                sql!("select made_at from calendars where case_id = ?1 and participant_id = ?2"),
                &values![case, participant],
            ),
        }?;
        row.map(|row| row.get("made_at")).transpose()
    }

    /// Whose calendar has an address.
    pub fn calendar(&mut self, hash: &[u8; 32]) -> Result<Option<CalendarOwner>> {
        let row = self.query_opt(
            sql!("select account_id, case_id, participant_id from calendars where hash = ?1"),
            &values![*hash],
        )?;
        let Some(row) = row else { return Ok(None) };
        if let Some(account) = row.get("account_id")? {
            return Ok(Some(CalendarOwner::Account(account)));
        }
        let (case, participant) = (row.get("case_id")?, row.get("participant_id")?);
        Ok(Some(CalendarOwner::Participant(case, participant)))
    }

    /// Cases whose embargo is in force, the earliest end first, and then those in which something
    /// happened lately.
    pub fn cases_of_calendar(
        &mut self,
        sight: Sight,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Case>> {
        let rows = match sight {
            Sight::Everything => self.query(
                sql!(
                    "select id, state from cases where number is not null \
                    and (embargo_end is not null or updated_at > ?1) \
                    order by embargo_end is null, embargo_end, updated_at desc limit ?2"
                ),
                &values![since, limit],
            ),
            Sight::OwnAndUnassigned(account) => self.query(
                sql!(
                    "select id, state from cases where number is not null \
                    and (embargo_end is not null or updated_at > ?1) \
                    and (assignee is null or assignee = ?3) \
                    order by embargo_end is null, embargo_end, updated_at desc limit ?2"
                ),
                &values![since, limit, account],
            ),
            Sight::Organization(organization) => self.query(
                sql!(
                    "select id, state from cases where number is not null \
                    and (embargo_end is not null or updated_at > ?1) \
                    and id in (select case_id from participations \
                    where organization_id = ?3 and admitted = 1) \
                    order by embargo_end is null, embargo_end, updated_at desc limit ?2"
                ),
                &values![since, limit, organization],
            ),
        }?;
        rows.iter().map(|row| from_json(row, "state")).collect()
    }
}
