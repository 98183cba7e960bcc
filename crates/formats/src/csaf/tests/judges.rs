//! Two validators that nobody here wrote read what we write: csaf from Python's index, and the validator library of the BSI from npm.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use super::BOTH;
use super::notes::{any_note, every_weakness, full, publisher, withdrawn};
use crate::csaf::{Version, problems, read, write, write_draft, write_vex};
use crate::public_note::PublicNote;
use crate::sample;
use crate::vulnote::{Archived, tests::archive};

/// What may be found beyond errors, and why it stays. `docs/formats.md` tells the same.
const STAYS: &[(&str, &str)] = &[
    ("6_1_50", "the validator warns that it knows the scheme `generic` by its grammar alone"),
    ("6_2_1", "the library does not know the list `unknown` of 2.1 yet"),
    ("6_2_2", "the note names no remedy"),
    ("6_2_3", "nobody gave a score"),
    ("6_2_16", "the vendor named neither a package URL nor a CPE"),
    ("6_2_20", "the library does not know some keys of 2.1 yet"),
    ("6_2_21", "of revisions between the first and the newest the dates are not kept"),
    ("6_2_23", "the weakness is what the coordinator chose"),
    ("6_2_24", "4.17 is the newest list of weaknesses that both validators know"),
    ("6_2_25", "the weakness is what the coordinator chose"),
    ("6_2_26", "the weakness is what the coordinator chose"),
    ("6_2_32", "one name of a product stands for several of its ranges"),
    ("6_2_39_1", "the vendor says that a fix is there, and not in which version"),
    ("6_2_42", "the vendor's package URL stands for a range, or names another version"),
    ("6_2_43", "a licence is the operator's to choose"),
    ("6_2_49", "the vendor named no end of the range"),
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

/// Where a judge is wrong, though OASIS's own test documents say otherwise. The library of the BSI knows the categories of CSAF 2.0 alone, while the
/// tests of `csaf_withdrawn` (6.1.27.14 to 17) are among its others; and of CVSS 4.0 it counts the base metrics alone, while the score is that of
/// the whole vector (document 6-1-09-15), as the other judge says.
fn is_wrong(one: &Finding) -> bool {
    match one.test.as_str() {
        "mandatoryTest_6_1_26" => {
            let text = std::fs::read_to_string(&one.file).unwrap();
            one.file.contains("/2.1/") && text.contains("\"csaf_withdrawn\"")
        }
        // A draft lies nowhere in public, and names no address as its own.
        "optionalTest_6_2_11" | "recommendedTest_6_2_11" => one.file.ends_with("/draft.json"),
        "mandatoryTest_6_1_9" => one.words.contains("/scores/") && one.words.contains("/cvss_v4/"),
        _ => false,
    }
}

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

/// One start of a judge: of which version, and the files that it reads.
type Work<'a> = (Judge, &'a PathBuf, Version, Vec<PathBuf>);

/// How many files one start reads: a command line holds some thousand names.
const MOST_FILES: usize = 500;

/// What the judges find, each started as seldom as can be and as many at once as there are processors: they know nothing of each other.
fn found(work: Vec<Work<'_>>) -> Vec<Finding> {
    let queue = Mutex::new(work.into_iter());
    let next = || queue.lock().unwrap().next();
    let judging = || {
        let mut found = vec![];
        while let Some((judge, home, version, files)) = next() {
            found.extend(judge(home, version, &files));
        }
        found
    };
    let at_once = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..at_once).map(|_| scope.spawn(judging)).collect();
        running.into_iter().flat_map(|one| one.join().unwrap()).collect()
    })
}

/// Has the documents of both versions judged: nothing may be an error, and what else is found has to be among [`STAYS`]. Tells what was found beyond errors, if both judges are here.
fn judge(documents: &BTreeMap<(Version, String), Vec<u8>>) -> Option<BTreeSet<&'static str>> {
    // One of them splits names at spaces, so the files have none.
    let place = tempfile::tempdir().unwrap();
    let judges: [(Option<PathBuf>, Judge); 2] = [
        (home("csaf", "bin/csaf"), python),
        (home("csaf-validator", "node_modules/@secvisogram/csaf-validator-lib/validate.js"), node),
    ];
    let mut work: Vec<Work<'_>> = vec![];
    for version in BOTH {
        let folder = place.path().join(number(version));
        std::fs::create_dir_all(&folder).unwrap();
        let mut files = vec![];
        for ((_, name), bytes) in documents.iter().filter(|((of, _), _)| *of == version) {
            let file = folder.join(format!("{}.json", name.replace([' ', ',', '.'], "_")));
            std::fs::write(&file, bytes).unwrap();
            files.push(file);
        }
        let here = judges.iter().filter_map(|(home, judge)| Some((*judge, home.as_ref()?)));
        for (judge, home) in here {
            let parts = files.chunks(MOST_FILES);
            work.extend(parts.map(|files| (judge, home, version, files.to_vec())));
        }
    }
    println!("{} documents", documents.len());
    let found = told(found(work));
    judges.iter().all(|(home, _)| home.is_some()).then_some(found)
}

fn told(findings: Vec<Finding>) -> BTreeSet<&'static str> {
    let findings = findings.into_iter().filter(|one| !is_wrong(one));
    let (errors, others): (Vec<_>, Vec<_>) = findings.partition(|one| one.is_error);
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for other in &others {
        *times.entry(&other.test).or_default() += 1;
    }
    println!("{} errors", errors.len());
    for (test, times) in &times {
        println!("{times:7} {test}");
    }
    let first = errors.iter().take(20);
    let first: Vec<_> =
        first.map(|one| format!("{} {} {}", one.file, one.test, one.words)).collect();
    assert!(first.is_empty(), "{}", first.join("\n"));
    let stays = |test: &str| {
        let is = |known: &&str| {
            test.ends_with(&format!("_{known}")) || test.contains(&format!("_{known}_"))
        };
        STAYS.iter().map(|(known, _)| *known).find(is)
    };
    let untold: Vec<_> = times.keys().filter(|test| stays(test).is_none()).collect();
    assert!(untold.is_empty(), "found, and listed nowhere: {untold:?}");
    times.keys().filter_map(|test| stays(test)).collect()
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

/// Notes of every kind by name: the extremes, those that say everything, and what chance makes.
fn of_every_kind() -> Vec<(String, PublicNote)> {
    let mut notes: Vec<(String, PublicNote)> = vec![];
    let extremes = sample::extremes().into_iter();
    notes.extend(extremes.map(|(name, note)| (name.replace([' ', ','], "_"), note)));
    notes.push(("full".to_owned(), full()));
    notes.push(("withdrawn".to_owned(), withdrawn()));
    let weaknesses = every_weakness();
    notes.push(("weaknesses".to_owned(), weaknesses));
    let mut runner = TestRunner::deterministic();
    let mut chance = |name: &str, any: BoxedStrategy<PublicNote>, count: usize| {
        for index in 0..count {
            let note = any.new_tree(&mut runner).unwrap().current();
            notes.push((format!("{name}_{index}"), note));
        }
    };
    chance("any", any_note().boxed(), 12);
    chance("odd", sample::odd_note().boxed(), 24);
    notes
}

/// Each how manieth note of the archive is judged, unless all are.
const STEP: usize = 20;

fn of_the_archive() -> Vec<(String, PublicNote)> {
    let step = if sample::judges_all() { 1 } else { STEP };
    let lines = archive::lines().unwrap_or_default();
    let notes = lines.iter().step_by(step).map(|line| {
        let archived = Archived::parse(line.as_bytes()).unwrap();
        archived.reading().to_public_note().unwrap()
    });
    notes.map(|note| (note.number.clone(), note)).collect()
}

/// One test, because each of the judges needs many seconds to start.
#[test]
fn two_validators_find_no_error_in_notes_of_every_kind_and_of_the_archive() {
    let archived = of_the_archive();
    let kinds = of_every_kind();
    println!("{} notes of every kind, {} of the archive", kinds.len(), archived.len());
    let notes = kinds.iter().chain(&archived);
    let mut documents = written(notes.map(|(name, note)| (name.clone(), note)));
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
    let Some(found) = judge(&documents) else { return };
    let listed: BTreeSet<_> = STAYS.iter().map(|(test, _)| *test).collect();
    assert_eq!(found, listed, "what is listed has to be found, or nobody knows that it stays");
}
