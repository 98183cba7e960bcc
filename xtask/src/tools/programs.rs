//! Judges that are programs of cargo's, built once and kept beside the other tools.

use std::fs;

use anyhow::Result;

use super::build;
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
        build(package, version, &["--root".as_ref(), home.as_os_str()])?;
        fs::write(stamp, wanted)?;
    }
    Ok(())
}
