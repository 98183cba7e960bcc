//! Writing a backup while the server works: the rows of one snapshot, then the files they tell of.
//! It is put together under another name and gets its own when all of it is on the disk.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use domain::journal::hex;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::{ABOUT, BLOBS, FORMAT, MANIFEST, Manifest, SchemaStep, TABLES, TableFile, line};
use crate::Store;
use crate::blobs::{Blobs, private_directory};
use crate::copy::{CopyError, HeadCount};
use crate::engine::Tx;
use crate::engine::sqlite::beside;
use crate::statements::sql;
use crate::tables::{Record, Table};
use crate::value::FromValue;

/// Writes a backup into a directory that does not exist yet. A file of an attachment that cannot be
/// fetched is named in the manifest and holds up nothing else.
pub async fn write(
    store: &Store,
    blobs: &Blobs,
    directory: &Path,
    created_at: Timestamp,
) -> Result<Manifest, CopyError> {
    let partial = beside(directory, ".partial");
    for path in [directory, &partial] {
        if path.exists() {
            let sentence =
                format!("{} is there already. Name a directory that is not.", path.display());
            return Err(CopyError::refused(sentence));
        }
    }
    let written = whole(store, blobs, &partial, created_at).await;
    let named = written.and_then(|manifest| {
        std::fs::rename(&partial, directory).map_err(|error| CopyError::file(directory, error))?;
        sync_directory(&parent(directory))?;
        Ok(manifest)
    });
    if named.is_err() {
        // Half a backup is worse than none: somebody might take it for one.
        drop(std::fs::remove_dir_all(&partial));
    }
    named
}

async fn whole(
    store: &Store,
    blobs: &Blobs,
    partial: &Path,
    created_at: Timestamp,
) -> Result<Manifest, CopyError> {
    for directory in [partial, &partial.join(TABLES), &partial.join(BLOBS)] {
        private_directory(directory).map_err(|error| CopyError::file(directory, error))?;
    }
    let place = partial.to_owned();
    let (mut manifest, files) = store.read(move |tx: &mut Tx| rows(tx, &place, created_at)).await?;
    for (name, sha256) in files {
        match blobs.get(&name).await {
            Ok(sealed) if Sha256::digest(&sealed).as_slice() == sha256 => {
                keep(&partial.join(BLOBS).join(&name), &sealed)?;
                manifest.attachments += 1;
            }
            Ok(_) => manifest.missing.push(name),
            Err(error) => {
                tracing::error!(
                    blob = name,
                    error = &error as &dyn std::error::Error,
                    "an attachment is not in the backup"
                );
                manifest.missing.push(name);
            }
        }
    }
    let text = serde_json::to_string_pretty(&manifest).map_err(crate::StoreError::database)?;
    keep(&partial.join(MANIFEST), text.as_bytes())?;
    for directory in [&partial.join(TABLES), &partial.join(BLOBS), partial] {
        sync_directory(directory)?;
    }
    Ok(manifest)
}

/// The blobs that rows tell of, each with the SHA-256 of its bytes.
type Files = Vec<(String, Vec<u8>)>;

/// Writes the rows, all of one snapshot.
fn rows(tx: &mut Tx, place: &Path, created_at: Timestamp) -> Result<(Manifest, Files), CopyError> {
    let steps = tx.query(sql!("select number, checksum from migrations order by number"), &[])?;
    let schema = steps
        .iter()
        .map(|row| {
            let checksum: [u8; 32] = row.get("checksum")?;
            Ok(SchemaStep { number: row.get("number")?, sha256: hex(&checksum) })
        })
        .collect::<Result<_, CopyError>>()?;
    let (mut tables, mut files) = (Vec::new(), Files::new());
    let mut count = HeadCount::default();
    for table in tx.tables()? {
        let mut file = RowFile::new(place, table.clone())?;
        tx.walk(std::slice::from_ref(&table), |table, records| {
            count.see(table, &records);
            files.extend(records.iter().filter_map(|record| blob(table, record)));
            records.iter().try_for_each(|record| file.put(record))
        })?;
        tables.push(file.end()?);
    }
    let manifest = Manifest {
        about: ABOUT.to_owned(),
        format: FORMAT,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        created_at,
        engine: tx.engine_name(),
        schema,
        tables,
        journals: count.heads(),
        attachments: 0,
        missing: Vec::new(),
    };
    Ok((manifest, files))
}

/// The blob that a row tells of, and the SHA-256 of its bytes.
pub(super) fn blob(table: &Table, record: &Record) -> Option<(String, Vec<u8>)> {
    if table.name != "attachments" {
        return None;
    }
    let value = |column| record.get(table.position(column)?);
    Some((String::from_value(value("blob")?)?, Vec::from_value(value("sha256")?)?))
}

/// A file of rows in the making.
struct RowFile {
    path: PathBuf,
    file: BufWriter<File>,
    digest: Sha256,
    rows: u64,
    table: Table,
}

impl RowFile {
    fn new(place: &Path, table: Table) -> Result<Self, CopyError> {
        let path = file_of(place, &table);
        let file = new_file(&path).map_err(|error| CopyError::file(&path, error))?;
        Ok(Self { path, file: BufWriter::new(file), digest: Sha256::new(), rows: 0, table })
    }

    fn put(&mut self, record: &Record) -> Result<(), CopyError> {
        let line = line::write(record);
        self.digest.update(&line);
        self.rows += 1;
        self.file.write_all(line.as_bytes()).map_err(|error| CopyError::file(&self.path, error))
    }

    /// All of it is on the disk when this returns.
    fn end(mut self) -> Result<TableFile, CopyError> {
        let ended = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        ended.map_err(|error| CopyError::file(&self.path, error))?;
        let sha256 = hex(&self.digest.finalize());
        Ok(TableFile { table: self.table, rows: self.rows, sha256 })
    }
}

/// Where the rows of a table are.
pub(super) fn file_of(place: &Path, table: &Table) -> PathBuf {
    place.join(TABLES).join(format!("{}.jsonl", table.name))
}

fn new_file(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn keep(path: &Path, bytes: &[u8]) -> Result<(), CopyError> {
    let kept = new_file(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    kept.map_err(|error| CopyError::file(path, error))
}

/// The directory a name is in.
fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        Some(_) | None => PathBuf::from("."),
    }
}

/// Names in a directory outlive a power cut only when the directory itself was flushed.
fn sync_directory(path: &Path) -> Result<(), CopyError> {
    File::open(path).and_then(|file| file.sync_all()).map_err(|error| CopyError::file(path, error))
}
