//! A note as a letter, and what no odd text may do to it.

use domain::status::ProductStatus;
use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::feed::tests::{at, kettle, note, publisher, vendor};
use crate::public_note::{Score, Section};
use crate::sample::odd_note;

/// Markdown alone, of this width.
fn text(words: &str, columns: usize) -> String {
    let mut page = Page::new(columns);
    page.markdown(words);
    page.finish()
}

#[test]
fn a_note_as_a_letter() {
    let mut note = note("4711", "03-01");
    note.title =
        "Kettle boils over when it is filled above the mark and the lid is loose".to_owned();
    note.updated_at = at("2026-03-04T09:30:00Z");
    note.revision = 2;
    note.sections[0].1 = "The lid *may* fly off.".to_owned();
    let solution = "Do one of:\n\n1. Fill it to the `mark`\n2. See [the guide](https://acme.example/guide) which tells in many words what to do about the lid\n   - and the spout\n\n> Never shake it.\n\n```\nkettle --off   <now>\n```";
    note.sections.push((Section::Solution, solution.to_owned()));
    note.vulnerabilities[0].scores = vec![Score {
        vector: "AV:N/AC:L/Au:N/C:C/I:P/A:N".into(),
        base: Some(8.5),
        given_by: None,
    }];
    let mut zeta = vendor("Zeta", ProductStatus::Fixed);
    zeta.contacted_at = Some(at("2026-01-02T00:00:00Z"));
    zeta.statement = Some("We mended it.\n\nBuy a new one.".to_owned());
    zeta.statuses[0].product = Some(kettle());
    zeta.statuses[0].versions = "< 4.2; fixed 4.2".parse().unwrap();
    note.vendors.push(zeta);
    expect![[r"
        VU#4711: Kettle boils over when it is filled above the mark and the lid
        is loose
        =======================================================================

        https://cert.example/vuls/VU-4711
        Published 2026-03-01 12:00 UTC, last changed 2026-03-04 09:30 UTC
        (revision 2)

        Overview
        --------

        The lid may fly off.

        Solution
        --------

        Do one of:

        1. Fill it to the mark
        2. See the guide <https://acme.example/guide> which tells in many words
           what to do about the lid
           - and the spout

        > Never shake it.

            kettle --off   <now>

        Vulnerabilities
        ---------------

        1. CVE-1900-0001 (CWE-79)

          Steam gathers under the lid.

          Score: AV:N/AC:L/Au:N/C:C/I:P/A:N (8.5)

        Vendors
        -------

        - Acme: Affected
        - Zeta: Affected, told 2026-01-02
          - CVE-1900-0001, Kettle < 4.2; fixed 4.2: Fixed

            We mended it.

            Buy a new one.

        References
        ----------

        - https://acme.example/kettle

        Credit
        ------

        - A. Finder

        Timeline
        --------

        - 2026-03-01 This note was published.
    "]]
    .assert_eq(&write(&note, &publisher()));
}

#[test]
fn words_are_wrapped_and_addresses_are_not_cut() {
    let address = format!("https://acme.example/{}", "a".repeat(90));
    let words = format!("Read this before you go on: {address} and then come back to us.");
    assert_eq!(
        text(&words, 30),
        format!("Read this before you go on:\n{address}\nand then come back to us.\n")
    );
}

#[test]
fn a_terminal_is_not_commanded() {
    assert_eq!(text("red \u{1b}[31m ink\u{7}", 72), "red \u{fffd}[31m ink\u{fffd}\n");
}

#[test]
fn text_from_right_to_left_is_left_alone() {
    assert_eq!(text("שלום \u{202b}مرحبا\u{202c}", 72), "שלום \u{202b}مرحبا\u{202c}\n");
}

#[test]
fn tables_are_rows() {
    assert_eq!(text("|a|b|\n|-|-|\n|1|2|", 72), "a | b\n1 | 2\n");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn odd_notes_become_lines_without_control_characters(note in odd_note()) {
        let written = write(&note, &publisher());
        prop_assert!(!written.contains(|found: char| found.is_control() && found != '\n'));
        prop_assert!(written.ends_with('\n') && !written.ends_with("\n\n"));
        let too_long = written.lines().find(|line| {
            let words = line.trim_start_matches([' ', '-', '>']).trim();
            line.chars().count() > COLUMNS && words.contains(' ') && !line.starts_with("  ")
        });
        prop_assert_eq!(too_long, None);
    }
}
