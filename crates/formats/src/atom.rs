//! A feed of notes as Atom (RFC 4287), in pages where there are many (RFC 5005, 3). What a reader
//! sees is the note as HTML, and its overview as text before that; a character that XML forbids
//! never comes through, whatever a note holds.

use crate::feed::{self, Feed, content};
use crate::public_note::PublicNote;
use crate::xml::escaped;

/// What a server calls an Atom feed.
pub const MEDIA_TYPE: &str = "application/atom+xml; charset=utf-8";

/// The feed as Atom.
pub fn write(feed: &Feed<'_>) -> Vec<u8> {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n");
    xml.push_str("<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
    element(&mut xml, "id", &feed.links.first);
    element(&mut xml, "title", &feed.title());
    element(&mut xml, "updated", &feed::instant(feed.updated_at()));
    xml.push_str("<author>");
    element(&mut xml, "name", &feed.publisher.name);
    element(&mut xml, "uri", &feed.publisher.base_url);
    xml.push_str("</author>\n");
    links(&mut xml, feed);
    for note in &feed.notes {
        entry(&mut xml, feed, note);
    }
    xml.push_str("</feed>\n");
    xml.into_bytes()
}

fn links(xml: &mut String, feed: &Feed<'_>) {
    let links = &feed.links;
    link(xml, "self", "application/atom+xml", &links.own);
    link(xml, "alternate", "text/html", &feed.home());
    if links.previous.is_some() || links.next.is_some() {
        link(xml, "first", "application/atom+xml", &links.first);
    }
    for (relation, address) in [("previous", &links.previous), ("next", &links.next)] {
        if let Some(address) = address {
            link(xml, relation, "application/atom+xml", address);
        }
    }
}

fn entry(xml: &mut String, feed: &Feed<'_>, note: &PublicNote) {
    let name = feed.name(note);
    xml.push_str("<entry>\n");
    element(xml, "id", &name);
    element(xml, "title", &feed.headline(note));
    link(xml, "alternate", "text/html", &name);
    element(xml, "published", &feed::instant(note.first_published_at));
    element(xml, "updated", &feed::instant(feed::updated_at(note)));
    for cve in feed::cves(note) {
        xml.push_str(&format!("<category term=\"{}\"/>\n", escaped(cve)));
    }
    if let Some(summary) = feed::summary(note) {
        element(xml, "summary", &summary);
    }
    let html = content::html(note, &name);
    xml.push_str(&format!("<content type=\"html\">{}</content>\n</entry>\n", escaped(&html)));
}

fn element(xml: &mut String, name: &str, text: &str) {
    xml.push_str(&format!("<{name}>{}</{name}>\n", escaped(text)));
}

fn link(xml: &mut String, relation: &str, media_type: &str, address: &str) {
    let address = escaped(address);
    xml.push_str(&format!("<link rel=\"{relation}\" type=\"{media_type}\" href=\"{address}\"/>\n"));
}

#[cfg(test)]
mod tests;
