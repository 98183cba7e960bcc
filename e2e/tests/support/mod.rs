//! What a story needs around it: the program under test, a mail relay, a browser, a database. All
//! of it is real, and all of it is gone when the story ends, however it ends.

pub(crate) mod browser;
pub(crate) mod database;
pub(crate) mod driver;
pub(crate) mod http;
pub(crate) mod look;
pub(crate) mod program;
pub(crate) mod relay;
pub(crate) mod server;
pub(crate) mod tools;

use std::time::Duration;

use jiff::Timestamp;

/// The time, by the clock that the server under test goes by as well.
#[expect(clippy::disallowed_methods, reason = "a story with a real server is told in real time")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// Asks every 50 ms until there is an answer; none after so many seconds.
pub(crate) async fn within<T>(seconds: u64, mut ask: impl FnMut() -> Option<T>) -> Option<T> {
    for _ in 0..seconds * 20 {
        if let Some(answer) = ask() {
            return Some(answer);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    ask()
}
