use app::Error;
use app::duties::Done;

use super::{Duty, ended};
use crate::meters::Outcome;

#[tokio::test]
async fn a_duty_that_panics_or_fails_ends_there_and_is_told_apart() {
    let panics = async { panic!("it breaks off") };
    assert_eq!(ended("test", panics).await, Outcome::Panicked);
    assert_eq!(ended("test", async { Err(Error::NotFound) }).await, Outcome::Failed);
    let done = Done { done: 1, failed: 2, ..Done::default() };
    assert_eq!(ended("test", async move { Ok(done) }).await, Outcome::Ran(done));
}

#[test]
fn every_duty_runs_and_has_a_name_of_its_own() {
    let mut names: Vec<_> = Duty::ALL.iter().map(|duty| duty.name()).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Duty::ALL.len());
}
