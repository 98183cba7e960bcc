//! A note as HTML for a reader of feeds: the sections, the vulnerabilities, who is affected, the
//! references. A note may name more than a thousand vendors, so each group of them is cut short
//! and points to the page; statements are read there.

use crate::markdown::{self, escaped};
use crate::public_note::{PublicNote, PublicVulnerability, Section, VendorStatus};
use crate::xml;

/// How many vendors of one status are named.
const MOST_VENDORS: usize = 50;

/// The note as HTML; `page` is where all of it is read.
pub(crate) fn html(note: &PublicNote, page: &str) -> String {
    let mut html = String::new();
    for (section, text) in &note.sections {
        if *section != Section::Author {
            html.push_str(&format!("<h2>{}</h2>\n", section.heading()));
        }
        html.push_str(&markdown::html(text));
    }
    if !note.vulnerabilities.is_empty() {
        html.push_str("<h2>Vulnerabilities</h2>\n");
        note.vulnerabilities.iter().for_each(|one| vulnerability(&mut html, one));
    }
    vendors(&mut html, note, page);
    list(&mut html, "References", note.references.iter().map(|line| reference(line)));
    html
}

fn vulnerability(html: &mut String, one: &PublicVulnerability) {
    let cve = one.cve.as_deref().unwrap_or("No CVE ID yet");
    let weakness = one.cwe.as_ref().map(|cwe| format!(", {}", line(cwe))).unwrap_or_default();
    html.push_str(&format!("<h3>{}{weakness}</h3>\n", line(cve)));
    if !one.identifiers.is_empty() {
        let called: Vec<_> = one.identifiers.iter().map(|other| line(&other.to_string())).collect();
        html.push_str(&format!("<p>Also called {}</p>\n", called.join(", ")));
    }
    html.push_str(&markdown::html(&one.description));
}

fn vendors(html: &mut String, note: &PublicNote, page: &str) {
    for (status, heading) in [
        (VendorStatus::Affected, "Affected vendors"),
        (VendorStatus::NotAffected, "Vendors that are not affected"),
        (VendorStatus::Unknown, "Vendors whose status is unknown"),
    ] {
        let of_status = note.vendors.iter().filter(|vendor| vendor.overall() == status);
        let names: Vec<&str> = of_status.map(|vendor| vendor.name.as_str()).collect();
        let shown = names.iter().take(MOST_VENDORS).map(|name| line(name));
        let left = names.len().saturating_sub(MOST_VENDORS);
        let rest = (left > 0).then(|| {
            format!("and {left} more, <a href=\"{}\">listed in the note</a>", escaped(page))
        });
        list(html, heading, shown.chain(rest));
    }
}

/// A list under its heading; nothing where there is nothing to list.
fn list(html: &mut String, heading: &str, items: impl Iterator<Item = String>) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return;
    }
    html.push_str(&format!("<h2>{heading}</h2>\n<ul>\n"));
    items.for_each(|item| html.push_str(&format!("<li>{item}</li>\n")));
    html.push_str("</ul>\n");
}

fn reference(text: &str) -> String {
    let text = line(text);
    let is_an_address = markdown::is_harmless(&text) && !text.contains(' ');
    if is_an_address { format!("<a href=\"{text}\">{text}</a>") } else { text }
}

fn line(text: &str) -> String {
    escaped(&xml::one_line(text))
}
