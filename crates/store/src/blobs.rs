//! Where large things lie: a directory of this machine, or a store that speaks S3.
//!
//! What comes here is sealed already and has a name that tells nothing, so that whoever keeps it
//! learns how much there is and no more. A blob is written before the row that tells of it is
//! committed, and never changed: what is left over by a crash between the two is garbage, and what
//! a row tells of is there.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{ObjectStore, ObjectStoreExt, RetryConfig};

/// The largest blob that is kept: 32 MiB.
const LARGEST: usize = 32 << 20;

/// Where large things lie. A copy of it is the same place.
#[derive(Clone)]
pub struct Blobs {
    inner: Arc<dyn ObjectStore>,
    place: Arc<str>,
}

impl fmt::Debug for Blobs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blobs({})", self.place)
    }
}

/// A store that speaks S3: Amazon's, or one of your own (Ceph, Garage, `MinIO`).
#[derive(Clone)]
pub struct S3 {
    /// The bucket, which has to exist.
    pub bucket: String,
    /// Its region; a store of your own mostly takes any.
    pub region: String,
    /// The address of a store of your own; absent for Amazon's.
    pub endpoint: Option<String>,
    /// The name of the key.
    pub access_key_id: String,
    /// The key.
    pub secret_access_key: String,
    /// Whether the way there must be encrypted.
    pub transport: Transport,
}

/// Says nothing of the key.
impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("S3").field("bucket", &self.bucket).finish_non_exhaustive()
    }
}

impl S3 {
    /// The way there. Nothing is asked of it yet.
    pub(crate) fn opened(&self) -> object_store::Result<AmazonS3> {
        // Whoever came first has set it, and to the same.
        drop(rustls::crypto::ring::default_provider().install_default());
        let patience = RetryConfig {
            max_retries: 4,
            retry_timeout: Duration::from_mins(1),
            ..RetryConfig::default()
        };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&self.bucket)
            .with_region(&self.region)
            .with_access_key_id(&self.access_key_id)
            .with_secret_access_key(&self.secret_access_key)
            .with_allow_http(self.transport == Transport::Plain)
            .with_retry(patience);
        if let Some(endpoint) = &self.endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        builder.build()
    }
}

/// Whether the way to a store must be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// It must.
    Encrypted,
    /// It need not, because the store is on this machine or on a wire of ours. The blobs are sealed,
    /// but whoever listens sees their names.
    Plain,
}

/// A blob could not be kept or fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// There is no blob of this name.
    #[error("there is no blob {0}")]
    Missing(String),
    /// It is larger than a blob may be.
    #[error("a blob of more than 32 MiB cannot be kept")]
    TooLarge,
    /// This cannot be the name of a blob.
    #[error("{0:?} is not the name of a blob")]
    Name(String),
    /// The settings make no sense.
    #[error("the place for attachments cannot be used: {0}")]
    Settings(String),
    /// The place cannot be reached, is full, or refuses.
    #[error("the place for attachments failed")]
    Failed(#[source] Box<object_store::Error>),
}

impl Blobs {
    /// A directory of this machine, which is made if it is not there. A blob is on the disk before
    /// anybody is told that it is kept.
    pub fn local(directory: &Path) -> Result<Self, BlobError> {
        let refused = |error| BlobError::Settings(format!("{}: {error}", directory.display()));
        private_directory(directory).map_err(|error| refused(error.to_string()))?;
        let inner = LocalFileSystem::new_with_prefix(directory)
            .map_err(|error| refused(error.to_string()))?
            .with_fsync(true);
        let place = format!("directory {}", directory.display()).into();
        Ok(Self { inner: Arc::new(inner), place })
    }

    /// A store that speaks S3. Nothing is asked of it yet.
    pub fn s3(settings: &S3) -> Result<Self, BlobError> {
        let inner = settings.opened().map_err(|error| BlobError::Settings(error.to_string()))?;
        let place = format!("bucket {}", settings.bucket).into();
        Ok(Self { inner: Arc::new(inner), place })
    }

    /// A place in memory, forgotten with the last copy of this.
    #[cfg(any(test, feature = "testkit"))]
    pub fn in_memory() -> Self {
        let inner = object_store::memory::InMemory::new();
        Self { inner: Arc::new(inner), place: "memory".into() }
    }

    /// Keeps a blob. It is kept when this answers.
    pub async fn put(&self, name: &str, bytes: Vec<u8>) -> Result<(), BlobError> {
        if bytes.len() > LARGEST {
            return Err(BlobError::TooLarge);
        }
        let path = path(name)?;
        self.inner.put(&path, bytes.into()).await.map(drop).map_err(|error| failed(name, error))
    }

    /// Fetches a blob.
    pub async fn get(&self, name: &str) -> Result<Vec<u8>, BlobError> {
        let path = path(name)?;
        let found = self.inner.get(&path).await.map_err(|error| failed(name, error))?;
        // Whoever put something larger there, it was not us.
        if found.meta.size > u64::try_from(LARGEST).unwrap_or(u64::MAX) {
            return Err(BlobError::TooLarge);
        }
        let bytes = found.bytes().await.map_err(|error| failed(name, error))?;
        Ok(bytes.into())
    }

    /// Keeps a few bytes, fetches them and deletes them again: whether the place does its work.
    pub async fn probe(&self, name: &str) -> Result<(), BlobError> {
        let bytes = b"Does this place keep what it is given?".to_vec();
        self.put(name, bytes.clone()).await?;
        let found = self.get(name).await?;
        self.delete(name).await?;
        if found == bytes { Ok(()) } else { Err(BlobError::Missing(name.to_owned())) }
    }

    /// Deletes a blob; one that is not there is deleted already.
    pub async fn delete(&self, name: &str) -> Result<(), BlobError> {
        let path = path(name)?;
        match self.inner.delete(&path).await.map_err(|error| failed(name, error)) {
            Err(BlobError::Missing(_)) => Ok(()),
            answer => answer,
        }
    }
}

fn path(name: &str) -> Result<Name, BlobError> {
    let plain =
        !name.is_empty() && name.len() <= 64 && name.bytes().all(|b| b.is_ascii_alphanumeric());
    if plain { Ok(Name::from(name)) } else { Err(BlobError::Name(name.to_owned())) }
}

fn failed(name: &str, error: object_store::Error) -> BlobError {
    match error {
        object_store::Error::NotFound { .. } => BlobError::Missing(name.to_owned()),
        other => BlobError::Failed(Box::new(other)),
    }
}

/// Makes a directory that nobody else may look into, unless it is there.
pub(crate) fn private_directory(directory: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(PathBuf::from(directory))
}

#[cfg(test)]
mod tests;
