//! Whether everything is as it was written: every chain, what it adds up to, every text and its seal,
//! who takes part, what is public, every file. One fault hides no other: each is a sentence, and the
//! walk goes on. And the remedy for one of them: rows made anew from the journals.

mod case;
mod public;
mod rebuild;

use domain::CaseId;

use crate::attachment::AttachmentRow;
use crate::blobs::{BlobError, Blobs};
use crate::error::Result;
use crate::vault::Vault;
use crate::{Store, StoreError, Tx};

pub use rebuild::{Rebuilt, rebuild};

/// How many sentences a report holds; the rest is counted.
const MOST_FINDINGS: usize = 1000;

/// What a walk over everything found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Cases, with a row, a journal or both.
    pub cases: u64,
    /// Entries of their journals.
    pub entries: u64,
    /// Texts that the journals refer to.
    pub texts: u64,
    /// Those of them that were erased.
    pub erased: u64,
    /// Files that the journals refer to.
    pub attachments: u64,
    /// Public notes.
    pub notes: u64,
    /// Files made of them.
    pub artefacts: u64,
    /// What is wrong, a sentence for each; the first thousand.
    pub findings: Vec<String>,
    /// How many more there are.
    pub more: u64,
}

impl Report {
    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.more == 0
    }

    fn find(&mut self, finding: String) {
        if self.findings.len() < MOST_FINDINGS {
            self.findings.push(finding);
        } else {
            self.more += 1;
        }
    }

    fn add(&mut self, part: Self) {
        self.cases += part.cases;
        self.entries += part.entries;
        self.texts += part.texts;
        self.erased += part.erased;
        self.attachments += part.attachments;
        self.notes += part.notes;
        self.artefacts += part.artefacts;
        self.more += part.more;
        part.findings.into_iter().for_each(|finding| self.find(finding));
    }
}

/// Walks everything and says what is wrong. The server may work meanwhile: each case is looked at in
/// one snapshot. Only a database that cannot be read at all ends the walk.
pub async fn verify(store: &Store, vault: &Vault, blobs: &Blobs) -> Result<Report> {
    let mut report = Report::default();
    let mut last = None;
    while let Some(id) = store.read(move |tx| tx.next_case(last)).await? {
        let (part, files) = look(store, vault, id).await?;
        report.add(part);
        for (row, sha256) in files {
            check_file(store, (vault, blobs), &row, &sha256, &mut report).await?;
        }
        last = Some(id);
    }
    match store.read(public::check).await {
        Ok(part) => report.add(part),
        Err(error) => {
            gone(&error)?;
            report.find(format!("The public notes could not be read to their end ({error})."));
        }
    }
    Ok(report)
}

/// A file that the journal tells of, where it is, and its SHA-256 in clear.
type File = (AttachmentRow, String);

async fn look(store: &Store, vault: &Vault, id: CaseId) -> Result<(Report, Vec<File>)> {
    let vault = vault.clone();
    let looked = store.read(move |tx: &mut Tx| case::check(tx, &vault, id)).await;
    looked.or_else(|error| {
        gone(&error)?;
        let mut part = Report { cases: 1, ..Report::default() };
        part.find(format!("Case {id}: it could not be read to its end ({error})."));
        Ok((part, Vec::new()))
    })
}

/// Passes on what makes it useless to go on.
fn gone(error: &StoreError) -> Result<()> {
    match error {
        StoreError::Unavailable(_) | StoreError::Closed | StoreError::Busy => Err(error.clone()),
        _ => Ok(()),
    }
}

/// Fetches a file, and looks whether it is the one that came.
async fn check_file(
    store: &Store,
    (vault, blobs): (&Vault, &Blobs),
    row: &AttachmentRow,
    sha256: &str,
    report: &mut Report,
) -> Result<()> {
    let Some(blob) = &row.blob else { return Ok(()) };
    let (case, id) = (row.case, row.id);
    let sealed = match blobs.get(blob).await {
        Ok(sealed) => sealed,
        Err(BlobError::Missing(_)) => {
            report.find(format!("Case {case}: attachment {id} is missing (blob {blob})."));
            return Ok(());
        }
        Err(error) => {
            report.find(format!("Case {case}: attachment {id} could not be fetched ({error})."));
            return Ok(());
        }
    };
    if !row.is_of(&sealed) {
        report.find(format!("Case {case}: attachment {id} is not what was kept (blob {blob})."));
        return Ok(());
    }
    let (of, with) = (row.clone(), vault.clone());
    let opened = store
        .read(move |tx: &mut Tx| {
            let Some(key) = tx.key_of_case(&with, of.case)? else { return Ok(None) };
            of.open(&with, &key, &sealed).map(Some)
        })
        .await;
    let whole = match opened {
        Ok(Some(bytes)) => {
            use sha2::Digest;
            domain::journal::hex(&sha2::Sha256::digest(bytes.as_slice())) == sha256
        }
        Ok(None) => false,
        Err(error) => {
            gone(&error)?;
            false
        }
    };
    if !whole {
        report.find(format!(
            "Case {case}: attachment {id} is not the file that its journal tells of."
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
