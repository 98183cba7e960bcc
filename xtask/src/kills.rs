//! The kill test, more often than a test run has time for: a process writes, is killed at a moment
//! drawn by chance, and whatever it was told is kept must be there, once.

use std::env;
use std::process::ExitCode;

use anyhow::Result;

use crate::postgres::Postgres;
use crate::process::{held, show};
use crate::workspace::Workspace;

/// How many kills, unless said.
pub(crate) const USUAL: u32 = 500;

/// The variable that names the PostgreSQL server of the tests.
const POSTGRES: &str = "OMBUD_TEST_POSTGRES";

/// Kills so many times on each database. Without a PostgreSQL named by the environment, one is
/// started for this run.
pub(crate) fn run(times: u32) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    let started = if env::var_os(POSTGRES).is_none() { Some(Postgres::start()?) } else { None };
    let mut command = held("cargo");
    command
        .args(["test", "--package", "store", "--lib", "--locked", "kill::"])
        .args(["--", "--nocapture", "--test-threads=1"])
        .current_dir(&workspace.root)
        .env("OMBUD_KILLS", times.to_string());
    if let Some(postgres) = &started {
        command.env(POSTGRES, postgres.url());
    }
    Ok(if show(&mut command)?.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
