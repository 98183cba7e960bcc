//! The structure that JSON Feed 1.1 asks for, held by odd notes too.

use proptest::prelude::*;
use serde_json::Value;

use super::*;
use crate::feed::tests::{feed, note, publisher};
use crate::judge;
use crate::sample::{odd_note, odd_notes};

fn read(feed: &Feed<'_>) -> Value {
    serde_json::from_slice(&write(feed)).unwrap()
}

#[test]
fn an_item_says_what_the_entry_of_atom_says() {
    let publisher = publisher();
    let note = note("4711", "03-01");
    let mut page = feed(&publisher, vec![&note]);
    page.links.next = Some("https://cert.example/next".to_owned());
    let read = read(&page);
    assert_eq!(read["next_url"], "https://cert.example/next");
    assert_eq!(read["feed_url"], "https://cert.example/vuls/feed.atom");
    let item = &read["items"][0];
    assert_eq!(item["id"], "https://cert.example/vuls/VU-4711");
    assert_eq!(item["title"], "VU#4711: Kettle boils over");
    assert_eq!(item["tags"], json!(["CVE-1900-0001"]));
    assert_eq!(item["summary"], "The lid may fly off.");
    assert_eq!(item["date_modified"], "2026-03-01T12:00:00Z");
}

/// The faults of a feed, by the text of JSON Feed 1.1.
pub(crate) fn faults(feed: &Value) -> Vec<String> {
    let mut faults = vec![];
    let mut check = |fine: bool, what: &str| {
        if !fine {
            faults.push(what.to_owned());
        }
    };
    check(feed["version"] == "https://jsonfeed.org/version/1.1", "version");
    check(feed["title"].is_string(), "title");
    for key in ["home_page_url", "feed_url", "next_url"] {
        let address = &feed[key];
        check(address.is_null() || address.as_str().is_some_and(|it| it.starts_with("http")), key);
    }
    for item in feed["items"].as_array().into_iter().flatten() {
        check(item["id"].as_str().is_some_and(|id| !id.is_empty()), "id");
        check(item["content_html"].is_string() || item["content_text"].is_string(), "content");
        for key in ["date_published", "date_modified"] {
            let date = item[key].as_str().map(str::parse::<jiff::Timestamp>);
            check(date.is_none_or(|date| date.is_ok()), key);
        }
        let tags = item["tags"].as_array();
        check(tags.is_none_or(|tags| tags.iter().all(Value::is_string)), "tags");
    }
    check(feed["items"].is_array(), "items");
    faults
}

#[test]
fn a_fault_is_found() {
    let feed = json!({ "version": "https://jsonfeed.org/version/1", "items": [{ "id": 3 }] });
    assert_eq!(faults(&feed), ["version", "title", "id", "content"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn odd_notes_keep_the_structure(note in odd_note()) {
        let publisher = publisher();
        prop_assert_eq!(faults(&read(&feed(&publisher, vec![&note]))), [] as [String; 0]);
    }
}

const ATOMA: &str = "
import sys, json, atoma
feed = atoma.parse_json_feed_bytes(sys.stdin.buffer.read())
print(json.dumps({
    'version': feed.version, 'title': feed.title, 'feed': feed.feed_url, 'home': feed.home_page_url,
    'items': [{
        'id': item.id_, 'url': item.url, 'title': item.title, 'summary': item.summary, 'tags': item.tags,
        'published': item.date_published.isoformat(), 'modified': item.date_modified.isoformat(),
        'html': item.content_html,
    } for item in feed.items],
}))";

#[test]
fn a_reader_sees_what_was_written() {
    let publisher = publisher();
    let note = note("4711", "03-01");
    let Some(seen) = judge::python("atoma", ATOMA, &write(&feed(&publisher, vec![&note]))) else {
        return;
    };
    assert_eq!(seen["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(seen["title"], "Kettle & Lid CERT: vulnerability notes");
    assert_eq!(seen["feed"], "https://cert.example/vuls/feed.atom");
    let item = &seen["items"][0];
    assert_eq!([&item["id"], &item["url"]], ["https://cert.example/vuls/VU-4711"; 2]);
    assert_eq!(item["title"], "VU#4711: Kettle boils over");
    assert_eq!(item["summary"], "The lid may fly off.");
    assert_eq!(item["tags"], json!(["CVE-1900-0001"]));
    assert_eq!(item["published"], "2026-03-01T12:00:00+00:00");
    assert!(item["html"].as_str().unwrap().contains("<p>The lid <em>may</em> fly off.</p>"));
}

#[test]
fn a_reader_can_read_odd_notes() {
    let publisher = publisher();
    let odd = odd_notes(40);
    let written = write(&feed(&publisher, odd.iter().collect()));
    let Some(seen) = judge::python("atoma", ATOMA, &written) else { return };
    assert_eq!(seen["items"].as_array().unwrap().len(), odd.len());
}
