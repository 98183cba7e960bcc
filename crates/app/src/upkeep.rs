//! What an operator does to the whole: look whether everything is as it was written, make rows anew,
//! write all of it into a directory, read it back, move it to another database.

use std::path::Path;

use store::backup::{Manifest, Restored};
use store::verify::{Rebuilt, Report};
use store::{Blobs, Copied, CopyError, Place, Store};

use crate::{Result, Site};

/// Walks everything and says what is wrong. The server may work meanwhile.
pub async fn verify(site: &Site) -> Result<Report> {
    Ok(store::verify::verify(&site.store, &site.vault, &site.blobs).await?)
}

/// Makes anew every row of a case that is not what its journal adds up to.
pub async fn rebuild(site: &Site) -> Result<Rebuilt> {
    Ok(store::verify::rebuild(&site.store).await?)
}

/// Writes all rows and files into a directory that does not exist yet. The server may work
/// meanwhile. The key file is not in it.
pub async fn backup(site: &Site, directory: &Path) -> Result<Manifest, CopyError> {
    store::backup::write(&site.store, &site.blobs, directory, site.clock.now()).await
}

/// Reads a backup into an empty database and a place for files.
pub async fn restore(
    place: &Place,
    blobs: &Blobs,
    directory: &Path,
) -> Result<Restored, CopyError> {
    store::backup::read(directory, place, blobs).await
}

/// Copies all rows of one database into another, empty one. Files stay where they are.
pub async fn copy(from: &Place, to: &Place) -> Result<Copied, CopyError> {
    let from = Store::open(from).await?;
    let copied = match Store::open(to).await {
        Ok(to) => {
            let copied = store::copy(&from, &to).await;
            to.close().await;
            copied
        }
        Err(error) => Err(error.into()),
    };
    from.close().await;
    copied
}
