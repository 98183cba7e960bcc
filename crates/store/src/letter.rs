//! Letters that wait to be sent, and those that were. Words and address are sealed: with the key of
//! the case, or for a letter of no case with a key of its own.
//!
//! A node claims letters for a while and is fenced: once another node has taken a letter over, what
//! the first says of it is `Stale`.

use std::fmt;

use domain::{CaseId, LetterId, ParticipantId};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::engine::Tx;
use crate::error::Result;
use crate::parse::from_code;
use crate::statements::sql;
use crate::value::Row;
use crate::values;
use crate::vault::{Key, Spot, Vault};

/// A letter to be sent.
#[derive(Clone, PartialEq, Eq)]
pub struct NewLetter {
    /// Its id.
    pub id: LetterId,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// The participant it goes to.
    pub participant: Option<ParticipantId>,
    /// What it is about, as JSON; ids and dates only.
    pub matter: String,
    /// Where it goes.
    pub address: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// Its Message-ID.
    pub message_id: String,
    /// When it was written, which is also when it may first be sent.
    pub written_at: Timestamp,
}

/// A letter that this node has to send now.
#[derive(Clone, PartialEq, Eq)]
pub struct ClaimedLetter {
    /// Its id.
    pub id: LetterId,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// The participant it goes to.
    pub participant: Option<ParticipantId>,
    /// Where it goes.
    pub address: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// Its Message-ID, the same at every try.
    pub message_id: String,
    /// How often it was claimed, this time included.
    pub n_tries: u32,
}

/// A letter as its sender may see it, with its words.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboxLetter {
    /// Its id.
    pub id: LetterId,
    /// The case it is about.
    pub case: Option<CaseId>,
    /// Where it goes.
    pub address: String,
    /// Its subject.
    pub subject: String,
    /// Its text.
    pub body: String,
    /// How far it is.
    pub state: LetterState,
    /// When it was written.
    pub written_at: Timestamp,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
}

macro_rules! silent {
    ($($name:ident)*) => {$(
        /// Shows its id only.
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).field("id", &self.id).finish_non_exhaustive()
            }
        }
    )*};
}

silent! { NewLetter ClaimedLetter OutboxLetter }

/// How far a letter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterState {
    /// It is to be sent.
    Waiting,
    /// The next server has it.
    Sent,
    /// It was given up.
    Failed,
}

/// A letter in a list, without its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRow {
    /// Its id.
    pub id: LetterId,
    /// The participant it goes to.
    pub participant: Option<ParticipantId>,
    /// What it is about, as JSON.
    pub matter: String,
    /// How far it is.
    pub state: LetterState,
    /// When it was written.
    pub written_at: Timestamp,
    /// When it was sent.
    pub sent_at: Option<Timestamp>,
    /// When it was last tried.
    pub tried_at: Option<Timestamp>,
    /// How often it was tried.
    pub n_tries: u32,
    /// Why it was put off or given up.
    pub why: Option<String>,
}

impl Tx {
    /// Puts a letter into the outbox.
    pub fn write_letter(&mut self, vault: &Vault, letter: &NewLetter) -> Result<()> {
        let (id, case) = (letter.id, letter.case);
        let (key, wrapped) = if let Some(case) = case {
            (self.case_key_or_new(vault, case)?, None)
        } else {
            let key = vault.new_key();
            let wrapped = vault.wrap(&key, &spot("wrapped", id, None))?;
            (key, Some(wrapped))
        };
        let seal =
            |column, words: &str| vault.seal(&key, &spot(column, id, case), words.as_bytes());
        let row = values![
            id,
            case,
            letter.participant,
            wrapped,
            &letter.matter,
            seal("address", &letter.address)?,
            seal("subject", &letter.subject)?,
            seal("body", &letter.body)?,
            &letter.message_id,
            letter.written_at,
        ];
        self.execute(
            sql!(
                "insert into letters (id, case_id, participant_id, wrapped, matter, address, \
                subject, body, message_id, state, written_at, next_at, n_tries) \
                values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'waiting', ?10, ?10, 0)"
            ),
            &row,
        )
        .map(drop)
    }

    /// Claims letters that are to be sent now, for so long. No other node gets them meanwhile.
    pub fn claim_letters(
        &mut self,
        vault: &Vault,
        node: &str,
        now: Timestamp,
        lease: SignedDuration,
        limit: u32,
    ) -> Result<Vec<ClaimedLetter>> {
        let until = now.checked_add(lease).unwrap_or(Timestamp::MAX);
        let mut rows = self.query(
            sql!(
                sqlite: "update letters set leased_by = ?1, leased_until = ?3, n_tries = n_tries + 1 \
                    where id in (select id from letters where state = 'waiting' and next_at <= ?2 \
                    and (leased_until is null or leased_until <= ?2) \
                    order by next_at, id limit ?4) \
                    returning id, case_id, participant_id, wrapped, address, subject, body, \
                    message_id, n_tries, next_at, (select case_keys.wrapped from case_keys \
                    where case_keys.case_id = letters.case_id) as case_wrapped",
                postgres: "with chosen as materialized (select id from letters \
                    where state = 'waiting' and next_at <= ?2 \
                    and (leased_until is null or leased_until <= ?2) \
                    order by next_at, id limit ?4 for update skip locked) \
                    update letters set leased_by = ?1, leased_until = ?3, n_tries = n_tries + 1 \
                    from chosen where letters.id = chosen.id \
                    returning letters.id, case_id, participant_id, wrapped, address, subject, body, \
                    message_id, n_tries, next_at, (select case_keys.wrapped from case_keys \
                    where case_keys.case_id = letters.case_id) as case_wrapped"
            ),
            &values![node, now, until, limit],
        )?
        .iter()
        .map(|row| Ok((row.get("next_at")?, claimed(vault, row)?)))
        .collect::<Result<Vec<(Timestamp, ClaimedLetter)>>>()?;
        rows.sort_by_key(|(next_at, letter)| (*next_at, letter.id));
        Ok(rows.into_iter().map(|(_, letter)| letter).collect())
    }

    /// The letter was taken by the next server.
    pub fn letter_sent(&mut self, id: LetterId, node: &str, now: Timestamp) -> Result<()> {
        self.execute_one(
            sql!(
                "update letters set state = 'sent', sent_at = ?3, tried_at = ?3, leased_by = null, \
                leased_until = null, why = null \
                where id = ?1 and leased_by = ?2 and state = 'waiting'"
            ),
            &values![id, node, now],
        )
    }

    /// The letter could not be sent now and is tried again later.
    pub fn letter_deferred(
        &mut self,
        id: LetterId,
        node: &str,
        now: Timestamp,
        next_at: Timestamp,
        why: &str,
    ) -> Result<()> {
        self.execute_one(
            sql!(
                "update letters set tried_at = ?3, next_at = ?4, why = ?5, leased_by = null, \
                leased_until = null where id = ?1 and leased_by = ?2 and state = 'waiting'"
            ),
            &values![id, node, now, next_at, why],
        )
    }

    /// The letter is given up.
    pub fn letter_failed(
        &mut self,
        id: LetterId,
        node: &str,
        now: Timestamp,
        why: &str,
    ) -> Result<()> {
        self.execute_one(
            sql!(
                "update letters set state = 'failed', tried_at = ?3, why = ?4, leased_by = null, \
                leased_until = null where id = ?1 and leased_by = ?2 and state = 'waiting'"
            ),
            &values![id, node, now, why],
        )
    }

    /// The letters of a case, oldest first, without their words.
    pub fn letters_of_case(&mut self, case: CaseId) -> Result<Vec<LetterRow>> {
        let rows = self.query(
            sql!(
                "select id, participant_id, matter, state, written_at, sent_at, tried_at, \
                n_tries, why \
                from letters where case_id = ?1 order by written_at, id"
            ),
            &values![case],
        )?;
        rows.iter().map(letter_row).collect()
    }

    /// How many letters wait that might have been sent by now, and since when the oldest does. One
    /// that must not tell the minute it was written in is not among them before its time.
    pub fn letters_waiting(&mut self, now: Timestamp) -> Result<(i64, Option<Timestamp>)> {
        let sql = sql!(
            "select count(*) as n_waiting, min(written_at) as oldest from letters \
            where state = 'waiting' and written_at <= ?1"
        );
        match self.query_opt(sql, &values![now])? {
            Some(row) => Ok((row.get("n_waiting")?, row.get("oldest")?)),
            None => Ok((0, None)),
        }
    }

    /// The newest letters with their words.
    pub fn outbox(&mut self, vault: &Vault, limit: u32) -> Result<Vec<OutboxLetter>> {
        let rows = self.query(
            sql!(
                "select id, letters.case_id as case_id, letters.wrapped as wrapped, address, \
                subject, body, state, written_at, sent_at, case_keys.wrapped as case_wrapped \
                from letters left join case_keys on case_keys.case_id = letters.case_id \
                order by written_at desc, id desc limit ?1"
            ),
            &values![limit],
        )?;
        rows.iter()
            .map(|row| {
                let [address, subject, body] = words(vault, row)?;
                Ok(OutboxLetter {
                    id: row.get("id")?,
                    case: row.get("case_id")?,
                    address,
                    subject,
                    body,
                    state: from_code(row, "state")?,
                    written_at: row.get("written_at")?,
                    sent_at: row.get("sent_at")?,
                })
            })
            .collect()
    }
}

fn spot(column: &'static str, id: LetterId, case: Option<CaseId>) -> Spot {
    Spot::new("letters", column, id, case)
}

fn claimed(vault: &Vault, row: &Row) -> Result<ClaimedLetter> {
    let [address, subject, body] = words(vault, row)?;
    Ok(ClaimedLetter {
        id: row.get("id")?,
        case: row.get("case_id")?,
        participant: row.get("participant_id")?,
        address,
        subject,
        body,
        message_id: row.get("message_id")?,
        n_tries: row.get("n_tries")?,
    })
}

/// Address, subject and text of a letter.
fn words(vault: &Vault, row: &Row) -> Result<[String; 3]> {
    let (id, case): (LetterId, Option<CaseId>) = (row.get("id")?, row.get("case_id")?);
    let key: Key = match case {
        Some(case) => vault.unwrap_case_key(case, &row.get::<Vec<u8>>("case_wrapped")?)?,
        None => vault.unwrap(&row.get::<Vec<u8>>("wrapped")?, &spot("wrapped", id, None))?,
    };
    let open = |column| {
        let sealed: Vec<u8> = row.get(column)?;
        vault.open_text(&key, &spot(column, id, case), &sealed)
    };
    Ok([open("address")?, open("subject")?, open("body")?])
}

fn letter_row(row: &Row) -> Result<LetterRow> {
    Ok(LetterRow {
        id: row.get("id")?,
        participant: row.get("participant_id")?,
        matter: row.get("matter")?,
        state: from_code(row, "state")?,
        written_at: row.get("written_at")?,
        sent_at: row.get("sent_at")?,
        tried_at: row.get("tried_at")?,
        n_tries: row.get("n_tries")?,
        why: row.get("why")?,
    })
}

#[cfg(test)]
mod tests;
