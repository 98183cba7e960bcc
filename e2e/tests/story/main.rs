//! Stories from outside: people with browsers of their own, a mail relay that takes what is sent,
//! the program as an operator starts it, on both databases. Where a tool is missing the story says
//! that it was skipped.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these are tests throughout, helpers included"
)]

mod coordinator;
mod ideal;
mod instant;
mod letters;
mod reporter;
#[path = "../support/mod.rs"]
mod support;
mod vendor;

use support::database::Database;
use support::driver::Scripts;
use support::tools::Tools;

/// On SQLite, with pages whose script runs. This telling also looks at every page.
#[tokio::test]
async fn the_ideal_process_on_sqlite_with_scripts() {
    let Some(tools) = Tools::find() else { return };
    ideal::tell(&tools, None, Scripts::On).await;
}

/// On PostgreSQL, with browsers in which no script runs.
#[tokio::test]
async fn the_ideal_process_on_postgres_without_scripts() {
    let Some(tools) = Tools::find() else { return };
    let Some(database) = Database::new("ombud_story").await else { return };
    ideal::tell(&tools, Some(&database.url()), Scripts::Off).await;
    database.drop().await;
}
