//! Databases for tests: empty, private to one test, and thrown away.
//!
//! PostgreSQL is found by `OMBUD_TEST_POSTGRES`, the address of a server where the tests may make
//! schemas (`postgres://postgres@127.0.0.1/postgres`); each store gets a schema of its own.
//! Without it the PostgreSQL half of the tests says that it was skipped.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use crate::engine::postgres::Connection;
use crate::engine::tls;
use crate::migrate::{MIGRATIONS, Migration};
use crate::{Place, Result, Store, StoreError, Tx, Value};

/// The variable that names the PostgreSQL server of the tests.
pub(crate) const POSTGRES: &str = "OMBUD_TEST_POSTGRES";

impl Store {
    /// An empty SQLite database in a folder of its own.
    pub async fn scratch_sqlite() -> Result<Self> {
        Self::scratch_sqlite_with(MIGRATIONS).await
    }

    /// An empty PostgreSQL schema, or `None` with a printed line when there is no server for tests.
    pub async fn scratch_postgres() -> Result<Option<Self>> {
        Self::scratch_postgres_with(MIGRATIONS).await
    }

    pub(crate) async fn scratch_sqlite_with(known: &'static [Migration]) -> Result<Self> {
        let folder = tempfile::tempdir().map_err(|error| StoreError::file("scratch", error))?;
        let place = Place::Sqlite { path: folder.path().join("ombud.sqlite") };
        Self::open_with(&place, known).await?.keeping(folder)
    }

    pub(crate) async fn scratch_postgres_with(known: &'static [Migration]) -> Result<Option<Self>> {
        let Some(schema) = Schema::new()? else { return Ok(None) };
        Self::open_with(&schema.place(), known).await?.keeping(schema).map(Some)
    }

    fn keeping(mut self, guard: impl std::any::Any + Send + Sync) -> Result<Self> {
        let inner = Arc::get_mut(&mut self.0).ok_or(StoreError::Closed)?;
        inner.kept = Some(Box::new(guard));
        Ok(self)
    }
}

impl Store {
    /// Every row of every table but the schema's own list, as the database holds it: for tests that
    /// look for what must not be there.
    pub async fn everything_kept(&self) -> Result<Vec<(String, Vec<Value>)>> {
        self.read(|tx: &mut Tx| {
            let mut all = Vec::new();
            let tables = tx.tables_beside(&["migrations"])?;
            tx.walk(&tables, |table, records| {
                all.extend(records.into_iter().map(|record| (table.name.clone(), record)));
                Ok::<_, StoreError>(())
            })?;
            Ok(all)
        })
        .await
    }
}

/// A PostgreSQL schema that is dropped with this value.
#[derive(Debug)]
pub struct Schema {
    url: String,
    name: String,
}

impl Schema {
    /// An empty schema, or `None` with a printed line.
    pub fn new() -> Result<Option<Self>> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(url) = std::env::var(POSTGRES) else {
            #[expect(clippy::print_stderr, reason = "whoever runs the tests must see the gap")]
            {
                eprintln!("skipped: {POSTGRES} is not set, so nothing was tested on PostgreSQL");
            }
            return Ok(None);
        };
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("scratch_{}_{count}", std::process::id());
        let schema = Self { url, name };
        schema.run(&format!("create schema {}", schema.name))?;
        Ok(Some(schema))
    }

    /// Its name.
    #[cfg(test)]
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The address of the server with this schema as the default.
    pub fn place(&self) -> Place {
        let url = self.address(&format!("&options=-csearch_path%3D{}", self.name));
        Place::Postgres { url, public_url: None }
    }

    /// The address of the server, which need not outlive a power cut, and `more` parameters.
    fn address(&self, more: &str) -> String {
        let sign = if self.url.contains('?') { '&' } else { '?' };
        format!("{}{sign}durability=scratch{more}", self.url)
    }

    fn run(&self, change: &str) -> Result<()> {
        let (place, name) = (tls::Place::parse(&self.address(""))?, self.name.clone());
        let text = format!("drop schema if exists {name} cascade; {change}");
        // A thread of its own, because the caller's may already drive a runtime.
        let thread = std::thread::spawn(move || Connection::open(&place)?.batch(&text));
        thread.join().unwrap_or(Err(StoreError::Panicked))
    }
}

impl Drop for Schema {
    fn drop(&mut self) {
        // What remains goes with the server.
        drop(self.run(""));
    }
}

/// Writes a test twice, for SQLite and for PostgreSQL:
/// `both_engines! { async fn a_case_is_kept(store: Store) { … } }`.
#[macro_export]
macro_rules! both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($store:ident: Store) $body:block)*) => { $(
        mod $name {
            use super::*;

            $(#[$meta])*
            async fn story($store: Store) $body

            #[tokio::test]
            async fn sqlite() {
                story($crate::Store::scratch_sqlite().await.unwrap()).await;
            }

            #[tokio::test]
            async fn postgres() {
                if let Some(store) = $crate::Store::scratch_postgres().await.unwrap() {
                    story(store).await;
                }
            }
        }
    )* };
}
