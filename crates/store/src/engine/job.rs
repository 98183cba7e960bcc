//! A transaction on its way to a thread: the closure, and the one who waits for its answer.
//!
//! Running and answering are two steps, because the answer waits for the commit.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::oneshot;

use super::queue::Queue;
use super::{Access, Tx, Verdict};
use crate::error::{Result, StoreError};

/// A transaction to be run.
pub(crate) trait Job: Send {
    /// What it may do.
    fn access(&self) -> Access;

    /// Whether nobody waits for the answer any more.
    fn abandoned(&self) -> bool;

    /// Runs the closure. A panic in it is an error like others: the thread serves on.
    fn run(&mut self, tx: &mut Tx) -> Verdict;

    /// Tells the caller: what the closure returned, or why that could not be kept.
    fn answer(self: Box<Self>, kept: Result<()>);
}

/// A job of one closure.
pub(crate) struct Work<F, T, E> {
    access: Access,
    closure: Option<F>,
    returned: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Work<F, T, E> {
    pub(crate) fn new(access: Access, closure: F) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        (Self { access, closure: Some(closure), returned: None, reply }, answer)
    }
}

impl<F, T, E> Job for Work<F, T, E>
where
    F: FnOnce(&mut Tx) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn access(&self) -> Access {
        self.access
    }

    fn abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(&mut self, tx: &mut Tx) -> Verdict {
        let Some(closure) = self.closure.take() else { return Verdict::Undo };
        let mut returned = catch_unwind(AssertUnwindSafe(|| closure(tx))).unwrap_or_else(|_| {
            tracing::error!("the code inside a transaction panicked");
            Err(StoreError::Panicked.into())
        });
        if returned.is_ok() && tx.failed() {
            returned = Err(StoreError::Failed.into());
        }
        let verdict = if returned.is_ok() { Verdict::Keep } else { Verdict::Undo };
        self.returned = Some(returned);
        verdict
    }

    fn answer(self: Box<Self>, kept: Result<()>) {
        let returned = match kept {
            Ok(()) => self.returned.unwrap_or_else(|| Err(StoreError::Failed.into())),
            Err(error) => Err(error.into()),
        };
        // A caller who has gone away does not want to know.
        drop(self.reply.send(returned));
    }
}

/// Serves a queue with one connection, which is opened for the first job and again when it breaks.
pub(crate) fn serve(queue: &Queue, open: impl Fn() -> Result<Tx>) {
    let mut connection = None;
    while let Some(jobs) = queue.take(1) {
        for job in jobs {
            one(&mut connection, &open, job);
        }
    }
}

fn one(connection: &mut Option<Tx>, open: &impl Fn() -> Result<Tx>, mut job: Box<dyn Job>) {
    let mut tx = match begin(connection.take(), open, job.access()) {
        Ok(tx) => tx,
        Err(error) => return job.answer(Err(error)),
    };
    let verdict = job.run(&mut tx);
    let ended = tx.end(verdict);
    // What could not be undone is undone by the database when the connection closes.
    if ended.is_ok() && !tx.broken() {
        *connection = Some(tx);
    }
    job.answer(if verdict == Verdict::Keep { ended } else { Ok(()) });
}

/// A transaction on the connection at hand, or on a new one: a connection that broke while it
/// waited has not begun anything, so nobody needs to hear of it.
fn begin(at_hand: Option<Tx>, open: &impl Fn() -> Result<Tx>, access: Access) -> Result<Tx> {
    if let Some(mut tx) = at_hand
        && tx.begin(access).is_ok()
    {
        return Ok(tx);
    }
    let mut tx = open()?;
    tx.begin(access)?;
    Ok(tx)
}
