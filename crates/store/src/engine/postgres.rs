//! PostgreSQL: each thread owns a connection and the small runtime that drives it, so a statement
//! costs no change of thread.
//!
//! Writing transactions are `read committed`. Every aggregate's write checks its version and every
//! key is a constraint, so a lost race shows as `Stale` or `Duplicate` there; counters wait for
//! each other instead of failing. The stricter levels would fail transactions at random, and as a
//! closure runs once, nobody could repeat them. Reading transactions are one snapshot
//! (`repeatable read, read only`), as on SQLite.

pub(crate) mod public;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio_postgres::error::{DbError, Error, Severity, SqlState};
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{Client, Config};

use super::tls::Durability;
use super::{Access, Meters, Session, Tx, tls};
use crate::error::{Corrupt, Result, StoreError};
use crate::statements::{Statement, for_postgres};
use crate::value::{Row, Value};

/// How many threads, and so connections, a store uses at most.
pub(crate) const CONNECTIONS: usize = 16;

/// How many more serve public pages at most.
pub(crate) const PUBLIC_CONNECTIONS: usize = 8;

/// How long an answer may take before the connection counts as broken. The server gives up
/// before that (`statement_timeout`), so this only ends what hangs on the network.
const PATIENCE: Duration = Duration::from_secs(40);

/// What holds for every connection. Times are in milliseconds.
const SETTINGS: &str = "set statement_timeout = 30000; set lock_timeout = 10000; \
    set idle_in_transaction_session_timeout = 60000; set client_min_messages = warning; \
    set timezone = 'UTC'; set plan_cache_mode = auto";

type DynError = Box<dyn std::error::Error + Sync + Send>;

/// A connection and what it has prepared.
#[derive(Debug)]
pub(crate) struct Connection {
    // The client goes first: its end is a message that the runtime still sends.
    client: Client,
    runtime: Runtime,
    prepared: HashMap<usize, tokio_postgres::Statement>,
    broken: bool,
}

impl Connection {
    /// Connects, and looks whether the server keeps what it is told to keep.
    pub(crate) fn open(place: &tls::Place) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| StoreError::Unavailable(Arc::new(error)))?;
        let client = runtime.block_on(async {
            let (client, driver) = tls::connect(place, |_| ()).await?;
            tokio::spawn(driver);
            Ok::<_, StoreError>(client)
        })?;
        let mut connection = Self { client, runtime, prepared: HashMap::new(), broken: false };
        connection.batch(SETTINGS)?;
        connection.check("server_encoding", "UTF8")?;
        if place.durability == Durability::Disk {
            connection.check("fsync", "on")?;
            if connection.check("synchronous_commit", "off").is_ok() {
                connection.batch("set synchronous_commit = on")?;
            }
        }
        Ok(connection)
    }

    fn check(&mut self, name: &'static str, wanted: &'static str) -> Result<()> {
        let row = self
            .wait(async |client| client.query_one("select current_setting($1)", &[&name]).await)?;
        let found: String = row.try_get(0).map_err(StoreError::database)?;
        if found == wanted { Ok(()) } else { Err(StoreError::Setting { name, found, wanted }) }
    }

    /// Drives the connection until the answer is there.
    fn wait<T>(&mut self, ask: impl AsyncFnOnce(&Client) -> Result<T, Error>) -> Result<T> {
        let client = &self.client;
        let answer =
            self.runtime.block_on(async { tokio::time::timeout(PATIENCE, ask(client)).await });
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => {
                self.broken |= self.client.is_closed() || ends_connection(&error);
                // A plan may be out of date because another node has changed the schema.
                self.prepared.clear();
                Err(failure(error, self.broken))
            }
            Err(elapsed) => {
                self.broken = true;
                Err(StoreError::Unavailable(Arc::new(elapsed)))
            }
        }
    }

    pub(crate) fn broken(&self) -> bool {
        self.broken || self.client.is_closed()
    }

    pub(crate) fn batch(&mut self, text: &str) -> Result<()> {
        self.wait(async |client| client.batch_execute(text).await)
    }

    pub(crate) fn begin(&mut self, access: Access) -> Result<()> {
        self.batch(match access {
            Access::Read | Access::Public => "begin isolation level repeatable read read only",
            Access::Write => "begin isolation level read committed read write",
        })
    }

    pub(crate) fn commit(&mut self) -> Result<()> {
        self.batch("commit").map_err(|error| match error {
            StoreError::Unavailable(cause) => StoreError::Unsure(cause),
            error => error,
        })
    }

    pub(crate) fn rollback(&mut self) -> Result<()> {
        self.batch("rollback")
    }

    fn prepare(&mut self, statement: &Statement) -> Result<tokio_postgres::Statement> {
        let key = std::ptr::from_ref(statement).addr();
        if let Some(prepared) = self.prepared.get(&key) {
            return Ok(prepared.clone());
        }
        let text = for_postgres(statement.postgres);
        let prepared = self.wait(async |client| client.prepare(&text).await)?;
        self.prepared.insert(key, prepared.clone());
        Ok(prepared)
    }

    pub(crate) fn query(
        &mut self,
        statement: &'static Statement,
        parameters: &[Value],
    ) -> Result<Vec<Row>> {
        let prepared = self.prepare(statement)?;
        let found =
            self.wait(async |client| client.query(&prepared, &borrowed(parameters)).await)?;
        let columns: Arc<[String]> =
            prepared.columns().iter().map(|column| column.name().to_owned()).collect();
        found
            .iter()
            .map(|row| {
                let values = (0..columns.len())
                    .map(|position| row.try_get(position).map(|Cell(value)| value))
                    .collect::<Result<Option<Vec<Value>>, Error>>()
                    .map_err(StoreError::database)?
                    .ok_or_else(|| Corrupt::new(statement.table(), "(any)", "unknown"))?;
                Ok(Row { statement, columns: Arc::clone(&columns), values })
            })
            .collect()
    }

    pub(crate) fn execute(
        &mut self,
        statement: &'static Statement,
        parameters: &[Value],
    ) -> Result<u64> {
        let prepared = self.prepare(statement)?;
        self.wait(async |client| client.execute(&prepared, &borrowed(parameters)).await)
    }

    /// The number of parameters, and the types of the columns that this program cannot read.
    #[cfg(test)]
    pub(crate) fn describe(&mut self, text: &str) -> Result<(usize, Vec<String>)> {
        let text = for_postgres(text);
        let prepared = self.wait(async |client| client.prepare(&text).await)?;
        let strange = prepared
            .columns()
            .iter()
            .filter(|column| Cell::kind(column.type_()).is_none())
            .map(|column| format!("{} is {}", column.name(), column.type_()))
            .collect();
        Ok((prepared.params().len(), strange))
    }
}

/// A transaction's connection to the server.
pub(crate) fn open(place: &tls::Place, meters: &Arc<Meters>) -> Result<Tx> {
    let connection = Box::new(Connection::open(place)?);
    Ok(Tx::new(Session::Postgres(connection), Arc::clone(meters)))
}

/// What every connection of this program asks for, where the address does not say otherwise.
pub(crate) fn with_defaults(mut config: Config) -> Config {
    if config.get_application_name().is_none() {
        config.application_name("ombud");
    }
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(Duration::from_secs(10));
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(Duration::from_secs(30));
    }
    config.keepalives_idle(Duration::from_secs(30));
    config
}

fn borrowed(parameters: &[Value]) -> Vec<&(dyn ToSql + Sync)> {
    parameters.iter().map(|value| -> &(dyn ToSql + Sync) { value }).collect()
}

impl ToSql for Value {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, DynError> {
        match (self, kind) {
            (Self::Null, _) => Ok(IsNull::Yes),
            (Self::Integer(number), &Type::INT8) => number.to_sql(kind, out),
            (Self::Integer(number), &Type::INT4) => i32::try_from(*number)?.to_sql(kind, out),
            (Self::Integer(number), &Type::INT2) => i16::try_from(*number)?.to_sql(kind, out),
            (Self::Integer(0), &Type::BOOL) => false.to_sql(kind, out),
            (Self::Integer(1), &Type::BOOL) => true.to_sql(kind, out),
            (Self::Text(text), kind) if <&str as ToSql>::accepts(kind) => {
                text.as_str().to_sql(kind, out)
            }
            (Self::Bytes(bytes), &Type::BYTEA) => bytes.as_slice().to_sql(kind, out),
            (value, kind) => Err(format!("a {value:?} was given where {kind} is wanted").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// A value of an answer; `None` for a kind that this program does not write.
struct Cell(Option<Value>);

#[derive(Clone, Copy)]
enum Kind {
    Nothing,
    Integer,
    Bool,
    Text,
    Bytes,
}

impl Cell {
    fn kind(kind: &Type) -> Option<Kind> {
        match *kind {
            Type::VOID => Some(Kind::Nothing),
            Type::INT8 | Type::INT4 | Type::INT2 => Some(Kind::Integer),
            Type::BOOL => Some(Kind::Bool),
            Type::TEXT | Type::VARCHAR | Type::BPCHAR | Type::NAME => Some(Kind::Text),
            Type::BYTEA => Some(Kind::Bytes),
            _ => None,
        }
    }
}

impl<'a> FromSql<'a> for Cell {
    fn from_sql(kind: &Type, raw: &'a [u8]) -> Result<Self, DynError> {
        Ok(Self(match Self::kind(kind) {
            None => None,
            Some(Kind::Nothing) => Some(Value::Null),
            Some(Kind::Integer) => Some(Value::Integer(match *kind {
                Type::INT4 => i32::from_sql(kind, raw)?.into(),
                Type::INT2 => i16::from_sql(kind, raw)?.into(),
                _ => i64::from_sql(kind, raw)?,
            })),
            Some(Kind::Bool) => Some(Value::Integer(bool::from_sql(kind, raw)?.into())),
            Some(Kind::Text) => Some(Value::Text(String::from_sql(kind, raw)?)),
            Some(Kind::Bytes) => Some(Value::Bytes(raw.to_vec())),
        }))
    }

    fn from_sql_null(_: &Type) -> Result<Self, DynError> {
        Ok(Self(Some(Value::Null)))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Whether the server says that it will hear no more.
fn ends_connection(error: &Error) -> bool {
    error.as_db_error().is_some_and(|told| {
        matches!(told.parsed_severity(), Some(Severity::Fatal | Severity::Panic))
    })
}

/// What the server said, without what it may quote: its details show whole rows.
#[derive(Debug, thiserror::Error)]
#[error("{code} {message} (table {table}, column {column}, constraint {constraint})")]
struct Told {
    code: String,
    message: String,
    table: String,
    column: String,
    constraint: String,
}

impl Told {
    fn from(told: &DbError) -> Self {
        let code = told.code().code();
        // The classes of unknown names, of the connection and of the server itself quote no values.
        let harmless = ["08", "42", "53", "57", "58"].iter().any(|class| code.starts_with(class));
        let or_none = |name: Option<&str>| name.unwrap_or("none").to_owned();
        Self {
            code: code.to_owned(),
            message: or_none(harmless.then_some(told.message())),
            table: or_none(told.table()),
            column: or_none(told.column()),
            constraint: or_none(told.constraint()),
        }
    }
}

pub(crate) fn failure(error: Error, broken: bool) -> StoreError {
    let Some(told) = error.as_db_error() else {
        let cause = Arc::new(error);
        return if broken { StoreError::Unavailable(cause) } else { StoreError::Database(cause) };
    };
    match *told.code() {
        _ if broken => StoreError::Unavailable(Arc::new(Told::from(told))),
        SqlState::UNIQUE_VIOLATION => {
            StoreError::Duplicate(told.constraint().unwrap_or("a key").to_owned())
        }
        SqlState::T_R_SERIALIZATION_FAILURE | SqlState::T_R_DEADLOCK_DETECTED => StoreError::Stale,
        SqlState::LOCK_NOT_AVAILABLE | SqlState::QUERY_CANCELED => StoreError::Busy,
        SqlState::READ_ONLY_SQL_TRANSACTION => StoreError::ReadOnly,
        SqlState::INSUFFICIENT_PRIVILEGE => StoreError::Forbidden,
        _ => StoreError::database(Told::from(told)),
    }
}

#[cfg(test)]
mod tests;
