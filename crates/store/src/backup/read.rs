//! Reading a backup into an empty database: first all of it is checked, then files are kept, then
//! every row is written in one transaction. Whatever goes wrong, no row is there.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use domain::journal::hex;
use sha2::{Digest, Sha256};

use super::write::{blob, file_of};
use super::{BLOBS, FORMAT, Manifest, TableFile, line};
use crate::blobs::Blobs;
use crate::copy::{CopyError, HeadCount, fits};
use crate::engine::Tx;
use crate::migrate::{MIGRATIONS, Migration};
use crate::tables::{PAGE, Record};
use crate::{Place, Store, StoreError};

/// What was restored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// What the backup said of itself.
    pub manifest: Manifest,
    /// How many rows were written.
    pub rows: u64,
    /// How many attachments were kept.
    pub attachments: u64,
}

/// Reads a backup into an empty database, and its attachments into a place for them. Refuses a backup
/// that is not whole, one of a later schema, and a database that is not empty. An older schema is
/// brought up to date.
pub async fn read(directory: &Path, place: &Place, blobs: &Blobs) -> Result<Restored, CopyError> {
    let (manifest, files) = checked(directory)?;
    let known = schema_of(&manifest)?;
    let store = Store::open_with(place, known).await.map_err(|error| match error {
        StoreError::Newer { .. } | StoreError::Strange(_) => CopyError::refused(
            "The database to be filled has been used by a later version. Give an empty one.",
        ),
        other => other.into(),
    })?;
    let tables: Vec<_> = manifest.tables.iter().map(|file| file.table.clone()).collect();
    store.read(move |tx: &mut Tx| fits(tx, &tables)).await?;
    let mut attachments = 0;
    for name in &files {
        let path = directory.join(BLOBS).join(name);
        let sealed = std::fs::read(&path).map_err(|error| CopyError::file(path, error))?;
        blobs.put(name, sealed).await?;
        attachments += 1;
    }
    let (of, from) = (manifest.clone(), directory.to_owned());
    let rows = store.write(move |tx: &mut Tx| fill(tx, &of, &from)).await?;
    store.close().await;
    drop(store);
    // What the schema lacks is added when the rows are there, as it would be on a server.
    let store = Store::open(place).await?;
    store.write(Tx::forget_all_loose_blobs).await?;
    store.close().await;
    Ok(Restored { manifest, rows, attachments })
}

/// Looks at every file of a backup; the names of the blobs in it are returned.
fn checked(directory: &Path) -> Result<(Manifest, Vec<String>), CopyError> {
    let manifest = Manifest::of(directory)?;
    if manifest.format > FORMAT {
        let found = manifest.format;
        return Err(CopyError::refused(format!(
            "The backup has form {found} and this program reads forms up to {FORMAT}. \
             Use the version that wrote it, {}.",
            manifest.program
        )));
    }
    let (mut faults, mut blobs) = (Vec::new(), Vec::new());
    let mut count = HeadCount::default();
    for file in &manifest.tables {
        let mut see = |record: Record| {
            count.see(&file.table, std::slice::from_ref(&record));
            blobs.extend(blob(&file.table, &record));
        };
        if let Some(fault) = fault_of(directory, file, &mut see)? {
            faults.push(fault);
        }
    }
    if faults.is_empty() && count.heads() != manifest.journals {
        faults.push("The journals in it do not stand where it says they do.".to_owned());
    }
    let missing: BTreeSet<_> = manifest.missing.iter().collect();
    let mut names = Vec::new();
    for (name, sha256) in blobs {
        if missing.contains(&name) {
            continue;
        }
        match std::fs::read(directory.join(BLOBS).join(&name)) {
            Ok(sealed) if Sha256::digest(&sealed).as_slice() == sha256 => names.push(name),
            Ok(_) => faults.push(format!("Attachment {name} is not as it was written.")),
            Err(_) => faults.push(format!("Attachment {name} is missing or cannot be read.")),
        }
    }
    if faults.is_empty() {
        return Ok((manifest, names));
    }
    faults.insert(0, "The backup is damaged, and nothing was restored.".to_owned());
    Err(CopyError::Refused(faults))
}

/// What is wrong with the file of a table, if anything is.
fn fault_of(
    directory: &Path,
    file: &TableFile,
    see: &mut impl FnMut(Record),
) -> Result<Option<String>, CopyError> {
    let name = &file.table.name;
    let mut digest = Sha256::new();
    let mut rows = 0;
    let mut strange = false;
    let read = lines(directory, file, |text| {
        digest.update(text);
        rows += 1;
        match line::read(text) {
            Some(record) if record.len() == file.table.columns.len() => see(record),
            Some(_) | None => strange = true,
        }
        Ok(())
    });
    match read {
        Err(CopyError::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Some(format!("The file of table {name} is missing.")));
        }
        Err(CopyError::File { source, .. }) if source.kind() == std::io::ErrorKind::InvalidData => {
            strange = true;
        }
        other => other?,
    }
    if strange || rows != file.rows || hex(&digest.finalize()) != file.sha256 {
        return Ok(Some(format!("The file of table {name} is not as it was written.")));
    }
    Ok(None)
}

/// Shows every line of a table's file, with its end.
fn lines(
    directory: &Path,
    file: &TableFile,
    mut show: impl FnMut(&str) -> Result<(), CopyError>,
) -> Result<(), CopyError> {
    let path = file_of(directory, &file.table);
    let failed = |error| CopyError::file(&path, error);
    let mut reader = BufReader::new(File::open(&path).map_err(failed)?);
    let mut text = String::new();
    loop {
        text.clear();
        if reader.read_line(&mut text).map_err(failed)? == 0 {
            return Ok(());
        }
        show(&text)?;
    }
}

/// The migrations that had been applied where the backup was made, which this program must know.
fn schema_of(manifest: &Manifest) -> Result<&'static [Migration], CopyError> {
    let found = manifest.schema.last().map_or(0, |step| step.number);
    let known = MIGRATIONS.last().map_or(0, |migration| migration.number);
    if found > known {
        return Err(CopyError::refused(format!(
            "The backup has schema {found} and this program knows schemas up to {known}. \
             Use the version that wrote it, {}.",
            manifest.program
        )));
    }
    let steps = MIGRATIONS.get(..manifest.schema.len()).unwrap_or_default();
    let same = steps.len() == manifest.schema.len()
        && steps.iter().zip(&manifest.schema).all(|(ours, theirs)| {
            let text = ours.text;
            ours.number == theirs.number && hex(&Sha256::digest(text)) == theirs.sha256
        });
    if same && !steps.is_empty() {
        Ok(steps)
    } else {
        Err(CopyError::refused("The backup has a schema that this program does not know."))
    }
}

/// Writes every row. All were checked; what changed since then is found by the count of the journals.
fn fill(tx: &mut Tx, manifest: &Manifest, directory: &Path) -> Result<u64, CopyError> {
    let tables: Vec<_> = manifest.tables.iter().map(|file| file.table.clone()).collect();
    fits(tx, &tables)?;
    let mut written = 0;
    let mut count = HeadCount::default();
    for file in &manifest.tables {
        let mut page: Vec<Record> = Vec::with_capacity(PAGE);
        let changed = || {
            CopyError::refused(format!(
                "The file of table {} changed while it was read, and nothing was restored.",
                file.table.name
            ))
        };
        let before = written;
        lines(directory, file, |text| {
            page.push(line::read(text).ok_or_else(changed)?);
            written += 1;
            if page.len() == PAGE {
                count.see(&file.table, &page);
                tx.put(&file.table, std::mem::take(&mut page))?;
            }
            Ok(())
        })?;
        count.see(&file.table, &page);
        tx.put(&file.table, page)?;
        if written - before != file.rows {
            return Err(changed());
        }
    }
    if count.heads() == manifest.journals {
        Ok(written)
    } else {
        Err(CopyError::refused("The journals changed while they were read; nothing was restored."))
    }
}
