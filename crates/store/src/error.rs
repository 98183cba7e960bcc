//! What can go wrong with the rows, by what the caller can do about it.
//!
//! No error says what a row or a parameter holds: errors are logged, and case texts are not.

use std::error::Error;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// A result of this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// A failure below this crate, shared because one failed commit fails many transactions.
pub type Cause = Arc<dyn Error + Send + Sync>;

/// The store could not do what it was asked. Unless it is `Unsure`, nothing was kept.
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Someone else was faster. Read again, decide again.
    #[error("it has changed since it was read")]
    Stale,
    /// A unique key is taken; the string names the constraint or its columns.
    #[error("{0} is already taken")]
    Duplicate(String),
    /// A row holds what no row should hold.
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
    /// A sealed text does not open: the key is another, or the text was changed or moved.
    #[error("table {table}, row {row}: it cannot be opened with this key")]
    Sealed {
        /// Where it is.
        table: &'static str,
        /// The id of its row.
        row: String,
    },
    /// Too much is waiting, or a lock or statement took too long. Try again later.
    #[error("the database is busy")]
    Busy,
    /// The database cannot be reached.
    #[error("the database cannot be reached")]
    Unavailable(#[source] Cause),
    /// The connection broke during the commit: the transaction may or may not be kept.
    #[error("the connection broke while a transaction was being kept")]
    Unsure(#[source] Cause),
    /// A reading transaction tried to write.
    #[error("a reading transaction tried to write")]
    ReadOnly,
    /// A public transaction reached for what is not public.
    #[error("what was asked for is not public")]
    Forbidden,
    /// A text holds a NUL character, which PostgreSQL cannot keep.
    #[error("a text with a NUL character cannot be kept")]
    NulCharacter,
    /// An earlier statement of the same transaction failed, so the whole was undone.
    #[error("an earlier statement of this transaction failed")]
    Failed,
    /// The code inside the transaction panicked; the panic itself is on standard error.
    #[error("the code inside a transaction panicked")]
    Panicked,
    /// The store has been closed.
    #[error("the store has been closed")]
    Closed,
    /// Another server has opened the same database file.
    #[error("another server is using {}; only one may", .0.display())]
    InUse(PathBuf),
    /// The schema is from a later version of this program.
    #[error(
        "the database has schema {found} and this program knows schemas up to {known}: \
         install the version that last used it, or restore the backup made before"
    )]
    Newer {
        /// The highest migration that the database has seen.
        found: i64,
        /// The highest migration of this program.
        known: i64,
    },
    /// A migration that was applied is not the one of this program, or was left out.
    #[error("migration {0} of the database is not the one of this program")]
    Strange(i64),
    /// A migration cannot be used as it is written.
    #[error("migration {number} cannot be applied: {reason}")]
    Migration {
        /// Which one.
        number: i64,
        /// Why not.
        reason: String,
    },
    /// The database is set up in a way that would lose or mix up data.
    #[error("the database setting {name} is {found}, but must be {wanted}")]
    Setting {
        /// The setting, by the database's name for it.
        name: &'static str,
        /// What it is.
        found: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// The address of the database makes no sense; the reason does not repeat the address.
    #[error("the address of the database makes no sense: {0}")]
    Address(String),
    /// A file beside the database could not be used.
    #[error("{} cannot be used", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// The database refused, for a reason that is a fault of this program or of the disk.
    #[error("the database failed")]
    Database(#[source] Cause),
}

impl StoreError {
    /// A failure of the database that nobody can do anything about here.
    pub(crate) fn database(cause: impl Error + Send + Sync + 'static) -> Self {
        Self::Database(Arc::new(cause))
    }

    /// A file that could not be used.
    pub(crate) fn file(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::File { path: path.into(), source: Arc::new(source) }
    }

    /// The same error, where a taken key means that someone else was faster: so it is for the
    /// journal, whose key (case, seq) is its optimistic lock.
    #[must_use]
    pub fn stale_if_taken(self) -> Self {
        if matches!(self, Self::Duplicate(_)) { Self::Stale } else { self }
    }
}

/// A row holds what no row should hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("table {table}, row {row}: column {column} makes no sense")]
pub struct Corrupt {
    table: String,
    column: String,
    row: String,
}

impl Corrupt {
    /// Column `column` of the row known as `row` (an id, never its contents) makes no sense.
    pub fn new(
        table: impl fmt::Display,
        column: impl fmt::Display,
        row: impl fmt::Display,
    ) -> Self {
        Self { table: table.to_string(), column: column.to_string(), row: row.to_string() }
    }
}
