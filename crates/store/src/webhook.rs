//! Programs of subscribers that are told when something becomes public: where they are, what they
//! want to hear of, with what messages to them are signed, and what came of each try.
//!
//! Where a subscriber is and the secrets are sealed, with a key for each subscription; its host
//! stands in the clear.

mod tries;

use std::collections::BTreeSet;
use std::fmt;

use domain::{AccountId, WebhookId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::{code, from_code, from_json, to_json};
use crate::statements::sql;
use crate::value::Row;
use crate::values;
use crate::vault::{Key, Spot, Vault};

pub use tries::{Taken, TryCursor, WebhookTry};

/// What a subscriber can be told of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum WebhookEvent {
    /// A note is public for the first time.
    #[serde(rename = "note.published")]
    NotePublished,
    /// A public note has another revision.
    #[serde(rename = "note.revised")]
    NoteRevised,
    /// A public note was withdrawn.
    #[serde(rename = "note.withdrawn")]
    NoteWithdrawn,
    /// Nothing happened; somebody tries whether messages arrive.
    #[serde(rename = "ping")]
    Ping,
}

impl WebhookEvent {
    /// Those that a subscriber can choose.
    pub const ALL: [Self; 3] = [Self::NotePublished, Self::NoteRevised, Self::NoteWithdrawn];

    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotePublished => "note.published",
            Self::NoteRevised => "note.revised",
            Self::NoteWithdrawn => "note.withdrawn",
            Self::Ping => "ping",
        }
    }

    /// The event of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().chain([Self::Ping]).find(|event| event.name() == name)
    }
}

/// Whether a subscriber is told at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WebhookState {
    /// It is.
    Active,
    /// It is not: somebody wants it so, or it failed for days, or it said that it wants no more.
    Paused,
}

/// A subscription, without what is sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub id: WebhookId,
    /// The host it leads to.
    pub host: String,
    /// What it wants to hear of.
    pub events: BTreeSet<WebhookEvent>,
    /// Whether it is told.
    pub state: WebhookState,
    /// Who made it.
    pub made_by: AccountId,
    /// When.
    pub made_at: Timestamp,
    /// Until when messages are also signed with the secret from before.
    pub old_until: Option<Timestamp>,
    /// Since when every try has failed.
    pub failing_since: Option<Timestamp>,
}

/// What is sealed of a subscription.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecrets {
    /// Where messages go.
    pub address: String,
    /// What they are signed with.
    pub secret: Zeroizing<Vec<u8>>,
    /// The secret from before.
    pub old: Option<Zeroizing<Vec<u8>>>,
}

/// Shows nothing.
impl fmt::Debug for WebhookSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebhookSecrets(…)")
    }
}

/// A subscription that begins, active.
pub struct NewWebhook {
    /// Its id.
    pub id: WebhookId,
    /// Where messages go.
    pub address: String,
    /// The host of that address.
    pub host: String,
    /// What they are signed with.
    pub secret: Zeroizing<Vec<u8>>,
    /// What it wants to hear of.
    pub events: BTreeSet<WebhookEvent>,
    /// Who makes it.
    pub made_by: AccountId,
    /// When.
    pub made_at: Timestamp,
}

impl Tx {
    /// Begins a subscription.
    pub fn add_webhook(&mut self, vault: &Vault, new: &NewWebhook) -> Result<()> {
        let key = vault.new_key();
        let row = values![
            new.id,
            vault.wrap(&key, &spot("wrapped", new.id))?,
            vault.seal(&key, &spot("address", new.id), new.address.as_bytes())?,
            vault.seal(&key, &spot("secret", new.id), &new.secret)?,
            &new.host,
            to_json(&new.events)?,
            code(&WebhookState::Active)?,
            new.made_by,
            new.made_at,
        ];
        self.execute(
            sql!(
                "insert into webhooks (id, wrapped, address, secret, host, events, state, made_by, \
                made_at, changed_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9)"
            ),
            &row,
        )
        .map(drop)
    }

    /// Every subscription, the oldest first. There are few.
    pub fn webhooks(&mut self) -> Result<Vec<Webhook>> {
        let rows = self.query(
            sql!(
                "select id, host, events, state, made_by, made_at, old_until, failing_since \
                from webhooks order by made_at, id"
            ),
            &[],
        )?;
        rows.iter().map(webhook).collect()
    }

    /// A subscription with what is sealed of it.
    pub fn webhook(
        &mut self,
        vault: &Vault,
        id: WebhookId,
    ) -> Result<Option<(Webhook, WebhookSecrets)>> {
        let row = self.query_opt(
            sql!(
                "select id, host, events, state, made_by, made_at, old_until, failing_since, \
                wrapped, address, secret, old_secret from webhooks where id = ?1"
            ),
            &values![id],
        )?;
        row.map(|row| Ok((webhook(&row)?, secrets(vault, id, &row)?))).transpose()
    }

    /// Pauses a subscription or takes it up again, which forgets how long it failed.
    pub fn set_webhook_state(
        &mut self,
        id: WebhookId,
        state: WebhookState,
        now: Timestamp,
    ) -> Result<()> {
        self.execute_one(
            sql!(
                "update webhooks set state = ?2, changed_at = ?3, failing_since = null \
                where id = ?1"
            ),
            &values![id, code(&state)?, now],
        )
    }

    /// Gives a subscription another secret; the one that was good until now is good a while longer.
    pub fn rotate_webhook(
        &mut self,
        vault: &Vault,
        id: WebhookId,
        secret: &[u8],
        old_until: Timestamp,
    ) -> Result<()> {
        let row = self.query_opt(
            sql!("select id, wrapped, secret from webhooks where id = ?1"),
            &values![id],
        )?;
        let row = row.ok_or(crate::StoreError::Stale)?;
        let key = key(vault, id, &row)?;
        let before: Vec<u8> = row.get("secret")?;
        let old = vault.open(&key, &spot("secret", id), &before)?;
        let row = values![
            id,
            vault.seal(&key, &spot("secret", id), secret)?,
            vault.seal(&key, &spot("old_secret", id), &old)?,
            old_until,
            before,
        ];
        // Somebody else who did the same at this moment is not overwritten.
        self.execute_one(
            sql!(
                "update webhooks set secret = ?2, old_secret = ?3, old_until = ?4 \
                where id = ?1 and secret = ?5"
            ),
            &row,
        )
    }

    /// Ends a subscription, with the list of what came of it.
    pub fn delete_webhook(&mut self, id: WebhookId) -> Result<()> {
        self.execute(sql!("delete from webhook_tries where webhook_id = ?1"), &values![id])?;
        self.execute_one(sql!("delete from webhooks where id = ?1"), &values![id])
    }
}

fn spot(column: &'static str, id: WebhookId) -> Spot {
    Spot::new("webhooks", column, id, None)
}

fn key(vault: &Vault, id: WebhookId, row: &Row) -> Result<Key> {
    vault.unwrap(&row.get::<Vec<u8>>("wrapped")?, &spot("wrapped", id))
}

fn secrets(vault: &Vault, id: WebhookId, row: &Row) -> Result<WebhookSecrets> {
    let key = key(vault, id, row)?;
    let old: Option<Vec<u8>> = row.get("old_secret")?;
    Ok(WebhookSecrets {
        address: vault.open_text(&key, &spot("address", id), &row.get::<Vec<u8>>("address")?)?,
        secret: vault.open(&key, &spot("secret", id), &row.get::<Vec<u8>>("secret")?)?,
        old: old.map(|old| vault.open(&key, &spot("old_secret", id), &old)).transpose()?,
    })
}

fn webhook(row: &Row) -> Result<Webhook> {
    Ok(Webhook {
        id: row.get("id")?,
        host: row.get("host")?,
        events: from_json(row, "events")?,
        state: from_code(row, "state")?,
        made_by: row.get("made_by")?,
        made_at: row.get("made_at")?,
        old_until: row.get("old_until")?,
        failing_since: row.get("failing_since")?,
    })
}

#[cfg(test)]
mod tests;
