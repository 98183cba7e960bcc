//! What an operator brings along, from the command line: notes that were public before. Files are
//! read one after another and kept a hundred at a time, so that what was kept stays whatever happens
//! after, and the same command goes on where it was stopped.

mod files;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, Result};
use app::Site;
use app::import::{self, Fate, MOST_AT_ONCE, Mode};
use clap::Subcommand;

use crate::config::Config;
use crate::{opened, terminal};
use files::{Document, Files};

/// How many bytes are in hand at once, beside a single larger file.
const MOST_BYTES: usize = 32 * 1024 * 1024;

/// What can be brought along.
#[derive(Subcommand)]
pub(crate) enum ImportCommand {
    /// Publish notes that were public before: VINCE's JSON, CERT/CC's archive, CSAF, CVE records
    Notes {
        /// Files and folders; a file that ends in .jsonl holds one document a line, and - is
        /// standard input in the same form
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Say for each document what would happen, and keep nothing
        #[arg(long)]
        dry_run: bool,
    },
}

/// Does what was asked, and lets go of the data. A document that is refused ends in failure, so that
/// a script notices; the others are kept all the same.
pub(crate) async fn run(config: &Config, command: ImportCommand) -> Result<ExitCode> {
    let ImportCommand::Notes { paths, dry_run } = command;
    let mode = if dry_run { Mode::Look } else { Mode::Keep };
    let site = if dry_run { opened::beside(config).await? } else { opened::open(config).await? };
    if mode == Mode::Keep {
        // A server that never started has no key yet, and its notes are to be signed.
        let kept = app::service_key::keep_service_key(&site.duty()).await;
        kept.context("The key that signs the notes was not made.")?;
    }
    let done = notes(&site, paths, mode).await;
    site.store.close().await;
    let figures = done?;
    figures.tell(mode)?;
    Ok(if figures.refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What became of all documents.
struct Figures {
    new: u64,
    same: u64,
    changed: u64,
    refused: u64,
    begun: Instant,
}

async fn notes(site: &Site, paths: Vec<PathBuf>, mode: Mode) -> Result<Figures> {
    let mut figures = Figures { new: 0, same: 0, changed: 0, refused: 0, begun: Instant::now() };
    let mut files = Files::of(paths);
    loop {
        let batch = batch(&mut files, &mut figures)?;
        if batch.is_empty() {
            return Ok(figures);
        }
        let (places, documents): (Vec<_>, Vec<_>) =
            batch.into_iter().map(|one| (one.place, one.bytes)).unzip();
        let fates = import::notes(&site.duty(), documents, mode).await;
        for (place, fate) in places.iter().zip(fates.context("Not every note was imported.")?) {
            figures.count(place, &fate, mode)?;
        }
    }
}

/// The next documents. What cannot be read from the disk is counted as refused.
fn batch(files: &mut Files, figures: &mut Figures) -> Result<Vec<Document>> {
    let (mut batch, mut bytes) = (vec![], 0);
    while batch.len() < MOST_AT_ONCE && bytes < MOST_BYTES {
        match files.next() {
            Some(Ok(document)) => {
                bytes += document.bytes.len();
                batch.push(document);
            }
            Some(Err((place, why))) => {
                figures.refused += 1;
                terminal::say(&format!("{place}: refused: {why}"))?;
            }
            None => break,
        }
    }
    Ok(batch)
}

impl Figures {
    fn count(&mut self, place: &str, fate: &Fate, mode: Mode) -> Result<()> {
        let (counted, told) = match fate {
            Fate::New(Some(number)) => (&mut self.new, format!("new: {number}")),
            Fate::New(None) => (&mut self.new, "new: gets a number here".to_owned()),
            Fate::Same(number) => (&mut self.same, format!("same: {number}")),
            Fate::Changed(number) => (&mut self.changed, format!("changed: {number}")),
            Fate::Refused(why) => (&mut self.refused, format!("refused: {why}")),
        };
        *counted += 1;
        if mode == Mode::Look || matches!(fate, Fate::Refused(_)) {
            terminal::say(&format!("{place}: {told}"))?;
        }
        Ok(())
    }

    fn tell(&self, mode: Mode) -> Result<()> {
        let Self { new, same, changed, refused, begun } = self;
        let n = new + same + changed + refused;
        let seconds = begun.elapsed().as_secs_f64();
        let in_figures = u32::try_from(n).map_or(f64::INFINITY, f64::from);
        let rate = if seconds > 0.0 { in_figures / seconds } else { in_figures };
        terminal::say(&format!(
            "Documents {n}: new {new}, same {same}, changed {changed}, refused {refused}; \
             {seconds:.1} s, {rate:.0} a second.{}",
            if mode == Mode::Look { " Nothing was kept." } else { "" }
        ))
    }
}
