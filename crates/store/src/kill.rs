//! Whether what was acknowledged outlives a kill. A process of its own writes and says what it was
//! told is kept; it is killed at points drawn by chance; what it was told must be there, once, and
//! everything must be as it was written.
//!
//! `OMBUD_KILLS` says how many times (50 on SQLite, 10 on PostgreSQL), `OMBUD_KILLS_SEED` repeats a
//! run that failed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use domain::BodyId;

use crate::scratch::Schema;
use crate::{Blobs, Place, Store, StoreError, Tx, Vault, sample, verify};

/// Where the writer finds the database, and the seed of its chance.
const PLACE: &str = "OMBUD_KILLS_PLACE";
const SEED: &str = "OMBUD_KILLS_SEED";

/// How many cases are written to at once.
const CASES: u64 = 4;

/// The most entries that may be acknowledged before the kill.
const MOST: u64 = 30;

#[test]
fn nothing_acknowledged_is_lost_or_doubled_on_sqlite_when_the_server_is_killed() {
    let name = "kill::nothing_acknowledged_is_lost_or_doubled_on_sqlite_when_the_server_is_killed";
    if writes_instead() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Sqlite { path: folder.path().join("ombud.sqlite") };
    kill_again_and_again(name, &place, 50);
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_on_postgres_when_the_server_is_killed() {
    let name =
        "kill::nothing_acknowledged_is_lost_or_doubled_on_postgres_when_the_server_is_killed";
    if writes_instead() {
        return;
    }
    let Some(schema) = Schema::new().unwrap() else { return };
    kill_again_and_again(name, &schema.place(), 10);
}

/// In the process that is to be killed: writes until it is.
fn writes_instead() -> bool {
    let Ok(place) = std::env::var(PLACE) else { return false };
    let place = match place.split_once(':') {
        Some(("file", path)) => Place::Sqlite { path: path.into() },
        _ => Place::Postgres { url: place, public_url: None },
    };
    let seed = std::env::var(SEED).unwrap().parse().unwrap();
    runtime().block_on(write_for_ever(&place, seed));
    true
}

async fn write_for_ever(place: &Place, seed: u64) {
    let store = Store::open(place).await.unwrap();
    let vault = sample::vault(seed);
    let writers: Vec<_> = (1..=CASES)
        .map(|n| tokio::spawn(write_to_one(store.clone(), vault.clone(), n, seed)))
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
}

async fn write_to_one(store: Store, vault: Vault, n: u64, seed: u64) {
    let mut chance = seed ^ (n << 40);
    loop {
        let body: BodyId = sample::id(sample::next(&mut chance), sample::next(&mut chance));
        let with = vault.clone();
        let kept = store
            .write(move |tx: &mut Tx| {
                if tx.case(sample::case_id(n))?.is_none() {
                    return sample::begin(tx, &with, n);
                }
                sample::retitle(tx, &with, sample::case_id(n), body, "The title moved on")
            })
            .await;
        match kept {
            // One write, so that a line is there whole or not at all.
            Ok(case) => {
                let line = format!("\nkept {n} {} {body}\n", case.version);
                std::io::stdout().write_all(line.as_bytes()).unwrap();
            }
            // What an earlier process had begun may have been kept by the server after its end.
            Err(StoreError::Stale) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

/// What the writer was told is kept: how far each case is, and the text of each entry.
#[derive(Default)]
struct Acknowledged {
    versions: BTreeMap<u64, u64>,
    texts: BTreeMap<(u64, u64), BodyId>,
}

fn kill_again_and_again(name: &str, place: &Place, usual: u64) {
    let said = |variable| std::env::var(variable).ok().and_then(|text: String| text.parse().ok());
    let rounds: u64 = said("OMBUD_KILLS").unwrap_or(usual);
    let seed: u64 = said(SEED).unwrap_or(20_260_101);
    eprintln!("{rounds} kills, {SEED}={seed}");
    let mut chance = seed;
    let mut known = Acknowledged::default();
    for round in 0..rounds {
        let mut writer = start(name, place, sample::next(&mut chance));
        let acknowledged = sample::next(&mut chance) % MOST;
        let later = Duration::from_micros(sample::next(&mut chance) % 4000);
        let before = known.texts.len();
        listen_and_kill(&mut writer, &mut known, (acknowledged, later));
        eprintln!("round {round}: {} acknowledged", known.texts.len() - before);
        runtime().block_on(look(place, &known));
    }
    assert!(known.texts.len() > 10, "hardly anything was written");
}

fn start(name: &str, place: &Place, seed: u64) -> Child {
    let place = match place {
        Place::Sqlite { path } => format!("file:{}", path.display()),
        Place::Postgres { url, public_url: _ } => url.clone(),
    };
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env(PLACE, place)
        .env(SEED, seed.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Hears what is kept, kills the writer a little after so many acknowledgements, and hears what it
/// had said before its end.
fn listen_and_kill(
    writer: &mut Child,
    known: &mut Acknowledged,
    (acknowledged, later): (u64, Duration),
) {
    let mut lines = BufReader::new(writer.stdout.take().unwrap()).lines();
    let mut heard = 0;
    let mut alive = true;
    loop {
        if alive && heard >= acknowledged {
            let now = Instant::now();
            while now.elapsed() < later {
                std::hint::spin_loop();
            }
            writer.kill().unwrap();
            alive = false;
        }
        let Some(line) = lines.next() else { break };
        let line = line.unwrap();
        let words: Vec<_> = line.split(' ').collect();
        if let ["kept", case, version, body] = words[..] {
            let (case, version) = (case.parse().unwrap(), version.parse().unwrap());
            let before = known.texts.insert((case, version), body.parse().unwrap());
            assert!(before.is_none(), "entry {version} of case {case} was acknowledged twice");
            known.versions.insert(case, version);
            heard += 1;
        }
    }
    assert!(!alive, "the writer ended by itself");
    assert!(!writer.wait().unwrap().success());
}

/// Looks whether all of it is there, once, and as it was written.
async fn look(place: &Place, known: &Acknowledged) {
    let store = Store::open(place).await.unwrap();
    for (&n, &version) in &known.versions {
        let journal = store
            .read(move |tx: &mut Tx| tx.journal(sample::case_id(n), 0, 1_000_000))
            .await
            .unwrap();
        let kept = u64::try_from(journal.len()).unwrap();
        assert!(kept >= version, "case {n}: {version} entries were acknowledged, {kept} are there");
        // Each text was written by one transaction, so its title is there once.
        let titles = journal.iter().filter_map(|entry| match &entry.event {
            domain::Event::TitleChanged { title } => Some(title.body),
            _ => None,
        });
        let known_once: BTreeSet<_> = titles.clone().collect();
        assert_eq!(known_once.len(), titles.count(), "case {n}: an entry is there twice");
        for entry in &journal {
            let Some(body) = known.texts.get(&(n, entry.seq)) else { continue };
            match &entry.event {
                domain::Event::TitleChanged { title } => assert_eq!(title.body, *body, "case {n}"),
                event => assert!(event.begins_a_journal(), "case {n}: {event:?}"),
            }
        }
    }
    let report = verify::verify(&store, &sample::vault(0), &Blobs::in_memory()).await.unwrap();
    assert!(report.is_clean(), "{:?}", report.findings);
    store.close().await;
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}
