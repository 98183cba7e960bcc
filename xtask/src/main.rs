//! The test command: `cargo xtask test` installs what the tests need, starts a PostgreSQL of its
//! own, runs every check, and ends with a table and one line of totals. It stops what it started,
//! and hides nothing: a step that could not run says why.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line program speaks to the person at the terminal"
)]

mod junit;
mod kills;
mod postgres;
mod process;
mod report;
mod steps;
mod tools;
mod workspace;

use std::process::ExitCode;

use anyhow::{Result, bail};

use crate::report::Report;
use crate::steps::Step;
use crate::workspace::Workspace;

const USAGE: &str = "\
cargo xtask test               every step
cargo xtask test --only STEP   one step (may be given more than once)
cargo xtask test --list        the names of the steps
cargo xtask kills [TIMES]      kill a writing process so often, 500 times unless said, and look
                               whether anything it was told is kept is lost, on both databases";

/// What the person asked for.
enum Wish {
    Run(Vec<Step>),
    Kill(u32),
    List,
    Help,
}

fn main() -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match wish(&arguments)? {
        Wish::Run(steps) => run(&steps),
        Wish::Kill(times) => kills::run(times),
        Wish::List => {
            for step in Step::ALL {
                println!("{:<9}{}", step.name(), step.purpose());
            }
            Ok(ExitCode::SUCCESS)
        }
        Wish::Help => {
            println!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn wish(arguments: &[String]) -> Result<Wish> {
    let mut words = arguments.iter().map(String::as_str);
    match words.next() {
        Some("test") => {}
        Some("kills") => return kills(words.next(), words.next()),
        None | Some("help" | "--help" | "-h") => return Ok(Wish::Help),
        Some(other) => bail!("there is no command {other:?}\n{USAGE}"),
    }
    let mut chosen = Vec::new();
    while let Some(word) = words.next() {
        match word {
            "--list" => return Ok(Wish::List),
            "--help" | "-h" => return Ok(Wish::Help),
            "--only" => {
                let name = words.next().unwrap_or_default();
                let Some(step) = Step::ALL.into_iter().find(|step| step.name() == name) else {
                    bail!("there is no step {name:?}; see cargo xtask test --list");
                };
                chosen.push(step);
            }
            other => bail!("what does {other:?} mean?\n{USAGE}"),
        }
    }
    Ok(Wish::Run(if chosen.is_empty() { Step::ALL.to_vec() } else { chosen }))
}

fn kills(times: Option<&str>, more: Option<&str>) -> Result<Wish> {
    if let Some(more) = more {
        bail!("what does {more:?} mean?\n{USAGE}");
    }
    match times.map_or(Ok(kills::USUAL), str::parse) {
        Ok(0) | Err(_) => bail!("how many times? a number from 1 on\n{USAGE}"),
        Ok(times) => Ok(Wish::Kill(times)),
    }
}

fn run(steps: &[Step]) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    let mut report = Report::default();
    for step in steps {
        eprintln!("\n== {}: {}", step.name(), step.purpose());
        report.add(*step, &workspace);
    }
    print!("{report}");
    Ok(if report.failed() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

#[cfg(test)]
mod tests {
    use super::{Step, Wish, wish};

    fn asked(line: &str) -> Option<Wish> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        wish(&words).ok()
    }

    #[test]
    fn without_a_choice_every_step_runs() {
        assert!(matches!(asked("test"), Some(Wish::Run(steps)) if steps == Step::ALL));
    }

    #[test]
    fn only_the_named_steps_run() {
        let steps = [Step::Format, Step::Tests];
        assert!(
            matches!(asked("test --only fmt --only tests"), Some(Wish::Run(found)) if found == steps)
        );
    }

    #[test]
    fn kills_are_five_hundred_unless_said_and_never_none() {
        assert!(matches!(asked("kills"), Some(Wish::Kill(500))));
        assert!(matches!(asked("kills 7"), Some(Wish::Kill(7))));
        for line in ["kills 0", "kills many", "kills 7 8"] {
            assert!(asked(line).is_none(), "{line}");
        }
    }

    #[test]
    fn a_step_that_does_not_exist_is_an_error_and_not_an_empty_run() {
        assert!(asked("test --only nothing").is_none());
        assert!(asked("test --only").is_none());
        assert!(asked("tset").is_none());
    }
}
