//! The files that git tracks (and the new ones it would), as text.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// A file of the repository.
pub(crate) struct File {
    /// Its path from the root, with `/`.
    pub(crate) path: String,
    /// What is in it.
    pub(crate) text: String,
}

static FILES: LazyLock<Vec<File>> = LazyLock::new(|| {
    let list = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .expect("git is there");
    assert!(list.status.success(), "git ls-files: {}", String::from_utf8_lossy(&list.stderr));
    let list = String::from_utf8(list.stdout).expect("paths are UTF-8");
    let paths = list.split('\0').filter(|path| !path.is_empty());
    // A picture is no text, and a file that was just deleted is none either.
    let files = paths.filter_map(|path| {
        let text = std::fs::read_to_string(root().join(path)).ok()?;
        Some(File { path: path.to_owned(), text })
    });
    files.collect()
});

/// Every text file.
pub(crate) fn all() -> &'static [File] {
    assert!(FILES.len() > 20, "git lists {} files: is this the repository?", FILES.len());
    &FILES
}

/// Every file of Rust.
pub(crate) fn rust() -> impl Iterator<Item = &'static File> {
    all().iter().filter(|file| is_a(&file.path, "rs"))
}

/// Whether a path ends like this.
pub(crate) fn is_a(path: &str, extension: &str) -> bool {
    Path::new(path).extension().is_some_and(|found| found == extension)
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    // Asked at run time: two checkouts may share one build directory, and one build.
    let here = std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo and nextest set it");
    Path::new(&here).parent().expect("e2e lies in the workspace").to_owned()
}
