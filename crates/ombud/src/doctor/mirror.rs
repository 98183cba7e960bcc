//! Can each copy of the public site be written? It gets a few bytes, and they are taken away again.

use std::time::Duration;

use store::Root;
use tokio::time::timeout;

use super::{Finding, chain};
use crate::config::Config;
use crate::mirror;

const WHAT: &str = "mirror";

/// A place that takes longer is not there.
const PATIENCE: Duration = Duration::from_secs(10);

/// One finding for each place of the settings.
pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let mut findings = vec![];
    for place in &config.mirrors {
        findings.push(match mirror::root(place) {
            Ok(root) => written(&root).await,
            Err(error) => Finding::fail(WHAT, chain(&error), "Mend [mirror] in the settings."),
        });
    }
    findings
}

async fn written(root: &Root) -> Finding {
    let remedy = "See that it is there, has room, and may be written and read by the server.";
    match timeout(PATIENCE, root.probe()).await {
        Ok(Ok(())) => Finding::ok(WHAT, format!("{root} can be written")),
        Ok(Err(error)) => Finding::fail(WHAT, format!("{root}: {}", chain(&error.into())), remedy),
        Err(_) => Finding::fail(WHAT, format!("{root} does not answer in time"), remedy),
    }
}
