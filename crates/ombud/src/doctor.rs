//! Is everything there that the server needs? Each check ends in a word, what was found, and what
//! to do. Nothing is made or mended, except that opening a database brings its tables up to date,
//! as a start does. A server that runs is left alone.

mod cve;
mod files;
mod machine;
mod mirror;
mod relay;

use std::process::ExitCode;

use anyhow::Result;
use store::{Place, Store, StoreError, Vault};

use crate::config::Config;
use crate::keys::{self, Keys};
use crate::{machine as chance, terminal};

/// How well something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grade {
    /// As it should be.
    Ok,
    /// It works, and may hurt one day.
    Warn,
    /// The server cannot do its work.
    Fail,
}

/// What one check found.
pub(crate) struct Finding {
    what: &'static str,
    grade: Grade,
    found: String,
    remedy: Option<String>,
}

impl Finding {
    /// As it should be.
    pub(crate) fn ok(what: &'static str, found: impl Into<String>) -> Self {
        Self { what, grade: Grade::Ok, found: found.into(), remedy: None }
    }

    /// It works, and may hurt one day.
    pub(crate) fn warn(
        what: &'static str,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { what, grade: Grade::Warn, found: found.into(), remedy: Some(remedy.into()) }
    }

    /// The server cannot do its work.
    pub(crate) fn fail(
        what: &'static str,
        found: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self { what, grade: Grade::Fail, found: found.into(), remedy: Some(remedy.into()) }
    }
}

/// Checks everything and prints it as a table; fails if something failed.
pub(crate) async fn run(config: &Config) -> Result<ExitCode> {
    let (key_file, keys) = key_file(config);
    let mut findings = vec![machine::folder(config), key_file];
    findings.push(database(config, keys).await);
    findings.push(files::check(config).await);
    findings.extend(mirror::check(config).await);
    findings.push(machine::disk(config));
    findings.push(machine::clock(config));
    findings.push(base_url(config));
    findings.push(relay::check(config).await);
    findings.push(records(config));
    findings.extend(cve::check(config).await);
    for finding in &findings {
        let grade = match finding.grade {
            Grade::Ok => "OK  ",
            Grade::Warn => "WARN",
            Grade::Fail => "FAIL",
        };
        terminal::say(&format!("{grade}  {:9}  {}", finding.what, finding.found))?;
        if let Some(remedy) = &finding.remedy {
            terminal::say(&format!("{:17}{remedy}", ""))?;
        }
    }
    let worst = findings.iter().map(|finding| finding.grade).max();
    Ok(if worst == Some(Grade::Fail) { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn key_file(config: &Config) -> (Finding, Option<Keys>) {
    let what = "key file";
    let shown = config.key_file.display();
    let keys = match keys::read(&config.key_file) {
        Ok(Some(keys)) => keys,
        Ok(None) if has_file(config) => {
            let found = format!("{shown} is missing, and the data cannot be read without it");
            return (Finding::fail(what, found, "Put it back from where you keep its copy."), None);
        }
        Ok(None) => {
            let found = format!("{shown} is not there yet; the first start makes it");
            return (Finding::ok(what, found), None);
        }
        Err(error) => {
            let remedy = "Make it a file that only the server's user may read.";
            return (Finding::fail(what, chain(&error), remedy), None);
        }
    };
    let mode = std::fs::metadata(&config.key_file).map_or(0, |known| keys::mode(&known));
    let finding = if mode & 0o070 == 0 {
        Finding::ok(what, format!("{shown}, mode {mode:03o}"))
    } else {
        let remedy = format!("If the group need not read it: chmod 600 {shown}");
        Finding::warn(what, format!("{shown} can be read by its group (mode {mode:03o})"), remedy)
    };
    (finding, Some(keys))
}

fn has_file(config: &Config) -> bool {
    let known = config.sqlite().and_then(|path| std::fs::metadata(path).ok());
    known.is_some_and(|file| file.len() > 0)
}

/// Opening it brings its tables up to date and refuses what would lose data, as a start does.
async fn database(config: &Config, keys: Option<Keys>) -> Finding {
    let what = "database";
    if config.sqlite().is_some() && !has_file(config) {
        return Finding::ok(what, "none yet; the first start makes it");
    }
    let store = match Store::open(&config.place).await {
        Ok(store) => store,
        Err(StoreError::InUse(_)) => {
            let found = "a running server has it, so it opens and its tables are up to date";
            return Finding::ok(what, found);
        }
        Err(error) => {
            let remedy = "Do what the reason says; data is never changed by a failed start.";
            return Finding::fail(what, chain(&error.into()), remedy);
        }
    };
    let finding = match keys {
        Some(_) if forgets(&config.place) => Finding::warn(
            what,
            "its address says durability=scratch: a power cut may lose what it kept",
            "Take durability=scratch out of database.url; it is for tests.",
        ),
        Some(keys) => match (proved(&store, &keys).await, store.public_gap()) {
            (Finding { grade: Grade::Ok, .. }, Some(gap)) => Finding::warn(
                what,
                format!("public pages could read what is not published: {gap}"),
                "Give them a role of their own: docs/operating.md, “PostgreSQL”.",
            ),
            (finding, _) => finding,
        },
        None => Finding::warn(
            what,
            "it opens; whether the keys are its own was not checked",
            "Put the key file in order first.",
        ),
    };
    store.close().await;
    finding
}

/// Whether its address accepts a database that loses what it kept.
fn forgets(place: &Place) -> bool {
    match place {
        Place::Sqlite { path: _ } => false,
        Place::Postgres { url, public_url: _ } => url.contains("durability=scratch"),
    }
}

async fn proved(store: &Store, keys: &Keys) -> Finding {
    let random = std::sync::Arc::new(|bytes: &mut [u8]| chance::fill(bytes));
    let vault = Vault::new(*keys.kek, random);
    let proved = store.read(move |tx| tx.prove_vault(&vault)).await;
    match proved {
        Ok(()) => Finding::ok("database", "opens, is up to date, keeps what it says it keeps"),
        // There is no mark yet, and looking does not make one.
        Err(StoreError::ReadOnly) => Finding::ok("database", "opens, and nothing is in it yet"),
        Err(StoreError::Sealed { .. }) => Finding::fail(
            "database",
            "it is sealed with other keys",
            "Put back the key file that belongs to it, or say where it is (keys.file).",
        ),
        Err(error) => Finding::fail("database", chain(&error.into()), "Do what the reason says."),
    }
}

fn base_url(config: &Config) -> Finding {
    let what = "address";
    let Some(url) = &config.base_url else {
        return Finding::warn(
            what,
            "links in letters lead to this machine only",
            "Set server.base_url to the address people use, as https://disclose.example.org",
        );
    };
    let host = url.split("://").nth(1).unwrap_or_default();
    let is_here = ["localhost", "127.", "[::1]"].iter().any(|here| host.starts_with(here));
    if url.starts_with("https://") {
        Finding::ok(what, url.clone())
    } else if is_here {
        Finding::warn(what, format!("{url} is reached from this machine only"), "Fine for a try.")
    } else {
        let remedy = "Put a proxy with a certificate before the server, and write https:// here.";
        Finding::fail(what, format!("{url} is not encrypted"), remedy)
    }
}

/// Whose records of published flaws are looked for. Nobody is asked: that is for the running server.
fn records(config: &Config) -> Finding {
    let named = config.records.iter().map(|(source, _)| source.label()).collect::<Vec<_>>();
    let found = if named.is_empty() {
        "nobody's records are looked for ([records])".to_owned()
    } else {
        format!("looked for once a note is public: {}", named.join(", "))
    };
    Finding::ok("records", found)
}

/// An error and its causes in one line.
fn chain(error: &anyhow::Error) -> String {
    let all: Vec<String> = error.chain().map(ToString::to_string).collect();
    all.join(": ")
}
