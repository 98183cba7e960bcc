//! A place from which web servers read the public site as files: a directory of this machine, or a
//! bucket of a store that speaks S3. Only what is public ever comes here.
//!
//! A file is there whole or not at all, at every instant and after a crash. Files of one group are
//! put in any order; a group is there before the next one begins, so that what names a file can be
//! put after it.

mod bucket;
mod directory;

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::blobs::S3;
use bucket::Bucket;
use directory::Directory;

/// The folder of what is kept about the files; it holds nothing that a reader needs.
pub const STATE: &str = ".ombud/";

/// A file that everyone may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicFile {
    /// Its address, from the root, as it begins with `/`; a folder's own file ends with one.
    pub address: String,
    /// Its media type.
    pub media_type: String,
    /// How long others may keep it, as a header says it.
    pub cache: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

/// A place from which web servers read.
#[derive(Debug, Clone)]
pub struct Root {
    kind: Kind,
    name: Arc<str>,
}

#[derive(Debug, Clone)]
enum Kind {
    Directory(Directory),
    Bucket(Bucket),
}

/// The right to change what is there, until it is dropped.
#[derive(Debug)]
pub struct Claim {
    _lock: Option<File>,
}

/// The place cannot be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RootError {
    /// Another program is writing there.
    #[error("another program is writing into {0}")]
    Busy(String),
    /// What is to be put there has no place below the root.
    #[error("“{0}” is no path of a file below the root")]
    NotBelow(String),
    /// The directory refuses.
    #[error("{}", .path.display())]
    Refused {
        /// What was tried.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// The bucket cannot be reached, or refuses.
    #[error("the bucket failed")]
    Bucket(#[source] Box<object_store::Error>),
    /// The work was broken off.
    #[error("the work was broken off")]
    BrokenOff,
}

impl Root {
    /// A directory of this machine, which is made once something is put there.
    pub fn directory(path: &Path) -> Self {
        let kind = Kind::Directory(Directory::new(path));
        Self { kind, name: format!("directory {}", path.display()).into() }
    }

    /// A bucket. Nothing is asked of it yet.
    pub fn bucket(settings: &S3) -> Result<Self, RootError> {
        let inner = settings.opened().map_err(|error| RootError::Bucket(Box::new(error)))?;
        let name = format!("bucket {}", settings.bucket).into();
        Ok(Self { kind: Kind::Bucket(Bucket::new(Arc::new(inner))), name })
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the file of an address lies. A page has a folder of its own in a directory, where a
    /// file cannot have others below it; a bucket knows no folders.
    pub fn path(&self, address: &str, media_type: &str) -> String {
        match self.kind {
            Kind::Directory(_) => directory::path(address, media_type),
            Kind::Bucket(_) => bucket::path(address),
        }
    }

    /// Keeps other programs from writing there. A bucket cannot: there, the lease of the duty does.
    pub async fn claim(&self) -> Result<Claim, RootError> {
        match &self.kind {
            Kind::Directory(directory) => {
                let (directory, name) = (directory.clone(), self.name.to_string());
                blocking(move || directory.lock(name)).await.map(|lock| Claim { _lock: Some(lock) })
            }
            Kind::Bucket(_) => Ok(Claim { _lock: None }),
        }
    }

    /// Puts files there, group after group, and answers how many of them were not there already.
    pub async fn place(&self, groups: Vec<Vec<PublicFile>>) -> Result<usize, RootError> {
        match &self.kind {
            Kind::Directory(directory) => {
                let directory = directory.clone();
                blocking(move || directory.place(groups)).await
            }
            Kind::Bucket(bucket) => bucket.place(groups).await,
        }
    }

    /// Takes files away by their paths; one that is not there is gone already.
    pub async fn remove(&self, paths: Vec<String>) -> Result<(), RootError> {
        match &self.kind {
            Kind::Directory(directory) => {
                let directory = directory.clone();
                blocking(move || directory.remove(&paths)).await
            }
            Kind::Bucket(bucket) => bucket.remove(&paths).await,
        }
    }

    /// What a file holds, if it is there.
    pub async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, RootError> {
        match &self.kind {
            Kind::Directory(directory) => {
                let (directory, path) = (directory.clone(), path.to_owned());
                blocking(move || directory.read(&path)).await
            }
            Kind::Bucket(bucket) => bucket.read(path).await,
        }
    }

    /// Puts a few bytes there, reads them and takes them away: whether the place does its work.
    pub async fn probe(&self) -> Result<(), RootError> {
        let _claim = match self.claim().await {
            // Somebody is writing there, so it can be written.
            Err(RootError::Busy(_)) => return Ok(()),
            claim => claim?,
        };
        let address = format!("/{STATE}probe");
        let bytes = b"Can this place be written?".to_vec();
        let probe = PublicFile::state("probe", bytes.clone());
        let path = self.path(&address, &probe.media_type);
        self.place(vec![vec![probe]]).await?;
        let found = self.read(&path).await?;
        self.remove(vec![path.clone()]).await?;
        if found == Some(bytes) { Ok(()) } else { Err(RootError::NotBelow(path)) }
    }
}

impl PublicFile {
    /// A file of what is kept about the others.
    pub fn state(name: &str, bytes: Vec<u8>) -> Self {
        Self {
            address: format!("/{STATE}{name}"),
            media_type: "application/octet-stream".to_owned(),
            cache: "no-store".to_owned(),
            bytes,
        }
    }
}

impl fmt::Display for Root {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Whether a path stays below the root, whatever program takes it.
fn is_below(path: &str) -> bool {
    let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
    path.split('/').all(plain) && !path.contains(|found: char| found.is_control() || found == '\\')
}

/// Work on the disk, beside the threads that answer.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, RootError> + Send + 'static,
) -> Result<T, RootError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| RootError::BrokenOff)?
}

#[cfg(test)]
mod tests;
