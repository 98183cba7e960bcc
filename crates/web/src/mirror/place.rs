//! A place of the public site as the channel knows it.

use std::time::Duration;

use app::Site;
use app::channel::{Mirror, Work};
use store::Root;

use super::carry;

/// A place that takes longer to be tried is not there.
const PATIENCE: Duration = Duration::from_secs(10);

/// A directory or a bucket to which the public site is carried.
#[derive(Debug)]
pub struct MirrorPlace(Root);

impl MirrorPlace {
    /// The place.
    pub fn new(root: Root) -> Self {
        Self(root)
    }
}

impl Mirror for MirrorPlace {
    fn name(&self) -> &str {
        self.0.name()
    }

    fn carry<'a>(&'a self, site: &'a Site) -> Work<'a, i64> {
        Box::pin(async move {
            let carried = carry(site, &self.0).await;
            carried.map(|carried| carried.edition).map_err(|error| chain(&error))
        })
    }

    fn probe(&self) -> Work<'_, ()> {
        Box::pin(async move {
            let tried = tokio::time::timeout(PATIENCE, self.0.probe()).await;
            let tried = tried.map_err(|_| "it does not answer in time".to_owned())?;
            tried.map_err(|error| chain(&error))
        })
    }
}

/// An error and its causes in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        // What only passes on is not said twice.
        if !line.ends_with(&deeper.to_string()) {
            line.push_str(&format!(": {deeper}"));
        }
        cause = deeper.source();
    }
    line
}
