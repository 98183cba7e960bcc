//! The rules of the house, kept by a machine: which crate may know which, what is written only in
//! one room, what is written nowhere, and whether the table of requirements tells the truth. It
//! reads the files that git tracks, and nothing that a build left behind.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "these are tests throughout, helpers included"
)]

mod files;
mod migrations;
mod requirements;
mod rooms;
mod rust;
mod shared;
mod words;

/// Fails with every breach of a rule, one on a line.
fn none(rule: &str, breaches: &[String]) {
    assert!(breaches.is_empty(), "{rule}\n{}", breaches.join("\n"));
}
