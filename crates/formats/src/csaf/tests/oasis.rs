//! The documents by which OASIS examines validators, read from beside the project where they are present.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

use super::shared;
use crate::csaf::{problems, read};

/// Every file of the archive by its path, or `None` and a word about it where it is missing.
pub(super) fn files() -> Option<BTreeMap<String, Vec<u8>>> {
    let archive = shared("oasis-csaf.tar.xz");
    if !archive.exists() {
        println!(
            "skipped: the test documents of OASIS are not beside the project (set OMBUD_SHARED)"
        );
        return None;
    }
    let open = Command::new("xz").args(["-dc"]).arg(&archive).output();
    let Ok(output) = open else {
        println!("skipped: the program xz, which opens the test documents of OASIS, is missing");
        return None;
    };
    assert!(output.status.success(), "xz could not open the test documents");
    Some(untarred(&output.stdout))
}

/// The files of a tar archive of plain names.
fn untarred(mut archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    while archive.len() >= 512 && archive[0] != 0 {
        let (head, rest) = archive.split_at(512);
        let text = |from: usize, to: usize| {
            let field = head[from..to].split(|byte| *byte == 0).next().unwrap();
            String::from_utf8(field.to_vec()).unwrap()
        };
        let size = usize::from_str_radix(text(124, 136).trim(), 8).unwrap();
        let name = match text(345, 500) {
            prefix if prefix.is_empty() => text(0, 100),
            prefix => format!("{prefix}/{}", text(0, 100)),
        };
        if head[156] == b'0' {
            found.insert(name.trim_start_matches("./").to_owned(), rest[..size].to_vec());
        }
        archive = &rest[size.div_ceil(512) * 512..];
    }
    found
}

/// A test document: the number of its test, its name, whether it breaks that test, whether it keeps all mandatory ones, its bytes.
struct Case {
    test: String,
    name: String,
    breaks: bool,
    valid: bool,
    bytes: Vec<u8>,
}

fn cases(files: &BTreeMap<String, Vec<u8>>, version: &str) -> Vec<Case> {
    let home = format!("csaf_{version}/test/validator/data");
    let list = &files[&format!("{home}/testcases.json")];
    let list: Value = serde_json::from_slice(list).unwrap();
    let mut found = vec![];
    for test in list["tests"].as_array().unwrap() {
        for kind in ["failures", "valid"] {
            for case in test[kind].as_array().into_iter().flatten() {
                let name = case["name"].as_str().unwrap().to_owned();
                found.push(Case {
                    test: test["id"].as_str().unwrap().to_owned(),
                    breaks: kind == "failures",
                    valid: case["valid"].as_bool().unwrap(),
                    bytes: files[&format!("{home}/{name}")].clone(),
                    name,
                });
            }
        }
    }
    found
}

/// The documents that break a rule and pass here: the schema and the metadata that an extension names are not fetched. `docs/formats.md` tells the same.
const PASS: [&str; 4] =
    ["2.1 6-1-60-02-01", "2.1 6-1-60-02-02", "2.1 6-1-60-03-01", "2.1 6-1-60-03-02"];

/// The documents that OASIS calls valid and that break these rules beside the one that they are about; `docs/formats.md` tells what is wrong in them.
const BREAK_MORE: &[(&str, &[&str])] = &[
    ("2.0 6-2-08-02", &["6.1.25"]),
    ("2.0 6-2-09-02", &["6.1.25"]),
    ("2.1 6-1-10-13", &["6.1.9"]),
    ("2.1 6-1-27-12-11", &["6.1.27.8"]),
    ("2.1 6-1-27-13-11", &["6.1.27.8"]),
    ("2.1 6-1-27-13-12", &["6.1.27.8"]),
    ("2.1 6-1-27-13-13", &["6.1.27.8"]),
    ("2.1 6-1-27-13-14", &["6.1.27.8"]),
    ("2.1 6-1-27-13-15", &["6.1.27.8"]),
    ("2.1 6-1-27-13-16", &["6.1.1", "6.1.2", "6.1.27.8"]),
    ("2.1 6-1-50-14", &["6.1.2", "6.1.59"]),
    ("2.1 6-1-50-15", &["6.1.2"]),
    ("2.1 6-2-08-02", &["6.1.25"]),
    ("2.1 6-2-09-02", &["6.1.25"]),
    ("2.1 6-2-19-19", &["6.1.9"]),
    ("2.1 6-2-21-02", &["6.1.14", "6.1.21"]),
    ("2.1 6-2-27-01", &["6.1.36"]),
    ("2.1 6-2-34-03", &["6.1.48"]),
    ("2.1 6-2-38-11", &["6.1.27.8"]),
    ("2.1 6-2-39-01-01", &["6.1.27.8"]),
    ("2.1 6-2-39-01-02", &["6.1.27.8"]),
    ("2.1 6-2-39-01-11", &["6.1.27.8"]),
    ("2.1 6-2-39-01-12", &["6.1.27.8"]),
    ("2.1 6-2-39-01-13", &["6.1.27.8"]),
    ("2.1 6-2-39-02-01", &["6.1.27.14"]),
    ("2.1 6-2-39-03-01", &["6.1.27.14"]),
    ("2.1 6-2-39-04-01", &["6.1.27.2"]),
    ("2.1 6-2-42-02", &["6.1.13", "6.1.42"]),
    ("2.1 6-2-44-02", &["6.1.55"]),
    ("2.1 6-2-44-12", &["6.1.55"]),
    ("2.1 6-2-45-02", &["6.1.55"]),
    ("2.1 6-2-45-12", &["6.1.55"]),
    ("2.1 6-2-46-01", &["6.1.55"]),
    ("2.1 6-2-54-03-01", &["6.1.1"]),
    ("2.1 6-3-21-01-02", &["6.1.1"]),
    ("2.1 6-3-21-01-12", &["6.1.1"]),
];

/// The tests of which a document has a problem, as far as it has the shape of one.
fn broken(case: &Case) -> Option<BTreeSet<&'static str>> {
    let document = read(&case.bytes).ok()?;
    Some(problems(&document).into_iter().map(|problem| problem.test).collect())
}

/// A document that breaks a mandatory test is refused with the number of that test, or by its shape; one that keeps them all has no problem at all.
fn agree(version: &str) {
    let Some(files) = files() else { return };
    let cases = cases(&files, version);
    let (mut pass, mut break_more, mut wrong) = (vec![], vec![], vec![]);
    for case in &cases {
        let name = case.name.rsplit_once('/').unwrap().1.trim_end_matches(".json");
        let name =
            format!("{version} {}", name.split_once("-20").unwrap().1.split_once('-').unwrap().1);
        let Some(broken) = broken(case) else {
            wrong.extend(case.valid.then_some(name));
            continue;
        };
        let named = broken.contains(case.test.as_str());
        match (case.valid, case.breaks && case.test.starts_with("6.1.")) {
            (true, false) if broken.is_empty() => {}
            (true, false) if !named => {
                break_more.push((name, broken.into_iter().collect::<Vec<_>>()));
            }
            (false, _) if broken.is_empty() => pass.push(name),
            (false, false) => {}
            (false, true) if named => {}
            (true | false, _) => wrong.push(name),
        }
    }
    println!(
        "{} test documents of CSAF {version}: {} break more than OASIS says, {} pass that should not",
        cases.len(),
        break_more.len(),
        pass.len(),
    );
    let of_version = |name: &&str| name.starts_with(version);
    assert_eq!(wrong, [] as [String; 0]);
    assert_eq!(pass, PASS.into_iter().filter(of_version).collect::<Vec<_>>());
    let known = BREAK_MORE.iter().filter(|(name, _)| name.starts_with(version));
    let known: Vec<_> = known.map(|(name, tests)| ((*name).to_owned(), tests.to_vec())).collect();
    assert_eq!(break_more, known);
}

#[test]
fn test_documents_of_2_0_are_judged_as_oasis_judges_them() {
    agree("2.0");
}

#[test]
fn test_documents_of_2_1_are_judged_as_oasis_judges_them() {
    agree("2.1");
}

#[test]
fn documents_of_others_come_back_as_they_were() {
    let Some(files) = files() else { return };
    let (mut same, mut refused) = (0, vec![]);
    let documents = files
        .iter()
        .filter(|(name, _)| name.contains("/validator/data/") || name.contains("/examples/csaf/"));
    for (name, bytes) in documents {
        let Ok(value) = serde_json::from_slice::<Value>(bytes) else { continue };
        if value.get("document").is_none() {
            continue;
        }
        match read(bytes) {
            Ok(document) => {
                let again: Value = serde_json::from_slice(&document.to_bytes()).unwrap();
                assert_eq!(again, value, "{name}");
                assert_eq!(read(&document.to_bytes()), Ok(document), "{name}");
                same += 1;
            }
            Err(error) => refused.push(format!("{name}: {error}")),
        }
    }
    println!("{same} documents came back as they were; {} were refused", refused.len());
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
