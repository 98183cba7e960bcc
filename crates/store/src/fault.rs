//! What a test does to a store: a transaction that fails where the test says or in the middle of which
//! something else happens, and a database whose clock shows what the test wants. Only for tests.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use crate::engine::{Tx, Verdict};
use crate::{Result, Store, StoreError};

/// Where the next writing transaction fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// After so many statements that went well.
    After(u32),
    /// The connection breaks before it is kept.
    BeforeCommit,
    /// It is kept, and the connection breaks before anybody hears of it.
    AfterCommit,
}

type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

type Meanwhile = Box<dyn FnOnce() + Send>;

/// What a test has laid upon a store.
#[derive(Default)]
pub(crate) struct Laid {
    fault: Mutex<Option<Fault>>,
    clock: Mutex<Option<Clock>>,
    meanwhile: Mutex<Option<(u64, Meanwhile)>>,
}

impl fmt::Debug for Laid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Laid").finish_non_exhaustive()
    }
}

impl Laid {
    pub(crate) fn take_fault(&self) -> Option<Fault> {
        self.fault.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// A transaction that may write is about to run its statement of this number.
    pub(crate) fn at_statement(&self, number: u64) {
        let mut laid = self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner);
        let it_is_time = laid.as_ref().is_some_and(|(at, _)| *at == number);
        let happens = laid.take_if(|_| it_is_time);
        drop(laid);
        if let Some((_, happens)) = happens {
            happens();
        }
    }

    pub(crate) fn clock(&self) -> Option<Timestamp> {
        let clock = self.clock.lock().unwrap_or_else(PoisonError::into_inner).clone();
        clock.map(|now| now())
    }
}

impl Store {
    /// Lets the next transaction that may write fail, or takes that back.
    pub fn fail_next_write(&self, fault: Option<Fault>) {
        *self.laid().fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// Lets something happen before the statement of this number, from 1, of the next transaction that
    /// may write and has so many.
    pub fn meanwhile(&self, statement: u64, what: impl FnOnce() + Send + 'static) {
        let laid = (statement, Box::new(what) as Meanwhile);
        *self.laid().meanwhile.lock().unwrap_or_else(PoisonError::into_inner) = Some(laid);
    }

    /// Lets the database show this time, on SQLite too.
    pub fn pretend_clock(&self, clock: impl Fn() -> Timestamp + Send + Sync + 'static) {
        *self.laid().clock.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(clock));
    }
}

impl Tx {
    /// Whether this statement is the one that fails.
    pub(crate) fn trips(&mut self) -> bool {
        match &mut self.fault {
            Some(Fault::After(0)) => {
                self.fault = None;
                true
            }
            Some(Fault::After(left)) => {
                *left -= 1;
                false
            }
            Some(Fault::BeforeCommit | Fault::AfterCommit) | None => false,
        }
    }

    /// Ends the transaction as it was to fail; nothing if it was not to.
    pub(crate) fn end_badly(&mut self, verdict: Verdict) -> Option<Result<()>> {
        let kept = match (verdict, self.fault.take()?) {
            (Verdict::Keep, Fault::BeforeCommit) => Verdict::Undo,
            (Verdict::Keep, Fault::AfterCommit) => Verdict::Keep,
            _ => return None,
        };
        let broken = || StoreError::Unsure(Arc::new(std::io::Error::other("a test broke it")));
        Some(self.end(kept).and_then(|()| Err(broken())))
    }
}
