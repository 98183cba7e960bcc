//! A database file that another process may have open.

use std::path::Path;

use super::{Place, Result, StoreError, beside, private_file};

impl Place {
    /// The place of a file that is there, without its lock: only for reading.
    pub(crate) fn beside_another(path: &Path) -> Result<Self> {
        let path = path.canonicalize().map_err(|source| StoreError::file(path, source))?;
        let lock = beside(&path, ".lock");
        let lock = private_file(&lock).map_err(|source| StoreError::file(&lock, source))?;
        Ok(Self { path, lock })
    }
}
