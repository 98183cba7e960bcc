//! Where things are: the root of the workspace, its target directory, and the shared data that
//! some tests read when it is there.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// The places the test command works in.
pub(crate) struct Workspace {
    /// The root of the repository.
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Asks cargo.
    pub(crate) fn find() -> Result<Self> {
        // Asked at run time: two checkouts may share one build directory, and one build.
        let here = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from("."), |xtask| Path::new(&xtask).join(".."));
        let output = Command::new("cargo")
            .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
            .current_dir(here)
            .output()
            .context("cargo metadata")?;
        ensure!(
            output.status.success(),
            "cargo metadata failed:\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: Value = serde_json::from_slice(&output.stdout)?;
        let path = |key: &str| -> Result<PathBuf> {
            Ok(metadata.get(key).and_then(Value::as_str).context("cargo metadata")?.into())
        };
        Ok(Self { root: path("workspace_root")?, target: path("target_directory")? })
    }

    /// The virtual environments of the test tools, one directory for each.
    pub(crate) fn environments(&self) -> PathBuf {
        self.target.join("test-tools")
    }

    /// The advisory database that is handed out beside the repository, where it is present.
    pub(crate) fn advisory_bundle(&self) -> PathBuf {
        let shared = match std::env::var_os("OMBUD_SHARED") {
            Some(path) => self.root.join(path),
            None => self.root.join("../shared"),
        };
        shared.join("data/rustsec-advisory-db.bundle")
    }
}
