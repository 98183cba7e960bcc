//! The rows. The only crate that knows SQL.
//!
//! A transaction is a synchronous closure: `store.write(|tx| …)` runs it on a thread that owns a
//! connection, keeps what it did when it returns `Ok`, and answers when that is on the disk.
//! Nothing can wait inside it, and a caller who goes away cannot leave it half done. Every statement
//! is one text for SQLite and PostgreSQL (`sql!`), and one test prepares them all on both.

mod account;
mod attachment;
pub mod backup;
mod beside;
mod blobs;
mod body;
mod calendar;
mod case;
mod clock;
mod copy;
mod cve;
mod directory;
mod dispatch;
mod engine;
mod error;
mod expiry;
#[cfg(any(test, feature = "testkit"))]
mod fault;
mod import;
mod journal;
#[cfg(test)]
mod kill;
mod lease;
mod letter;
mod migrate;
mod mirror;
mod note;
mod parse;
mod party;
mod policy;
mod prepared;
mod public;
mod receipt;
mod record;
mod recovery;
mod root;
#[cfg(any(test, feature = "testkit"))]
pub mod sample;
#[cfg(test)]
mod samples;
#[cfg(any(test, feature = "testkit"))]
mod scratch;
mod session;
mod setback;
mod statements;
mod tables;
mod tries;
mod value;
mod vault;
pub mod verify;
mod webhook;

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use tokio::sync::{oneshot, watch};

use engine::job::{Work, serve};
use engine::postgres::public::Door;
use engine::queue::{Pushed, Queue};
use engine::{Access, Meters, listen, postgres, sqlite, tls};
use migrate::{MIGRATIONS, Migration};

pub use account::{Account, MemberKind, Membership, normalised_address};
pub use attachment::{AttachmentRow, SealedFile};
pub use blobs::{BlobError, Blobs, S3, Transport};
pub use calendar::CalendarOwner;
pub use case::{CaseFilter, CaseRow, Cursor, Due, NotACursor, Page, Sight};
pub use copy::{Copied, CopyError, copy};
pub use cve::{CveReservation, KnownCve};
pub use directory::{
    Contact, ContactKind, ContactState, OpenPgpKey, Organization, OrganizationKind, Product,
    ProductRelation, ProductRelationKind, normalised_name,
};
pub use dispatch::{Channel, Dispatch, DispatchState, NewDispatch};
pub use engine::Tx;
pub use error::{Cause, Corrupt, Result, StoreError};
#[cfg(any(test, feature = "testkit"))]
pub use fault::Fault;
pub use import::ImportRow;
pub use letter::{ClaimedLetter, LetterRow, LetterState, NewLetter, OutboxLetter};
pub use mirror::MirrorState;
pub use note::{
    Artefact, GcveOrder, GcvePage, GcveRow, NoteSearch, PublishedKey, PublishedRow,
    SignedSecurityTxt,
};
pub use prepared::Prepared;
pub use public::{PublicStore, PublicTx};
pub use receipt::ReporterIdentity;
pub use record::{ClaimedRecord, ExternalRecord, Looked, RecordWaits, SeenRecord};
pub use root::{PublicFile, Root, RootError, STATE};
#[cfg(any(test, feature = "testkit"))]
pub use scratch::Schema;
pub use session::{Invitation, InvitationKind, Session};
pub use setback::Pauses;
pub use statements::Sql;
pub use tables::{EngineName, Table};
pub use value::{Column, FromValue, Row, Value};
pub use vault::{KeptServiceKey, Key, Random, Spot, Vault};
pub use webhook::{
    NewWebhook, Taken, TryCursor, Webhook, WebhookEvent, WebhookSecrets, WebhookState, WebhookTry,
};

/// How many threads read an SQLite file at most.
const SQLITE_READERS: usize = 4;

/// How many more serve public pages at most, so that a crowd there makes nobody else wait.
const SQLITE_PUBLIC_READERS: usize = 2;

/// Where the rows are.
#[derive(Clone)]
pub enum Place {
    /// A file of this machine, for one server.
    Sqlite {
        /// The file; it is made if it does not exist.
        path: PathBuf,
    },
    /// A PostgreSQL database, for one or several servers.
    Postgres {
        /// `postgres://user:secret@host/database`.
        url: String,
        /// Another login to the same database, for public pages.
        public_url: Option<String>,
    },
}

/// Does not show the address, which may hold a password.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite { path } => write!(f, "Sqlite({})", path.display()),
            Self::Postgres { url: _, public_url: _ } => f.write_str("Postgres(…)"),
        }
    }
}

/// The rows. A copy of it is the same store; the last one gone ends its threads.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}

struct Inner {
    backend: Backend,
    reads: Arc<Queue>,
    public: Arc<Queue>,
    writes: Arc<Queue>,
    meters: Arc<Meters>,
    edition: public::Seen,
    threads: Mutex<Vec<JoinHandle<()>>>,
    listener: Mutex<Option<oneshot::Sender<()>>>,
    /// What has to live as long as the store: the folder of a scratch file, for example.
    #[cfg(any(test, feature = "testkit"))]
    kept: Option<Box<dyn std::any::Any + Send + Sync>>,
}

#[derive(Clone)]
enum Backend {
    Sqlite(Arc<sqlite::Place>),
    /// The second is how public pages are reached.
    Postgres(Arc<tls::Place>, Arc<Door>),
}

impl Backend {
    fn public_gap(&self) -> Option<&str> {
        match self {
            Self::Sqlite(_) => None,
            Self::Postgres(_, door) => door.gap.as_deref(),
        }
    }
}

impl Store {
    /// Opens the database and brings its tables up to date, on SQLite after a backup. Refuses a
    /// file that another server uses, a later schema, and a database that could lose what it kept.
    pub async fn open(place: &Place) -> Result<Self> {
        Self::open_with(place, MIGRATIONS).await
    }

    pub(crate) async fn open_with(place: &Place, known: &'static [Migration]) -> Result<Self> {
        let place = place.clone();
        let (answer, opened) = oneshot::channel();
        let opening = move || drop(answer.send(Inner::open(&place, known)));
        spawn("ombud-open", opening)?;
        let inner = opened.await.map_err(|_| StoreError::Panicked)??;
        Ok(Self(Arc::new(inner)))
    }

    /// Runs a transaction that may write. `Ok` is answered when it is on the disk; an `Err` undoes
    /// it. The closure runs once, and never on the caller's thread.
    pub async fn write<T, E>(
        &self,
        closure: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.0.run(Access::Write, closure).await
    }

    /// Runs a transaction that looks at one snapshot. Writing in it is an error.
    pub async fn read<T, E>(
        &self,
        closure: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.0.run(Access::Read, closure).await
    }

    /// Changes after each commit of this server, and soon after those of others. Only a hint: what
    /// counts are the tables, and a hint may be lost.
    pub fn committed(&self) -> watch::Receiver<u64> {
        self.0.meters.hints()
    }

    /// How many statements have been run, not counting `begin` and `commit`.
    pub fn statements_run(&self) -> u64 {
        self.0.meters.statements()
    }

    /// Whether the rows are on PostgreSQL. For tests: nothing else needs to know.
    #[cfg(test)]
    pub(crate) fn is_postgres(&self) -> bool {
        matches!(self.0.backend, Backend::Postgres(..))
    }

    /// What a test has laid upon it.
    #[cfg(any(test, feature = "testkit"))]
    pub(crate) fn laid(&self) -> &fault::Laid {
        self.0.meters.laid()
    }

    /// Finishes what is in line, takes nothing more, and lets go of the database.
    pub async fn close(&self) {
        self.0.stop();
        let threads = std::mem::take(&mut *self.0.threads());
        let (answer, ended) = oneshot::channel();
        let waiting = move || {
            for thread in threads {
                drop(thread.join());
            }
            let _ = answer.send(());
        };
        if spawn("ombud-close", waiting).is_ok() {
            drop(ended.await);
        }
        if let Backend::Sqlite(place) = &self.0.backend {
            place.release();
        }
    }
}

impl Inner {
    fn open(place: &Place, known: &[Migration]) -> Result<Self> {
        let meters = Meters::new();
        let (backend, reads, public, writes) = match place {
            Place::Sqlite { path } => {
                let place = Arc::new(sqlite::Place::take(path)?);
                sqlite::migrate(&place, known, &meters)?;
                let public = Queue::new(SQLITE_PUBLIC_READERS);
                (Backend::Sqlite(place), Queue::new(SQLITE_READERS), public, Queue::new(1))
            }
            Place::Postgres { url, public_url } => {
                let place = Arc::new(tls::Place::parse(url)?);
                let own = public_url.as_deref().map(tls::Place::parse).transpose()?;
                let mut tx = postgres::open(&place, &meters)?;
                migrate::migrate(&mut tx, known, |_| Ok(()))?;
                let own = own.map(tls::Place::for_reading);
                let door = Arc::new(Door::make(&mut tx, &place, own, &meters)?);
                let queue = Queue::new(postgres::CONNECTIONS);
                let public = Queue::new(postgres::PUBLIC_CONNECTIONS);
                (Backend::Postgres(place, door), Arc::clone(&queue), public, queue)
            }
        };
        let (threads, listener) = (Mutex::default(), Mutex::default());
        let inner = Self {
            backend,
            reads,
            public,
            writes,
            meters,
            edition: public::Seen::default(),
            threads,
            listener,
            #[cfg(any(test, feature = "testkit"))]
            kept: None,
        };
        inner.start_listening()?;
        Ok(inner)
    }

    fn threads(&self) -> std::sync::MutexGuard<'_, Vec<JoinHandle<()>>> {
        self.threads.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start_listening(&self) -> Result<()> {
        let Backend::Postgres(place, _) = &self.backend else { return Ok(()) };
        let (place, meters) = (Arc::clone(place), Arc::clone(&self.meters));
        let (stop, stopped) = oneshot::channel();
        *self.listener.lock().unwrap_or_else(PoisonError::into_inner) = Some(stop);
        let thread = spawn("ombud-listen", move || listen::listen(&place, &meters, stopped))?;
        self.threads().push(thread);
        Ok(())
    }

    async fn run<T, E>(
        &self,
        access: Access,
        closure: impl FnOnce(&mut Tx) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let queue = self.queue(access);
        let (work, answer) = Work::new(access, closure);
        match queue.push(Box::new(work)) {
            Ok(Pushed::Enough) => (),
            Ok(Pushed::StartThread) => self.start_thread(access),
            Err((_, error)) => return Err(error.into()),
        }
        // A job that is gone without an answer went down with its thread.
        answer.await.unwrap_or_else(|_| Err(StoreError::Panicked.into()))
    }

    fn queue(&self, access: Access) -> &Arc<Queue> {
        match access {
            Access::Read => &self.reads,
            Access::Public => &self.public,
            Access::Write => &self.writes,
        }
    }

    /// Starts a thread for a queue, or if there can be none at all, answers those who wait.
    fn start_thread(&self, access: Access) {
        let queue = Arc::clone(self.queue(access));
        let (backend, meters) = (self.backend.clone(), Arc::clone(&self.meters));
        let leaving = Leaving(Arc::clone(&queue));
        let thread = spawn("ombud-store", move || {
            let leaving = leaving;
            match (&backend, access) {
                (Backend::Sqlite(place), Access::Write) => {
                    sqlite::write(&queue, || sqlite::open(place, access, &meters));
                }
                (Backend::Sqlite(place), Access::Read | Access::Public) => {
                    serve(&queue, || sqlite::open(place, access, &meters));
                }
                (Backend::Postgres(_, door), Access::Public) => {
                    serve(&queue, || door.open(&meters));
                }
                (Backend::Postgres(place, _), Access::Read | Access::Write) => {
                    serve(&queue, || postgres::open(place, &meters));
                }
            }
            drop(leaving);
        });
        // If it could not be started, `leaving` has answered.
        if let Ok(thread) = thread {
            self.threads().push(thread);
        }
    }

    fn stop(&self) {
        self.reads.close();
        self.public.close();
        self.writes.close();
        drop(self.listener.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Counts a thread off when it ends, however it ends, and leaves nobody waiting.
struct Leaving(Arc<Queue>);

impl Drop for Leaving {
    fn drop(&mut self) {
        for job in self.0.lost_thread() {
            job.answer(Err(StoreError::Busy));
        }
    }
}

fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>> {
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map_err(|error| StoreError::Unavailable(Arc::new(error)))
}
