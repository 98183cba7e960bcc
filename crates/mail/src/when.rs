//! How people are told of an instant: always in UTC, and always with how far away it is.

use domain::Timestamp;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The instant as people read it, `2026-12-09 14:00 UTC`: never a bare date, never a local time
/// (S60).
pub fn instant(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// How far `at` is from `now`, `in 17 days` or `3 hours ago`, in whole units that have passed in
/// full: nobody is told of more time than there is.
pub fn in_words(at: Timestamp, now: Timestamp) -> String {
    let seconds = at.as_second().saturating_sub(now.as_second());
    let away = seconds.saturating_abs();
    let span = match away {
        ..MINUTE => return "now".to_owned(),
        MINUTE..HOUR => count(away / MINUTE, "minute"),
        HOUR..TWO_DAYS => count(away / HOUR, "hour"),
        TWO_DAYS.. => count(away / DAY, "day"),
    };
    if seconds < 0 { format!("{span} ago") } else { format!("in {span}") }
}

/// Up to here hours are counted: "in 1 day" could mean almost two.
const TWO_DAYS: i64 = 2 * DAY;

fn count(n: i64, unit: &str) -> String {
    if n == 1 { format!("1 {unit}") } else { format!("{n} {unit}s") }
}

#[cfg(test)]
mod tests;
