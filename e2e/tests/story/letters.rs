//! Every letter that went out, judged as a whole: who got which, and what none of them says.

use std::time::Duration;

use expect_test::expect;

use crate::ideal::{ACME, BOLT, CVE, FLAW, PRODUCT, RAW, REPORTER, TITLE};
use crate::support::relay::{Letter, Relay};
use crate::{reporter, vendor};

/// Where the vendor reads mail who does not answer.
const BOLT_ADDRESS: &str = "psirt@bolt.example";

/// Judges them.
pub(crate) async fn are_right(relay: &Relay) {
    for whom in [reporter::ADDRESS, vendor::ADDRESS, BOLT_ADDRESS] {
        relay.letter(whom, "The note is published").await;
    }
    // None may come after these; what would, has come by then.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let letters = relay.letters();
    for letter in &letters {
        for secret in [PRODUCT, "Tallyho", TITLE, RAW, FLAW, CVE, REPORTER, ACME, BOLT] {
            assert!(
                !letter.whole.contains(secret),
                "the letter to {} says “{secret}”:\n{}",
                letter.to,
                letter.whole
            );
        }
    }
    // What one decision says to several is sent in any order.
    let subjects_to = |whom: &str| {
        let theirs = letters.iter().filter(|letter| letter.to == whom);
        let mut subjects: Vec<String> = theirs.map(|letter| shape(letter) + "\n").collect();
        subjects.sort();
        subjects.concat()
    };
    expect![["
        [R-…] We have your report
        [VU#…] A date is agreed
        [VU#…] A date is agreed
        [VU#…] Please answer a proposed date by …
        [VU#…] Please read a draft
        [VU#…] Publication is planned
        [VU#…] The note is published
        [VU#…] We are taking on your report
    "]]
    .assert_eq(&subjects_to(reporter::ADDRESS));
    expect![["
        [VU#…] A date is agreed
        [VU#…] Action needed
        [VU#…] Please answer a proposed date by …
        [VU#…] Please read a draft
        [VU#…] Publication is planned
        [VU#…] The note is published
    "]]
    .assert_eq(&subjects_to(vendor::ADDRESS));
    expect![["
        [VU#…] A date is agreed
        [VU#…] Action needed
        [VU#…] Please answer a proposed date by …
        [VU#…] Publication is planned
        [VU#…] The note is published
    "]]
    .assert_eq(&subjects_to(BOLT_ADDRESS));
    let known = [
        reporter::ADDRESS,
        vendor::ADDRESS,
        BOLT_ADDRESS,
        "team@northlake.example",
        "lee@northlake.example",
    ];
    for letter in &letters {
        assert!(known.contains(&letter.to.as_str()), "who is {}?", letter.to);
        shape(letter);
    }
}

/// The subject, without what is different each time. One that is not of the grammar stops the
/// story: `[HANDLE] words of our own`, and perhaps ` by ` and a day. A letter about somebody's own
/// account names no case.
fn shape(letter: &Letter) -> String {
    let subject = &letter.subject;
    let parts = subject.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let (handle, words) = parts.unwrap_or_else(|| panic!("no subject of ours: {subject}"));
    let kind = match handle.strip_prefix("VU#") {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => "VU#…",
        None if handle.starts_with("R-") => "R-…",
        None if handle == "ACCOUNT" => "ACCOUNT",
        Some(_) | None => panic!("no handle of ours: {subject}"),
    };
    let is_day = |day: &str| day.parse::<jiff::civil::Date>().is_ok() && day.len() == 10;
    match words.rsplit_once(" by ") {
        Some((words, day)) if is_day(day) => format!("[{kind}] {words} by …"),
        Some(_) | None => format!("[{kind}] {words}"),
    }
}
