//! What is written nowhere, how long a file may be, and that every crate says what it is.

use crate::files::{self, is_a};
use crate::none;
use crate::rust::{code_outside_tests, lines_with, parts};

#[test]
fn nothing_is_left_for_later_in_the_code() {
    // Put together here, so that this file does not find itself.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];
    let mut breaches = Vec::new();
    for file in files::all().iter().filter(|file| is_source(&file.path)) {
        for mark in marks {
            for line in lines_with(&file.text, mark) {
                breaches.push(format!("{}:{line} {mark}", file.path));
            }
        }
    }
    for file in files::rust() {
        let code = parts(&file.text).code;
        for mark in ["unimplemented!", "todo!"] {
            for line in lines_with(&code, mark) {
                breaches.push(format!("{}:{line} {mark}", file.path));
            }
        }
    }
    none("finish it, or write an issue", &breaches);
}

fn is_source(path: &str) -> bool {
    ["rs", "sql", "html", "css", "js", "toml", "txt"].iter().any(|kind| is_a(path, kind))
}

#[test]
fn lints_are_expected_with_a_reason_and_never_silenced() {
    let mut breaches = Vec::new();
    for file in files::rust() {
        let code = parts(&file.text).code;
        for (number, line) in code.lines().enumerate() {
            let line: String = line.split_whitespace().collect();
            if line.contains("#[allow(") || line.contains("#![allow(") || line.contains(",allow(") {
                breaches.push(format!("{}:{}", file.path, number + 1));
            }
        }
    }
    none("#[expect(lint, reason = \"…\")] tells when it is no longer needed", &breaches);
}

#[test]
fn no_test_is_ignored_in_silence() {
    let mut breaches = Vec::new();
    for file in files::rust() {
        let code = parts(&file.text).code;
        for (number, line) in code.lines().enumerate() {
            if line.contains("#[ignore") || line.contains(", ignore") && line.contains("cfg_attr") {
                breaches.push(format!("{}:{}", file.path, number + 1));
            }
        }
    }
    none("print \"skipped: \" and the reason instead", &breaches);
}

const LONG: usize = 600;
const TOO_LONG: usize = 700;

#[test]
fn a_file_has_one_subject() {
    let mut breaches = Vec::new();
    for file in files::rust().filter(|file| file.path.starts_with("crates/")) {
        let lines = code_outside_tests(&file.path, &file.text).lines().count();
        if lines > TOO_LONG {
            breaches.push(format!("{} has {lines} lines", file.path));
        } else if lines > LONG {
            println!("long: {} has {lines} lines: perhaps two subjects", file.path);
        }
    }
    none("at most 700 lines without tests; 400 are plenty", &breaches);
}

#[test]
fn every_crate_says_what_it_is() {
    let mut breaches = Vec::new();
    let roots = files::rust()
        .filter(|file| file.path.ends_with("/src/lib.rs") || file.path.ends_with("/src/main.rs"));
    for file in roots {
        let code = parts(&file.text).code;
        // A crate that holds nothing yet has nothing to say.
        if code.lines().filter(|line| !line.trim().is_empty()).count() < 3 {
            continue;
        }
        let words = file.text.lines().map_while(|line| line.strip_prefix("//!"));
        if words.flat_map(str::split_whitespace).count() < 10 {
            breaches.push(file.path.clone());
        }
    }
    none("a crate opens with //! and two or three sentences", &breaches);
}

#[test]
fn no_path_of_a_developers_machine_is_written_down() {
    // Put together here, so that this file does not find itself.
    let homes = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/Us", "ers/"),
    ];
    let mut breaches = Vec::new();
    for file in files::all() {
        for (number, line) in file.text.lines().enumerate() {
            for home in homes {
                if names_a_directory(line, home) {
                    breaches.push(format!("{}:{} {home}", file.path, number + 1));
                }
            }
        }
    }
    none("a path that exists on one machine only helps nobody", &breaches);
}

/// Whether the line holds an absolute path that starts so, and not the middle of another path.
fn names_a_directory(line: &str, start: &str) -> bool {
    line.match_indices(start).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '}'))
    })
}

#[test]
fn the_middle_of_a_path_is_not_its_start() {
    let start = concat!("/wo", "rk/");
    assert!(names_a_directory(&format!("see {start}main"), start));
    assert!(!names_a_directory(&format!("https://example.org{start}main"), start));
}

#[test]
fn an_advisory_is_ignored_for_a_reason_that_ends() {
    let rules = files::all().iter().find(|file| file.path == "deny.toml").expect("deny.toml");
    let code: Vec<&str> = rules.text.lines().filter(|line| !line.starts_with('#')).collect();
    let breaches: Vec<String> = code
        .iter()
        .filter(|line| line.contains("RUSTSEC-") || line.contains("GHSA-"))
        .filter(|line| !(line.contains("reason") && has_a_last_day(line)))
        .map(|line| (*line).to_owned())
        .collect();
    none("say why, and until when: \"…; look again by 2027-02-01\"", &breaches);
}

fn has_a_last_day(line: &str) -> bool {
    let Some((_, day)) = line.split_once("look again by ") else { return false };
    let day: Vec<&str> = day.split('-').collect();
    day.len() >= 3 && day.first().is_some_and(|year| year.parse::<u32>().is_ok())
}

#[test]
fn a_reason_without_a_day_is_no_reason() {
    assert!(has_a_last_day("reason = \"not reached; look again by 2027-02-01\""));
    assert!(!has_a_last_day("reason = \"not reached\""));
}
