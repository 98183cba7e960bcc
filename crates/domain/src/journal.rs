//! The journal: entries that are appended and never edited, each carrying the hash of the one
//! before, so that a change, a gap or a swap is found by whoever walks it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{AccountId, CaseId, Event, EventId, ParticipantId};

/// The hash before the first entry of every journal.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Whose hand did something. Never a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "is", content = "id", rename_all = "snake_case")]
pub enum Hand {
    /// Somebody of the team.
    Staff(AccountId),
    /// A participant.
    Participant(ParticipantId),
    /// The server, doing a duty.
    Server,
}

/// By which way something came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// A browser.
    Web,
    /// A mail.
    Mail,
    /// A program.
    Api,
    /// The command line.
    Command,
    /// The clock.
    Timer,
}

/// One entry of a journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Of which case.
    pub case: CaseId,
    /// Counts up from 1 without gaps.
    pub seq: u64,
    /// The entry's own id.
    pub id: EventId,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// When it was written down; entries are in this order.
    pub recorded_at: Timestamp,
    /// By whose hand.
    pub hand: Hand,
    /// By which way.
    pub via: Via,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
    /// The hash of the entry before, or [`GENESIS`].
    pub prev_hash: String,
    /// SHA-256, in hex, over the canonical JSON (RFC 8785) of everything above.
    pub hash: String,
}

/// The first entry of a journal that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("entry {seq} of the journal is not as it was written")]
pub struct Broken {
    /// Where.
    pub seq: u64,
}

impl Entry {
    /// The entry with its hash, following one with `prev_hash`.
    #[must_use]
    pub fn sealed(mut self, prev_hash: &str) -> Self {
        prev_hash.clone_into(&mut self.prev_hash);
        self.hash = self.digest();
        self
    }

    fn digest(&self) -> String {
        let mut open = serde_json::to_value(self).unwrap_or_default();
        if let Some(fields) = open.as_object_mut() {
            fields.remove("hash");
        }
        let canonical = serde_json_canonicalizer::to_vec(&open).unwrap_or_default();
        hex(&Sha256::digest(canonical))
    }
}

/// Walks a journal from its beginning and says whether every entry is as it was written.
///
/// # Errors
/// The first entry that is not.
pub fn verify(journal: &[Entry]) -> Result<(), Broken> {
    let mut prev = GENESIS;
    let mut seq = 0;
    for entry in journal {
        seq += 1;
        let whole = entry.seq == seq && entry.prev_hash == prev && entry.hash == entry.digest();
        if !whole {
            return Err(Broken { seq });
        }
        prev = &entry.hash;
    }
    Ok(())
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
