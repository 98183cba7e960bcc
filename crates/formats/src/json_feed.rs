//! A feed of notes as JSON Feed 1.1: the same notes, names and words as in Atom.

use serde_json::{Map, Value, json};

use crate::feed::{self, Feed, content};
use crate::public_note::PublicNote;

/// What a server calls a JSON feed.
pub const MEDIA_TYPE: &str = "application/feed+json; charset=utf-8";

/// The feed as JSON Feed 1.1.
pub fn write(feed: &Feed<'_>) -> Vec<u8> {
    let items = feed.notes.iter().map(|note| item(feed, note));
    let mut written = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title(),
        "home_page_url": feed.home(),
        "feed_url": feed.links.own,
        "authors": [{ "name": feed.publisher.name, "url": feed.publisher.base_url }],
        "items": items.collect::<Vec<_>>(),
    });
    if let Some(next) = &feed.links.next {
        written["next_url"] = json!(next);
    }
    written.to_string().into_bytes()
}

fn item(feed: &Feed<'_>, note: &PublicNote) -> Value {
    let name = feed.name(note);
    let mut item = Map::from_iter([
        ("id".to_owned(), json!(name)),
        ("url".to_owned(), json!(name)),
        ("title".to_owned(), json!(feed.headline(note))),
        ("content_html".to_owned(), json!(content::html(note, &name))),
        ("date_published".to_owned(), json!(feed::instant(note.first_published_at))),
        ("date_modified".to_owned(), json!(feed::instant(feed::updated_at(note)))),
    ]);
    let tags: Vec<&str> = feed::cves(note).collect();
    if !tags.is_empty() {
        item.insert("tags".to_owned(), json!(tags));
    }
    if let Some(summary) = feed::summary(note) {
        item.insert("summary".to_owned(), json!(summary));
    }
    Value::Object(item)
}

#[cfg(test)]
mod tests;
