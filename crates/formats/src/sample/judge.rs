//! Programs that nobody here wrote, where they are installed; else a line that says so.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A program of the tools for tests, if it is there.
pub(crate) fn tool(path: &str) -> Option<PathBuf> {
    let home = std::env::var_os("OMBUD_TEST_TOOLS").map(PathBuf::from);
    let tool = home.map(|home| home.join(path)).filter(|tool| tool.exists());
    if tool.is_none() {
        println!("skipped: {path} is not among the tools for tests (set OMBUD_TEST_TOOLS)");
    }
    tool
}

/// A file of the data beside the project, if it is there.
pub(crate) fn shared(path: &str) -> Option<PathBuf> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = std::env::var_os("OMBUD_SHARED").map_or(PathBuf::from(beside), PathBuf::from);
    let file = Some(shared.join(path)).filter(|file| file.exists());
    if file.is_none() {
        println!("skipped: {path} is not beside the project (set OMBUD_SHARED)");
    }
    file
}

/// A schema of the CVE Record Format as `cvelib` brings it.
pub(crate) fn cve_schema(name: &str) -> Option<PathBuf> {
    let home = tool("cvelib/bin/python")?.parent()?.parent()?.join("lib");
    let mut versions = std::fs::read_dir(home).unwrap();
    let packages = versions.next().unwrap().unwrap().path().join("site-packages");
    Some(packages.join("cvelib/schemas").join(name))
}

/// What check-jsonschema says of these documents; nothing where it has nothing to say.
pub(crate) fn complaints(schema: &Path, documents: &[Vec<u8>]) -> Option<String> {
    let program = tool("check-jsonschema/bin/check-jsonschema")?;
    let home = tempfile::tempdir().unwrap();
    for (number, document) in documents.iter().enumerate() {
        std::fs::write(home.path().join(format!("{number}.json")), document).unwrap();
    }
    let names: Vec<String> = (0..documents.len()).map(|number| format!("{number}.json")).collect();
    let mut said = String::new();
    for names in names.chunks(500) {
        let output = Command::new(&program)
            .current_dir(home.path())
            .arg("--schemafile")
            .arg(schema)
            .args(names)
            .output()
            .unwrap();
        if !output.status.success() {
            let words = [output.stdout, output.stderr].concat();
            said.extend(String::from_utf8_lossy(&words).chars().take(4000));
        }
    }
    Some(said)
}
