//! What came of each try to reach a subscriber, and sending again what was sent.

use domain::{CaseId, DispatchId, Published, WebhookId, WebhookTryId};
use jiff::Timestamp;

use super::WebhookEvent;
use crate::dispatch::Channel;
use crate::engine::Tx;
use crate::error::Result;
use crate::import::no_case;
use crate::parse::{code, from_code, from_json};
use crate::statements::sql;
use crate::value::Row;
use crate::values;

/// One try to tell a subscriber something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookTry {
    /// Its id.
    pub id: WebhookTryId,
    /// The subscription.
    pub webhook: WebhookId,
    /// What was carried; absent for a ping.
    pub dispatch: Option<DispatchId>,
    /// What was told.
    pub event: WebhookEvent,
    /// The number of the note.
    pub note: Option<String>,
    /// Its revision.
    pub revision: Option<u32>,
    /// When.
    pub tried_at: Timestamp,
    /// How long the answer took, in milliseconds.
    pub took_ms: u32,
    /// The status of the answer, if there was one.
    pub status: Option<u32>,
    /// Whether the subscriber took it.
    pub outcome: Taken,
    /// What came of it, in a few words of ours.
    pub words: String,
}

/// Whether a subscriber took a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taken {
    /// It did.
    Yes,
    /// It did not.
    No,
}

/// A place in a list of tries, just after the last one that was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TryCursor {
    /// When that was.
    pub tried_at: Timestamp,
    /// Which it was.
    pub id: WebhookTryId,
}

impl Tx {
    /// Keeps what came of a try, and on the subscription whether it fails.
    pub fn keep_webhook_try(&mut self, tried: &WebhookTry) -> Result<()> {
        let row = values![
            tried.id,
            tried.webhook,
            tried.dispatch,
            code(&tried.event)?,
            tried.note.clone(),
            tried.revision,
            tried.tried_at,
            tried.took_ms,
            tried.status,
            tried.outcome == Taken::Yes,
            &tried.words,
        ];
        self.execute(
            sql!(
                "insert into webhook_tries (id, webhook_id, dispatch_id, event, note, revision, \
                tried_at, took_ms, status, taken, words) \
                values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
            ),
            &row,
        )?;
        match tried.outcome {
            Taken::Yes => {
                let sql = sql!("update webhooks set failing_since = null where id = ?1");
                self.execute_one(sql, &values![tried.webhook])
            }
            Taken::No => {
                let sql = sql!(
                    "update webhooks set failing_since = coalesce(failing_since, ?2) where id = ?1"
                );
                self.execute_one(sql, &values![tried.webhook, tried.tried_at])
            }
        }
    }

    /// What came of tries to reach a subscriber, the newest first, from a place in the list on.
    pub fn webhook_tries(
        &mut self,
        id: WebhookId,
        after: Option<TryCursor>,
        limit: u32,
    ) -> Result<Vec<WebhookTry>> {
        let rows = match after {
            None => self.query(
                sql!(
                    "select id, webhook_id, dispatch_id, event, note, revision, tried_at, took_ms, \
                    status, taken, words from webhook_tries where webhook_id = ?1 \
                    order by tried_at desc, id desc limit ?2"
                ),
                &values![id, limit],
            )?,
            Some(after) => self.query(
                sql!(
                    "select id, webhook_id, dispatch_id, event, note, revision, tried_at, took_ms, \
                    status, taken, words from webhook_tries where webhook_id = ?1 \
                    and (tried_at, id) < (?2, ?3) order by tried_at desc, id desc limit ?4"
                ),
                &values![id, after.tried_at, after.id, limit],
            )?,
        };
        rows.iter().map(tried).collect()
    }

    /// Forgets tries that were made before.
    pub fn forget_webhook_tries(&mut self, before: Timestamp) -> Result<()> {
        let sql = sql!("delete from webhook_tries where tried_at < ?1");
        self.execute(sql, &values![before]).map(drop)
    }

    /// What a subscriber was sent, or is to be, goes out once more, under the same id. `Stale` if
    /// there is no such thing, or it is on its way.
    pub fn send_again(&mut self, target: &str, id: DispatchId, now: Timestamp) -> Result<()> {
        self.execute_one(
            sql!(
                "update dispatches set state = 'waiting', next_at = ?4, n_tries = 0 \
                where id = ?1 and channel = ?2 and target = ?3 \
                and (leased_until is null or leased_until <= ?4)"
            ),
            &values![id, code(&Channel::Webhook)?, target, now],
        )
    }

    /// The same for everything since an instant; returns how much that is.
    pub fn send_all_again(
        &mut self,
        target: &str,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<u64> {
        self.execute(
            sql!(
                "update dispatches set state = 'waiting', next_at = ?4, n_tries = 0 \
                where channel = ?1 and target = ?2 and written_at >= ?3 \
                and (leased_until is null or leased_until <= ?4)"
            ),
            &values![code(&Channel::Webhook)?, target, since, now],
        )
    }

    /// What waits for a subscriber is not sent; what is on its way is.
    pub fn drop_messages(&mut self, target: &str, now: Timestamp) -> Result<()> {
        let sql = sql!(
            "delete from dispatches where channel = ?1 and target = ?2 and state = 'waiting' \
            and (leased_until is null or leased_until <= ?3)"
        );
        self.execute(sql, &values![code(&Channel::Webhook)?, target, now]).map(drop)
    }

    /// Notes of cases that became public or changed since an instant, the oldest first. Those that
    /// were public before they came here were told of by others.
    pub fn notes_told_since(
        &mut self,
        since: Timestamp,
        limit: u32,
    ) -> Result<Vec<(CaseId, Published)>> {
        let rows = self.query(
            sql!(
                "select slug, case_id, document from notes \
                where updated_at >= ?1 and case_id <> ?2 order by updated_at, slug limit ?3"
            ),
            &values![since, no_case(), limit],
        )?;
        rows.iter().map(|row| Ok((row.get("case_id")?, from_json(row, "document")?))).collect()
    }
}

fn tried(row: &Row) -> Result<WebhookTry> {
    Ok(WebhookTry {
        id: row.get("id")?,
        webhook: row.get("webhook_id")?,
        dispatch: row.get("dispatch_id")?,
        event: from_code(row, "event")?,
        note: row.get("note")?,
        revision: row.get("revision")?,
        tried_at: row.get("tried_at")?,
        took_ms: row.get("took_ms")?,
        status: row.get("status")?,
        outcome: if row.get::<bool>("taken")? { Taken::Yes } else { Taken::No },
        words: row.get("words")?,
    })
}
