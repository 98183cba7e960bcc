//! The door for everyone. What is read through it runs on connections of their own, which the
//! database lets see the published tables and nothing else; and its transactions have no method
//! that reads anything else. Nothing can be written through it.

use std::sync::{Mutex, PoisonError};

use crate::engine::{Access, Tx};
use crate::error::{Result, StoreError};
use crate::{Backend, Store};

/// The tables that everyone may read, every column of them.
pub(crate) const PUBLIC_TABLES: [&str; 10] = [
    "artefacts",
    "gcve_ids",
    "note_revisions",
    "note_subjects",
    "note_terms",
    "notes",
    "public_edition",
    "published_key",
    "published_policy",
    "published_security",
];

/// The published rows of a store, and no others.
#[derive(Clone, Debug)]
pub struct PublicStore(Store);

/// A transaction that reads what is published.
#[derive(Debug)]
pub struct PublicTx<'a>(pub(crate) &'a mut Tx);

impl Store {
    /// The door for everyone.
    pub fn public(&self) -> PublicStore {
        PublicStore(self.clone())
    }

    /// Why the database would let a public page see more than is published, if it would: then only
    /// the types of this program stand before the rest.
    pub fn public_gap(&self) -> Option<&str> {
        self.0.backend.public_gap()
    }
}

impl PublicStore {
    /// Runs a transaction that looks at one snapshot of what is published.
    pub async fn read<T, E>(
        &self,
        closure: impl FnOnce(&mut PublicTx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.0.0.run(Access::Public, |tx: &mut Tx| closure(&mut tx.public())).await
    }
}

/// The edition last seen, and how many commits there were before it was asked for.
#[derive(Debug, Default)]
pub(crate) struct Seen(Mutex<Option<(u64, i64)>>);

impl PublicStore {
    /// Counts up with each change of what is public, on whatever node it happens. Nobody else
    /// writes into an SQLite file, so there it is asked of the database after a commit only.
    pub async fn edition(&self) -> Result<i64> {
        let inner = &self.0.0;
        let commits = *self.0.committed().borrow();
        let seen = *inner.edition.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Backend::Sqlite(_), Some((then, edition))) = (&inner.backend, seen)
            && then == commits
        {
            return Ok(edition);
        }
        let edition = self.read(newest).await?;
        *inner.edition.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((commits, edition));
        Ok(edition)
    }
}

fn newest(public: &mut PublicTx<'_>) -> Result<i64> {
    public.edition()
}

impl Tx {
    /// The published part of what this transaction sees.
    pub fn public(&mut self) -> PublicTx<'_> {
        PublicTx(self)
    }
}

#[cfg(test)]
mod tests;
