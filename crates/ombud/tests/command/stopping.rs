//! A stop loses nothing: what was acknowledged before it is there after it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::data::{Data, on_both};
use super::{get, report};

/// How many write at once, and after how many acknowledgements the stop comes.
const WRITERS: usize = 6;
const BEFORE: usize = 30;

on_both! {
    fn nothing_acknowledged_is_lost_when_the_server_is_told_to_stop(data: &Data) {
        let server = data.serve();
        let at = server.address();
        let heard = Arc::new(AtomicUsize::new(0));
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let heard = Arc::clone(&heard);
                std::thread::spawn(move || {
                    let mut mine = vec![];
                    // Until the server is not there any more.
                    for turn in 0..20 {
                        let Some(reference) = report(at, &format!("{writer}x{turn}")) else { break };
                        mine.push(reference);
                        heard.fetch_add(1, Ordering::SeqCst);
                    }
                    mine
                })
            })
            .collect();
        let begun = Instant::now();
        while heard.load(Ordering::SeqCst) < BEFORE {
            assert!(begun.elapsed() < Duration::from_mins(1), "hardly anything was taken");
            std::thread::sleep(Duration::from_millis(1));
        }
        let (ended, took) = server.stop("-TERM");
        assert_eq!(ended.code(), Some(0));
        assert!(took < Duration::from_secs(10), "{took:?}");
        let acknowledged: Vec<_> =
            writers.into_iter().flat_map(|writer| writer.join().expect("it ends")).collect();
        assert!((BEFORE..WRITERS * 20).contains(&acknowledged.len()), "{}", acknowledged.len());

        let kept = data.references();
        for reference in &acknowledged {
            assert!(kept.contains(reference), "{reference} was acknowledged and is lost");
        }
        let said = data.run(&["verify"]);
        assert_eq!(said.code, Some(0), "{said:?}");
        assert_eq!(get(data.serve().address(), "/readyz").0, 200);
    }
}
