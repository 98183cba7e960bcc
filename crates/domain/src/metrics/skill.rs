//! Skill beyond luck: how far the share of met desiderata lies above the baseline, how sure one can be of that share,
//! and what many parties look like together. Numbers for people to read, never a threshold for the server to act on.

use super::beta;
use super::{Outcome, Ratio};

/// How often a desideratum was met over many histories; open ones are kept beside, they are no trials (model 2.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Tally {
    /// Histories that met it.
    pub met: u32,
    /// Histories that failed it.
    pub failed: u32,
    /// Histories that do not tell yet.
    pub open: u32,
}

/// A range that holds the true value with the probability it was asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// What the skill of many parties looks like together (Vultron multi-party benchmarking; model 2.11).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Aggregate {
    /// How many parties had a skill to count.
    pub parties: usize,
    /// The skill in the middle: half of the parties do no better.
    pub median: f64,
    /// How unlike the parties are: the mean squared distance from their mean.
    pub variance: f64,
}

impl Tally {
    /// Counts outcomes.
    pub fn of(outcomes: impl IntoIterator<Item = Outcome>) -> Self {
        outcomes.into_iter().fold(Self::default(), |tally, outcome| match outcome {
            Outcome::Met => Self { met: tally.met.saturating_add(1), ..tally },
            Outcome::Failed => Self { failed: tally.failed.saturating_add(1), ..tally },
            Outcome::Open => Self { open: tally.open.saturating_add(1), ..tally },
        })
    }

    /// How many histories tell: met and failed ones.
    pub const fn trials(self) -> u32 {
        self.met.saturating_add(self.failed)
    }

    /// The skill that the counts show, or nothing without a trial.
    pub fn skill(self, baseline: Ratio) -> Option<f64> {
        skill(self.met, self.trials(), baseline)
    }

    /// The range that holds the skill with 95 % probability: the interval of the share, seen from the baseline.
    pub fn skill_interval(self, baseline: Ratio) -> Option<Interval> {
        let share = credible_interval(self.met, self.trials())?;
        let luck = baseline.to_f64();
        let above_luck = |share: f64| (share - luck) / (1.0 - luck);
        Some(Interval { low: above_luck(share.low), high: above_luck(share.high) })
    }
}

/// Skill beyond luck: 1 is always, 0 is what chance brings, less is worse than chance (Vultron α; model 2.11).
///
/// Nothing without a trial, with more successes than trials, or where chance always succeeds.
pub fn skill(successes: u32, trials: u32, baseline: Ratio) -> Option<f64> {
    let luck = baseline.to_f64();
    if trials == 0 || successes > trials || luck >= 1.0 {
        return None;
    }
    let (successes, trials) = (f64::from(successes), f64::from(trials));
    Some((successes - luck * trials) / ((1.0 - luck) * trials))
}

/// The range that holds the true share of successes with 95 % probability.
pub fn credible_interval(successes: u32, trials: u32) -> Option<Interval> {
    jeffreys(successes, trials, 0.95)
}

/// The Jeffreys interval: the equal tails of Beta(S + ½, T − S + ½), which stays inside 0 and 1 even when all went one way.
///
/// Nothing without a trial, with more successes than trials, or for a probability that is not between 0 and 1.
pub fn jeffreys(successes: u32, trials: u32, probability: f64) -> Option<Interval> {
    let failures = trials.checked_sub(successes)?;
    if trials == 0 || !(probability > 0.0 && probability < 1.0) {
        return None;
    }
    let (a, b) = (f64::from(successes) + 0.5, f64::from(failures) + 0.5);
    let tail = (1.0 - probability) / 2.0;
    Some(Interval { low: beta::quantile(tail, a, b), high: beta::quantile(1.0 - tail, a, b) })
}

/// Median and variance of the parties' skills, or nothing without a party; all the parties are counted, none is a sample.
pub fn aggregate(skills: &[f64]) -> Option<Aggregate> {
    let mut sorted: Vec<f64> = skills.iter().copied().filter(|skill| skill.is_finite()).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get(sorted.len().saturating_sub(1) / 2)?;
    let count = count(sorted.len());
    let mean = sorted.iter().sum::<f64>() / count;
    let variance = sorted.iter().map(|skill| (skill - mean).powi(2)).sum::<f64>() / count;
    Some(Aggregate { parties: sorted.len(), median: f64::midpoint(lower, upper), variance })
}

impl Aggregate {
    /// Whether the parties together are good enough and alike enough: median ≥ `at_least` and variance ≤ `at_most_apart`.
    pub fn meets(self, at_least: f64, at_most_apart: f64) -> bool {
        self.median >= at_least && self.variance <= at_most_apart
    }
}

/// How many, as a number to divide by.
pub(super) fn count(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}

#[cfg(test)]
mod tests;
