//! What the public gets from servers as an operator starts them: several of them on one PostgreSQL
//! around the instant of a note, killed and with clocks that are wrong; and one behind TLS, judged by
//! programs that nobody here wrote. Where something is missing
//! the test says that it was skipped.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "these are tests throughout, helpers included"
)]

mod cast;
mod checker;
#[path = "../support/database.rs"]
mod database;
mod front;
#[path = "../support/http.rs"]
mod http;
mod instant;
mod node;
mod poll;
#[path = "../support/program.rs"]
mod program;
mod provider;

use jiff::Timestamp;

/// The time, by the clock that the servers and the database go by as well.
#[expect(clippy::disallowed_methods, reason = "servers of their own are watched in real time")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}
