//! What the operator does to the whole, from the command line: look whether everything is as it was
//! written, make rows anew, back up, restore, move to another database.
//!
//! `verify` and `backup` work beside a running server. `rebuild`, `restore` and `db copy` need the
//! database for themselves where it is a file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Error, Result, anyhow, ensure};
use app::upkeep;
use clap::Subcommand;
use store::{CopyError, Place, StoreError};

use crate::config::Config;
use crate::{opened, terminal};

/// What can be done to the whole.
#[derive(Subcommand)]
pub(crate) enum UpkeepCommand {
    /// Look whether everything is as it was written: journals, rows, texts, files, notes
    Verify,
    /// Make anew the rows of cases that are not what their journals add up to
    Rebuild,
    /// Write everything but the keys into a new directory, while the server works
    Backup {
        /// The directory, which must not exist yet
        directory: PathBuf,
    },
    /// Read a backup into the database of the settings, which must be empty
    Restore {
        /// The directory of the backup
        directory: PathBuf,
    },
    /// Work on databases
    #[command(subcommand)]
    Db(DbCommand),
}

/// What can be done with databases.
#[derive(Subcommand)]
pub(crate) enum DbCommand {
    /// Copy all rows of one database into another, empty one
    Copy {
        /// The path of an SQLite file, or the address of a PostgreSQL database
        from: String,
        /// The same, for the database to be filled
        to: String,
    },
}

/// Does what was asked. Findings end in failure, so that a timer notices.
pub(crate) async fn run(config: &Config, command: UpkeepCommand) -> Result<ExitCode> {
    match command {
        UpkeepCommand::Verify => verify(config).await,
        UpkeepCommand::Rebuild => rebuild(config).await,
        UpkeepCommand::Backup { directory } => backup(config, &directory).await,
        UpkeepCommand::Restore { directory } => restore(config, &directory).await,
        UpkeepCommand::Db(DbCommand::Copy { from, to }) => copy(&from, &to).await,
    }
}

async fn verify(config: &Config) -> Result<ExitCode> {
    let site = opened::beside(config).await?;
    let report = upkeep::verify(&site).await;
    site.store.close().await;
    let report = report.context("Not everything could be looked at.")?;
    for finding in &report.findings {
        terminal::say(finding)?;
    }
    if report.more > 0 {
        terminal::say(&format!("And {} more.", report.more))?;
    }
    terminal::say(&format!(
        "Looked at: cases {}, journal entries {}, texts {} (erased {}), attachments {}, \
         notes {}, files of notes {}.",
        report.cases,
        report.entries,
        report.texts,
        report.erased,
        report.attachments,
        report.notes,
        report.artefacts
    ))?;
    if report.is_clean() {
        terminal::say("Everything is as it was written.")?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(ExitCode::FAILURE)
}

async fn rebuild(config: &Config) -> Result<ExitCode> {
    let site = opened::open(config).await?;
    let done = upkeep::rebuild(&site).await;
    site.store.close().await;
    let done = done.context("Not every row could be made anew.")?;
    for finding in &done.findings {
        terminal::say(finding)?;
    }
    terminal::say(&format!(
        "Cases {}, made anew {}. Notes found by other names than their own, mended {}.",
        done.cases, done.rebuilt, done.notes
    ))?;
    Ok(if done.findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn backup(config: &Config, directory: &Path) -> Result<ExitCode> {
    let site = opened::beside(config).await?;
    let written = upkeep::backup(&site, directory).await;
    site.store.close().await;
    let manifest = written.context("The backup was not made.")?;
    let (tables, rows) = (manifest.tables.len(), manifest.rows());
    terminal::say(&format!(
        "The backup is in {}: tables {tables}, rows {rows}, attachments {}.",
        directory.display(),
        manifest.attachments
    ))?;
    terminal::say(&format!(
        "The keys are not in it, and without them it cannot be read. \
         Keep a copy of {} in another place.",
        config.key_file.display()
    ))?;
    for blob in &manifest.missing {
        terminal::say(&format!("Not in it, because it could not be fetched: attachment {blob}"))?;
    }
    Ok(if manifest.missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn restore(config: &Config, directory: &Path) -> Result<ExitCode> {
    opened::make_folder(&config.data)?;
    let blobs = opened::blobs(config)?;
    let restored = upkeep::restore(&config.place, &blobs, directory).await;
    let restored = restored.map_err(in_use).context("The backup was not restored.")?;
    terminal::say(&format!(
        "Restored what was backed up at {}: rows {}, attachments {}.",
        restored.manifest.created_at, restored.rows, restored.attachments
    ))?;
    terminal::say(&format!(
        "Put the keys that belong to it at {}, then run: ombud verify",
        config.key_file.display()
    ))?;
    terminal::say(
        "Everybody logs in again. Letters that waited then are sent when the server starts, \
         even if they were sent since.",
    )?;
    Ok(ExitCode::SUCCESS)
}

async fn copy(from: &str, to: &str) -> Result<ExitCode> {
    let (from, to) = (place(from), place(to));
    if let Place::Sqlite { path } = &from {
        // Opening it would make it.
        ensure!(path.exists(), "There is no database at {}. Nothing was copied.", path.display());
    }
    let copied = upkeep::copy(&from, &to).await;
    let copied = copied.map_err(in_use).context("Nothing was copied.")?;
    let rows: u64 = copied.rows.iter().map(|(_, rows)| rows).sum();
    terminal::say(&format!(
        "Copied: tables {}, rows {rows}, cases {}. Attachments stay where they are.",
        copied.rows.len(),
        copied.heads.cases
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Says what to do about a file that a server is at work on.
fn in_use(error: CopyError) -> Error {
    match error {
        CopyError::Store(StoreError::InUse(path)) => anyhow!(
            "A server is running on {}, and only one program may use it at a time. \
             Stop that server first.",
            path.display()
        ),
        other => Error::new(other),
    }
}

/// A database as it is named on the command line.
fn place(text: &str) -> Place {
    if text.starts_with("postgres://") || text.starts_with("postgresql://") {
        return Place::Postgres { url: text.to_owned(), public_url: None };
    }
    Place::Sqlite { path: text.strip_prefix("sqlite:").unwrap_or(text).into() }
}
