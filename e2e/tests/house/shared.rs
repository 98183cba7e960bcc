//! Some tests read texts that are not ours to hand out. None of them may have found its way into
//! the repository: no run of 120 characters of theirs is in a file of ours.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::files::{self, root};
use crate::none;

const RUN: usize = 120;
/// Every run of 120 contains one whole piece of 60, wherever the run starts.
const PIECE: usize = RUN / 2;
const NOTES: usize = 200;

fn shared() -> PathBuf {
    match std::env::var_os("OMBUD_SHARED") {
        Some(path) => root().join(path),
        None => root().join("../shared"),
    }
}

/// What 200 vulnerability notes, spread over the years, tell.
fn notes() -> Option<Vec<String>> {
    let archive = shared().join("data/vulnerability-notes.jsonl.xz");
    if !archive.exists() {
        println!("skipped: copied notes were not looked for, there is no {}", archive.display());
        return None;
    }
    let output = Command::new("xz")
        .args(["--decompress", "--stdout"])
        .arg(&archive)
        .stderr(Stdio::inherit())
        .output()
        .expect("xz is there");
    assert!(output.status.success(), "{} could not be read", archive.display());
    let text = String::from_utf8(output.stdout).expect("notes are UTF-8");
    let lines: Vec<&str> = text.lines().collect();
    let sample = lines.iter().step_by((lines.len() / NOTES).max(1));
    let notes = sample.filter_map(|line| {
        let note: Value = serde_json::from_str(line).expect("a note is JSON");
        let told = ["Overview", "Description", "Impact", "Resolution"];
        let told = told.map(|key| note[key].as_str().unwrap_or_default());
        let told = plain(&told.join(" "));
        (told.len() > RUN).then_some(told)
    });
    Some(notes.collect())
}

/// The guides that the requirements were drawn from.
fn guides() -> Vec<String> {
    let Ok(directory) = std::fs::read_dir(shared().join("seeds")) else { return Vec::new() };
    let texts = directory.filter_map(|entry| std::fs::read_to_string(entry.ok()?.path()).ok());
    texts.map(|text| plain(&text)).collect()
}

/// A line break or a comment sign must not hide a copy.
fn plain(text: &str) -> String {
    let words = text.split_whitespace().filter(|word| !matches!(*word, "//" | "///" | "//!" | "*"));
    words.collect::<Vec<_>>().join(" ")
}

/// What of the foreign texts stands in ours.
fn copies(foreign: &[String], ours: &[(String, String)]) -> Vec<String> {
    let mut pieces: HashMap<&[u8], Vec<(&[u8], usize)>> = HashMap::new();
    for text in foreign {
        let text = text.as_bytes();
        for at in (0..text.len().saturating_sub(PIECE)).step_by(PIECE) {
            pieces.entry(&text[at..at + 16]).or_default().push((text, at));
        }
    }
    let mut found = Vec::new();
    for (path, text) in ours {
        let text = text.as_bytes();
        for here in 0..text.len().saturating_sub(PIECE) {
            for (source, at) in pieces.get(&text[here..here + 16]).into_iter().flatten() {
                let run = same(source[..*at].iter().rev(), text[..here].iter().rev())
                    + same(source[*at..].iter(), text[here..].iter());
                if run >= RUN {
                    let end = (here + PIECE).min(text.len());
                    found.push(format!("{path}: {}", String::from_utf8_lossy(&text[here..end])));
                }
            }
        }
    }
    found
}

fn same<'a>(one: impl Iterator<Item = &'a u8>, other: impl Iterator<Item = &'a u8>) -> usize {
    one.zip(other).take_while(|(one, other)| one == other).count()
}

#[test]
fn nothing_that_is_not_ours_was_copied() {
    let Some(mut foreign) = notes() else { return };
    assert!(foreign.len() > NOTES / 2, "only {} notes tell anything", foreign.len());
    foreign.extend(guides());
    let ours: Vec<(String, String)> = files::all()
        .iter()
        .filter(|file| file.path != "LICENSE" && file.path != "Cargo.lock")
        .map(|file| (file.path.clone(), plain(&file.text)))
        .collect();
    none("write it in our own words", &copies(&foreign, &ours));
}

#[test]
fn a_copy_is_found_wherever_it_starts_and_however_it_is_broken() {
    let words: Vec<String> = (0..60).map(|number| format!("word{number}")).collect();
    let note = words.join(" ");
    let broken = note.get(31..190).expect("long enough").replace("word20 ", "word20\n    /// ");
    let ours = |text: &str| vec![("file.rs".to_owned(), plain(&format!("/// {text}")))];
    assert_ne!(copies(std::slice::from_ref(&note), &ours(&broken)), Vec::<String>::new());
    let short = note.get(31..31 + RUN - 2).expect("long enough");
    assert_eq!(copies(std::slice::from_ref(&note), &ours(short)), Vec::<String>::new());
}
