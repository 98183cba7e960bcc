//! How long the store takes: an entry of a journal, a case of 500 vendors, a case of 10,000 entries,
//! pages of 10,000 and 100,000 cases. On SQLite, and on PostgreSQL where `OMBUD_TEST_POSTGRES`
//! names one. Half of the cases are taken on, and one of them is told to a vendor, so that a filter
//! has both many and few to find.
#![expect(clippy::unwrap_used, reason = "a measurement that fails should stop")]
#![expect(clippy::print_stdout, reason = "what was measured beside is said")]
#![expect(clippy::cast_precision_loss, reason = "a rate need not be exact")]

use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use domain::case::{CaseKind, Phase};
use domain::{Case, CaseNumber, Event};
use store::{CaseFilter, Cursor, Page, Sight, Store, Tx, Vault, sample};
use tokio::runtime::Runtime;

/// How many cases the lists have, and how many of them one transaction begins.
const CASES: [u64; 2] = [10_000, 100_000];
const AT_ONCE: u64 = 500;

/// How many entries the long journal has.
const ENTRIES: u64 = 10_000;

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
    folding(criterion, runtime, engine, &store());
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

fn folding(criterion: &mut Criterion, runtime: &Runtime, engine: &str, store: &Store) {
    let vault = sample::vault(1);
    let id = sample::case_id(1);
    let written = store.write(move |tx: &mut Tx| {
        sample::begin(tx, &vault, 1)?;
        for hundred in 0..ENTRIES / 100 {
            let body = sample::id(1, 1 << 50 | hundred);
            let title = tx.keep_body(&vault, id, body, "A title")?;
            sample::happen(tx, id, vec![Event::TitleChanged { title }; 100])?;
        }
        Ok::<_, store::StoreError>(())
    });
    runtime.block_on(written).unwrap();
    let read = || store.read(move |tx: &mut Tx| tx.journal(id, 0, u32::MAX));
    let journal = runtime.block_on(read()).unwrap();
    criterion.bench_function(&format!("{engine}: read a journal of {ENTRIES} entries"), |bench| {
        bench.iter(|| runtime.block_on(read()).unwrap());
    });
    criterion.bench_function(&format!("{engine}: load the case of {ENTRIES} entries"), |bench| {
        bench.iter(|| {
            let loaded = store.read(move |tx: &mut Tx| tx.case(id));
            runtime.block_on(loaded).unwrap().unwrap()
        });
    });
    if engine == "sqlite" {
        criterion.bench_function(&format!("fold {ENTRIES} entries"), |bench| {
            bench.iter(|| Case::fold(&journal).unwrap());
        });
        criterion.bench_function(&format!("check the chain of {ENTRIES} entries"), |bench| {
            bench.iter(|| domain::journal::verify(&journal).unwrap());
        });
    }
}

fn listing(criterion: &mut Criterion, runtime: &Runtime, engine: &str, store: &Store) {
    let mut there = 0;
    for cases in CASES {
        let begun = Instant::now();
        fill(runtime, store, there + 1..=cases);
        let rate = (cases - there) as f64 / begun.elapsed().as_secs_f64();
        println!("{engine}: begun {} cases, {rate:.0} in a second", cases - there);
        there = cases;
        for (what, phase, deep) in [
            ("first page", None, false),
            ("deep page", None, true),
            ("first page of a phase of half of them", Some(Phase::Report), false),
            ("deep page of a phase of half of them", Some(Phase::Report), true),
            ("page of a phase of one of them", Some(Phase::Fix), false),
        ] {
            let before = if deep { Some(middle(runtime, store, cases)) } else { None };
            let before_run = store.statements_run();
            page(runtime, store, phase, before);
            let statements = store.statements_run() - before_run;
            assert_eq!(statements, 1, "{what}");
            criterion.bench_function(&format!("{engine}, {cases} cases: {what}"), |bench| {
                bench.iter(|| page(runtime, store, phase, before));
            });
        }
        criterion.bench_function(&format!("{engine}, {cases} cases: cases due"), |bench| {
            bench.iter(|| {
                let due = store.read(|tx: &mut Tx| {
                    tx.cases_due("end_and_publish", sample::at(1 << 30), None, 100)
                });
                runtime.block_on(due).unwrap()
            });
        });
    }
}

/// Begins these cases, some hundred in a transaction. Every second one is taken on; the first of
/// them all is told to a vendor.
fn fill(runtime: &Runtime, store: &Store, numbers: std::ops::RangeInclusive<u64>) {
    let vault = sample::vault(1);
    for first in numbers.clone().step_by(usize::try_from(AT_ONCE).unwrap()) {
        let (with, last) = (vault.clone(), (first + AT_ONCE - 1).min(*numbers.end()));
        let begun = store.write(move |tx: &mut Tx| {
            for n in first..=last {
                match n {
                    1 => sample::begin_with_vendors(tx, &with, n, 1)?,
                    n if n % 2 == 0 => sample::begin(tx, &with, n)?,
                    n => accepted(tx, &with, n)?,
                };
            }
            Ok::<_, store::StoreError>(())
        });
        runtime.block_on(begun).unwrap();
    }
}

fn accepted(tx: &mut Tx, vault: &Vault, n: u64) -> Result<Case, store::StoreError> {
    let id = sample::begin(tx, vault, n)?.id;
    let number = CaseNumber::new("VU", u32::try_from(n).unwrap());
    sample::happen(tx, id, vec![Event::CaseAccepted { number, case_kind: CaseKind::Coordinate }])
}

/// A place in the middle of the list: the cases of one kind were all touched at one time, so ids
/// decide.
fn middle(runtime: &Runtime, store: &Store, cases: u64) -> Cursor {
    let id = sample::case_id((cases / 2) & !1);
    let (case, _) = runtime.block_on(store.read(move |tx: &mut Tx| tx.case(id))).unwrap().unwrap();
    Cursor { updated_at: case.report.received_at, id }
}

fn page(runtime: &Runtime, store: &Store, phase: Option<Phase>, before: Option<Cursor>) {
    let filter = CaseFilter { sight: Sight::Everything, phase: phase.into_iter().collect() };
    let page = Page { before, limit: 50 };
    let listed = store.read(move |tx: &mut Tx| tx.cases_for(&filter, &page));
    let wanted = if phase == Some(Phase::Fix) { 1 } else { 50 };
    assert_eq!(runtime.block_on(listed).unwrap().len(), wanted);
}

/// Few samples: some of these take long, and all of them share a machine.
fn settings() -> Criterion {
    let settings = Criterion::default().sample_size(20);
    settings.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3))
}

criterion_group!(name = all; config = settings(); targets = benches);
criterion_main!(all);
