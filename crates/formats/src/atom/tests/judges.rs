//! Two readers of feeds that we did not write.

use serde_json::{Value, json};

use super::*;
use crate::json_feed;
use crate::judge;
use crate::sample::odd_notes;

const FEEDPARSER: &str = "
import sys, json, feedparser
feed = feedparser.parse(sys.stdin.buffer.read(), sanitize_html=False, resolve_relative_uris=False)
print(json.dumps({
    'fault': repr(feed.get('bozo_exception')) if feed.bozo else None,
    'version': feed.version,
    'id': feed.feed.id,
    'links': sorted([link.rel, link.href] for link in feed.feed.links),
    'entries': [{
        'id': entry.id, 'link': entry.link, 'title': entry.title,
        'published': entry.published, 'updated': entry.updated, 'summary': entry.get('summary'),
        'content': entry.content[0].value, 'type': entry.content[0].type,
    } for entry in feed.entries],
}))";

const ATOMA: &str = "
import sys, json, atoma
feed = atoma.parse_atom_bytes(sys.stdin.buffer.read())
print(json.dumps({
    'id': feed.id_,
    'links': sorted([link.rel, link.href] for link in feed.links),
    'entries': [{
        'id': entry.id_, 'link': entry.links[0].href, 'title': entry.title.value,
        'published': entry.published.isoformat(), 'updated': entry.updated.isoformat(),
        'content': entry.content.value if entry.content else '',
        'categories': [category.term for category in entry.categories],
    } for entry in feed.entries],
}))";

#[test]
fn two_readers_see_what_was_written() {
    let publisher = publisher();
    let (mut one, two) = (note("4711", "03-02"), note("4712", "03-01"));
    one.title = "<b>Kettle</b> & lid \u{8} שלום".to_owned();
    let mut page = feed(&publisher, vec![&one, &two]);
    page.links.next = Some("https://cert.example/vuls/feed-2.atom".to_owned());
    let atom = write(&page);
    let first = "https://cert.example/vuls/VU-4711";
    let links = json!([
        ["alternate", "https://cert.example/vuls/"],
        ["first", "https://cert.example/vuls/feed.atom"],
        ["next", "https://cert.example/vuls/feed-2.atom"],
        ["self", "https://cert.example/vuls/feed.atom"],
    ]);
    if let Some(seen) = judge::python("feedparser", FEEDPARSER, &atom) {
        assert_eq!(seen["fault"], Value::Null);
        assert_eq!(seen["version"], "atom10");
        assert_eq!(seen["links"], links);
        let entry = &seen["entries"][0];
        assert_eq!([&entry["id"], &entry["link"]], [first, first]);
        assert_eq!(entry["title"], "VU#4711: <b>Kettle</b> & lid שלום");
        assert_eq!(entry["published"], "2026-03-02T12:00:00Z");
        assert_eq!(entry["summary"], "The lid may fly off.");
        assert_eq!(entry["type"], "text/html");
        assert!(
            entry["content"].as_str().unwrap().contains("<p>The lid <em>may</em> fly off.</p>")
        );
        assert_eq!(seen["entries"][1]["id"], "https://cert.example/vuls/VU-4712");
    }
    if let Some(seen) = judge::python("atoma", ATOMA, &atom) {
        assert_eq!(seen["id"], "https://cert.example/vuls/feed.atom");
        assert_eq!(seen["links"], links);
        let entry = &seen["entries"][0];
        assert_eq!([&entry["id"], &entry["link"]], [first, first]);
        assert_eq!(entry["title"], "VU#4711: <b>Kettle</b> & lid שלום");
        assert_eq!(entry["updated"], "2026-03-02T12:00:00+00:00");
        assert_eq!(entry["categories"], json!(["CVE-1900-0001"]));
    }
}

/// Every element is closed in its place, and which elements and attributes there are.
const HTML: &str = "
import sys, json
from html.parser import HTMLParser
VOID = {'br', 'hr', 'img'}
class Reader(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.faults, self.seen = [], [], set()
    def handle_starttag(self, tag, attributes):
        self.seen.update([tag] + [tag + ' ' + name for name, _ in attributes])
        if tag not in VOID:
            self.open.append(tag)
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)
faults, seen = [], set()
for text in json.load(sys.stdin):
    reader = Reader()
    reader.feed(text)
    reader.close()
    faults += reader.faults + reader.open
    seen |= reader.seen
print(json.dumps({'faults': faults, 'seen': sorted(seen)}))";

/// What the words of people may become.
const HARMLESS: [&str; 32] = [
    "a",
    "a href",
    "a title",
    "blockquote",
    "br",
    "code",
    "code class",
    "del",
    "em",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "ol start",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "td style",
    "th",
    "th style",
    "thead",
    "tr",
    "ul",
    "section",
];

#[test]
fn two_readers_can_read_odd_notes() {
    let publisher = publisher();
    let odd = odd_notes(40);
    let atom = write(&feed(&publisher, odd.iter().collect()));
    if let Some(seen) = judge::python("feedparser", FEEDPARSER, &atom) {
        assert_eq!(seen["fault"], Value::Null);
        assert_eq!(seen["entries"].as_array().unwrap().len(), odd.len());
    }
    if let Some(seen) = judge::python("atoma", ATOMA, &atom) {
        assert_eq!(seen["entries"].as_array().unwrap().len(), odd.len());
    }
}

#[test]
fn the_html_of_odd_notes_is_closed_and_harmless() {
    let publisher = publisher();
    let odd = odd_notes(40);
    let feed: Value =
        serde_json::from_slice(&json_feed::write(&feed(&publisher, odd.iter().collect()))).unwrap();
    let texts: Vec<&Value> =
        feed["items"].as_array().unwrap().iter().map(|item| &item["content_html"]).collect();
    let input = serde_json::to_vec(&texts).unwrap();
    let Some(seen) = judge::python("feedparser", HTML, &input) else { return };
    assert_eq!(seen["faults"], json!([]));
    let strange = seen["seen"].as_array().unwrap().iter();
    let strange: Vec<_> =
        strange.filter(|one| !HARMLESS.contains(&one.as_str().unwrap())).collect();
    assert!(strange.is_empty(), "{strange:?}");
}
