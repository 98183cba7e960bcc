use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::letter::tests::{every_matter, facts};
use crate::letter::{RecipientRole, render};

#[test]
fn a_subject_is_a_handle_a_phrase_and_a_day() {
    let day = Some(date(2026, 11, 30));
    let subject = Subject::new("VU#123456", &Matter::VendorNotified, day);
    assert_eq!(subject.to_string(), "[VU#123456] Action needed by 2026-11-30");
    let subject = Subject::new("R-2611-7KQ4M", &Matter::ReportAcknowledged, day);
    assert_eq!(subject.to_string(), "[R-2611-7KQ4M] We have your report");
}

#[test]
fn only_our_own_subjects_are_read() {
    for ours in [
        "[VU#123456] Action needed by 2026-11-30",
        "[VU#123456] Action needed",
        "[R-2611-7KQ4M] We have your report",
    ] {
        assert_eq!(ours.parse::<Subject>().map(|subject| subject.to_string()), Ok(ours.to_owned()));
    }
    for not_ours in [
        "",
        "Action needed",
        "[VU#123456] ",
        "[VU#123456]  Action needed",
        "[] Action needed",
        "[VU 123456] Action needed",
        "[VU#123456\n] Action needed",
        "[VU#123456] Action needed\r\nBcc: eve@example.org",
        "[VU#123456] Action needed for FooServer",
        "[VU#123456] Action needed by tomorrow",
        "[VU#123456] Action needed by 20261130",
        "[VU#123456] Action needed by 2026-11-31",
        "[VU#123456] Action needed by 2026-11-30T00:00",
        "[VU#123456] Action needed by 2026-11-30 ",
        "[VU#123456] We have your report by 2026-11-30",
        "Re: [VU#123456] Action needed",
        "[VU#12345678901234567890123456789012345678901234] Action needed",
    ] {
        assert_eq!(not_ours.parse::<Subject>(), Err(NotOurs), "{not_ours:?}");
    }
}

#[test]
fn no_phrase_can_be_taken_for_another() {
    for one in Phrase::ALL {
        assert!(!one.text().contains(" by "), "{one:?} would hide its day");
        let same = Phrase::ALL.iter().filter(|other| other.text() == one.text());
        assert_eq!(same.count(), 1, "{one:?}");
    }
}

#[test]
fn every_matter_has_a_phrase_of_its_own() {
    let phrases: std::collections::BTreeSet<_> = every_matter().iter().map(Phrase::of).collect();
    assert_eq!(phrases.len(), Phrase::ALL.len());
}

proptest! {
    #[test]
    fn the_subject_of_every_letter_follows_the_grammar(
        handle in any::<String>(),
        site in any::<String>(),
        tracking in any::<String>(),
        which in 0..every_matter().len(),
        answer in proptest::option::of(-62_000_000_000_i64..253_000_000_000),
    ) {
        let mut facts = facts(RecipientRole::Vendor);
        facts.handle.clone_from(&handle);
        facts.site_name = site;
        facts.vendor_tracking = Some(tracking);
        facts.answer_by = answer.map(|second| domain::Timestamp::from_second(second).unwrap());
        let subject = render(&every_matter()[which], &facts).subject;
        prop_assert!(subject.parse::<Subject>().is_ok(), "{subject:?}");
        prop_assert!(subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{subject:?}");
    }

    #[test]
    fn what_is_read_is_what_was_written(
        handle in "[A-Z#0-9-]{1,33}",
        phrase in proptest::sample::select(Phrase::ALL),
        (year, month, day) in (-1..2100_i16, 0..14_u8, 0..33_u8),
        form in 0..4,
    ) {
        let by = match form {
            0 => String::new(),
            1 => format!(" by {year:04}{month:02}{day:02}"),
            2 => format!(" by {year:04}-{month:02}-{day:02}T00:00"),
            _ => format!(" by {year:04}-{month:02}-{day:02}"),
        };
        let text = format!("[{handle}] {}{by}", phrase.text());
        if let Ok(subject) = text.parse::<Subject>() {
            prop_assert_eq!(subject.to_string(), text);
            prop_assert_eq!((subject.phrase(), subject.handle()), (phrase, handle.as_str()));
            prop_assert!(subject.by().is_none() || phrase.asks());
        }
    }
}
