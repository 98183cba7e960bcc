//! Notes made up for the purpose, odd ones among them, and what every feed of them must keep.

use domain::status::ProductStatus;
use domain::version::Versions;

use super::*;
use crate::public_note::{Credit, PublicStatus, PublicVendor, PublicVulnerability, TimelineEntry};

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn publisher() -> Publisher {
    Publisher {
        name: "Kettle & Lid CERT".to_owned(),
        base_url: "https://cert.example".to_owned(),
        contact: "cert@cert.example".to_owned(),
        number_prefix: "VU#".to_owned(),
    }
}

/// A note that says little, published on this day of 2026 at noon.
pub(crate) fn note(number: &str, day: &str) -> PublicNote {
    let day = at(&format!("2026-{day}T12:00:00Z"));
    PublicNote {
        number: number.to_owned(),
        title: "Kettle boils over".to_owned(),
        sections: vec![(Section::Overview, "The lid *may* fly off.".to_owned())],
        vulnerabilities: vec![PublicVulnerability {
            local: 1,
            cve: Some("CVE-1900-0001".to_owned()),
            identifiers: vec![],
            description: "Steam gathers under the lid.".to_owned(),
            cwe: Some("CWE-79".to_owned()),
            scores: vec![],
            added_at: day,
            updated_at: day,
        }],
        vendors: vec![vendor("Acme", ProductStatus::Affected)],
        references: vec!["https://acme.example/kettle".to_owned()],
        keywords: vec![],
        credits: vec![Credit { name: "A. Finder".to_owned(), role: None }],
        scores: vec![],
        created_at: None,
        public_at: None,
        first_published_at: day,
        updated_at: day,
        revision: 1,
        timeline: vec![TimelineEntry { at: day, words: "This note was published.".to_owned() }],
        exploit_public_at: None,
        attacks_seen_at: None,
        revised_at: vec![],
        withdrawn: None,
    }
}

pub(crate) fn vendor(name: &str, status: ProductStatus) -> PublicVendor {
    let day = at("2026-03-01T12:00:00Z");
    PublicVendor {
        name: name.to_owned(),
        statuses: vec![PublicStatus {
            vulnerability: 1,
            product: None,
            status,
            versions: Versions::default(),
            statement: None,
            references: vec![],
            added_at: day,
            updated_at: day,
        }],
        statement: None,
        information: None,
        references: vec![],
        addendum: None,
        contacted_at: None,
        statement_at: None,
        updated_at: day,
    }
}

pub(crate) fn kettle() -> PublicProduct {
    let (id, name) = ("kettle-1".to_owned(), "Kettle".to_owned());
    PublicProduct { id, name, purl: None, cpe: None }
}

pub(crate) fn feed<'a>(publisher: &'a Publisher, notes: Vec<&'a PublicNote>) -> Feed<'a> {
    Feed {
        publisher,
        subject: Subject::All,
        names: Names::Page,
        links: Links::alone("https://cert.example/vuls/feed.atom"),
        notes,
        begun_at: at("2026-01-01T00:00:00Z"),
    }
}

#[test]
fn the_last_published_comes_first() {
    let notes = [note("9", "03-01"), note("10", "03-01"), note("8", "03-02"), note("7", "02-01")];
    let order: Vec<&str> = newest(&notes).iter().map(|note| note.number.as_str()).collect();
    assert_eq!(order, ["8", "10", "9", "7"]);
}

#[test]
fn a_summary_is_text_and_ends_between_words() {
    let mut long = note("1", "03-01");
    assert_eq!(summary(&long).as_deref(), Some("The lid may fly off."));
    long.sections[0].1 = "steam ".repeat(1_000);
    let short = summary(&long).unwrap();
    assert!(short.ends_with("steam…") && short.chars().count() <= 1_000, "{short}");
    long.sections.clear();
    assert_eq!(summary(&long), None);
}

#[test]
fn a_feed_without_notes_says_when_it_began() {
    let publisher = publisher();
    assert_eq!(feed(&publisher, vec![]).updated_at(), at("2026-01-01T00:00:00Z"));
}

#[test]
fn vinces_feed_has_the_fifteen_newest_under_vinces_names() {
    let publisher = publisher();
    let notes: Vec<PublicNote> =
        (1..=20).map(|day| note(&day.to_string(), &format!("03-{day:02}"))).collect();
    let feed = Feed::vince(&publisher, &notes, at("2026-01-01T00:00:00Z"));
    assert_eq!(feed.notes.len(), 15);
    assert_eq!(feed.name(feed.notes[0]), "https://cert.example/vuls/id/20");
    assert_eq!(feed.links.own, "https://cert.example/vuls/atomfeed/");
}

#[test]
fn a_long_list_of_vendors_is_cut_short_and_says_so() {
    let mut note = note("1", "03-01");
    note.vendors = (0..1_643).map(|n| vendor(&format!("V{n}"), ProductStatus::Affected)).collect();
    let html = content::html(&note, "https://cert.example/vuls/VU-1");
    assert!(html.contains("<li>V49</li>") && !html.contains("<li>V50</li>"), "{html}");
    assert!(html.contains("and 1593 more, <a href=\"https://cert.example/vuls/VU-1\">"), "{html}");
}
