//! Lists the files of `migrations/`, so that a new one only has to be put there.

use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=build.rs");
    let folder = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("migrations");
    let mut files = std::fs::read_dir(&folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>, std::io::Error>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    let (mut list, mut last) = (String::from("&[\n"), 0);
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let number: i64 = name.split('_').next().and_then(|n| n.parse().ok()).unwrap_or(0);
        if number <= last {
            return Err(format!("{name}: its number must be positive and not taken").into());
        }
        last = number;
        let (name, path) = (name.escape_default(), file.to_string_lossy());
        let path = path.escape_default();
        writeln!(
            list,
            "Migration {{ number: {number}, name: \"{name}\", text: include_str!(\"{path}\") }},"
        )?;
    }
    list.push(']');
    std::fs::write(Path::new(&std::env::var("OUT_DIR")?).join("migrations.rs"), list)?;
    Ok(())
}
