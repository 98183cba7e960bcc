//! How long does it usually take, when some have not happened yet? Kaplan–Meier: those still waiting count for as long
//! as they have waited, instead of being left out and making everything look quick.

use jiff::SignedDuration;

use super::skill::count;

/// How a wait stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ended {
    /// What was waited for happened.
    Happened,
    /// It had not happened when we looked, or can no longer be seen.
    NotSeen,
}

/// One wait: how long it has been, and how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Wait {
    /// From the beginning to the event, or to the last look.
    pub length: SignedDuration,
    /// Whether the event came.
    pub ended: Ended,
}

/// A share in percent, from 1 to 99.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Percentile(u8);

impl Percentile {
    /// Half of all.
    pub const P50: Self = Self(50);
    /// Nine in ten.
    pub const P90: Self = Self(90);

    /// A share in percent, or nothing outside 1 to 99.
    pub const fn new(percent: u8) -> Option<Self> {
        match percent {
            1..=99 => Some(Self(percent)),
            0 | 100..=255 => None,
        }
    }
}

/// The share of waits that last longer than each length at which something happened, shortest first.
pub fn survival_curve(waits: &[Wait]) -> Vec<(SignedDuration, f64)> {
    let mut sorted = waits.to_vec();
    sorted.sort_unstable_by_key(|wait| wait.length);
    let mut waiting = sorted.len();
    let mut share = 1.0;
    let mut curve = Vec::new();
    for together in sorted.chunk_by(|one, other| one.length == other.length) {
        let happened = together.iter().filter(|wait| wait.ended == Ended::Happened).count();
        if happened > 0 {
            share *= count(waiting.saturating_sub(happened)) / count(waiting);
            curve.extend(together.first().map(|wait| (wait.length, share)));
        }
        // Those last seen at this very length were still waiting when the others' event came.
        waiting = waiting.saturating_sub(together.len());
    }
    curve
}

/// The length within which that share of waits comes to its end; nothing while too many are still waiting to tell.
pub fn time_until(percentile: Percentile, waits: &[Wait]) -> Option<SignedDuration> {
    // Products of fractions land a hair beside the round share they stand for.
    let still_waiting = 1.0 - f64::from(percentile.0) / 100.0 + 1e-9;
    survival_curve(waits)
        .into_iter()
        .find(|&(_, share)| share <= still_waiting)
        .map(|(length, _)| length)
}

#[cfg(test)]
mod tests;
