//! The instant at which the note becomes public, watched from outside by somebody who asks for it
//! all the time; and the note as machines read it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::ideal::{CVE, TITLE};
use crate::support::{http, now};

/// By then the note must be there.
const LATEST: SignedDuration = SignedDuration::from_secs(2);

/// Asks for the note every 50 ms, from one second before its instant until it is there.
pub(crate) async fn watch(host: &str, slug: &str, instant: Timestamp) {
    let path = format!("/vuls/{slug}");
    let left = instant.duration_since(now()) - SignedDuration::from_secs(1);
    let left = Duration::try_from(left).expect("there is a second left to watch");
    tokio::time::sleep(left).await;
    let mut n_missing = 0;
    loop {
        let asked = now();
        let answer = http::get(host, &path).expect("the server answers");
        let answered = now();
        match answer.status {
            404 => {
                n_missing += 1;
                assert!(!answer.body.contains(TITLE), "a page that is not there names the note");
                let late = asked.duration_since(instant);
                assert!(late < LATEST, "the note was not there at {asked}, due at {instant}");
            }
            200 => {
                assert!(answered >= instant, "the note was there at {answered}, due at {instant}");
                assert!(answer.body.contains(TITLE), "the note has no title");
                let late = answered.duration_since(instant);
                println!("the note was there {late:#} after its instant, {n_missing} asked before");
                break;
            }
            other => panic!("{path} was answered {other} at {answered}:\n{}", answer.body),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(n_missing >= 5, "the instant was missed: only {n_missing} asked before it");
    let list = http::get(host, "/vuls/").expect("the server answers");
    assert!(list.body.contains(TITLE), "the note is not in the list");
}

/// Machines read the same.
pub(crate) fn json_is_right(host: &str, slug: &str, instant: Timestamp) {
    let answer = http::get(host, &format!("/vuls/{slug}/json")).expect("the server answers");
    assert_eq!(answer.status, 200);
    let note: Value = serde_json::from_str(&answer.body).expect("JSON");
    let said = |name: &str| note[name].as_str().unwrap_or_default().to_owned();
    assert_eq!(said("vuid"), slug.replace('-', "#"), "{note:#}");
    assert_eq!(said("name"), TITLE, "{note:#}");
    assert_eq!(note["cveids"], json!([CVE]), "{note:#}");
    assert!(said("overview").contains("Update to 4.3."), "{note:#}");
    let published: Timestamp = said("publicdate").parse().expect("an instant");
    let late = published.duration_since(instant);
    assert!(!late.is_negative() && late < LATEST, "published at {published}, due at {instant}");
}
