//! Two validators that nobody here wrote read what we write: csaf from Python's index, and the validator library of the BSI from npm.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use super::BOTH;
use super::notes::{any_note, every_weakness, full, odd, publisher, withdrawn};
use crate::csaf::{Version, problems, read, write, write_draft, write_vex};
use crate::public_note::PublicNote;
use crate::vulnote::{Archived, tests::archive};

/// What may be found beyond errors, and why it stays. `docs/formats.md` tells the same.
const STAYS: &[(&str, &str)] = &[
    ("6_1_50", "the validator warns that it knows the scheme `generic` by its grammar alone"),
    ("6_2_1", "the library does not know the list `unknown` of 2.1 yet"),
    ("6_2_2", "the note names no remedy"),
    ("6_2_3", "nobody gave a score"),
    ("6_2_5", "a note of the archive whose newest date is before its first"),
    ("6_2_16", "the vendor named neither a package URL nor a CPE"),
    ("6_2_20", "the library does not know some keys of 2.1 yet"),
    ("6_2_21", "of revisions between the first and the newest the dates are not kept"),
    ("6_2_23", "the weakness is what the coordinator chose"),
    ("6_2_24", "4.17 is the newest list of weaknesses that both validators know"),
    ("6_2_25", "the weakness is what the coordinator chose"),
    ("6_2_26", "the weakness is what the coordinator chose"),
    ("6_2_32", "one name of a product stands for several of its ranges"),
    ("6_2_42", "the vendor's package URL stands for a range, or names another version"),
    ("6_2_43", "a licence is the operator's to choose"),
    ("6_2_49", "the vendor named no end of the range"),
    ("6_2_50", "the vendor's ranges"),
    ("6_2_51", "`vers:all/*` is what the notation has for all versions"),
    ("6_3_1", "old notes have old scores"),
    ("6_3_2", "old notes have old scores"),
    ("6_3_3", "not every vulnerability has a number"),
    ("6_3_4", "not every weakness is told"),
    ("6_3_9", "nobody told which versions"),
    ("6_3_10", "the vendor named a range"),
    ("6_3_11", "the vendor's words"),
    ("6_3_12", "nobody gave a score of version 4"),
    ("6_3_19", "the vendors' ranges"),
    ("6_3_20", "the coordinator's own numbers are in no register"),
];

/// What is no fault of a single file, by its test and the end of the file's name.
const NO_FAULT: &[(&str, &str)] = &[
    // The judge knows the categories of CSAF 2.0 alone, though the tests of `csaf_withdrawn` (6.1.27.14
    // to 17) are among its others.
    ("mandatoryTest_6_1_26", "/2.1/withdrawn.json"),
    // A draft lies nowhere in public, and names no address as its own.
    ("optionalTest_6_2_11", "/draft.json"),
    ("recommendedTest_6_2_11", "/draft.json"),
];

/// Something that a judge found.
struct Finding {
    file: String,
    test: String,
    is_error: bool,
    words: String,
}

/// Where a judge is installed, or nothing and a word about it.
fn home(name: &str, program: &str) -> Option<PathBuf> {
    let tools = std::env::var_os("OMBUD_TEST_TOOLS").map(PathBuf::from);
    let home = tools.map(|tools| tools.join(name)).filter(|home| home.join(program).exists());
    if home.is_none() {
        println!("skipped: the judge {name} is not installed (set OMBUD_TEST_TOOLS)");
    }
    home
}

fn number(version: Version) -> &'static str {
    match version {
        Version::V2_0 => "2.0",
        Version::V2_1 => "2.1",
    }
}

/// What the validator from Python's index finds.
fn python(home: &Path, version: Version, files: &[PathBuf]) -> Vec<Finding> {
    let spec = format!("v{}", number(version).replace('.', ""));
    let output = Command::new(home.join("bin/csaf"))
        .args(["validate", "--spec-version", &spec, "--preset", "full", "--no-network"])
        .args(["--format", "deprecated-json", "--rfc7464-always"])
        .args(files)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let answers: Vec<&str> = text.split('\u{1e}').filter(|one| !one.trim().is_empty()).collect();
    assert_eq!(answers.len(), files.len(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut found = vec![];
    for (file, answer) in files.iter().zip(answers) {
        let answer: Value = serde_json::from_str(answer).unwrap();
        for test in answer["tests"].as_array().unwrap() {
            for kind in ["errors", "warnings", "infos"] {
                for one in test[kind].as_array().into_iter().flatten() {
                    found.push(Finding {
                        file: file.display().to_string(),
                        test: test["name"].as_str().unwrap().to_owned(),
                        is_error: kind == "errors",
                        words: one.to_string(),
                    });
                }
            }
        }
    }
    found
}

/// What the library of the BSI finds.
fn node(home: &Path, version: Version, files: &[PathBuf]) -> Vec<Finding> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/src/csaf/tests/judges/validate.mjs");
    let output = Command::new("node")
        .args([Path::new(script), home, Path::new(number(version))])
        .args(files)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let line = |line: &str| {
        let one: Value = serde_json::from_str(line).unwrap();
        Finding {
            file: one["file"].as_str().unwrap().to_owned(),
            test: one["test"].as_str().unwrap().to_owned(),
            is_error: one["kind"] == "error",
            words: format!("{} {}", one["path"], one["message"]),
        }
    };
    text.lines().map(line).collect()
}

type Judge = fn(&Path, Version, &[PathBuf]) -> Vec<Finding>;

/// The documents of each version, judged in few processes.
fn judge(name: &str, documents: &BTreeMap<(Version, String), Vec<u8>>) {
    // One of them splits names at spaces, so the files have none.
    let place = std::env::temp_dir().join(format!("csaf-{}", std::process::id()));
    let judges: [(Option<PathBuf>, Judge); 2] = [
        (home("csaf", "bin/csaf"), python),
        (home("csaf-validator", "node_modules/@secvisogram/csaf-validator-lib/validate.js"), node),
    ];
    let mut errors = vec![];
    let mut others: BTreeMap<String, usize> = BTreeMap::new();
    for version in BOTH {
        let folder = place.join(number(version));
        std::fs::create_dir_all(&folder).unwrap();
        let mut files = vec![];
        for ((_, name), bytes) in documents.iter().filter(|((of, _), _)| *of == version) {
            let file = folder.join(format!("{}.json", name.replace([' ', ',', '.'], "_")));
            std::fs::write(&file, bytes).unwrap();
            files.push(file);
        }
        for (home, judge) in judges.iter().filter_map(|(home, judge)| Some((home.as_ref()?, judge)))
        {
            // A command line holds some thousand names.
            for files in files.chunks(500) {
                for finding in judge(home, version, files) {
                    let wrong = |(test, file): &(&str, &str)| {
                        finding.test == *test && finding.file.ends_with(file)
                    };
                    if NO_FAULT.iter().any(wrong) {
                        continue;
                    }
                    if finding.is_error {
                        errors.push(finding);
                    } else {
                        *others.entry(finding.test).or_default() += 1;
                    }
                }
            }
        }
    }
    std::fs::remove_dir_all(&place).unwrap();
    println!("{} documents {name}: {} errors", documents.len(), errors.len());
    for (test, times) in &others {
        println!("{times:7} {test}");
    }
    let first = errors.iter().take(20);
    let first: Vec<_> =
        first.map(|one| format!("{} {} {}", one.file, one.test, one.words)).collect();
    assert!(first.is_empty(), "{}", first.join("\n"));
    let told = |test: &str| {
        STAYS.iter().any(|(known, _)| {
            test.ends_with(&format!("_{known}")) || test.contains(&format!("_{known}_"))
        })
    };
    let untold: BTreeSet<_> = others.keys().filter(|test| !told(test)).collect();
    assert!(untold.is_empty(), "found, and listed nowhere: {untold:?}");
}

fn written<'a>(
    notes: impl IntoIterator<Item = (String, &'a PublicNote)>,
) -> BTreeMap<(Version, String), Vec<u8>> {
    let mut documents = BTreeMap::new();
    for (name, note) in notes {
        for version in BOTH {
            let bytes = write(note, &publisher(), version);
            assert_eq!(problems(&read(&bytes).unwrap()), [], "{name}");
            documents.insert((version, name.clone()), bytes);
        }
    }
    documents
}

#[test]
fn two_validators_find_no_error_in_notes_of_every_kind() {
    let mut notes: Vec<(String, PublicNote)> = vec![];
    notes.extend(odd().into_iter().map(|(name, note)| (name.replace([' ', ','], "_"), note)));
    notes.push(("full".to_owned(), full()));
    notes.push(("withdrawn".to_owned(), withdrawn()));
    if judges_all() {
        notes.push(("every_weakness".to_owned(), every_weakness()));
    }
    let mut runner = TestRunner::deterministic();
    for index in 0..25 {
        let any = any_note().new_tree(&mut runner).unwrap().current();
        notes.push((format!("any_{index}"), any));
    }
    let mut documents = written(notes.iter().map(|(name, note)| (name.clone(), note)));
    for vendor in ["Acme Corp.", "Bravo Ltd", "Charly", "Delta"] {
        for version in BOTH {
            let bytes = write_vex(&full(), &publisher(), version, vendor).unwrap();
            assert_eq!(problems(&read(&bytes).unwrap()), [], "{vendor}");
            documents.insert((version, format!("vex_{vendor}")), bytes);
        }
    }
    for version in BOTH {
        let bytes = write_draft(&full(), &publisher(), version, 2);
        documents.insert((version, "draft".to_owned()), bytes);
    }
    assert_eq!(write_vex(&full(), &publisher(), Version::V2_1, "Echo"), None);
    judge("of every kind", &documents);
}

/// Every how manieth note of the archive is judged, unless all are.
const STEP: usize = 20;

/// Whether somebody has the time to have everything judged.
fn judges_all() -> bool {
    std::env::var_os("OMBUD_TEST_ALL").is_some()
}

#[test]
fn two_validators_find_no_error_in_notes_of_the_archive() {
    let Some(lines) = archive::lines() else { return };
    let step = if judges_all() { 1 } else { STEP };
    let notes: Vec<PublicNote> = lines
        .iter()
        .step_by(step)
        .map(|line| Archived::parse(line.as_bytes()).unwrap().reading().to_public_note().unwrap())
        .collect();
    let named = notes.iter().map(|note| (note.number.clone(), note));
    judge("of the archive", &written(named));
}
