//! Whatever a note says, its answers have the keys of VINCE's public API and can be read again.

use proptest::prelude::*;
use serde_json::Value;

use crate::sample::{odd_note, odd_notes};
use crate::vulnote::*;

/// The keys of each object of a list; none where it is no list of objects.
fn keys(list: &[u8]) -> Option<Vec<Vec<String>>> {
    let list: Value = serde_json::from_slice(list).ok()?;
    let objects =
        list.as_array()?.iter().map(|one| Some(one.as_object()?.keys().cloned().collect()));
    objects.collect()
}

fn sorted(keys: &[&str]) -> Vec<String> {
    let mut keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
    keys.sort();
    keys
}

/// What is wrong with the answers about a note.
fn fault(note: &crate::PublicNote) -> Option<&'static str> {
    let written = write(note);
    let read = ServedNote::parse(&written);
    if read.as_ref() != Ok(&served_note(note)) {
        return Some("the note does not come back");
    }
    if ServedNote::KEYS.len() != 56
        || keys(&[b"[", &*written, b"]"].concat()) != Some(vec![sorted(ServedNote::KEYS)])
    {
        return Some("the note has other keys");
    }
    if read.ok()?.to_public_note().is_err() {
        return Some("the note cannot be imported");
    }
    for (list, wanted) in [
        (write_vulnerabilities(note), sorted(ServedVulnerability::KEYS)),
        (write_vendors(note), sorted(ServedVendor::KEYS)),
        (write_statuses(note), sorted(ServedStatus::KEYS)),
        (write_vendors_of_month([note]), sorted(VendorOfMonth::KEYS)),
    ] {
        match keys(&list) {
            Some(found) if found.iter().all(|keys| *keys == wanted) => {}
            Some(_) => return Some("a list has other keys"),
            None => return Some("a list is none"),
        }
    }
    None
}

#[test]
fn notes_at_the_edges_are_answered_in_vinces_keys() {
    for note in odd_notes(20) {
        assert_eq!(fault(&note), None, "{}", note.title);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn an_odd_note_is_answered_in_vinces_keys(note in odd_note()) {
        prop_assert_eq!(fault(&note), None);
    }
}
