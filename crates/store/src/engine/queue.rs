//! Jobs waiting for a thread: bounded, so that a crowd gets a clear "busy" instead of a slow death.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::job::Job;
use crate::error::StoreError;

/// How many jobs may wait. With group commit this is a fraction of a second of work.
pub(crate) const LIMIT: usize = 1024;

/// A queue and the threads that serve it, which start when they are first needed.
pub(crate) struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
    most_threads: usize,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Box<dyn Job>>,
    threads: usize,
    idle: usize,
    closed: bool,
}

/// Whether a pushed job needs another thread to be started.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Pushed {
    Enough,
    StartThread,
}

impl Queue {
    pub(crate) fn new(most_threads: usize) -> Arc<Self> {
        let (state, arrived) = (Mutex::default(), Condvar::new());
        Arc::new(Self { state, arrived, most_threads })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code of others runs under this lock, so a poisoned one is still whole.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Puts a job in line, or gives it back with the reason.
    pub(crate) fn push(&self, job: Box<dyn Job>) -> Result<Pushed, (Box<dyn Job>, StoreError)> {
        let mut state = self.state();
        if state.closed {
            return Err((job, StoreError::Closed));
        }
        if state.jobs.len() >= LIMIT {
            return Err((job, StoreError::Busy));
        }
        state.jobs.push_back(job);
        let start = state.jobs.len() > state.idle && state.threads < self.most_threads;
        if start {
            state.threads += 1;
        }
        drop(state);
        self.arrived.notify_one();
        Ok(if start { Pushed::StartThread } else { Pushed::Enough })
    }

    /// A thread could not be started or has ended: if it was the last, nobody would answer the jobs
    /// that wait, so they are given back.
    pub(crate) fn lost_thread(&self) -> Vec<Box<dyn Job>> {
        let mut state = self.state();
        state.threads = state.threads.saturating_sub(1);
        if state.threads == 0 { state.jobs.drain(..).collect() } else { Vec::new() }
    }

    /// Waits for jobs and takes up to `most`; `None` when the queue is closed and empty.
    /// Jobs whose callers have gone away are dropped: none of their statements has run.
    pub(crate) fn take(&self, most: usize) -> Option<Vec<Box<dyn Job>>> {
        let mut state = self.state();
        loop {
            state.jobs.retain(|job| !job.abandoned());
            if !state.jobs.is_empty() {
                let count = most.min(state.jobs.len());
                return Some(state.jobs.drain(..count).collect());
            }
            if state.closed {
                return None;
            }
            state.idle += 1;
            state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }

    /// Takes no more jobs; those in line are still done.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.arrived.notify_all();
    }
}

#[cfg(test)]
mod tests;
