//! A note as JSON-LD in the words of schema.org, for the script element of its page: search
//! engines read there what the page is about. Nothing in it can end that element.

use serde_json::{Value, json};

use crate::feed;
use crate::public_note::{PublicNote, Publisher};
use crate::xml;

/// The note as JSON-LD that may stand inside a script element.
pub fn write(note: &PublicNote, publisher: &Publisher) -> String {
    let team = json!({
        "@type": "Organization",
        "name": publisher.name,
        "url": publisher.base_url,
    });
    let page = publisher.page(note);
    let mut written = json!({
        "@context": "https://schema.org",
        "@type": "TechArticle",
        "@id": page,
        "url": page,
        "identifier": publisher.number(note),
        "headline": xml::one_line(&note.title),
        "datePublished": feed::instant(note.first_published_at),
        "dateModified": feed::instant(feed::updated_at(note)),
        "version": note.revision.to_string(),
        "author": team,
        "publisher": team,
        "about": feed::cves(note).map(about).collect::<Vec<_>>(),
    });
    if let Some(summary) = feed::summary(note) {
        written["description"] = json!(summary);
    }
    if !note.keywords.is_empty() {
        written["keywords"] = json!(note.keywords);
    }
    harmless(&written.to_string())
}

fn about(cve: &str) -> Value {
    json!({
        "@type": "Thing",
        "name": cve,
        "identifier": cve,
        "sameAs": format!("https://www.cve.org/CVERecord?id={cve}"),
    })
}

/// In JSON these characters stand in strings alone, where they may be written as numbers; then
/// neither `</script>` nor `<!--` can appear.
fn harmless(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests;
