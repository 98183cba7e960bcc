use jiff::SignedDuration;

use super::{Ended, Percentile, Wait, survival_curve, time_until};

fn days(days: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * days)
}

/// Waits such as `6 6+ 7`: days, with a plus where the event had not come yet.
fn waits(text: &str) -> Vec<Wait> {
    text.split_whitespace()
        .map(|token| match token.strip_suffix('+') {
            Some(token) => Wait { length: days(token.parse().unwrap()), ended: Ended::NotSeen },
            None => Wait { length: days(token.parse().unwrap()), ended: Ended::Happened },
        })
        .collect()
}

/// Freireich's leukaemia trial of 1963, treated arm: the example of every textbook.
const TEXTBOOK: &str = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+";

#[test]
fn the_curve_is_the_one_of_the_textbook() {
    let curve = survival_curve(&waits(TEXTBOOK));
    let expected = [
        (6, 0.857_143),
        (7, 0.806_723),
        (10, 0.752_941),
        (13, 0.690_196),
        (16, 0.627_451),
        (22, 0.537_815),
        (23, 0.448_179),
    ];
    assert_eq!(curve.len(), expected.len());
    for ((length, share), (day, expected)) in curve.into_iter().zip(expected) {
        assert_eq!(length, days(day));
        assert!((share - expected).abs() < 1e-6, "{share} is not {expected}");
    }
}

#[test]
fn a_quantile_is_told_only_once_enough_has_happened() {
    let waits = waits(TEXTBOOK);
    assert_eq!(time_until(Percentile::new(10).unwrap(), &waits), Some(days(6)));
    assert_eq!(time_until(Percentile::new(25).unwrap(), &waits), Some(days(13)));
    assert_eq!(time_until(Percentile::P50, &waits), Some(days(23)));
    assert_eq!(time_until(Percentile::P90, &waits), None);
}

#[test]
fn when_nobody_waits_any_more_the_quantiles_are_the_plain_ones() {
    let waits = waits("10 9 8 7 6 5 4 3 2 1");
    assert_eq!(time_until(Percentile::P50, &waits), Some(days(5)));
    assert_eq!(time_until(Percentile::P90, &waits), Some(days(9)));
}

#[test]
fn those_still_waiting_make_it_longer_than_leaving_them_out() {
    assert_eq!(time_until(Percentile::P50, &waits("1 2 3")), Some(days(2)));
    assert_eq!(time_until(Percentile::P50, &waits("1 2 3 4+ 5+")), Some(days(3)));
    assert_eq!(time_until(Percentile::P50, &waits("1 2+ 3+ 4+")), None);
    assert_eq!(time_until(Percentile::P50, &[]), None);
}

#[test]
fn a_percentile_lies_between_none_and_all() {
    assert!(Percentile::new(0).is_none() && Percentile::new(100).is_none());
    assert_eq!(Percentile::new(50), Some(Percentile::P50));
}
