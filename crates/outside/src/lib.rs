//! One small module for each outside system: a trait, the real client, a double for tests. None
//! of them knows what a case is.

#![forbid(unsafe_code)]

pub mod cve_services;
pub mod records;
pub mod smtp;
pub mod webhook;

/// One line of at most 200 letters out of whatever a server said: it stands in logs and on pages.
fn one_line(text: &str) -> String {
    let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    let words = visible.collect::<String>();
    words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}
