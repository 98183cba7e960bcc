//! The memory of public answers, by address. It holds one edition: the first request after
//! something was published finds it empty. It is bounded, and forgets everything when it is full.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use flate2::Compression;
use flate2::write::GzEncoder;
use store::PublicStore;

use super::asked::Asked;
use super::{Answer, WORTH_PACKING};

/// How many bytes of answers are kept at most.
const MOST_BYTES: usize = 64 << 20;

/// How many answers are kept at most: an address can be written in many ways.
const MOST_ANSWERS: usize = 4096;

/// A longer answer is made each time.
const LONGEST: usize = 4 << 20;

/// Public answers, and the door behind which it is known whether they are still true.
#[derive(Debug)]
pub(crate) struct Kept {
    door: PublicStore,
    shelf: Mutex<Shelf>,
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
    // The edition is asked for before the answer is made, so that the answer is never older. If
    // it cannot be told, the page will say what is wrong.
    let edition = match &asked.address {
        Some(_) => kept.door.edition().await.ok(),
        None => None,
    };
    let place = asked.address.take().zip(edition);
    if let Some((address, edition)) = &place
        && let Some(answer) = kept.found(address, *edition)
    {
        return asked.served(&answer);
    }
    let mut response = next.run(request).await;
    let Some(answer) = response.extensions_mut().remove::<Arc<Answer>>() else { return response };
    match place {
        Some((address, edition)) => asked.served(&kept.keep(address, edition, &answer)),
        None => asked.served(&answer),
    }
}

impl Kept {
    /// Nothing yet.
    pub(crate) fn new(door: PublicStore) -> Arc<Self> {
        Arc::new(Self { door, shelf: Mutex::default() })
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn found(&self, address: &str, edition: i64) -> Option<Arc<Answer>> {
        let shelf = self.shelf();
        if shelf.edition == edition { shelf.answers.get(address).cloned() } else { None }
    }

    /// The answer, packed once for all who can unpack it.
    fn keep(&self, address: String, edition: i64, answer: &Answer) -> Arc<Answer> {
        let answer = Arc::new(packed(answer));
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

fn packed(answer: &Answer) -> Answer {
    let packed = gzip(&answer.plain).filter(|packed| packed.len() < answer.plain.len());
    Answer {
        headers: answer.headers.clone(),
        tag: answer.tag.clone(),
        plain: answer.plain.clone(),
        packed: packed.map(Into::into),
    }
}

fn gzip(plain: &[u8]) -> Option<Vec<u8>> {
    if plain.len() < WORTH_PACKING {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok()
}

#[cfg(test)]
mod tests;
