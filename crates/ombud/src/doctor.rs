//! x
use crate::config::Config;
use anyhow::Result;
use std::process::ExitCode;
pub(crate) async fn run(_config: &Config) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
