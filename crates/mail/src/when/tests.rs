use jiff::SignedDuration;

use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[test]
fn an_instant_is_told_in_utc_to_the_minute() {
    assert_eq!(instant(at("2026-12-09T15:00:59+01:00")), "2026-12-09 14:00 UTC");
    assert_eq!(instant(at("2026-01-02T03:04:00Z")), "2026-01-02 03:04 UTC");
}

#[test]
fn an_instant_reads_as_the_domain_tells_it() {
    let moment = at("2026-12-09T14:00:00Z");
    assert_eq!(instant(moment), domain::Instant::utc(moment).to_string());
}

#[test]
fn a_distance_counts_only_whole_units() {
    let now = at("2026-11-22T12:00:00Z");
    let told = |seconds: i64| in_words(now + SignedDuration::from_secs(seconds), now);
    let (minute, hour, day) = (60, 3600, 86_400);
    for (seconds, ahead, behind) in [
        (0, "now", "now"),
        (minute - 1, "now", "now"),
        (minute, "in 1 minute", "1 minute ago"),
        (2 * minute - 1, "in 1 minute", "1 minute ago"),
        (2 * minute, "in 2 minutes", "2 minutes ago"),
        (hour - 1, "in 59 minutes", "59 minutes ago"),
        (hour, "in 1 hour", "1 hour ago"),
        (day, "in 24 hours", "24 hours ago"),
        (2 * day - 1, "in 47 hours", "47 hours ago"),
        (2 * day, "in 2 days", "2 days ago"),
        (3 * day - 1, "in 2 days", "2 days ago"),
        (17 * day + 3 * hour, "in 17 days", "17 days ago"),
        (400 * day, "in 400 days", "400 days ago"),
    ] {
        assert_eq!(told(seconds), ahead, "{seconds} seconds from now");
        assert_eq!(told(-seconds), behind, "{seconds} seconds before now");
    }
}

#[test]
fn the_ends_of_time_are_told_too() {
    assert!(in_words(Timestamp::MAX, Timestamp::MIN).starts_with("in "));
    assert!(in_words(Timestamp::MIN, Timestamp::MAX).ends_with(" ago"));
}
