//! Where copies of the public site are kept: directories, from which other web servers answer, and
//! a bucket.

use std::path::{Path, PathBuf};

use anyhow::Result;
use store::S3;

use super::files::bucket;
use super::{Settings, Value, wrong};

/// Where a copy of the public site is kept.
#[derive(Debug)]
pub(crate) enum MirrorAt {
    /// In this directory.
    Directory(PathBuf),
    /// In a bucket.
    Bucket(S3),
}

/// What says something of a bucket, and nothing without one.
const OF_A_BUCKET: [&str; 3] = ["mirror.endpoint", "mirror.access_key", "mirror.secret_key"];

/// Understands what was said of copies.
pub(super) fn read(settings: &Settings, data: &Path) -> Result<Vec<MirrorAt>> {
    let mut places = vec![];
    if let Some(value) = settings.value("mirror.directories") {
        places.extend(directories(value, data)?.into_iter().map(MirrorAt::Directory));
    }
    if settings.value("mirror.bucket").is_some() {
        places.push(MirrorAt::Bucket(bucket(settings, "mirror", "mirror.bucket is set")?));
    } else if let Some(value) = OF_A_BUCKET.iter().find_map(|name| settings.value(name)) {
        return Err(wrong(value, "is set, but no bucket is; set mirror.bucket as well."));
    }
    let said = ["mirror.directories", "mirror.bucket"].iter().find_map(|name| settings.value(name));
    match said {
        Some(value) if settings.value("server.base_url").is_none() => {
            let what = "is set, but not server.base_url, by which the pages of a copy link to \
                 each other; set that as well.";
            Err(wrong(value, what))
        }
        Some(_) | None => Ok(places),
    }
}

fn directories(value: &Value, data: &Path) -> Result<Vec<PathBuf>> {
    let data = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    let mut directories: Vec<PathBuf> = vec![];
    for path in value.text.split(':').filter(|path| !path.trim().is_empty()).map(PathBuf::from) {
        if !path.is_absolute() {
            let what = format_args!(
                "names “{}”, which does not begin with /; write whole paths, with a colon \
                 between two of them.",
                path.display()
            );
            return Err(wrong(value, what));
        }
        if path.starts_with(&data) || data.starts_with(&path) {
            let what = "is where the data is, which no web server may read; put it elsewhere.";
            return Err(wrong(value, what));
        }
        if !directories.contains(&path) {
            directories.push(path);
        }
    }
    Ok(directories)
}
