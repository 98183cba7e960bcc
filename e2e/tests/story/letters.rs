//! Every letter that went out, judged as a whole: who got which, and what none of them says.

use expect_test::expect;

use crate::ideal::{ACME, BOLT, CVE, FLAW, PRODUCT, REPORTER, TITLE};
use crate::support::relay::{Letter, Relay};
use crate::{reporter, vendor};

/// Judges them.
pub(crate) async fn are_right(relay: &Relay) {
    for whom in [reporter::ADDRESS, vendor::ADDRESS, "psirt@bolt.example"] {
        relay.letter(whom, "The note is published").await;
    }
    let letters = relay.letters();
    for letter in &letters {
        for secret in [PRODUCT, "Tallyho", TITLE, FLAW, CVE, REPORTER, ACME, BOLT] {
            assert!(
                !letter.whole.contains(secret),
                "the letter to {} says “{secret}”:\n{}",
                letter.to,
                letter.whole
            );
        }
    }
    let subjects_to = |whom: &str| {
        let theirs = letters.iter().filter(|letter| letter.to == whom);
        theirs.map(|letter| shape(letter) + "\n").collect::<String>()
    };
    expect![[r""]].assert_eq(&subjects_to(reporter::ADDRESS));
    expect![[r""]].assert_eq(&subjects_to(vendor::ADDRESS));
    expect![[r""]].assert_eq(&subjects_to("psirt@bolt.example"));
    let known = [
        reporter::ADDRESS,
        vendor::ADDRESS,
        "psirt@bolt.example",
        "team@northlake.example",
        "lee@northlake.example",
    ];
    for letter in &letters {
        assert!(known.contains(&letter.to.as_str()), "who is {}?", letter.to);
        shape(letter);
    }
}

/// The subject, without what is different each time. One that is not of the grammar stops the
/// story: `[HANDLE] words of our own`, and perhaps ` by ` and a day.
fn shape(letter: &Letter) -> String {
    let subject = &letter.subject;
    let parts = subject.strip_prefix('[').and_then(|rest| rest.split_once("] "));
    let (handle, words) = parts.unwrap_or_else(|| panic!("no subject of ours: {subject}"));
    let kind = match handle.strip_prefix("VU#") {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => "VU#…",
        None if handle.starts_with("R-") => "R-…",
        Some(_) | None => panic!("no handle of ours: {subject}"),
    };
    let is_day = |day: &str| day.parse::<jiff::civil::Date>().is_ok() && day.len() == 10;
    match words.rsplit_once(" by ") {
        Some((words, day)) if is_day(day) => format!("[{kind}] {words} by …"),
        Some(_) | None => format!("[{kind}] {words}"),
    }
}
