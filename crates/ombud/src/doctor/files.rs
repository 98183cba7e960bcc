//! Does the place for attachments keep what it is given? A bucket gets a few bytes that tell
//! nothing, and they are deleted again; a directory is only looked at.

use std::fs;
use std::path::Path;
use std::time::Duration;

use store::{Blobs, S3, Transport};
use tokio::time::timeout;

use super::{Finding, chain};
use crate::config::{Config, Files};
use crate::{keys, machine};

const WHAT: &str = "files";

/// A store that takes longer is not there.
const PATIENCE: Duration = Duration::from_secs(10);

/// The place of the settings.
pub(super) async fn check(config: &Config) -> Finding {
    match &config.files {
        Files::Directory(directory) => folder(directory),
        Files::Bucket(bucket) => reached(bucket).await,
    }
}

fn folder(directory: &Path) -> Finding {
    let shown = directory.display();
    match fs::metadata(directory) {
        Err(_) => Finding::ok(WHAT, format!("{shown} is not there yet; the first start makes it")),
        Ok(known) if !known.is_dir() => {
            Finding::fail(WHAT, format!("{shown} is no directory"), "Move what is there away.")
        }
        Ok(known) if keys::mode(&known) & 0o007 != 0 => {
            let found = format!("{shown} is open to everybody on this machine");
            Finding::warn(WHAT, found, format!("Close it: chmod 700 {shown}"))
        }
        Ok(_) => Finding::ok(WHAT, format!("attachments are in {shown}")),
    }
}

async fn reached(bucket: &S3) -> Finding {
    let name = &bucket.bucket;
    let remedy = "See that bucket, endpoint, region and keys are right, and may write and delete.";
    let mut chance = [0; 16];
    machine::fill(&mut chance);
    let blobs = match Blobs::s3(bucket) {
        Ok(blobs) => blobs,
        Err(error) => return Finding::fail(WHAT, chain(&error.into()), remedy),
    };
    match timeout(PATIENCE, blobs.probe(&domain::journal::hex(&chance))).await {
        Ok(Ok(())) if is_open(bucket) => Finding::warn(
            WHAT,
            format!("bucket {name} keeps what it is given, and is reached without encryption"),
            "Use an endpoint with https://, unless the way there is yours alone.",
        ),
        Ok(Ok(())) => Finding::ok(WHAT, format!("bucket {name} keeps what it is given")),
        Ok(Err(error)) => {
            Finding::fail(WHAT, format!("bucket {name}: {}", chain(&error.into())), remedy)
        }
        Err(_) => Finding::fail(WHAT, format!("bucket {name} does not answer in time"), remedy),
    }
}

/// Whether somebody on the way could listen.
fn is_open(bucket: &S3) -> bool {
    let host = bucket.endpoint.as_deref().and_then(|address| address.split("://").nth(1));
    let is_here =
        |host: &str| ["localhost", "127.", "[::1]"].iter().any(|here| host.starts_with(here));
    bucket.transport == Transport::Plain && !host.is_some_and(is_here)
}
