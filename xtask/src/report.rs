//! What came out: a table of steps, every skip with its reason, and one last line of totals.
//!
//! The totals count tests. A test that said `skipped: …` counts as skipped, not as passed. A step
//! that fails without a failed test of its own counts as one failure, and a step that could not
//! run as one skip, so that the last line never looks better than the table above it.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::AddAssign;
use std::time::{Duration, Instant};

use crate::junit::Skip;
use crate::steps::Step;
use crate::workspace::Workspace;

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    /// Did what they promise.
    pub(crate) passed: u64,
    /// Did not.
    pub(crate) failed: u64,
    /// Could not be tried.
    pub(crate) skipped: u64,
}

impl AddAssign for Totals {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// How a step ended.
pub(crate) enum Outcome {
    /// All well.
    Passed,
    /// Not well, and what a person should read.
    Failed(String),
    /// Part of the step was left out, for this reason; the rest was well.
    Partly(String),
    /// The tests ran.
    Tests {
        /// How they ended.
        totals: Totals,
        /// What they said about themselves.
        skips: Vec<Skip>,
        /// Whether the runner itself was content.
        content: bool,
    },
}

struct Row {
    step: &'static str,
    outcome: Outcome,
    took: Duration,
}

/// The rows so far.
#[derive(Default)]
pub(crate) struct Report {
    rows: Vec<Row>,
}

impl Report {
    /// Runs a step and keeps how it ended.
    pub(crate) fn add(&mut self, step: Step, workspace: &Workspace) {
        let began = Instant::now();
        let outcome =
            step.run(workspace).unwrap_or_else(|error| Outcome::Failed(format!("{error:#}")));
        self.rows.push(Row { step: step.name(), outcome, took: began.elapsed() });
    }

    /// Whether anything failed.
    pub(crate) fn failed(&self) -> bool {
        self.totals().failed > 0
    }

    fn totals(&self) -> Totals {
        let mut sum = Totals::default();
        for row in &self.rows {
            sum += row.outcome.totals();
        }
        sum
    }
}

impl Outcome {
    fn totals(&self) -> Totals {
        match self {
            Self::Passed => Totals::default(),
            Self::Failed(_) => Totals { failed: 1, ..Totals::default() },
            Self::Partly(_) => Totals { skipped: 1, ..Totals::default() },
            Self::Tests { totals, skips, content } => {
                let tests: BTreeSet<&str> = skips.iter().map(|skip| skip.test.as_str()).collect();
                let said = (tests.len() as u64).min(totals.passed);
                let unexplained = u64::from(!content && totals.failed == 0);
                Totals {
                    passed: totals.passed - said,
                    failed: totals.failed + unexplained,
                    skipped: totals.skipped + said,
                }
            }
        }
    }

    fn word(&self) -> String {
        let totals = self.totals();
        match self {
            Self::Passed => "passed".to_owned(),
            Self::Failed(_) => "FAILED".to_owned(),
            Self::Partly(_) => "passed in part".to_owned(),
            Self::Tests { .. } if totals.failed > 0 => format!("FAILED: {totals}"),
            Self::Tests { .. } => totals.to_string(),
        }
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f)?;
        for row in &self.rows {
            let seconds = row.took.as_secs_f64();
            writeln!(f, "{:<9} {:>7.1} s  {}", row.step, seconds, row.outcome.word())?;
        }
        for row in &self.rows {
            match &row.outcome {
                Outcome::Passed => {}
                Outcome::Failed(why) => writeln!(f, "failed: {}: {why}", row.step)?,
                Outcome::Partly(why) => writeln!(f, "skipped: {}: {why}", row.step)?,
                Outcome::Tests { totals, skips, .. } => {
                    for skip in skips {
                        writeln!(f, "skipped: {}: {}", skip.test, skip.reason)?;
                    }
                    if totals.skipped > 0 {
                        let number = totals.skipped;
                        writeln!(f, "skipped: {}: {number} by the runner, see above", row.step)?;
                    }
                }
            }
        }
        writeln!(f, "{}", self.totals())
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Outcome, Report, Row, Skip, Totals};

    fn report(outcomes: Vec<Outcome>) -> String {
        let took = Duration::from_millis(1500);
        let rows = outcomes.into_iter().map(|outcome| Row { step: "step", outcome, took });
        Report { rows: rows.collect() }.to_string()
    }

    fn tests(passed: u64, failed: u64, said: &[&str]) -> Outcome {
        let skip = |test: &&str| Skip { test: (*test).to_owned(), reason: "no browser".to_owned() };
        Outcome::Tests {
            totals: Totals { passed, failed, skipped: 0 },
            skips: said.iter().map(skip).collect(),
            content: failed == 0,
        }
    }

    #[test]
    fn the_last_line_stands_alone() {
        let text = report(vec![Outcome::Passed, tests(7, 0, &[])]);
        assert_eq!(text.lines().last(), Some("7 passed, 0 failed, 0 skipped"));
    }

    #[test]
    fn a_test_that_says_skipped_does_not_count_as_passed() {
        let text = report(vec![tests(7, 0, &["e2e opens", "e2e opens", "e2e closes"])]);
        assert!(text.contains("skipped: e2e opens: no browser"), "{text}");
        assert_eq!(text.lines().last(), Some("5 passed, 0 failed, 2 skipped"));
    }

    #[test]
    fn a_step_without_tests_that_fails_is_seen_in_the_last_line() {
        let text = report(vec![Outcome::Failed("look".to_owned()), tests(7, 0, &[])]);
        assert!(text.contains("failed: step: look"), "{text}");
        assert_eq!(text.lines().last(), Some("7 passed, 1 failed, 0 skipped"));
    }

    #[test]
    fn a_step_that_could_not_do_all_of_its_work_says_so() {
        let text = report(vec![Outcome::Partly("no advisories here".to_owned())]);
        assert!(text.contains("skipped: step: no advisories here"), "{text}");
        assert_eq!(text.lines().last(), Some("0 passed, 0 failed, 1 skipped"));
    }

    #[test]
    fn a_runner_that_fails_without_a_failed_test_is_a_failure() {
        let outcome =
            Outcome::Tests { totals: Totals::default(), skips: Vec::new(), content: false };
        assert_eq!(report(vec![outcome]).lines().last(), Some("0 passed, 1 failed, 0 skipped"));
    }
}
