//! Looking at a database while a server works on it: for a backup from the command line, and for
//! whoever wants to know whether everything is as it was written.

use std::sync::{Arc, Mutex};

use domain::journal::hex;
use sha2::{Digest, Sha256};
use tokio::sync::oneshot;

use crate::engine::postgres::{self, public::Door};
use crate::engine::queue::Queue;
use crate::engine::{Meters, sqlite, tls};
use crate::migrate::MIGRATIONS;
use crate::statements::sql;
use crate::{
    Backend, Inner, Place, Result, SQLITE_PUBLIC_READERS, SQLITE_READERS, Store, StoreError, Tx,
    spawn,
};

impl Store {
    /// Opens a database that is there, only to read it, beside a server that may be at work. Changes
    /// nothing, not even the schema, which must be the one of this program. Writing is refused.
    pub async fn open_beside(place: &Place) -> Result<Self> {
        let place = place.clone();
        let (answer, opened) = oneshot::channel();
        let opening = move || drop(answer.send(open(&place)));
        spawn("ombud-open", opening)?;
        let inner = opened.await.map_err(|_| StoreError::Panicked)??;
        let store = Self(Arc::new(inner));
        store.read(is_up_to_date).await?;
        Ok(store)
    }
}

fn open(place: &Place) -> Result<Inner> {
    let meters = Meters::new();
    let backend = match place {
        Place::Sqlite { path } => Backend::Sqlite(Arc::new(sqlite::Place::beside_another(path)?)),
        Place::Postgres { url, public_url } => {
            let place = Arc::new(tls::Place::parse(url)?);
            let own = public_url.as_deref().map(tls::Place::parse).transpose()?;
            let own = own.map(tls::Place::for_reading);
            let mut tx = postgres::open(&place, &meters)?;
            let door = Arc::new(Door::found(&mut tx, &place, own, &meters)?);
            Backend::Postgres(place, door)
        }
    };
    // A queue that is closed takes nothing.
    let writes = Queue::new(1);
    writes.close();
    Ok(Inner {
        backend,
        reads: Queue::new(SQLITE_READERS),
        public: Queue::new(SQLITE_PUBLIC_READERS),
        writes,
        meters,
        edition: crate::public::Seen::default(),
        threads: Mutex::default(),
        listener: Mutex::default(),
        #[cfg(any(test, feature = "testkit"))]
        kept: None,
    })
}

/// Whether every migration of this program has been applied, and no other.
fn is_up_to_date(tx: &mut Tx) -> Result<()> {
    let rows = tx.query(sql!("select number, checksum from migrations order by number"), &[])?;
    let mut known = MIGRATIONS.iter();
    let latest = MIGRATIONS.last().map_or(0, |migration| migration.number);
    for row in &rows {
        let (number, checksum): (i64, [u8; 32]) = (row.get("number")?, row.get("checksum")?);
        if number > latest {
            return Err(StoreError::Newer { found: number, known: latest });
        }
        let same = known.next().is_some_and(|migration| {
            migration.number == number && hex(&Sha256::digest(migration.text)) == hex(&checksum)
        });
        if !same {
            return Err(StoreError::Strange(number));
        }
    }
    match known.next() {
        None => Ok(()),
        Some(missing) => Err(StoreError::Migration {
            number: missing.number,
            reason: "the database is only looked at; start the server once".to_owned(),
        }),
    }
}

#[cfg(test)]
mod tests;
