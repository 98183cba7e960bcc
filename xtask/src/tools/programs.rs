//! Judges that are programs of cargo's, built once and kept beside the other tools.

use std::fs;

use anyhow::{Result, ensure};

use crate::process::{held, show};
use crate::workspace::Workspace;

/// The directory each gets for itself, the package, and its version. A test finds the program in
/// `$OMBUD_TEST_TOOLS/csaf-cli/bin`.
const PROGRAMS: [(&str, &str); 1] = [
    // Walks a provider of CSAF as its consumers do, and checks every signature.
    ("csaf-cli", "0.20.0"),
];

/// Builds those that are missing or of another version. They run for seconds and need not be
/// optimised.
pub(crate) fn install_programs(workspace: &Workspace) -> Result<()> {
    for (package, version) in PROGRAMS {
        let home = workspace.environments().join(package);
        let stamp = home.join("pins.txt");
        let wanted = format!("{package}=={version}");
        if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
            continue;
        }
        fs::remove_dir_all(&home).ok();
        let built = show(
            held("cargo")
                .args(["install", "--locked", package, "--version", version, "--root"])
                .arg(&home)
                .env_remove("CARGO_TARGET_DIR")
                .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
                .env("CARGO_PROFILE_RELEASE_LTO", "off")
                .env("CARGO_PROFILE_RELEASE_DEBUG", "0")
                .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
        )?;
        ensure!(built.success(), "{package} could not be built");
        fs::write(stamp, wanted)?;
    }
    Ok(())
}
