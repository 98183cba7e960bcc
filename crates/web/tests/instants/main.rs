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

use chance::Chance;
use store::{Schema, Store};
use world::World;

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
