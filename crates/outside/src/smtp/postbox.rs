//! Two ways of having no relay: a box that keeps letters for a test to read, and nowhere at all.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Failure, NotTaken, Parcel, Post, Taken};

/// Keeps what it was given, and answers as it was told to; for tests.
#[derive(Debug, Default)]
pub struct PostBox {
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    kept: Vec<Parcel>,
    tried: usize,
    mood: Mood,
    moods: HashMap<String, Mood>,
}

/// How a [`PostBox`] answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// It takes the letter.
    #[default]
    Takes,
    /// It says to come again.
    Defers,
    /// It says no.
    Refuses,
    /// It takes the letter, and the connection breaks before it can say so.
    Breaks,
}

impl PostBox {
    /// From now on, answers so to everything that has no answer of its own.
    pub fn answer(&self, mood: Mood) {
        self.inside().mood = mood;
    }

    /// From now on, answers so to letters for this address.
    pub fn answer_for(&self, to: &str, mood: Mood) {
        self.inside().moods.insert(to.to_owned(), mood);
    }

    /// What it has taken so far, in order.
    pub fn parcels(&self) -> Vec<Parcel> {
        self.inside().kept.clone()
    }

    /// What it has taken since the last time, in order.
    pub fn empty(&self) -> Vec<Parcel> {
        std::mem::take(&mut self.inside().kept)
    }

    /// How often something was handed to it, taken or not.
    pub fn n_tried(&self) -> usize {
        self.inside().tried
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hand_over(&self, parcel: &Parcel) -> Result<Taken, NotTaken> {
        let mut inside = self.inside();
        inside.tried += 1;
        let mood = inside.moods.get(&parcel.to).copied().unwrap_or(inside.mood);
        match mood {
            Mood::Takes => {
                inside.kept.push(parcel.clone());
                Ok(Taken { answer: "250 taken".to_owned() })
            }
            Mood::Defers => Err(NotTaken::new(Failure::Later, "451 come again")),
            Mood::Refuses => Err(NotTaken::new(Failure::Never, "550 no")),
            Mood::Breaks => {
                inside.kept.push(parcel.clone());
                Err(NotTaken::new(Failure::InDoubt, "the connection broke"))
            }
        }
    }
}

impl Post for PostBox {
    fn send<'a>(
        &'a self,
        parcel: &'a Parcel,
    ) -> Pin<Box<dyn Future<Output = Result<Taken, NotTaken>> + Send + 'a>> {
        Box::pin(async { self.hand_over(parcel) })
    }
}

/// The post of a server that has no relay: every letter waits.
#[derive(Debug, Clone, Copy, Default)]
pub struct Nowhere;

impl Post for Nowhere {
    fn send<'a>(
        &'a self,
        _parcel: &'a Parcel,
    ) -> Pin<Box<dyn Future<Output = Result<Taken, NotTaken>> + Send + 'a>> {
        Box::pin(async { Err(NotTaken::new(Failure::Later, "no relay is configured")) })
    }
}
