//! Brings the tables up to date when the store opens.
//!
//! `migrations/` holds numbered files, never edited once released, applied in order and in one
//! transaction. One file serves both engines: `{text}`, `{blob}`, `{uuid}` and `{strict}` stand for
//! what they call differently, `bigint` is the only kind of number, and lines between `-- @sqlite`
//! or `-- @postgres` and `-- @both` are for one engine only. References must not be deferrable:
//! jobs that share a commit would share its failure.

use sha2::{Digest, Sha256};

use crate::Tx;
use crate::engine::{Access, Session, Verdict};
use crate::error::{Result, StoreError};
use crate::statements::sql;
use crate::value::Value;

/// A numbered change of the tables.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Migration {
    pub(crate) number: i64,
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
}

/// All of them, in order.
pub(crate) const MIGRATIONS: &[Migration] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

const TABLE: Migration = Migration {
    number: 0,
    name: "migrations",
    text: "create table if not exists migrations (
    number bigint not null primary key,
    name {text} not null,
    checksum {blob} not null
) {strict};",
};

/// Which engine a text is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Migration {
    fn checksum(&self) -> [u8; 32] {
        Sha256::digest(self.text).into()
    }

    /// The text for one engine.
    pub(crate) fn text_for(&self, engine: Engine) -> Result<String> {
        let mut lines = Vec::new();
        let mut wanted = true;
        for line in self.text.lines() {
            match line.trim() {
                "-- @sqlite" => wanted = engine == Engine::Sqlite,
                "-- @postgres" => wanted = engine == Engine::Postgres,
                "-- @both" => wanted = true,
                _ if wanted => lines.push(self.words_for(engine, line)?),
                _ => (),
            }
        }
        Ok(lines.join("\n"))
    }

    fn words_for(&self, engine: Engine, line: &str) -> Result<String> {
        let mut text = line.to_owned();
        // PostgreSQL would sort by the language of the server, which differs from SQLite and from
        // one version of the system's tables to the next.
        for (word, [sqlite, postgres]) in [
            (" bigint", [" integer", " bigint"]),
            ("{text}", ["text", "text collate \"C\""]),
            ("{blob}", ["blob", "bytea"]),
            ("{uuid}", ["blob", "bytea"]),
            (" {strict}", [" strict", ""]),
        ] {
            text = text.replace(word, if engine == Engine::Sqlite { sqlite } else { postgres });
        }
        let unknown = text.split('{').skip(1).find_map(|rest| {
            let (word, _) = rest.split_once('}')?;
            let named = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
            named.then_some(word)
        });
        match unknown {
            None => Ok(text),
            Some(word) => Err(self.wrong(format!("{{{word}}} is not a word of migrations"))),
        }
    }

    fn wrong(&self, reason: String) -> StoreError {
        StoreError::Migration { number: self.number, reason }
    }
}

/// Applies what is missing. `before` is called first, with the number of the first missing one,
/// when there are tables that could be harmed.
pub(crate) fn migrate(
    tx: &mut Tx,
    known: &[Migration],
    before: impl FnOnce(i64) -> Result<()>,
) -> Result<()> {
    let engine = tx.session().suspend_references()?;
    tx.begin(Access::Write)?;
    let done = apply_missing(tx, engine, known, before);
    let ended = tx.end(if done.is_ok() { Verdict::Keep } else { Verdict::Undo });
    done.and(ended)?;
    tx.session().enforce_references()
}

fn apply_missing(
    tx: &mut Tx,
    engine: Engine,
    known: &[Migration],
    before: impl FnOnce(i64) -> Result<()>,
) -> Result<()> {
    wait_for_others(tx)?;
    tx.session().batch(&TABLE.text_for(engine)?)?;
    let rows = tx.query(sql!("select number, checksum from migrations order by number"), &[])?;
    let applied = rows
        .iter()
        .map(|row| Ok((row.get("number")?, row.get("checksum")?)))
        .collect::<Result<Vec<(i64, [u8; 32])>>>()?;
    let missing = missing(known, &applied)?;
    if let (Some(first), false) = (missing.first(), applied.is_empty()) {
        before(first.number)?;
    }
    for migration in missing {
        tx.session().batch(&migration.text_for(engine)?)?;
        let row = [
            Value::from(migration.number),
            Value::from(migration.name),
            Value::from(migration.checksum()),
        ];
        tx.execute(
            sql!("insert into migrations (number, name, checksum) values (?1, ?2, ?3)"),
            &row,
        )?;
        tracing::info!(migration = migration.name, "the tables were brought up to date");
    }
    tx.session().check_references()
}

/// Several nodes may start at once: the others wait here, for as long as it takes, until this
/// transaction ends. (An SQLite file has one server.)
pub(crate) fn wait_for_others(tx: &mut Tx) -> Result<()> {
    tx.query(
        sql!(
            sqlite: "select 0",
            postgres: "select set_config('statement_timeout', '0', true), \
                set_config('lock_timeout', '0', true)"
        ),
        &[],
    )?;
    tx.query(
        sql!(
            sqlite: "select 0",
            postgres: "select pg_advisory_xact_lock(hashtext('ombud migrations'), \
                hashtext(current_schema()))"
        ),
        &[],
    )
    .map(drop)
}

/// What has not been applied; what has must be the beginning of what is known, unchanged.
fn missing<'a>(known: &'a [Migration], applied: &[(i64, [u8; 32])]) -> Result<&'a [Migration]> {
    let latest = known.last().map_or(0, |migration| migration.number);
    if let Some((found, _)) = applied.last()
        && *found > latest
    {
        return Err(StoreError::Newer { found: *found, known: latest });
    }
    let mut known_before = known.iter();
    for (number, checksum) in applied {
        match known_before.next() {
            Some(migration) if migration.number == *number && migration.checksum() == *checksum => {
            }
            Some(_) | None => return Err(StoreError::Strange(*number)),
        }
    }
    Ok(known_before.as_slice())
}

impl Session {
    pub(crate) fn batch(&mut self, text: &str) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.batch(text),
            Self::Postgres(connection) => connection.batch(text),
        }
    }

    /// SQLite rebuilds a table to change it, and must not follow references meanwhile.
    fn suspend_references(&mut self) -> Result<Engine> {
        match self {
            Self::Sqlite(connection) => {
                connection.batch("pragma foreign_keys = off").map(|()| Engine::Sqlite)
            }
            Self::Postgres(_) => Ok(Engine::Postgres),
        }
    }

    fn enforce_references(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.enforce_references(),
            Self::Postgres(_) => Ok(()),
        }
    }

    fn check_references(&mut self) -> Result<()> {
        match self {
            Self::Sqlite(connection) => connection.check_references(),
            Self::Postgres(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
