//! All rows of one database into another, empty one, on the same engine or the other. One snapshot
//! is read and one transaction writes it: the copy is whole or is not there.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use domain::CaseId;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Store;
use crate::blobs::BlobError;
use crate::engine::Tx;
use crate::error::StoreError;
use crate::tables::{Record, Table};
use crate::value::FromValue;

/// A backup, a restore or a copy could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// A database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of an attachment could not be kept or fetched.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// A file could not be read or written.
    #[error("{} cannot be used", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// It was not begun, or was undone as a whole; a sentence for each reason.
    #[error("{}", .0.join(" "))]
    Refused(Vec<String>),
}

impl CopyError {
    pub(crate) fn file(path: impl Into<PathBuf>, source: std::io::Error) -> Self {
        Self::File { path: path.into(), source: Arc::new(source) }
    }

    pub(crate) fn refused(sentence: impl Into<String>) -> Self {
        Self::Refused(vec![sentence.into()])
    }
}

/// How many rows went from one side to the other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Copied {
    /// Of each table.
    pub rows: Vec<(String, u64)>,
    /// Where the journals stand, the same on both sides.
    pub heads: Heads,
}

/// Where all journals stand, in three numbers that are the same for the same journals.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heads {
    /// How many cases there are.
    pub cases: u64,
    /// How many entries their journals have.
    pub entries: u64,
    /// SHA-256, in hex, over case, number of entries and last hash of each, in the order of ids.
    pub sha256: String,
}

/// Takes up where the journals stand while rows pass by.
#[derive(Debug, Default)]
pub(crate) struct HeadCount {
    cases: u64,
    entries: u64,
    digest: Sha256,
}

impl HeadCount {
    /// Looks at rows that pass by, if they are cases.
    pub(crate) fn see(&mut self, table: &Table, records: &[Record]) {
        if table.name != "cases" {
            return;
        }
        for record in records {
            let value = |column| record.get(table.position(column)?);
            let id = value("id").and_then(CaseId::from_value);
            let version = value("version").and_then(u64::from_value).unwrap_or(0);
            let head = value("head_hash").and_then(String::from_value).unwrap_or_default();
            let id = id.map(|id| id.to_string()).unwrap_or_default();
            self.cases += 1;
            self.entries += version;
            self.digest.update(format!("{id} {version} {head}\n"));
        }
    }

    pub(crate) fn heads(self) -> Heads {
        let sha256 = domain::journal::hex(&self.digest.finalize());
        Heads { cases: self.cases, entries: self.entries, sha256 }
    }
}

/// What one side tells the other. A channel that ends without `End` tells of a failure.
enum Told {
    Begin(Vec<Table>),
    Rows(usize, Vec<Record>),
    End(Heads),
}

/// How many pages may be on their way.
const ON_THE_WAY: usize = 4;

/// Copies all rows. Refuses a target that holds any, or whose tables are others.
pub async fn copy(from: &Store, to: &Store) -> Result<Copied, CopyError> {
    let (tell, told) = sync_channel(ON_THE_WAY);
    let reading = from.read(move |tx: &mut Tx| read(tx, &tell));
    let writing = to.write(move |tx: &mut Tx| write(tx, &told));
    let (read, written) = tokio::join!(reading, writing);
    match (read, written) {
        (Ok(()), written) => written,
        // If both failed, one of them only heard that the other did.
        (Err(CopyError::Refused(_)), Err(error)) | (Err(error), _) => Err(error),
    }
}

fn read(tx: &mut Tx, tell: &SyncSender<Told>) -> Result<(), CopyError> {
    let send = |told| {
        tell.send(told).map_err(|_| CopyError::refused("The other side does not listen any more."))
    };
    let tables = tx.tables()?;
    send(Told::Begin(tables.clone()))?;
    let mut count = HeadCount::default();
    tx.walk(&tables, |table, records| {
        count.see(table, &records);
        let position = tables.iter().position(|known| known == table).unwrap_or(usize::MAX);
        send(Told::Rows(position, records))
    })?;
    send(Told::End(count.heads()))
}

fn write(tx: &mut Tx, told: &Receiver<Told>) -> Result<Copied, CopyError> {
    let broken_off = || CopyError::refused("The copy was broken off, and nothing of it was kept.");
    let Ok(Told::Begin(tables)) = told.recv() else { return Err(broken_off()) };
    fits(tx, &tables)?;
    let mut copied = Copied { rows: tables.iter().map(none_yet).collect(), ..Copied::default() };
    let mut count = HeadCount::default();
    loop {
        match told.recv() {
            Ok(Told::Rows(position, records)) => {
                let (Some(table), Some((_, rows))) =
                    (tables.get(position), copied.rows.get_mut(position))
                else {
                    return Err(broken_off());
                };
                *rows += u64::try_from(records.len()).unwrap_or(0);
                count.see(table, &records);
                tx.put(table, records)?;
            }
            Ok(Told::End(heads)) => {
                copied.heads = count.heads();
                return if copied.heads == heads { Ok(copied) } else { Err(broken_off()) };
            }
            Ok(Told::Begin(_)) | Err(_) => return Err(broken_off()),
        }
    }
}

pub(crate) fn none_yet(table: &Table) -> (String, u64) {
    (table.name.clone(), 0)
}

/// Whether rows of these tables can be written here: the same tables, and nothing in them.
pub(crate) fn fits(tx: &mut Tx, tables: &[Table]) -> Result<(), CopyError> {
    let own = tx.tables()?;
    let mut faults = Vec::new();
    for table in tables {
        let same = |known: &&Table| {
            let sorted = |columns: &[String]| {
                let mut columns = columns.to_vec();
                columns.sort();
                columns
            };
            known.name == table.name && sorted(&known.columns) == sorted(&table.columns)
        };
        if !own.iter().any(|known| same(&known)) {
            faults.push(format!("Table {} is not the same on both sides.", table.name));
        }
    }
    if let Some(table) = tx.first_with_rows(&own)? {
        let mut sentence = String::from("The database to be filled is not empty");
        // Which table it was tells whether a server has merely been started on it.
        let _ = write!(sentence, ": there are rows in {table}. Give an empty one.");
        faults.push(sentence);
    }
    if faults.is_empty() { Ok(()) } else { Err(CopyError::Refused(faults)) }
}

#[cfg(test)]
mod tests;
