//! Somebody who asks one server for everything of one note, over and over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::cast::Armed;
use crate::{http, now};

/// What is asked for, with the digits of the number for `{}`, and what tells that the note is there.
const ADDRESSES: [(&str, Sign); 9] = [
    ("/vuls/VU-{}", Sign::Word),
    ("/vuls/", Sign::Word),
    ("/vuls/?q=overflow", Sign::Word),
    ("/feed.atom", Sign::Word),
    ("/feed.json", Sign::Word),
    ("/vuls/VU-{}/json", Sign::Word),
    ("/vuls/VU-{}/csaf", Sign::Word),
    ("/vuls/VU-{}/csaf-2.1", Sign::Word),
    ("/.well-known/csaf/v2.0/white/index.txt", Sign::Digits),
];

#[derive(Clone, Copy)]
enum Sign {
    Word,
    Digits,
}

/// One answer.
struct Seen {
    address: usize,
    asked: Timestamp,
    answered: Timestamp,
    there: bool,
}

/// What became of the server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It answers to the end.
    Survives,
    /// It does not.
    Killed,
}

/// Whoever asks, until told to stop.
pub(crate) struct Poller {
    node: String,
    thread: JoinHandle<Vec<Seen>>,
    stop: Arc<AtomicBool>,
}

impl Poller {
    /// Begins to ask a server, every five milliseconds or as fast as it answers.
    pub(crate) fn start(node: &str, host: String, armed: &Armed) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let (digits, word) = (armed.digits.clone(), armed.word.clone());
        let thread = thread::spawn(move || {
            let mut seen = vec![];
            for address in (0..ADDRESSES.len()).cycle() {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let (path, sign) = ADDRESSES[address];
                let asked = now();
                // A server that was killed answers nothing.
                let Ok(answer) = http::get(&host, &path.replace("{}", &digits)) else { break };
                let sign = match sign {
                    Sign::Word => &word,
                    Sign::Digits => &digits,
                };
                assert!(answer.status < 500, "{path} was answered {}", answer.status);
                let there = answer.body.contains(sign);
                seen.push(Seen { address, asked, answered: now(), there });
                thread::sleep(Duration::from_millis(5));
            }
            seen
        });
        Self { node: node.to_owned(), thread, stop }
    }

    /// Stops, and looks at what was seen: nothing before the instant; everything a second after
    /// it, unless the server was killed. Says how late the latest address was.
    pub(crate) fn judge(self, at: Timestamp, fate: Fate) {
        self.stop.store(true, Ordering::Relaxed);
        let seen = self.thread.join().expect("nobody got a broken answer");
        let before = seen.iter().filter(|seen| seen.answered < at).count();
        let mut latest = SignedDuration::ZERO;
        for (number, (address, _)) in ADDRESSES.iter().enumerate() {
            let of_it = || seen.iter().filter(|seen| seen.address == number);
            let node = &self.node;
            for seen in of_it() {
                let early = seen.there && seen.answered < at;
                assert!(!early, "{node}{address} told of it at {}, due at {at}", seen.answered);
                let late = seen.asked.duration_since(at) >= SignedDuration::from_secs(1);
                assert!(seen.there || !late, "{node}{address} did not tell at {}", seen.asked);
            }
            let first = of_it().find(|seen| seen.there);
            assert!(first.is_some() || fate == Fate::Killed, "{node}{address} never told of it");
            if let Some(first) = first {
                latest = latest.max(first.answered.duration_since(at));
            }
        }
        assert!(before >= ADDRESSES.len(), "{} was hardly asked before the instant", self.node);
        let fate = match fate {
            Fate::Survives => "told of all of it after",
            Fate::Killed => "was killed; it told after",
        };
        println!(
            "{} was asked {} times, {before} before; {fate} {latest:#}",
            self.node,
            seen.len()
        );
    }
}
