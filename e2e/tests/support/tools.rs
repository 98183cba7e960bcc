//! Where the tools are that a story needs, and which are missing.

use std::env;
use std::path::{Path, PathBuf};

use super::program::program;

/// What a story cannot be told without.
pub(crate) struct Tools {
    /// The program under test.
    pub(crate) program: PathBuf,
    /// The browser.
    pub(crate) browser: PathBuf,
    /// What steers it.
    pub(crate) driver: PathBuf,
    /// A Python that has aiosmtpd.
    pub(crate) python: PathBuf,
    /// The judge of accessibility, a script for the browser.
    pub(crate) axe: Option<String>,
}

impl Tools {
    /// Finds them; none, and a printed line that names what is missing, if one is.
    pub(crate) fn find() -> Option<Self> {
        let environments = env::var_os("OMBUD_TEST_TOOLS").map(PathBuf::from).unwrap_or_default();
        let python = environments.join("aiosmtpd/bin/python");
        let wanted = [
            ("the program ombud (OMBUD_TEST_PROGRAM, or cargo build)", program()),
            ("/usr/bin/chromium (Debian package chromium)", "/usr/bin/chromium".into()),
            (
                "/usr/bin/chromedriver (Debian package chromium-driver)",
                "/usr/bin/chromedriver".into(),
            ),
            ("Python with aiosmtpd (OMBUD_TEST_TOOLS/aiosmtpd)", python),
        ];
        let missing = wanted.iter().filter(|(_, path)| !path.exists());
        let missing: Vec<&str> = missing.map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            println!("skipped: there is no {}", missing.join(", no "));
            return None;
        }
        let [program, browser, driver, python] = wanted.map(|(_, path)| path);
        let axe = axe(&environments);
        if axe.is_none() {
            println!("skipped: there is no axe (OMBUD_TEST_TOOLS/axe): accessibility not judged");
        }
        Some(Self { program, browser, driver, python, axe })
    }
}

fn axe(environments: &Path) -> Option<String> {
    let pythons = std::fs::read_dir(environments.join("axe/lib")).ok()?;
    let scripts = pythons
        .flatten()
        .map(|python| python.path().join("site-packages/axe_playwright_python/axe.min.js"));
    scripts.into_iter().find_map(|script| std::fs::read_to_string(script).ok())
}
