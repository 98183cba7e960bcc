//! The shape of a small feed, and that odd notes stay within XML.

mod judges;

use expect_test::expect;
use proptest::prelude::*;

use super::*;
use crate::feed::tests::{feed, note, publisher};
use crate::feed::{Links, Subject};
use crate::sample::odd_note;

fn text(feed: &Feed<'_>) -> String {
    String::from_utf8(write(feed)).unwrap()
}

#[test]
fn a_feed_of_one_note() {
    let publisher = publisher();
    let mut note = note("4711", "03-01");
    note.vulnerabilities.clear();
    note.vendors.clear();
    expect![[r#"
        <?xml version="1.0" encoding="utf-8"?>
        <feed xmlns="http://www.w3.org/2005/Atom">
        <id>https://cert.example/vuls/feed.atom</id>
        <title>Kettle &amp; Lid CERT: vulnerability notes</title>
        <updated>2026-03-01T12:00:00Z</updated>
        <author><name>Kettle &amp; Lid CERT</name>
        <uri>https://cert.example</uri>
        </author>
        <link rel="self" type="application/atom+xml" href="https://cert.example/vuls/feed.atom"/>
        <link rel="alternate" type="text/html" href="https://cert.example/vuls/"/>
        <entry>
        <id>https://cert.example/vuls/VU-4711</id>
        <title>VU#4711: Kettle boils over</title>
        <link rel="alternate" type="text/html" href="https://cert.example/vuls/VU-4711"/>
        <published>2026-03-01T12:00:00Z</published>
        <updated>2026-03-01T12:00:00Z</updated>
        <summary>The lid may fly off.</summary>
        <content type="html">&lt;h2&gt;Overview&lt;/h2&gt;
        &lt;p&gt;The lid &lt;em&gt;may&lt;/em&gt; fly off.&lt;/p&gt;
        &lt;h2&gt;References&lt;/h2&gt;
        &lt;ul&gt;
        &lt;li&gt;&lt;a href=&quot;https://acme.example/kettle&quot;&gt;https://acme.example/kettle&lt;/a&gt;&lt;/li&gt;
        &lt;/ul&gt;
        </content>
        </entry>
        </feed>
    "#]]
    .assert_eq(&text(&feed(&publisher, vec![&note])));
}

#[test]
fn a_page_points_to_its_neighbours_and_keeps_the_feeds_id() {
    let publisher = publisher();
    let mut second = feed(&publisher, vec![]);
    second.subject = Subject::Vendor("A <b> & C".to_owned());
    second.links = Links {
        own: "https://cert.example/f?p=2&x".to_owned(),
        first: "https://cert.example/f".to_owned(),
        previous: Some("https://cert.example/f?p=1".to_owned()),
        next: Some("https://cert.example/f?p=3".to_owned()),
    };
    let xml = text(&second);
    for expected in [
        "<id>https://cert.example/f</id>",
        "that name A &lt;b&gt; &amp; C</title>",
        "rel=\"self\" type=\"application/atom+xml\" href=\"https://cert.example/f?p=2&amp;x\"",
        "rel=\"first\" type=\"application/atom+xml\" href=\"https://cert.example/f\"",
        "rel=\"previous\" type=\"application/atom+xml\" href=\"https://cert.example/f?p=1\"",
        "rel=\"next\" type=\"application/atom+xml\" href=\"https://cert.example/f?p=3\"",
    ] {
        assert!(xml.contains(expected), "{expected} in {xml}");
    }
}

#[test]
fn both_directions_of_writing_come_through() {
    let publisher = publisher();
    let mut note = note("4711", "03-01");
    note.title = "שלום \u{202b}مرحبا\u{202c}\u{8}".to_owned();
    let xml = text(&feed(&publisher, vec![&note]));
    assert!(xml.contains("<title>VU#4711: שלום \u{202b}مرحبا\u{202c}</title>"), "{xml}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn odd_notes_hold_nothing_that_xml_forbids(note in odd_note()) {
        let publisher = publisher();
        let xml = text(&feed(&publisher, vec![&note]));
        let forbidden = |found: char| (found < ' ' && !"\t\n".contains(found)) || "\u{fffe}\u{ffff}".contains(found);
        prop_assert!(!xml.contains(forbidden));
        prop_assert_eq!(xml.matches("<entry>").count(), 1);
        prop_assert_eq!(xml.matches('<').count(), xml.matches('>').count());
    }
}
