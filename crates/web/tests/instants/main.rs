//! The instant, many times over: two or three nodes on one database, whose clocks are wrong and
//! jump, and people who move, end, hold and approve around it, with transactions that fail, runs
//! that are abandoned and nodes that crash. After every step everyone asks every node.
//!
//! What must hold: nothing of a note is seen before the clock of the database has reached its
//! instant; it is seen everywhere after the first run by then of a node whose clock has too; every
//! revision goes out once. A run that breaks this names its seed: `OMBUD_INSTANT_SEED` repeats it.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these are tests throughout, helpers included"
)]

mod chance;
mod door;
mod steps;
mod world;

use std::sync::mpsc;
use std::time::Duration;

use app::duties::end_and_publish;
use chance::Chance;
use store::{Schema, Store};
use world::{World, n_public};

/// How many steps are taken in a run.
const STEPS: u64 = 16;

/// Says which run it was, if it does not end well.
struct Named(u64);

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("this was the run with OMBUD_INSTANT_SEED={}", self.0);
        }
    }
}

/// What a duty could not do is told with a run that fails.
fn logged() {
    drop(tracing_subscriber::fmt().with_writer(std::io::stderr).try_init());
}

/// So many runs, one after the other on the same database. Says how many notes went out.
async fn runs(world: &mut World, first: u64, count: u64) -> u32 {
    let asked = std::env::var("OMBUD_INSTANT_SEED").ok().and_then(|seed| seed.parse().ok());
    let mut published = 0;
    for seed in first..first + count {
        if asked.is_some_and(|asked: u64| asked != seed) {
            continue;
        }
        let _named = Named(seed);
        let mut chance = Chance::of(seed);
        world.begin(&mut chance).await;
        for _ in 0..STEPS {
            world.step(&mut chance).await;
            world.look(&mut chance).await;
        }
        published += world.end(&mut chance).await;
    }
    world.is_sound().await;
    published
}

/// A quarter of them, on five databases, so that no list grows long.
async fn on_sqlite(quarter: u64) {
    logged();
    let mut published = 0;
    for first in (250 * quarter..).step_by(50).take(5) {
        let n_nodes = if first.is_multiple_of(100) { 2 } else { 3 };
        let mut world = World::open(&[Store::scratch_sqlite().await.unwrap()], n_nodes).await;
        published += runs(&mut world, first, 50).await;
    }
    enough(published, 100);
}

/// A test in which nothing goes out proves nothing.
fn enough(published: u32, least: u32) {
    println!("{published} revisions went out");
    assert!(std::env::var_os("OMBUD_INSTANT_SEED").is_some() || published > least, "{published}");
}

#[tokio::test]
async fn a_first_quarter_of_a_thousand_runs_on_sqlite() {
    on_sqlite(0).await;
}

#[tokio::test]
async fn a_second_quarter_of_a_thousand_runs_on_sqlite() {
    on_sqlite(1).await;
}

#[tokio::test]
async fn a_third_quarter_of_a_thousand_runs_on_sqlite() {
    on_sqlite(2).await;
}

#[tokio::test]
async fn the_last_quarter_of_a_thousand_runs_on_sqlite() {
    on_sqlite(3).await;
}

#[tokio::test]
async fn fifty_runs_on_postgres_with_a_store_for_each_node() {
    logged();
    let Some(schema) = Schema::new().unwrap() else { return };
    let mut stores = vec![];
    for _ in 0..3 {
        stores.push(Store::open(&schema.place()).await.unwrap());
    }
    let mut world = World::open(&stores, 3).await;
    let published = runs(&mut world, 1000, 50).await;
    enough(published, 15);
    world.close().await;
}

/// The case is brought out by one node while another has run so many statements of the same. Nothing if
/// there are not so many, or nothing to bring out.
async fn overtaken(world: &mut World, statement: u64) -> Option<u32> {
    world.begin(&mut Chance::of(statement)).await;
    let Some(due) = world.case().await.publishes_at() else { return Some(0) };
    world.clock.set(due);
    let (other, runtime) = (world.nodes[1].site.duty(), tokio::runtime::Handle::current());
    let (say, heard) = mpsc::channel();
    let (begin, begun) = mpsc::channel();
    world.nodes[0].site.store.meanwhile(statement, move || {
        let (tell, told) = mpsc::channel();
        runtime.spawn(async move {
            let done = end_and_publish(&other).await.unwrap();
            let _ = tell.send(());
            let _ = say.send(done);
        });
        let _ = begin.send(());
        // It may have to wait until this transaction ends: then it comes second.
        let _ = told.recv_timeout(Duration::from_millis(60));
    });
    let first = end_and_publish(&world.nodes[0].site.duty()).await.unwrap();
    begun.try_recv().ok()?;
    let heard = tokio::task::spawn_blocking(move || heard.recv_timeout(Duration::from_secs(30)));
    let second = heard.await.unwrap().unwrap();
    let failed = (first.failed, second.failed);
    assert_eq!(failed, (0, 0), "who is second does nothing (before statement {statement})");
    let public = n_public(&world.case().await);
    assert_eq!(public, 1, "it goes out, and once (before statement {statement})");
    Some(public)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whenever_another_node_is_faster_the_second_does_nothing() {
    logged();
    let Some(schema) = Schema::new().unwrap() else { return };
    let stores =
        [Store::open(&schema.place()).await.unwrap(), Store::open(&schema.place()).await.unwrap()];
    let mut world = World::open(&stores, 2).await;
    let (mut published, mut statement) = (0, 1);
    while let Some(public) = overtaken(&mut world, statement).await {
        published += public;
        statement += 1;
    }
    world.is_sound().await;
    println!("{published} notes went out while the other node had run 1 to {statement} statements");
    assert!(published > 10, "{published}");
    world.close().await;
}
