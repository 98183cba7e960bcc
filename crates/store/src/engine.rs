//! How a transaction runs. It is an ordinary function on a thread that owns a connection: it
//! cannot wait for anything but the database, and a caller who goes away cannot leave it half done.
//!
//! This module and those below it are the only ones that know which engine is beneath.

pub(crate) mod job;
pub(crate) mod listen;
pub(crate) mod postgres;
pub(crate) mod queue;
pub(crate) mod sqlite;
pub(crate) mod tls;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::watch;

use crate::error::{Result, StoreError};
use crate::statements::Sql;
use crate::value::{Row, Value};

/// What all connections of a store count and tell.
#[derive(Debug)]
pub(crate) struct Meters {
    statements: AtomicU64,
    /// Counts the commits of this process.
    kept: watch::Sender<u64>,
    /// Counts the commits of this process and those other nodes told of.
    hint: watch::Sender<u64>,
    #[cfg(any(test, feature = "testkit"))]
    laid: crate::fault::Laid,
}

impl Meters {
    pub(crate) fn new() -> Arc<Self> {
        let (kept, hint) = (watch::Sender::new(0), watch::Sender::new(0));
        Arc::new(Self {
            statements: AtomicU64::new(0),
            kept,
            hint,
            #[cfg(any(test, feature = "testkit"))]
            laid: crate::fault::Laid::default(),
        })
    }

    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    #[cfg(any(test, feature = "testkit"))]
    pub(crate) fn laid(&self) -> &crate::fault::Laid {
        &self.laid
    }

    /// This process has committed something.
    pub(crate) fn committed(&self) {
        self.kept.send_modify(|count| *count = count.wrapping_add(1));
        self.heard();
    }

    /// Somebody has committed something.
    pub(crate) fn heard(&self) {
        self.hint.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn own_commits(&self) -> watch::Receiver<u64> {
        self.kept.subscribe()
    }

    pub(crate) fn hints(&self) -> watch::Receiver<u64> {
        self.hint.subscribe()
    }
}

/// What a transaction may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Look at one snapshot.
    Read,
    /// Look at one snapshot of what is published, with a connection that sees nothing else.
    Public,
    /// Look and change.
    Write,
}

/// What becomes of a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    Keep,
    Undo,
}

/// A connection.
#[derive(Debug)]
pub(crate) enum Session {
    Sqlite(sqlite::Connection),
    Postgres(Box<postgres::Connection>),
}

/// A transaction. What it did is kept when its closure returns `Ok`, and undone otherwise.
///
/// The first statement that fails ends it: what follows is refused and the whole is undone even if
/// the closure returns `Ok`, because PostgreSQL would not go on either.
#[derive(Debug)]
pub struct Tx {
    session: Session,
    meters: Arc<Meters>,
    access: Access,
    statements: u64,
    failed: bool,
    /// Where a test wants it to fail.
    #[cfg(any(test, feature = "testkit"))]
    pub(crate) fault: Option<crate::fault::Fault>,
}

impl Tx {
    pub(crate) fn new(session: Session, meters: Arc<Meters>) -> Self {
        Self {
            session,
            meters,
            access: Access::Read,
            statements: 0,
            failed: false,
            #[cfg(any(test, feature = "testkit"))]
            fault: None,
        }
    }

    /// All rows of the answer.
    pub fn query(&mut self, sql: Sql, parameters: &[Value]) -> Result<Vec<Row>> {
        self.run(parameters, |session, access| match session {
            Session::Sqlite(connection) => connection.query(sql.0, parameters, access),
            Session::Postgres(connection) => connection.query(sql.0, parameters),
        })
    }

    /// The first row of the answer, if there is one.
    pub fn query_opt(&mut self, sql: Sql, parameters: &[Value]) -> Result<Option<Row>> {
        Ok(self.query(sql, parameters)?.into_iter().next())
    }

    /// Changes rows, and says how many.
    pub fn execute(&mut self, sql: Sql, parameters: &[Value]) -> Result<u64> {
        if self.access != Access::Write {
            return Err(StoreError::ReadOnly);
        }
        self.run(parameters, |session, _| match session {
            Session::Sqlite(connection) => connection.execute(sql.0, parameters),
            Session::Postgres(connection) => connection.execute(sql.0, parameters),
        })
    }

    /// Changes one row; if there was none to change, someone else was faster: `Stale`.
    pub fn execute_one(&mut self, sql: Sql, parameters: &[Value]) -> Result<()> {
        match self.execute(sql, parameters)? {
            0 => Err(StoreError::Stale),
            1 => Ok(()),
            _ => {
                self.failed = true;
                Err(StoreError::Database(Arc::new(ManyRows(sql.0.to_string()))))
            }
        }
    }

    /// How many statements this transaction has run.
    pub fn statements_run(&self) -> u64 {
        self.statements
    }

    fn run<T>(
        &mut self,
        parameters: &[Value],
        statement: impl FnOnce(&mut Session, Access) -> Result<T>,
    ) -> Result<T> {
        if self.failed {
            return Err(StoreError::Failed);
        }
        self.statements += 1;
        self.meters.statements.fetch_add(1, Ordering::Relaxed);
        #[cfg(any(test, feature = "testkit"))]
        if self.access == Access::Write {
            self.meters.laid().at_statement(self.statements);
        }
        #[cfg(any(test, feature = "testkit"))]
        if self.trips() {
            self.failed = true;
            return Err(StoreError::Busy);
        }
        let answer = if parameters.iter().any(holds_nul) {
            Err(StoreError::NulCharacter)
        } else {
            statement(&mut self.session, self.access)
        };
        self.failed = answer.is_err();
        answer
    }

    pub(crate) fn failed(&self) -> bool {
        self.failed
    }

    pub(crate) fn session(&mut self) -> &mut Session {
        &mut self.session
    }

    /// Makes ready for the next transaction.
    pub(crate) fn start(&mut self, access: Access) {
        self.access = access;
        self.statements = 0;
        self.failed = false;
        #[cfg(any(test, feature = "testkit"))]
        if access == Access::Write && self.fault.is_none() {
            self.fault = self.meters.laid().take_fault();
        }
    }

    #[cfg(any(test, feature = "testkit"))]
    pub(crate) fn pretended_clock(&self) -> Option<jiff::Timestamp> {
        self.meters.laid().clock()
    }

    pub(crate) fn begin(&mut self, access: Access) -> Result<()> {
        self.start(access);
        match &mut self.session {
            Session::Sqlite(connection) => connection.begin(access),
            Session::Postgres(connection) => connection.begin(access),
        }
    }

    /// Keeps or undoes the transaction.
    pub(crate) fn end(&mut self, verdict: Verdict) -> Result<()> {
        #[cfg(any(test, feature = "testkit"))]
        if let Some(failed) = self.end_badly(verdict) {
            return failed;
        }
        match (&mut self.session, verdict) {
            (Session::Sqlite(connection), Verdict::Keep) => connection.commit()?,
            (Session::Sqlite(connection), Verdict::Undo) => return connection.rollback(),
            (Session::Postgres(connection), Verdict::Keep) => connection.commit()?,
            (Session::Postgres(connection), Verdict::Undo) => return connection.rollback(),
        }
        if self.access == Access::Write {
            self.meters.committed();
        }
        Ok(())
    }

    /// Whether the connection can still be used.
    pub(crate) fn broken(&self) -> bool {
        match &self.session {
            Session::Sqlite(_) => false,
            Session::Postgres(connection) => connection.broken(),
        }
    }
}

fn holds_nul(value: &Value) -> bool {
    matches!(value, Value::Text(text) if text.contains('\0'))
}

#[derive(Debug, thiserror::Error)]
#[error("the statement at {0} was to change one row and changed several")]
struct ManyRows(String);

#[cfg(test)]
pub(crate) mod tests;
