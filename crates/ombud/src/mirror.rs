//! The public site as files, for other web servers: written when somebody asks for it, or kept up
//! to date in the places of the settings.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use app::channel::SiteCopy;
use store::Root;
use web::mirror::MirrorPlace;

use crate::config::{Config, MirrorAt};
use crate::{opened, terminal};

/// Writes the public site into a directory, or brings what is there up to date.
pub(crate) async fn export(config: &Config, directory: &Path) -> Result<()> {
    ensure!(
        config.base_url.is_some(),
        "The files link to each other by the address people use, and nobody said which that is. \
         Set server.base_url, as https://disclose.example.org. Nothing was written."
    );
    let site = opened::beside(config).await?;
    let carried = web::mirror::carry(&site, &Root::directory(directory)).await;
    site.store.close().await;
    let carried = carried.context("The site was not written to the end; run it again.")?;
    terminal::say(&format!(
        "The public site is in {}: notes {}, files written {}, taken away {}.",
        directory.display(),
        carried.notes,
        carried.written,
        carried.removed
    ))
}

/// The copies of the settings.
pub(crate) fn copies(config: &Config) -> Result<Vec<Arc<SiteCopy>>> {
    let copy = |at: &MirrorAt| Ok(SiteCopy::new(MirrorPlace::new(root(at)?)));
    config.mirrors.iter().map(copy).collect()
}

/// A place of the settings. Nothing is asked of it yet.
pub(crate) fn root(at: &MirrorAt) -> Result<Root> {
    match at {
        MirrorAt::Directory(directory) => Ok(Root::directory(directory)),
        MirrorAt::Bucket(bucket) => {
            Root::bucket(bucket).context("The bucket cannot be used as [mirror] describes it.")
        }
    }
}
