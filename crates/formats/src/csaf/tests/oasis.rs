//! The documents by which OASIS examines validators, read from beside the project where they are present.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

use super::shared;
use crate::csaf::{problems, read};

/// Every file of the archive by its path, or `None` and a word about it where it is missing.
fn files() -> Option<BTreeMap<String, Vec<u8>>> {
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

/// A test document: the number of its test, its name, whether it keeps the test, its bytes.
struct Case {
    test: String,
    name: String,
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
                    valid: kind == "valid",
                    bytes: files[&format!("{home}/{name}")].clone(),
                    name,
                });
            }
        }
    }
    found
}

/// What is not kept here, by the test or the document, and why.
const NOT_KEPT: &[(&str, &str)] = &[
    ("6-1-11-01", "CSAF 2.1 names older lists of weaknesses, whose names are not known here"),
    ("6-1-11-02", "as above"),
    ("6-1-11-03", "as above"),
    ("6-1-11-04", "as above"),
    ("6-1-46-", "needs the schema of SSVC"),
    ("6-1-48-", "needs the registry of SSVC"),
    ("6-1-54-", "needs the list of licences of SPDX"),
    ("6-1-60-", "needs the schemas of extensions, which are kept and not read"),
];

fn agree(version: &str) {
    let Some(files) = files() else { return };
    let cases = cases(&files, version);
    let mandatory: Vec<&Case> = cases.iter().filter(|case| case.test.starts_with("6.1.")).collect();
    let kept = |case: &&&Case| !NOT_KEPT.iter().any(|(name, _)| case.name.contains(name));
    let mut disagree = vec![];
    let (mut agreeing, mut refused) = (0, 0);
    for case in mandatory.iter().filter(kept) {
        // What has not the shape of the standard is refused before any test.
        let document = read(&case.bytes).ok();
        refused += usize::from(document.is_none());
        let broken = document.is_none_or(|document| {
            problems(&document).iter().any(|problem| problem.test == case.test)
        });
        if broken == case.valid {
            disagree.push(format!("{} {}", case.test, case.name));
        } else {
            agreeing += 1;
        }
    }
    println!(
        "{agreeing} of {} mandatory test documents of CSAF {version} (of {} in all) are judged as OASIS judges them, {refused} of them by their shape",
        mandatory.len(),
        cases.len()
    );
    assert!(disagree.is_empty(), "{}", disagree.join("\n"));
}

#[test]
fn the_mandatory_tests_of_2_0_judge_as_oasis_does() {
    agree("2.0");
}

#[test]
fn the_mandatory_tests_of_2_1_judge_as_oasis_does() {
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
                same += 1;
            }
            Err(error) => refused.push(format!("{name}: {error}")),
        }
    }
    println!("{same} documents came back as they were; {} were refused", refused.len());
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
