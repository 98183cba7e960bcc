//! Migrations are numbered files, one series for each database: 1, 2, 3, and none left out, since
//! a server that runs knows how far it has come by the number alone.

use std::collections::BTreeMap;

use crate::files::{self, is_a};
use crate::none;

/// The series a numbered SQL file belongs to, and its number.
fn numbered(path: &str) -> Option<(String, u32)> {
    let (directory, name) = path.rsplit_once('/')?;
    let digits = name.find(|c: char| !c.is_ascii_digit())?;
    let number = name.get(..digits)?.parse().ok()?;
    // `0001_start.sqlite.sql` and `0001_start.postgres.sql` are two series in one directory.
    let (_, kind) = name.split_once('.')?;
    is_a(path, "sql").then(|| (format!("{directory}/*.{kind}"), number))
}

fn gaps(paths: &[&str]) -> Vec<String> {
    let mut series: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for (name, number) in paths.iter().filter_map(|path| numbered(path)) {
        series.entry(name).or_default().push(number);
    }
    let mut breaches = Vec::new();
    for (name, mut numbers) in series {
        numbers.sort_unstable();
        if !numbers.iter().copied().eq(1..=u32::try_from(numbers.len()).unwrap_or(0)) {
            breaches.push(format!("{name}: {numbers:?}"));
        }
    }
    breaches
}

#[test]
fn migrations_are_numbered_without_gaps() {
    let paths: Vec<&str> = files::all().iter().map(|file| file.path.as_str()).collect();
    none("1, 2, 3 and so on, each once", &gaps(&paths));
}

#[test]
fn a_gap_and_a_double_are_found() {
    assert_eq!(gaps(&["m/0001_a.sql", "m/0002_b.sql", "n/0001_a.sql"]), Vec::<String>::new());
    assert_eq!(gaps(&["m/0001_a.sql", "m/0003_b.sql"]).len(), 1);
    assert_eq!(gaps(&["m/1_a.sqlite.sql", "m/1_a.postgres.sql"]), Vec::<String>::new());
    assert_eq!(gaps(&["m/1_a.sql", "m/1_b.sql"]).len(), 1);
}
