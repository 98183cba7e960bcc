//! The memory of public answers, by address. It holds one edition: the first request after
//! something was published finds it empty. It is bounded, and forgets everything when it is full.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use store::PublicStore;
use tokio::sync::{Mutex as Line, MutexGuard as Turn};

use super::Answer;
use super::asked::Asked;

/// How many bytes of answers are kept at most.
const MOST_BYTES: usize = 64 << 20;

/// How many answers are kept at most: an address can be written in many ways.
const MOST_ANSWERS: usize = 4096;

/// A longer answer is made each time.
const LONGEST: usize = 8 << 20;

/// In so many lines those wait who ask for what is being made.
const LINES: usize = 64;

/// Public answers, and the door behind which it is known whether they are still true.
#[derive(Debug)]
pub(crate) struct Kept {
    door: PublicStore,
    shelf: Mutex<Shelf>,
    lines: [Line<()>; LINES],
    places: RandomState,
}

/// Whether somebody else was making something meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waited {
    Yes,
    No,
}

#[derive(Debug, Default)]
struct Shelf {
    edition: i64,
    answers: HashMap<String, Arc<Answer>>,
    bytes: usize,
}

/// Answers from memory what everyone may read; finishes what the pages say is for everyone.
pub(crate) async fn answer(
    State(kept): State<Arc<Kept>>,
    request: Request,
    next: Next,
) -> Response {
    let mut asked = Asked::of(&request);
    let Some(address) = asked.address.take() else {
        let mut response = next.run(request).await;
        let answer = response.extensions_mut().remove::<Arc<Answer>>();
        return answer.map_or(response, |answer| asked.served(&answer));
    };
    // The edition is asked for before the answer is made, so that the answer is never older. If
    // it cannot be told, the page will say what is wrong.
    let mut edition = kept.door.edition().await.ok();
    if let Some(answer) = kept.found(&address, edition) {
        return asked.served(&answer);
    }
    // One makes it, and those who ask meanwhile wait: a list of all notes takes its time.
    let (turn, waited) = kept.turn(&address).await;
    if waited == Waited::Yes {
        edition = kept.door.edition().await.ok();
        if let Some(answer) = kept.found(&address, edition) {
            return asked.served(&answer);
        }
    }
    let mut response = next.run(request).await;
    let answer = response.extensions_mut().remove::<Arc<Answer>>();
    let Some(answer) = answer else { return response };
    let Some(edition) = edition else { return asked.served(&answer) };
    let answer = kept.keep(address, edition, &answer);
    drop(turn);
    asked.served(&answer)
}

impl Kept {
    /// Nothing yet.
    pub(crate) fn new(door: PublicStore) -> Arc<Self> {
        let lines = std::array::from_fn(|_| Line::default());
        Arc::new(Self { door, shelf: Mutex::default(), lines, places: RandomState::new() })
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The turn to make the answer of an address, if it is one that many ask for.
    async fn turn(&self, address: &str) -> (Option<Turn<'_, ()>>, Waited) {
        let public = ["/vuls/", "/feed.", "/.well-known/"];
        if !public.iter().any(|start| address.starts_with(start)) {
            return (None, Waited::No);
        }
        let place = usize::try_from(self.places.hash_one(address)).unwrap_or(0) % LINES;
        let Some(line) = self.lines.get(place) else { return (None, Waited::No) };
        match line.try_lock() {
            Ok(turn) => (Some(turn), Waited::No),
            Err(_) => (Some(line.lock().await), Waited::Yes),
        }
    }

    fn found(&self, address: &str, edition: Option<i64>) -> Option<Arc<Answer>> {
        let shelf = self.shelf();
        if Some(shelf.edition) == edition { shelf.answers.get(address).cloned() } else { None }
    }

    /// The answer, packed once for all who can unpack it.
    fn keep(&self, address: String, edition: i64, answer: &Answer) -> Arc<Answer> {
        let (headers, tag) = (answer.headers.clone(), answer.tag.clone());
        let answer = Arc::new(Answer { headers, tag, said: answer.said.packed() });
        self.shelf().put(address, edition, &answer);
        answer
    }
}

impl Shelf {
    fn put(&mut self, address: String, edition: i64, answer: &Arc<Answer>) {
        let size = answer.size() + address.len();
        let full = self.bytes + size > MOST_BYTES || self.answers.len() >= MOST_ANSWERS;
        // An edition only counts up; who has made an answer of an older one comes too late.
        if edition > self.edition || full {
            *self = Self { edition: edition.max(self.edition), ..Self::default() };
        }
        if edition < self.edition || size > LONGEST {
            return;
        }
        let length = address.len();
        if let Some(before) = self.answers.insert(address, Arc::clone(answer)) {
            self.bytes -= before.size() + length;
        }
        self.bytes += size;
    }
}

#[cfg(test)]
mod tests;
