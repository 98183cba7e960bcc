//! The steps of the test command, in the order in which they run. Every step runs, whatever became
//! of the one before: a person who waits wants to hear everything at once.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

use crate::junit;
use crate::postgres::Postgres;
use crate::process::{held, line, show};
use crate::report::{Outcome, Totals};
use crate::tools::{self, CargoTool};
use crate::workspace::Workspace;

/// One thing that must be well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The layout of the code.
    Format,
    /// The lints.
    Lint,
    /// The documentation of the code.
    Document,
    /// The dependencies.
    Deny,
    /// The program.
    Build,
    /// The tests.
    Tests,
    /// The examples in the documentation.
    Doctests,
}

impl Step {
    /// All of them, in order.
    pub(crate) const ALL: [Self; 7] = [
        Self::Format,
        Self::Lint,
        Self::Document,
        Self::Deny,
        Self::Build,
        Self::Tests,
        Self::Doctests,
    ];

    /// What `--only` calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Format => "fmt",
            Self::Lint => "clippy",
            Self::Document => "doc",
            Self::Deny => "deny",
            Self::Build => "build",
            Self::Tests => "tests",
            Self::Doctests => "doctests",
        }
    }

    /// What it makes sure of.
    pub(crate) fn purpose(self) -> &'static str {
        match self {
            Self::Format => "the code is laid out as rustfmt lays it out",
            Self::Lint => "no lint has anything to say",
            Self::Document => "the documentation builds, and its links lead somewhere",
            Self::Deny => "licences, sources, bans and advisories of the dependencies",
            Self::Build => "the program builds",
            Self::Tests => "the tests, with a PostgreSQL, a browser and a mail server",
            Self::Doctests => "the examples in the documentation",
        }
    }

    /// Installs what the step needs, and takes it.
    pub(crate) fn run(self, workspace: &Workspace) -> Result<Outcome> {
        match self {
            Self::Format => passes(cargo("fmt", workspace).args(["--all", "--check"])),
            Self::Lint => passes(
                cargo("clippy", workspace)
                    .args(["--workspace", "--all-targets", "--locked", "--profile", PROFILE])
                    .args(["--", "-D", "warnings"]),
            ),
            Self::Document => passes(
                cargo("doc", workspace)
                    .args(["--workspace", "--no-deps", "--locked", "--profile", PROFILE])
                    .env("RUSTDOCFLAGS", "-D warnings"),
            ),
            Self::Deny => deny(workspace),
            Self::Build => passes(cargo("build", workspace).args([
                "--package",
                "ombud",
                "--locked",
                "--profile",
                PROFILE,
            ])),
            Self::Tests => tests(workspace),
            Self::Doctests => doctests(workspace),
        }
    }
}

/// Without debug information or incremental state: what a machine builds once.
const PROFILE: &str = "ci";

fn cargo(subcommand: &str, workspace: &Workspace) -> Command {
    let mut command = held("cargo");
    command.arg(subcommand).current_dir(&workspace.root);
    command
}

fn passes(command: &mut Command) -> Result<Outcome> {
    Ok(if show(command)?.success() { Outcome::Passed } else { Outcome::Failed(line(command)) })
}

fn deny(workspace: &Workspace) -> Result<Outcome> {
    CargoTool::Deny.install()?;
    // It also looks at packages of other platforms, which no build here has fetched.
    let fetched = show(cargo("fetch", workspace).arg("--locked"))?;
    ensure!(fetched.success(), "the dependencies could not be fetched");
    let mut command = cargo("deny", workspace);
    command.args(["--workspace", "--offline", "--locked"]);
    let Some(advisories) = tools::advisories(workspace)? else {
        let others = passes(command.args([
            "check",
            "--hide-inclusion-graph",
            "bans",
            "licenses",
            "sources",
        ]))?;
        let missing = workspace.advisory_bundle();
        let reason = format!("no advisories were checked: there is no {}", missing.display());
        return Ok(match others {
            Outcome::Passed => Outcome::Partly(reason),
            other @ (Outcome::Failed(_) | Outcome::Partly(_) | Outcome::Tests { .. }) => other,
        });
    };
    let rules = tools::deny_rules(workspace, &advisories)?;
    command.arg("--config").arg(rules).args(["check", "--hide-inclusion-graph"]);
    passes(command.args(["advisories", "bans", "licenses", "sources"]))
}

fn tests(workspace: &Workspace) -> Result<Outcome> {
    tools::install_packages()?;
    tools::install_environments(workspace)?;
    tools::install_programs(workspace)?;
    CargoTool::Nextest.install()?;
    // Where .config/nextest.toml has it written, wherever cargo builds.
    let report = workspace.root.join("target/nextest/ci/junit.xml");
    fs::remove_file(&report).ok();

    let postgres = Postgres::start()?;
    let mut command = cargo("nextest", workspace);
    command
        .args(["run", "--workspace", "--locked", "--no-tests", "fail", "--profile", PROFILE])
        .args(["--cargo-profile", PROFILE])
        .env("OMBUD_TEST_POSTGRES", postgres.url())
        .env("OMBUD_TEST_TOOLS", workspace.environments())
        .env("OMBUD_TEST_PROGRAM", workspace.target.join(PROFILE).join("ombud"))
        .stderr(Stdio::piped());
    eprintln!("$ {}", line(&command));
    let mut running = command.spawn().context("cargo nextest")?;
    let summary = running.stderr.take().and_then(repeat_and_find_summary);
    let content = running.wait()?.success();
    drop(postgres);

    let Some(totals) = summary.as_deref().and_then(nextest_totals) else {
        return Ok(Outcome::Failed("the tests did not build, or were interrupted".to_owned()));
    };
    let report = fs::read_to_string(&report).with_context(|| report.display().to_string())?;
    let skips = junit::skips(&report);
    Ok(Outcome::Tests { totals, skips, content })
}

/// Shows the runner's words as they come, and returns its last summary.
fn repeat_and_find_summary(stream: impl Read) -> Option<String> {
    let mut summary = None;
    for line in BufReader::new(stream).split(b'\n') {
        let Ok(line) = line else { break };
        let line = String::from_utf8_lossy(&line);
        eprintln!("{line}");
        if line.trim_start().starts_with("Summary [") {
            summary = Some(line.into_owned());
        }
    }
    summary
}

/// Reads `Summary [ 0.2s] 5/6 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 2 skipped`.
fn nextest_totals(summary: &str) -> Option<Totals> {
    let (_, counted) = summary.split_once(']')?;
    let (run, ended) = counted.split_once(" run:")?;
    let run: u64 = run.split(['/', ' ']).find_map(|word| word.parse().ok())?;
    let number = |word: &str| {
        ended.split(',').find_map(|part| {
            let (number, rest) = part.trim().split_once(' ')?;
            rest.starts_with(word).then(|| number.parse::<u64>().ok())?
        })
    };
    let passed = number("passed").unwrap_or(0);
    // Whatever ran and did not pass failed: an assertion, a time limit, a crash.
    Some(Totals {
        passed,
        failed: run.saturating_sub(passed),
        skipped: number("skipped").unwrap_or(0),
    })
}

fn doctests(workspace: &Workspace) -> Result<Outcome> {
    let mut command = cargo("test", workspace);
    command.args(["--doc", "--workspace", "--locked", "--no-fail-fast", "--profile", PROFILE]);
    eprintln!("$ {}", line(&command));
    let output = command.stderr(Stdio::inherit()).output().context("cargo test --doc")?;
    let text = String::from_utf8_lossy(&output.stdout);
    eprint!("{text}");
    let mut totals = Totals::default();
    for counted in text.lines().filter_map(doctest_totals) {
        totals += counted;
    }
    Ok(Outcome::Tests { totals, skips: Vec::new(), content: output.status.success() })
}

/// Reads `test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; …`.
fn doctest_totals(line: &str) -> Option<Totals> {
    let (_, counted) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let number = |word: &str| {
        let mut parts = counted.split(';').filter_map(|part| part.trim().split_once(' '));
        parts.find(|(_, name)| *name == word)?.0.parse().ok()
    };
    Some(Totals {
        passed: number("passed")?,
        failed: number("failed")?,
        skipped: number("ignored")?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Totals, doctest_totals, nextest_totals};

    #[test]
    fn a_quiet_run_is_read() {
        let line = "     Summary [   0.010s] 3 tests run: 3 passed, 0 skipped";
        assert_eq!(nextest_totals(line), Some(Totals { passed: 3, failed: 0, skipped: 0 }));
    }

    #[test]
    fn everything_that_ran_and_did_not_pass_has_failed() {
        let line = "  Summary [  75.2s] 6/7 tests run: 3 passed (1 slow, 1 leaky), 1 failed, \
                    1 exec failed, 1 timed out, 2 skipped";
        assert_eq!(nextest_totals(line), Some(Totals { passed: 3, failed: 3, skipped: 2 }));
    }

    #[test]
    fn one_test_is_a_run_too() {
        let line = "Summary [ 0.1s] 1 test run: 0 passed, 1 failed, 0 skipped";
        assert_eq!(nextest_totals(line), Some(Totals { passed: 0, failed: 1, skipped: 0 }));
    }

    #[test]
    fn ignored_examples_are_skipped_examples() {
        let line = "test result: FAILED. 2 passed; 1 failed; 4 ignored; 0 measured; 0 filtered out";
        assert_eq!(doctest_totals(line), Some(Totals { passed: 2, failed: 1, skipped: 4 }));
        assert_eq!(doctest_totals("test a ... ok"), None);
    }
}
