//! How long the store takes: an entry of a journal, a case of 500 vendors, a page of 10,000 cases.
//! On SQLite, and on PostgreSQL where `OMBUD_TEST_POSTGRES` names one.
#![expect(clippy::unwrap_used, reason = "a measurement that fails should stop")]

use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use store::{CaseFilter, Page, Sight, Store, Tx, Vault, sample};
use tokio::runtime::Runtime;

/// How many cases the list has, and how many of them one transaction begins.
const CASES: u64 = 10_000;
const AT_ONCE: u64 = 500;

fn benches(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let sqlite = || runtime.block_on(Store::scratch_sqlite()).unwrap();
    measure(criterion, &runtime, "sqlite", sqlite);
    if std::env::var("OMBUD_TEST_POSTGRES").is_ok() {
        let postgres = || runtime.block_on(Store::scratch_postgres()).unwrap().unwrap();
        measure(criterion, &runtime, "postgres", postgres);
    }
}

fn measure(criterion: &mut Criterion, runtime: &Runtime, engine: &str, store: impl Fn() -> Store) {
    appending(criterion, runtime, engine, &store());
    loading(criterion, runtime, engine, &store());
    listing(criterion, runtime, engine, &store());
}

fn appending(criterion: &mut Criterion, runtime: &Runtime, engine: &str, store: &Store) {
    let vault = sample::vault(1);
    let with = vault.clone();
    let begun = store
        .write(move |tx: &mut Tx| (1..=16).try_for_each(|n| sample::begin(tx, &with, n).map(drop)));
    runtime.block_on(begun).unwrap();
    let mut text = 0;
    for tasks in [1, 16] {
        criterion.bench_function(&format!("{engine}: append an entry, {tasks} at once"), |bench| {
            bench.iter_custom(|times| {
                text += 1;
                runtime.block_on(append(store, &vault, (tasks, times, text)))
            });
        });
    }
}

/// Each task appends to a case of its own; together they append so many times.
async fn append(store: &Store, vault: &Vault, (tasks, times, text): (u64, u64, u64)) -> Duration {
    let begin = Instant::now();
    let tasks: Vec<_> = (1..=tasks)
        .map(|n| {
            let (store, vault) = (store.clone(), vault.clone());
            tokio::spawn(async move {
                for turn in 0..times.div_ceil(tasks) {
                    let with = vault.clone();
                    let body = sample::id(text << 32 | turn, 1 << 60 | n);
                    store
                        .write(move |tx: &mut Tx| {
                            sample::retitle(tx, &with, sample::case_id(n), body, "A title")
                        })
                        .await
                        .unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    begin.elapsed()
}

fn loading(criterion: &mut Criterion, runtime: &Runtime, engine: &str, store: &Store) {
    let vault = sample::vault(1);
    let begun =
        store.write(move |tx: &mut Tx| sample::begin_with_vendors(tx, &vault, 1, 500).map(drop));
    runtime.block_on(begun).unwrap();
    criterion.bench_function(&format!("{engine}: load a case of 500 vendors"), |bench| {
        bench.iter(|| {
            let loaded = store.read(|tx: &mut Tx| tx.case(sample::case_id(1)));
            runtime.block_on(loaded).unwrap().unwrap()
        });
    });
}

fn listing(criterion: &mut Criterion, runtime: &Runtime, engine: &str, store: &Store) {
    let vault = sample::vault(1);
    for first in (1..=CASES).step_by(usize::try_from(AT_ONCE).unwrap()) {
        let with = vault.clone();
        let begun = store.write(move |tx: &mut Tx| {
            (first..first + AT_ONCE).try_for_each(|n| sample::begin(tx, &with, n).map(drop))
        });
        runtime.block_on(begun).unwrap();
    }
    let page = Page { before: None, limit: 50 };
    criterion.bench_function(&format!("{engine}: a page of {CASES} cases"), |bench| {
        bench.iter(|| {
            let filter = CaseFilter { sight: Sight::Everything, phase: vec![] };
            let listed = store.read(move |tx: &mut Tx| tx.cases_for(&filter, &page));
            assert_eq!(runtime.block_on(listed).unwrap().len(), 50);
        });
    });
}

criterion_group!(all, benches);
criterion_main!(all);
