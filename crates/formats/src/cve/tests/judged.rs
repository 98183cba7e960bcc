//! The schemas of the CVE program judge what was written: the container that CVE Services takes,
//! by the validation of `cvelib`, and the whole record by check-jsonschema.

use std::io::Write;
use std::process::{Command, Stdio};

use super::*;
use crate::sample::judge;

/// Validates a container on each line as the client of the CNAs does before it sends one.
const VALIDATE: &str = r#"
import json, sys
from cvelib.cve_api import CveRecord
from jsonschema import Draft7Validator
schema = CveRecord.Schemas.CNA_PUBLISHED if sys.argv[1] == "published" else CveRecord.Schemas.CNA_REJECTED
with open(schema) as file:
    validator = Draft7Validator(json.load(file))
for number, line in enumerate(sys.stdin):
    for error in validator.iter_errors(json.loads(line)):
        print(number, list(error.absolute_path), error.message[:300])
"#;

fn complaints_of_cvelib(kind: &str, containers: &[Vec<u8>]) -> Option<String> {
    let python = judge::tool("cvelib/bin/python")?;
    let mut judge = Command::new(python)
        .args(["-c", VALIDATE, kind])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = containers.join(&b'\n');
    lines.push(b'\n');
    let mut input = judge.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(&lines).unwrap());
    let output = judge.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}

fn judge_notes(notes: &[PublicNote]) {
    let pairs =
        || notes.iter().flat_map(|note| note.vulnerabilities.iter().map(move |one| (note, one)));
    let containers: Vec<_> = pairs()
        .map(|(note, one)| written(&container(note, one, &publisher(), &organisation())))
        .collect();
    if let Some(complaints) = complaints_of_cvelib("published", &containers) {
        println!("{} containers judged by cvelib", containers.len());
        assert_eq!(complaints, "");
    }
    let records: Vec<_> = pairs()
        .filter_map(|(note, one)| record(note, one, &publisher(), &organisation()))
        .map(|record| written(&record))
        .collect();
    let schema = judge::cve_schema("CVE_JSON_bundled_5.1.1.json");
    if let Some(complaints) = schema.and_then(|schema| judge::complaints(&schema, &records)) {
        println!("{} records judged by check-jsonschema", records.len());
        assert_eq!(complaints, "");
    }
}

#[test]
fn odd_notes_make_valid_records() {
    let mut notes = sample::odd_notes(150);
    notes.push(full());
    judge_notes(&notes);
}

#[test]
fn notes_of_the_archive_make_valid_records() {
    let Some(notes) = sample::archived() else { return };
    println!("{} notes", notes.len());
    judge_notes(&notes);
}

#[test]
fn a_rejection_is_valid() {
    let rejection = reject("Twice.", &["CVE-1900-0002".to_owned()], &organisation()).unwrap();
    if let Some(complaints) = complaints_of_cvelib("rejected", &[written(&rejection)]) {
        assert_eq!(complaints, "");
    }
    let at = at("2026-11-01T00:00:00Z");
    let record = rejected_record("CVE-1900-0001", rejection, at, &organisation()).unwrap();
    let schema = judge::cve_schema("CVE_JSON_bundled_5.1.1.json");
    if let Some(complaints) =
        schema.and_then(|schema| judge::complaints(&schema, &[written(&record)]))
    {
        assert_eq!(complaints, "");
    }
}

#[test]
fn the_judges_see_what_is_wrong() {
    if let Some(complaints) = complaints_of_cvelib("published", &[b"{}".to_vec()]) {
        assert!(complaints.contains("'affected' is a required property"), "{complaints}");
    }
    let schema = judge::cve_schema("CVE_JSON_bundled_5.1.1.json");
    if let Some(complaints) =
        schema.and_then(|schema| judge::complaints(&schema, &[b"{}".to_vec()]))
    {
        assert_ne!(complaints, "");
    }
}
