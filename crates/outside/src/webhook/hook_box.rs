//! Two ways of having no network: a box that keeps messages for a test to read, and none at all.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::{Address, Answer, Courier, Message};

/// Keeps what it was given, and answers as it was told to; for tests.
#[derive(Debug, Default)]
pub struct HookBox {
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    kept: Vec<Message>,
    statuses: HashMap<String, Option<u16>>,
}

impl HookBox {
    /// From now on, the host answers with this status, or not at all.
    pub fn answer_for(&self, host: &str, status: Option<u16>) {
        self.inside().statuses.insert(host.to_owned(), status);
    }

    /// What was handed to it since the last time, taken or not, in order.
    pub fn empty(&self) -> Vec<Message> {
        std::mem::take(&mut self.inside().kept)
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn status_of(&self, to: &Address) -> Option<u16> {
        self.inside().statuses.get(to.host()).copied().unwrap_or(Some(204))
    }
}

impl Courier for HookBox {
    fn deliver<'a>(
        &'a self,
        message: &'a Message,
    ) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        self.inside().kept.push(message.clone());
        let took = Duration::from_millis(20);
        let answer = match self.status_of(&message.to) {
            Some(status) => Answer::of_status(status, took),
            None => Answer::none("did not answer in time", took),
        };
        Box::pin(std::future::ready(answer))
    }

    fn look_up<'a>(
        &'a self,
        to: &'a Address,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>> {
        let found = self.status_of(to).map(drop).ok_or_else(|| "there is no such host".to_owned());
        Box::pin(std::future::ready(found))
    }
}

/// The courier of a server that calls nobody: every message waits.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWay;

const NO_WAY: &str = "this server calls no web addresses";

impl Courier for NoWay {
    fn deliver<'a>(
        &'a self,
        _message: &'a Message,
    ) -> Pin<Box<dyn Future<Output = Answer> + Send + 'a>> {
        Box::pin(std::future::ready(Answer::none(NO_WAY, Duration::ZERO)))
    }

    fn look_up<'a>(
        &'a self,
        _to: &'a Address,
    ) -> Pin<Box<dyn Future<Output = Result<(), String>> + Send + 'a>> {
        Box::pin(std::future::ready(Err(NO_WAY.to_owned())))
    }
}
