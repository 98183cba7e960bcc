//! Where the program under test is.

use std::env;
use std::path::{Path, PathBuf};

/// The program that was named, or the one that was built beside this test.
pub(crate) fn program() -> PathBuf {
    if let Some(named) = env::var_os("OMBUD_TEST_PROGRAM") {
        return named.into();
    }
    // This test is in DIRECTORY/deps, and the program in DIRECTORY.
    let me = env::current_exe().expect("a test is a program");
    let directory = me.parent().and_then(Path::parent).expect("target/PROFILE/deps");
    directory.join("ombud")
}

/// The root of the repository.
pub(crate) fn root() -> PathBuf {
    // Asked at run time: two checkouts may share one build directory, and one build.
    let here = env::var_os("CARGO_MANIFEST_DIR").expect("cargo and nextest set it");
    Path::new(&here).parent().expect("e2e lies in the workspace").to_owned()
}
