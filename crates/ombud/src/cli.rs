//! The command line: what can be asked of the program, in its own words.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand, ValueEnum};
use domain::StaffRole;

use crate::config::{self, Config, Settings};
use crate::import::{self, ImportCommand};
use crate::service_key::{self, KeysCommand};
use crate::upkeep::{self, UpkeepCommand};
use crate::{admin, demo, doctor, mirror, serve, terminal};

/// A server for coordinated vulnerability disclosure.
#[derive(Parser)]
#[command(name = "ombud", version, arg_required_else_help = true, after_help = AFTER)]
pub(crate) struct Cli {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

const AFTER: &str = "Start with: ombud serve\n\
    Settings come from flags, then OMBUD_… variables, then ombud.toml, then defaults; \
    `ombud config show` tells which.";

/// Where the server lives.
#[derive(Args)]
pub(crate) struct Place {
    /// Directory of the data (`OMBUD_DATA`) [default: ./ombud-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// File of the settings (`OMBUD_CONFIG`) [default: ombud.toml among the data, if it is there]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve {
        /// Where to answer people [default: 127.0.0.1:8080]
        #[arg(long, value_name = "ADDR")]
        listen: Option<String>,
        /// Where to answer Prometheus, or off [default: 127.0.0.1:9464]
        #[arg(long, value_name = "ADDR|off")]
        metrics: Option<String>,
    },
    /// Look around in a made-up world: a throw-away server with cases in every phase
    Demo {
        /// Where to answer people
        #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
        listen: std::net::SocketAddr,
    },
    /// Look at the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Manage the people of the team, and the first step into the server
    #[command(subcommand)]
    Admin(AdminCommand),
    /// Look at the server's OpenPGP key
    #[command(subcommand)]
    Keys(KeysCommand),
    /// Bring along what was public before
    #[command(subcommand)]
    Import(ImportCommand),
    /// Check that everything the server needs is there and in order
    Doctor,
    /// Write the public site as files that any web server can hand out, while the server works
    ExportSite {
        /// The directory; what is there from the last time is brought up to date
        directory: PathBuf,
    },
    #[command(flatten)]
    Upkeep(UpkeepCommand),
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Print every setting, its value and where it comes from; secrets stay hidden
    Show,
    /// Check the settings without starting
    Check,
}

#[derive(Subcommand)]
pub(crate) enum AdminCommand {
    /// Manage accounts
    #[command(subcommand)]
    User(UserCommand),
    /// Print a one-time link by which the first lead sets the server up
    SetupLink,
    /// Choose the letters before the numbers of cases and notes, before the first is given out
    NumberPrefix {
        /// One to ten letters, such as VU
        letters: String,
    },
    /// Take the CVE program's list of CNAs (CNAsList.json) into the directory
    ImportCnas {
        /// The file
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub(crate) enum UserCommand {
    /// Add somebody to the team
    Add {
        /// Their e-mail address, by which they log in
        address: String,
        /// Their name, or else the part of the address before the sign
        #[arg(long)]
        name: Option<String>,
        /// What they may do
        #[arg(long)]
        role: Role,
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// List the people of the team
    List,
    /// Shut an account; its sessions end
    Disable {
        /// The address of the account
        address: String,
    },
    /// Set a new password; every session of the account ends
    ResetPassword {
        /// The address of the account
        address: String,
        #[command(flatten)]
        password: PasswordFrom,
    },
    /// Take a lost second factor away; every session of the account ends
    ResetSecondFactor {
        /// The address of the account
        address: String,
    },
}

/// Where a password comes from: the terminal, standard input, or chance.
#[derive(Args)]
pub(crate) struct PasswordFrom {
    /// Draw a password and print it once, instead of asking for one
    #[arg(long)]
    pub(crate) generate: bool,
}

/// What somebody of the team may do.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    /// Sees every case, and decides what is published
    Lead,
    /// Works on cases
    Analyst,
    /// Reads, and writes nothing
    Auditor,
    /// Runs the server, and sees no case
    Administrator,
}

impl Role {
    /// The role as the house knows it.
    pub(crate) fn staff(self) -> StaffRole {
        match self {
            Self::Lead => StaffRole::Lead,
            Self::Analyst => StaffRole::Analyst,
            Self::Auditor => StaffRole::Auditor,
            Self::Administrator => StaffRole::Administrator,
        }
    }
}

impl Cli {
    /// Does what was asked.
    pub(crate) fn run(self) -> Result<ExitCode> {
        if let Command::Demo { listen } = self.command {
            runtime()?.block_on(demo::demo(self.place.data, listen))?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut flags = vec![];
        if let Command::Serve { listen, metrics } = &self.command {
            flags.extend(listen.iter().map(|at| ("server.listen", "--listen", at.clone())));
            flags.extend(metrics.iter().map(|at| ("server.metrics", "--metrics", at.clone())));
        }
        let settings = Settings::gather(&self.place, &flags)?;
        let config = Config::read(&settings)?;
        match self.command {
            Command::Serve { .. } => runtime()?.block_on(serve::serve(config))?,
            Command::Config(ConfigCommand::Show) => terminal::say(&settings.shown(&config))?,
            Command::Config(ConfigCommand::Check) => terminal::say(&config::fine(&settings))?,
            Command::Admin(command) => runtime()?.block_on(admin::run(&config, command))?,
            Command::Keys(command) => runtime()?.block_on(service_key::run(&config, command))?,
            // It has no settings, and was run above.
            Command::Demo { .. } => {}
            Command::ExportSite { directory } => {
                runtime()?.block_on(mirror::export(&config, &directory))?;
            }
            Command::Upkeep(command) => return runtime()?.block_on(upkeep::run(&config, command)),
            Command::Import(command) => return runtime()?.block_on(import::run(&config, command)),
            Command::Doctor => return runtime()?.block_on(doctor::run(&config)),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn runtime() -> Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().build().context("The system gives no threads.")
}
