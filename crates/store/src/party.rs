//! The links that stand in mails: whoever holds one speaks for one participant of one case, until
//! it runs out or is revoked. Only the hash of the secret is kept.

use domain::{CaseId, ParticipantId};
use jiff::Timestamp;

use crate::calendar::CalendarOwner;
use crate::engine::Tx;
use crate::error::Result;
use crate::statements::sql;
use crate::values;

impl Tx {
    /// Keeps the hash of a link that was made now and runs out at `until`.
    pub fn keep_link(
        &mut self,
        hash: [u8; 32],
        case: CaseId,
        participant: ParticipantId,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<()> {
        let row = values![hash, case, participant, now, until];
        let sql = sql!(
            "insert into links (hash, case_id, participant_id, made_at, valid_until) \
            values (?1, ?2, ?3, ?4, ?5)"
        );
        self.execute(sql, &row).map(drop)
    }

    /// For whom the holder of a link speaks, if it is still good.
    pub fn link(
        &mut self,
        hash: &[u8; 32],
        now: Timestamp,
    ) -> Result<Option<(CaseId, ParticipantId)>> {
        let sql =
            sql!("select case_id, participant_id from links where hash = ?1 and valid_until > ?2");
        let row = self.query_opt(sql, &values![*hash, now])?;
        row.map(|row| Ok((row.get("case_id")?, row.get("participant_id")?))).transpose()
    }

    /// Makes every link of a participant worthless, and the address of their calendar.
    pub fn revoke_links(&mut self, case: CaseId, participant: ParticipantId) -> Result<()> {
        let sql = sql!("delete from links where case_id = ?1 and participant_id = ?2");
        self.execute(sql, &values![case, participant])?;
        self.revoke_calendar(CalendarOwner::Participant(case, participant))
    }
}

#[cfg(test)]
mod tests;
