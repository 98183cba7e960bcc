//! What was imported as a note, written again and imported again, is the same note.

use super::{BOTH, notes, oasis};
use crate::csaf::{Version, problems, read, write};
use crate::public_note::{PublicNote, Score};
use crate::sample;
use crate::vulnote::{Archived, tests::archive};

/// The note as another team would import it from our document: there its number has our prefix, and the vendors of whom nothing is known come last.
fn again(note: &PublicNote, version: Version) -> PublicNote {
    let document = read(&write(note, &notes::publisher(), version)).unwrap();
    let mut read = document.to_public_note().unwrap();
    read.vendors.sort_by(|one, other| one.name.cmp(&other.name));
    PublicNote { number: note.number.clone(), ..read }
}

#[test]
fn valid_documents_of_oasis_are_imported_for_good() {
    let Some(files) = oasis::files() else { return };
    let mut imported = 0;
    for (name, bytes) in &files {
        let Ok(document) = read(bytes) else { continue };
        if !problems(&document).is_empty() {
            continue;
        }
        let note = again(&document.to_public_note().unwrap(), document.version());
        assert_eq!(again(&note, document.version()), note, "{name}");
        imported += 1;
    }
    println!("{imported} documents were imported, written and imported again");
    assert!(imported > 700);
}

#[test]
fn notes_of_the_archive_are_imported_for_good() {
    let lines = archive::lines().unwrap_or_default();
    for line in lines.iter().step_by(if sample::judges_all() { 1 } else { 20 }) {
        let archived = Archived::parse(line.as_bytes()).unwrap();
        let note = archived.reading().to_public_note().unwrap();
        for version in BOTH {
            let note = again(&note, version);
            assert_eq!(again(&note, version), note, "{} {version:?}", note.number);
        }
    }
}

#[test]
fn a_note_that_says_everything_is_imported_for_good() {
    for version in BOTH {
        let note = again(&notes::full(), version);
        assert_eq!(again(&note, version), note, "{version:?}");
    }
}

#[test]
fn a_score_comes_back_where_no_product_has_it() {
    let score = |vector: &str, base, given_by: Option<&str>| Score {
        vector: vector.to_owned(),
        base,
        given_by: given_by.map(str::to_owned),
    };
    let scores = vec![
        score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(9.8), Some("Some, body")),
        score("AV:N/AC:L/Au:N/C:C/I:C/A:C", Some(10.0), None),
        score("not a vector", None, None),
    ];
    let mut flaw = notes::flaw(1, Some("CVE-1900-0001"));
    flaw.scores.clone_from(&scores);
    let note = PublicNote { vulnerabilities: vec![flaw], ..notes::empty() };
    for version in BOTH {
        assert_eq!(again(&note, version).vulnerabilities[0].scores, scores, "{version:?}");
    }
    let affected = notes::status(1, domain::status::ProductStatus::Affected, "");
    let note = PublicNote { vendors: vec![notes::vendor("Acme", vec![affected])], ..note };
    for version in BOTH {
        assert_eq!(again(&note, version).vulnerabilities[0].scores, scores, "{version:?}");
    }
}
