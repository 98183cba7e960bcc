//! A bucket as networks that deliver content read it. Each object carries its media type and how
//! long it may be kept; packing is left to those who hand it out.

use std::fmt;
use std::sync::Arc;

use object_store::path::Path as Name;
use object_store::{Attribute, Attributes, ObjectStore, ObjectStoreExt, PutOptions};
use tokio::task::JoinSet;

use super::{PublicFile, RootError, is_below};

/// How many objects are on their way at once.
const AT_ONCE: usize = 16;

#[derive(Clone)]
pub(super) struct Bucket(Arc<dyn ObjectStore>);

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bucket")
    }
}

/// The name of the object of an address; what a folder itself shows is called as such stores
/// expect it, whatever its type.
pub(super) fn path(address: &str) -> String {
    let path = address.trim_start_matches('/');
    if path.is_empty() || path.ends_with('/') {
        format!("{path}index.html")
    } else {
        path.to_owned()
    }
}

impl Bucket {
    pub(super) fn new(inner: Arc<dyn ObjectStore>) -> Self {
        Self(inner)
    }

    pub(super) async fn place(&self, groups: Vec<Vec<PublicFile>>) -> Result<usize, RootError> {
        let mut n_placed = 0;
        for group in groups {
            n_placed += group.len();
            let mut going = JoinSet::new();
            for file in group {
                if going.len() >= AT_ONCE {
                    arrived(going.join_next().await)?;
                }
                let bucket = self.clone();
                going.spawn(async move { bucket.put(file).await });
            }
            while let Some(one) = going.join_next().await {
                arrived(Some(one))?;
            }
        }
        Ok(n_placed)
    }

    async fn put(&self, file: PublicFile) -> Result<(), RootError> {
        let name = name(&path(&file.address))?;
        let attributes = Attributes::from_iter([
            (Attribute::ContentType, file.media_type),
            (Attribute::CacheControl, file.cache),
        ]);
        let options = PutOptions { attributes, ..PutOptions::default() };
        self.0.put_opts(&name, file.bytes.into(), options).await.map(drop).map_err(failed)
    }

    pub(super) async fn remove(&self, paths: &[String]) -> Result<(), RootError> {
        for path in paths {
            match self.0.delete(&name(path)?).await {
                Ok(()) | Err(object_store::Error::NotFound { .. }) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        Ok(())
    }

    pub(super) async fn read(&self, path: &str) -> Result<Option<Vec<u8>>, RootError> {
        match self.0.get(&name(path)?).await {
            Ok(found) => Ok(Some(found.bytes().await.map_err(failed)?.into())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }
}

type Gone = Result<Result<(), RootError>, tokio::task::JoinError>;

fn arrived(one: Option<Gone>) -> Result<(), RootError> {
    one.map_or(Ok(()), |one| one.map_err(|_| RootError::BrokenOff)?)
}

fn name(path: &str) -> Result<Name, RootError> {
    let not_below = || RootError::NotBelow(path.to_owned());
    if is_below(path) { Name::parse(path).map_err(|_| not_below()) } else { Err(not_below()) }
}

fn failed(error: object_store::Error) -> RootError {
    RootError::Bucket(Box::new(error))
}
