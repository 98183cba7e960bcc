//! Files that come with a case. The bytes are sealed before they leave the house, and lie where
//! large things lie before the journal tells of them. Nothing here opens a file to look what is in
//! it: it comes back as it went.

use std::collections::BTreeSet;

use domain::access::View;
use domain::case::Attachment;
use domain::event::Audience;
use domain::journal::hex;
use domain::work::File;
use domain::{AttachmentId, BodyId, CaseId, Text};
use sha2::{Digest, Sha256};
use store::{BlobError, Key, SealedFile, StoreError};

use crate::{Ctx, Error, Result};

/// The largest file, in bytes: 25 MiB.
pub const LARGEST: usize = 25 << 20;

/// The longest name of a file, in characters.
const LONGEST_NAME: usize = 200;

/// A file as it is fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// Its name, without any directory.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file comes.
pub async fn add(
    ctx: &Ctx,
    id: CaseId,
    name: String,
    bytes: Vec<u8>,
    audience: Audience,
) -> Result<AttachmentId> {
    let name = file_name(&name)?;
    if bytes.is_empty() {
        return Err(Error::invalid("file", "The file is empty."));
    }
    if bytes.len() > LARGEST {
        return Err(Error::invalid("file", "The file is larger than 25 MiB; send it in parts."));
    }
    let (attachment, key) = key_if_allowed(ctx, id, audience.clone()).await?;
    let (file, of_clear) = seal(ctx, key, (id, attachment), bytes).await?;
    keep_bytes(ctx, file.row.blob.clone().unwrap_or_default(), file.sealed).await?;
    let row = file.row;
    ctx.write(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let name = desk.words(id, &name)?;
        let asked = desk.asked(id)?;
        let events = case.attach(&me, of_clear.called(attachment, name), audience, &asked)?;
        desk.tx().keep_attachment(&row)?;
        desk.keep(&me, case, events)?;
        Ok(attachment)
    })
    .await
}

/// A file of the case, if it is in what the actor sees; to all others it does not exist.
pub async fn fetch(ctx: &Ctx, id: CaseId, attachment: AttachmentId) -> Result<Fetched> {
    let found = ctx
        .read(move |desk| {
            let (me, case) = desk.case_for(id)?;
            let seen = seen(&me.view(case), attachment).ok_or(Error::NotFound)?;
            let vault = desk.ctx().site().vault.clone();
            let wanted = BTreeSet::from([seen.name.body]);
            let mut names = desk.tx().bodies(&vault, id, &wanted)?;
            let row = desk.tx().attachment(id, attachment)?.ok_or_else(|| lost("no row"))?;
            let key = desk.tx().key_of_case(&vault, id)?.ok_or_else(|| lost("no key"))?;
            Ok((names.remove(&seen.name.body), seen.sha256, row, key))
        })
        .await?;
    let (name, sha256, row, key) = found;
    // Erased: there was a file, and it is not there any more.
    let blob = row.blob.clone().ok_or(Error::NotFound)?;
    let sealed = ctx.site().blobs.get(&blob).await.map_err(lost)?;
    let vault = ctx.site().vault.clone();
    let opening = tokio::task::spawn_blocking(move || {
        let mut bytes = row.open(&vault, &key, &sealed)?;
        Ok::<_, StoreError>((hex(&Sha256::digest(&*bytes)), std::mem::take(&mut *bytes)))
    });
    let (found, bytes) = opening.await.map_err(lost)?.map_err(lost)?;
    if found != sha256 {
        return Err(lost("its bytes are not those its journal tells of"));
    }
    Ok(Fetched { name: name.unwrap_or_else(|| "attachment".to_owned()), bytes })
}

/// What the journal tells of a file's bytes.
struct OfClear {
    sha256: String,
    bytes: u64,
}

impl OfClear {
    fn called(self, id: AttachmentId, name: Text) -> File {
        File { id, name, sha256: self.sha256, bytes: self.bytes }
    }
}

/// An id and the key of the case, for who may add a file. The rule is asked before bytes are kept, so that
/// who may not learns so first, and again when the file is written down.
async fn key_if_allowed(ctx: &Ctx, id: CaseId, audience: Audience) -> Result<(AttachmentId, Key)> {
    ctx.read(move |desk| {
        let (me, case) = desk.case_for(id)?;
        let attachment: AttachmentId = desk.ctx().fresh();
        let name = Text { body: desk.ctx().fresh::<BodyId>(), seal: String::new() };
        let file = OfClear { sha256: String::new(), bytes: 0 }.called(attachment, name);
        case.attach(&me, file, audience, &desk.ctx().plain())?;
        let vault = desk.ctx().site().vault.clone();
        let key = desk.tx().key_of_case(&vault, id)?.ok_or(Error::NotFound)?;
        Ok((attachment, key))
    })
    .await
}

/// Seals and counts, off the threads that answer people.
async fn seal(
    ctx: &Ctx,
    key: Key,
    (case, id): (CaseId, AttachmentId),
    bytes: Vec<u8>,
) -> Result<(SealedFile, OfClear)> {
    let vault = ctx.site().vault.clone();
    let sealing = tokio::task::spawn_blocking(move || {
        let sha256 = hex(&Sha256::digest(&bytes));
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let file = SealedFile::seal(&vault, &key, case, id, &bytes)?;
        Ok::<_, StoreError>((file, OfClear { sha256, bytes: length }))
    });
    let sealed = sealing.await.map_err(|error| Error::broken("a file was not sealed", error))?;
    Ok(sealed?)
}

/// The name is written down first: should no row come to tell of these bytes, whatever happens
/// from here on, they are swept.
async fn keep_bytes(ctx: &Ctx, blob: String, sealed: Vec<u8>) -> Result<()> {
    let name = blob.clone();
    ctx.write(move |desk| {
        let now = desk.ctx().now();
        Ok(desk.tx().note_loose_blob(&name, now)?)
    })
    .await?;
    let kept = ctx.site().blobs.put(&blob, sealed).await;
    kept.map_err(|error: BlobError| Error::broken("a file could not be kept", error))
}

/// The file, if this view has it.
fn seen(view: &View, attachment: AttachmentId) -> Option<Attachment> {
    match view {
        View::Staff(view) => view.case().attachments.get(&attachment),
        View::Party(view) => view.attachments.get(&attachment),
        View::Reporter(view) => view.attachments.get(&attachment),
    }
    .cloned()
}

fn lost(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::broken("a file that the journal tells of cannot be fetched", cause)
}

/// The name of a file as a browser may be told it: the last part of what was sent, without
/// characters that steer.
fn file_name(sent: &str) -> Result<String> {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let steers = |c: &char| {
        c.is_control()
            || matches!(*c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let name: String = last.chars().filter(|c| !steers(c)).collect();
    let name = name.trim();
    if matches!(name, "" | "." | "..") {
        return Err(Error::invalid("file", "The file has no name."));
    }
    if name.chars().count() > LONGEST_NAME {
        return Err(Error::invalid("file", "The name of the file is too long; shorten it."));
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests;
