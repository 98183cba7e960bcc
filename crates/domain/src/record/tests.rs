use jiff::{SignedDuration, Timestamp};

use super::{is_taken_back, next_look, pause as pause_after};

fn at(days: i64) -> Timestamp {
    let begin: Timestamp = "2026-12-01T00:00:00Z".parse().unwrap();
    begin.checked_add(SignedDuration::from_hours(24 * days)).unwrap()
}

/// After how many hours the next look comes, on a day after the publication.
fn pause(seen: Option<i64>, day: i64) -> Option<i64> {
    next_look(at(0), seen.map(at), at(day)).map(|next| next.duration_since(at(day)).as_hours())
}

#[test]
fn looks_get_rarer_and_end() {
    let waiting = [0, 2, 3, 29, 30, 364, 365, 9999].map(|day| pause(None, day));
    let expected = [Some(1), Some(1), Some(6), Some(6), Some(24), Some(24), None, None];
    assert_eq!(waiting, expected);
    let seen = [1, 30, 31, 180, 181, 9999].map(|day| pause(Some(1), day));
    assert_eq!(seen, [Some(24), Some(24), Some(168), Some(168), None, None]);
}

#[test]
fn who_does_not_answer_is_left_alone_for_longer_each_time() {
    let quarter = SignedDuration::from_mins(15);
    let pauses = [0, 1, 2, 6, 7, 31, u32::MAX].map(|n| pause_after(quarter, n).as_mins());
    assert_eq!(pauses, [15, 30, 60, 960, 1440, 1440, 1440]);
    assert_eq!(pause_after(SignedDuration::MAX, 3).as_hours(), 24);
    assert_eq!(pause_after(SignedDuration::from_hours(48), 0).as_hours(), 24);
}

#[test]
fn a_record_that_was_taken_back_is_known_by_the_word_of_its_source() {
    for word in ["REJECTED", "Rejected", "withdrawn"] {
        assert!(is_taken_back(word), "{word}");
    }
    for word in ["PUBLISHED", "Analyzed", "reviewed", "Published", "Awaiting Analysis", ""] {
        assert!(!is_taken_back(word), "{word}");
    }
}
