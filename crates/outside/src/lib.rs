//! One small module for each outside system: a trait, the real client, a double for tests. None
//! of them knows what a case is.

#![forbid(unsafe_code)]

pub mod smtp;
pub mod webhook;
