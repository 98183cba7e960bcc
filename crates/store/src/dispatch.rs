//! What goes out by a channel besides the pages of this server: each thing once, by one node at a
//! time, tried until it is done or given up.
//!
//! Targets, and what came of a dispatch, are kept in the clear: of a case that is not public
//! nothing may stand in them but ids. A node claims dispatches for a while and is fenced, as with
//! letters: what it says of one that another node has taken over is `Stale`.

use domain::{CaseId, DispatchId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::{code, from_code};
use crate::statements::sql;
use crate::value::Row;
use crate::values;

/// By which way something goes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// To the CVE List, through CVE Services.
    Cve,
    /// To a copy of the public site elsewhere.
    Site,
    /// To the address of a subscriber's program.
    Webhook,
    /// To a mailing list.
    List,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Cve, Self::Site, Self::Webhook, Self::List];
}

/// How far a dispatch is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DispatchState {
    /// It is to go out.
    Waiting,
    /// It went out.
    Done,
    /// It will not go out unless somebody says so.
    GivenUp,
}

/// Something that is to go out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDispatch {
    /// Its id.
    pub id: DispatchId,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// The name in addresses of the note it is about, where that has no case.
    pub slug: Option<String>,
    /// The revision of the public note it is about; absent before there is one.
    pub revision: Option<u32>,
    /// By which way.
    pub channel: Channel,
    /// To what, as the channel names it.
    pub target: String,
    /// What is done there, as the channel names it.
    pub what: String,
    /// When it may first go out.
    pub not_before: Timestamp,
}

/// Something that goes out, and how far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dispatch {
    /// Its id.
    pub id: DispatchId,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// The name in addresses of the note it is about, where that has no case.
    pub slug: Option<String>,
    /// The revision of the public note it is about; absent before there is one.
    pub revision: Option<u32>,
    /// By which way.
    pub channel: Channel,
    /// To what, as the channel names it.
    pub target: String,
    /// What is done there, as the channel names it.
    pub what: String,
    /// How far it is.
    pub state: DispatchState,
    /// How often it was claimed, this time included.
    pub n_tries: u32,
    /// When it was written.
    pub written_at: Timestamp,
    /// When it is next tried, if it waits.
    pub next_at: Timestamp,
    /// When it was last tried.
    pub tried_at: Option<Timestamp>,
    /// When it was done.
    pub done_at: Option<Timestamp>,
    /// What came of the last try, in one line.
    pub outcome: Option<String>,
}

impl Tx {
    /// Something is to go out. What is to go out already, or did, is not sent a second time.
    pub fn write_dispatch(&mut self, new: &NewDispatch, now: Timestamp) -> Result<()> {
        let row = values![
            new.id,
            new.case,
            new.revision.unwrap_or(0),
            code(&new.channel)?,
            &new.target,
            &new.what,
            now,
            new.not_before,
            new.slug.as_deref(),
        ];
        self.execute(
            sql!(
                "insert into dispatches (id, case_id, revision, channel, target, what, state, \
                written_at, next_at, n_tries, slug) \
                values (?1, ?2, ?3, ?4, ?5, ?6, 'waiting', ?7, ?8, 0, ?9) \
                on conflict (case_id, revision, channel, target, what) do nothing"
            ),
            &row,
        )
        .map(drop)
    }

    /// Claims what is to go out now by one channel, for so long. No other node gets it meanwhile.
    pub fn claim_dispatches(
        &mut self,
        channel: Channel,
        node: &str,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Result<Vec<Dispatch>> {
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        let rows = self.query(
            sql!(
                sqlite: "update dispatches \
                    set leased_by = ?1, leased_until = ?3, n_tries = n_tries + 1 \
                    where id in (select id from dispatches where state = 'waiting' \
                    and channel = ?5 and next_at <= ?2 \
                    and (leased_until is null or leased_until <= ?2) \
                    order by next_at, id limit ?4) \
                    returning id, case_id, slug, revision, channel, target, what, state, \
                    written_at, next_at, n_tries, tried_at, done_at, outcome",
                postgres: "with chosen as materialized (select id from dispatches \
                    where state = 'waiting' and channel = ?5 and next_at <= ?2 \
                    and (leased_until is null or leased_until <= ?2) \
                    order by next_at, id limit ?4 for update skip locked) \
                    update dispatches \
                    set leased_by = ?1, leased_until = ?3, n_tries = n_tries + 1 \
                    from chosen where dispatches.id = chosen.id \
                    returning dispatches.id, case_id, slug, revision, channel, target, what, \
                    state, written_at, next_at, n_tries, tried_at, done_at, outcome"
            ),
            &values![node, now, until, limit, code(&channel)?],
        )?;
        let mut claimed = rows.iter().map(dispatch).collect::<Result<Vec<_>>>()?;
        claimed.sort_by_key(|one| (one.next_at, one.id));
        Ok(claimed)
    }

    /// It went out; what was answered, in one line.
    pub fn dispatch_done(
        &mut self,
        id: DispatchId,
        node: &str,
        now: Timestamp,
        outcome: &str,
    ) -> Result<()> {
        self.execute_one(
            sql!(
                "update dispatches set state = 'done', done_at = ?3, tried_at = ?3, outcome = ?4, \
                leased_by = null, leased_until = null \
                where id = ?1 and leased_by = ?2 and state = 'waiting'"
            ),
            &values![id, node, now, outcome],
        )
    }

    /// It could not go out now and is tried again later.
    pub fn dispatch_put_off(
        &mut self,
        id: DispatchId,
        node: &str,
        now: Timestamp,
        next_at: Timestamp,
        outcome: &str,
    ) -> Result<()> {
        self.execute_one(
            sql!(
                "update dispatches set tried_at = ?3, next_at = ?4, outcome = ?5, \
                leased_by = null, leased_until = null \
                where id = ?1 and leased_by = ?2 and state = 'waiting'"
            ),
            &values![id, node, now, next_at, outcome],
        )
    }

    /// It is given up: trying again would come to the same.
    pub fn dispatch_given_up(
        &mut self,
        id: DispatchId,
        node: &str,
        now: Timestamp,
        outcome: &str,
    ) -> Result<()> {
        self.execute_one(
            sql!(
                "update dispatches set state = 'given_up', tried_at = ?3, outcome = ?4, \
                leased_by = null, leased_until = null \
                where id = ?1 and leased_by = ?2 and state = 'waiting'"
            ),
            &values![id, node, now, outcome],
        )
    }

    /// Somebody wants what was given up or put off to be tried at once. `Stale` if it is not of
    /// this case, went out, or is on its way.
    pub fn try_dispatch_again(
        &mut self,
        case: CaseId,
        id: DispatchId,
        now: Timestamp,
    ) -> Result<()> {
        self.execute_one(
            sql!(
                "update dispatches set state = 'waiting', next_at = ?3 \
                where id = ?1 and case_id = ?2 and state in ('waiting', 'given_up') \
                and (leased_until is null or leased_until <= ?3)"
            ),
            &values![id, case, now],
        )
    }

    /// All that went out or is to go out for a case, oldest first.
    pub fn dispatches_of(&mut self, case: CaseId) -> Result<Vec<Dispatch>> {
        let rows = self.query(
            sql!(
                "select id, case_id, slug, revision, channel, target, what, state, written_at, \
                next_at, n_tries, tried_at, done_at, outcome \
                from dispatches where case_id = ?1 order by written_at, channel, target, id"
            ),
            &values![case],
        )?;
        rows.iter().map(dispatch).collect()
    }

    /// How many are to go out by now, and how many were given up.
    pub fn dispatches_open(&mut self, now: Timestamp) -> Result<(i64, i64)> {
        let sql = sql!(
            "select (select count(*) from dispatches \
            where state = 'waiting' and next_at <= ?1) as n_waiting, \
            (select count(*) from dispatches where state = 'given_up') as n_given_up"
        );
        let row = self.query_opt(sql, &values![now])?;
        row.map_or(Ok((0, 0)), |row| Ok((row.get("n_waiting")?, row.get("n_given_up")?)))
    }

    /// When the next one that waits may go out: one that a node holds, when its lease ends.
    pub fn next_dispatch_at(&mut self) -> Result<Option<Timestamp>> {
        let row = self.query_opt(
            sql!(
                "select min(case when leased_until > next_at then leased_until else next_at end) \
                as next_at from dispatches where state = 'waiting'"
            ),
            &[],
        )?;
        row.map_or(Ok(None), |row| row.get("next_at"))
    }
}

fn dispatch(row: &Row) -> Result<Dispatch> {
    let revision: u32 = row.get("revision")?;
    Ok(Dispatch {
        id: row.get("id")?,
        case: row.get("case_id")?,
        slug: row.get("slug")?,
        revision: (revision > 0).then_some(revision),
        channel: from_code(row, "channel")?,
        target: row.get("target")?,
        what: row.get("what")?,
        state: from_code(row, "state")?,
        n_tries: row.get("n_tries")?,
        written_at: row.get("written_at")?,
        next_at: row.get("next_at")?,
        tried_at: row.get("tried_at")?,
        done_at: row.get("done_at")?,
        outcome: row.get("outcome")?,
    })
}

#[cfg(test)]
mod tests;
