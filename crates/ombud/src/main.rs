//! The binary: the command line, what it was configured to do, starting and stopping. What the
//! server does is in the other crates; here it gets a clock, chance, keys, a place and a relay.

mod admin;
mod cli;
mod config;
mod demo;
mod doctor;
mod duty;
mod health;
mod import;
mod keys;
mod machine;
mod meters;
mod mirror;
mod opened;
mod serve;
mod service_key;
mod terminal;
mod upkeep;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    match cli.run() {
        Ok(code) => code,
        Err(error) => {
            terminal::complain(&error);
            ExitCode::FAILURE
        }
    }
}
