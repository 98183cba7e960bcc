//! SQLite: one thread that writes, a few that read, and a lock that keeps other servers away.
//!
//! The writer takes all jobs that wait (up to 64) into one `begin immediate`, each in a savepoint
//! of its own, commits once, and only then answers: nobody is told of a change that a power cut
//! could undo, and a crowd of writers shares one flush of the disk.

mod public;
mod unlocked;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{ErrorCode, OpenFlags, params_from_iter};

use super::job::Job;
use super::queue::Queue;
use super::{Access, Meters, Session, Tx, Verdict};
use crate::error::{Corrupt, Result, StoreError};
use crate::migrate::{self, Migration};
use crate::statements::Statement;
use crate::value::{Row, Value};

/// How many jobs share a commit.
const GROUP: usize = 64;

/// How long to wait for somebody else's lock, such as a shell that the operator has open.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection to a file.
#[derive(Debug)]
pub(crate) struct Connection {
    inner: rusqlite::Connection,
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl Connection {
    /// Opens the file, makes it safe, and looks whether it really is.
    pub(crate) fn open(path: &Path, access: Access) -> Result<Self> {
        let mode = match access {
            Access::Public => OpenFlags::SQLITE_OPEN_READ_ONLY,
            // Whoever reads takes part in the log of the file.
            Access::Read | Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE,
        };
        let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let inner = rusqlite::Connection::open_with_flags(path, flags).map_err(failure)?;
        inner.busy_timeout(PATIENCE).map_err(failure)?;
        inner.set_prepared_statement_cache_capacity(512);
        for (setting, wanted) in [
            (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
            (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
            (DbConfig::SQLITE_DBCONFIG_DQS_DML, false),
            (DbConfig::SQLITE_DBCONFIG_DQS_DDL, false),
        ] {
            inner.set_db_config(setting, wanted).map_err(failure)?;
        }
        let mut connection = Self { inner };
        connection.set("journal_mode", "wal", "wal")?;
        connection.set("synchronous", "full", "2")?;
        connection.set("secure_delete", "on", "1")?;
        connection.set("cell_size_check", "on", "1")?;
        connection.set("temp_store", "memory", "2")?;
        if access != Access::Write {
            connection.set("query_only", "on", "1")?;
        }
        connection.enforce_references()?;
        if access == Access::Public {
            connection.inner.authorizer(Some(public::may)).map_err(failure)?;
        }
        Ok(connection)
    }

    fn set(&self, name: &'static str, value: &'static str, wanted: &'static str) -> Result<()> {
        self.inner.pragma_update(None, name, value).map_err(failure)?;
        let found = self
            .inner
            .pragma_query_value(None, name, |row| {
                row.get_ref(0).map(|value| match value {
                    ValueRef::Integer(number) => number.to_string(),
                    ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
                    ValueRef::Null | ValueRef::Real(_) | ValueRef::Blob(_) => String::new(),
                })
            })
            .map_err(failure)?;
        if found == wanted { Ok(()) } else { Err(StoreError::Setting { name, found, wanted }) }
    }

    pub(crate) fn enforce_references(&self) -> Result<()> {
        self.set("foreign_keys", "on", "1")
    }

    /// Looks for references to rows that do not exist.
    pub(crate) fn check_references(&self) -> Result<()> {
        let mut broken = self.inner.prepare("pragma foreign_key_check").map_err(failure)?;
        let table: Option<String> = broken
            .query_map([], |row| row.get(0))
            .map_err(failure)?
            .next()
            .transpose()
            .map_err(failure)?;
        table.map_or(Ok(()), |table| Err(Corrupt::new(table, "(a reference)", "unknown").into()))
    }

    /// Copies the whole database into a new file beside it, on the disk when this returns.
    pub(crate) fn back_up(&self, place: &Path, before: i64) -> Result<()> {
        let path = unused(place, before);
        let file = private_file(&path).map_err(|source| StoreError::file(&path, source))?;
        let progress: Option<fn(rusqlite::backup::Progress)> = None;
        self.inner.backup("main", &path, progress).map_err(failure)?;
        file.sync_all().map_err(|source| StoreError::file(&path, source))?;
        tracing::info!(file = %path.display(), "the database was copied before it is changed");
        Ok(())
    }

    pub(crate) fn batch(&self, text: &str) -> Result<()> {
        self.inner.execute_batch(text).map_err(failure)
    }

    pub(crate) fn begin(&self, access: Access) -> Result<()> {
        // A deferred transaction that turns to writing fails at once when another wrote meanwhile,
        // without ever waiting: so writing ones say at the start what they are.
        self.batch(match access {
            Access::Read | Access::Public => "begin deferred",
            Access::Write => "begin immediate",
        })
    }

    pub(crate) fn commit(&self) -> Result<()> {
        self.batch("commit")
    }

    pub(crate) fn rollback(&self) -> Result<()> {
        // After a full disk and the like, SQLite has already undone everything by itself.
        if self.inner.is_autocommit() { Ok(()) } else { self.batch("rollback") }
    }

    pub(crate) fn query(
        &self,
        statement: &'static Statement,
        parameters: &[Value],
        access: Access,
    ) -> Result<Vec<Row>> {
        let mut prepared = self.inner.prepare_cached(statement.sqlite).map_err(failure)?;
        if access != Access::Write && !prepared.readonly() {
            return Err(StoreError::ReadOnly);
        }
        let columns: Arc<[String]> = prepared.column_names().map(ToOwned::to_owned).collect();
        let mut found = prepared.query(params_from_iter(parameters)).map_err(failure)?;
        let mut rows = Vec::new();
        while let Some(row) = found.next().map_err(failure)? {
            let values = (0..columns.len())
                .map(|position| value(row, position))
                .collect::<Result<Option<Vec<Value>>>>()?;
            let columns = Arc::clone(&columns);
            let Some(values) = values else {
                return Err(Corrupt::new(statement.table(), "(any)", "unknown").into());
            };
            rows.push(Row { statement, columns, values });
        }
        Ok(rows)
    }

    pub(crate) fn execute(&self, statement: &Statement, parameters: &[Value]) -> Result<u64> {
        let mut prepared = self.inner.prepare_cached(statement.sqlite).map_err(failure)?;
        let changed = prepared.execute(params_from_iter(parameters)).map_err(failure)?;
        Ok(u64::try_from(changed).unwrap_or(u64::MAX))
    }

    /// What PostgreSQL also tells when it prepares a statement.
    #[cfg(test)]
    pub(crate) fn describe(&self, text: &str) -> Result<usize> {
        Ok(self.inner.prepare(text).map_err(failure)?.parameter_count())
    }
}

/// `None` for a kind of value that this program does not write.
fn value(row: &rusqlite::Row<'_>, position: usize) -> Result<Option<Value>> {
    Ok(match row.get_ref(position).map_err(failure)? {
        ValueRef::Null => Some(Value::Null),
        ValueRef::Integer(number) => Some(Value::Integer(number)),
        ValueRef::Real(_) => None,
        ValueRef::Text(text) => String::from_utf8(text.to_vec()).ok().map(Value::Text),
        ValueRef::Blob(bytes) => Some(Value::Bytes(bytes.to_vec())),
    })
}

fn failure(error: rusqlite::Error) -> StoreError {
    use rusqlite::ffi;
    let Some(cause) = error.sqlite_error() else { return StoreError::database(error) };
    match (cause.code, cause.extended_code) {
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
            // "UNIQUE constraint failed: accounts.address": names, no contents.
            let told = error.to_string();
            let columns = told.rsplit(": ").next().unwrap_or("a key").to_owned();
            StoreError::Duplicate(columns)
        }
        (ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked, _) => StoreError::Busy,
        (ErrorCode::ReadOnly, _) => StoreError::ReadOnly,
        (ErrorCode::AuthorizationForStatementDenied, _) => StoreError::Forbidden,
        _ => StoreError::database(error),
    }
}

/// A database file that this process alone may open.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) path: PathBuf,
    lock: File,
}

impl Place {
    /// Takes the lock, and makes an empty file readable by nobody else if there is none.
    pub(crate) fn take(path: &Path) -> Result<Self> {
        let file = private_file(path).map_err(|source| StoreError::file(path, source))?;
        drop(file);
        let path = path.canonicalize().map_err(|source| StoreError::file(path, source))?;
        // The lock is on a file beside it: closing any handle of the database file itself would
        // drop the locks that SQLite holds on it.
        let beside = beside(&path, ".lock");
        let lock = private_file(&beside).map_err(|source| StoreError::file(&beside, source))?;
        lock.try_lock().map_err(|_| StoreError::InUse(path.clone()))?;
        Ok(Self { path, lock })
    }

    /// Lets another process have the file.
    pub(crate) fn release(&self) {
        // It ends with this process at the latest.
        drop(self.lock.unlock());
    }
}

/// The file `path` with `suffix` after its name.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// A name for a backup that no file has yet: a try that failed may have left one.
fn unused(place: &Path, before: i64) -> PathBuf {
    let mut path = beside(place, &format!(".before-{before:04}"));
    let mut again = 2_u32;
    while path.exists() {
        path = beside(place, &format!(".before-{before:04}-{again}"));
        again += 1;
    }
    path
}

fn private_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Brings the tables up to date, after a backup.
pub(crate) fn migrate(place: &Place, known: &[Migration], meters: &Arc<Meters>) -> Result<()> {
    let mut tx = open(place, Access::Write, meters)?;
    migrate::migrate(&mut tx, known, |number| {
        Connection::open(&place.path, Access::Read)?.back_up(&place.path, number)
    })
}

/// Serves the queue of writers until it is closed.
pub(crate) fn write(queue: &Queue, open: impl Fn() -> Result<Tx>) {
    let mut connection = None;
    while let Some(jobs) = queue.take(GROUP) {
        match connection.take().map_or_else(&open, Ok) {
            Ok(tx) => group(connection.insert(tx), jobs),
            Err(error) => jobs.into_iter().for_each(|job| job.answer(Err(error.clone()))),
        }
    }
}

/// Runs the jobs in one transaction and answers them when it is on the disk.
fn group(tx: &mut Tx, mut jobs: Vec<Box<dyn Job>>) {
    let kept = run_all(tx, &mut jobs);
    if kept.is_err() {
        // The cause is told to every caller; a failed rollback shows at the next begin.
        drop(tx.end(Verdict::Undo));
    }
    for job in jobs {
        job.answer(kept.clone());
    }
}

fn run_all(tx: &mut Tx, jobs: &mut [Box<dyn Job>]) -> Result<()> {
    tx.begin(Access::Write)?;
    let mut verdict = Verdict::Undo;
    for job in jobs {
        tx.start(Access::Write);
        step(tx, "savepoint job")?;
        match job.run(tx) {
            Verdict::Keep => {
                step(tx, "release job")?;
                verdict = Verdict::Keep;
            }
            // If SQLite has undone the whole by itself, there is no savepoint to go back to: this
            // fails, and so does every job of the group.
            Verdict::Undo => step(tx, "rollback to job; release job")?,
        }
    }
    tx.end(verdict)
}

fn step(tx: &mut Tx, text: &str) -> Result<()> {
    match tx.session() {
        Session::Sqlite(connection) => connection.batch(text),
        Session::Postgres(_) => Ok(()),
    }
}

/// A transaction's connection to the file.
pub(crate) fn open(place: &Place, access: Access, meters: &Arc<Meters>) -> Result<Tx> {
    let connection = Connection::open(&place.path, access)?;
    Ok(Tx::new(Session::Sqlite(connection), Arc::clone(meters)))
}

#[cfg(test)]
mod tests;
