use super::{LIMIT, Pushed, Queue};
use crate::engine::job::Work;
use crate::engine::{Access, Tx};
use crate::{Result, StoreError};

type Answer = tokio::sync::oneshot::Receiver<Result<()>>;

fn push(queue: &Queue) -> (Result<Pushed, StoreError>, Answer) {
    let (work, answer) = Work::new(Access::Read, |_: &mut Tx| Ok::<_, StoreError>(()));
    (queue.push(Box::new(work)).map_err(|(_, error)| error), answer)
}

#[test]
fn a_full_queue_says_that_it_is_busy() {
    let queue = Queue::new(1);
    let waiting: Vec<Answer> = (0..LIMIT)
        .map(|_| {
            let (pushed, answer) = push(&queue);
            pushed.unwrap();
            answer
        })
        .collect();
    assert!(matches!(push(&queue).0, Err(StoreError::Busy)));
    assert_eq!(queue.take(64).unwrap().len(), 64);
    assert!(push(&queue).0.is_ok());
    drop(waiting);
}

#[test]
fn threads_start_when_jobs_wait_and_never_more_than_allowed() {
    let queue = Queue::new(2);
    let pushed: Vec<_> = (0..3).map(|_| push(&queue)).collect();
    let started: Vec<bool> =
        pushed.iter().map(|(pushed, _)| matches!(pushed, Ok(Pushed::StartThread))).collect();
    assert_eq!(started, [true, true, false]);
}

#[test]
fn a_job_whose_caller_has_left_is_not_begun() {
    let queue = Queue::new(1);
    let (_, left) = push(&queue);
    let (_, waits) = push(&queue);
    drop(left);
    assert_eq!(queue.take(64).unwrap().len(), 1);
    drop(waits);
}

#[test]
fn a_closed_queue_gives_out_what_it_has_and_takes_nothing() {
    let queue = Queue::new(1);
    let (_, waits) = push(&queue);
    queue.close();
    assert!(matches!(push(&queue).0, Err(StoreError::Closed)));
    assert_eq!(queue.take(64).unwrap().len(), 1);
    assert!(queue.take(64).is_none());
    drop(waits);
}

#[test]
fn when_the_last_thread_is_lost_the_waiting_jobs_come_back() {
    let queue = Queue::new(2);
    let answers = [push(&queue), push(&queue)];
    assert!(queue.lost_thread().is_empty());
    assert_eq!(queue.lost_thread().len(), 2);
    assert!(matches!(push(&queue).0, Ok(Pushed::StartThread)));
    drop(answers);
}
