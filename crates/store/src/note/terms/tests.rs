use domain::Published;

use super::{NoteSearch, slots, tails};
use crate::samples::{id, write};
use crate::{Store, StoreError};

/// A published note with a title, a CVE ID and vendors.
fn note(number: u32, title: &str, published: &str, vendors: &[&str]) -> Published {
    let vendors: Vec<_> = vendors
        .iter()
        .map(|name| {
            serde_json::json!({
                "name": name, "status": { "is": "affected" }, "statuses": {},
                "notified_at": null, "updated_at": null, "statement": null, "references": [],
                "lines": [{
                    "ordinal": 1, "status": { "is": "affected" }, "versions": { "affected": [], "fixed": [] },
                    "at": "2026-01-01T00:00:00Z", "product": {
                        "id": "00000000-0000-0000-0000-000000000001", "name": format!("{name} Router"),
                        "purl": null, "cpe": null,
                    },
                }],
            })
        })
        .collect();
    let flaw = serde_json::json!({
        "ordinal": 1, "cve": format!("CVE-2026-{number}"), "cwe": null,
        "description": "Words of the description.", "vectors": [],
    });
    serde_json::from_value(serde_json::json!({
        "number": format!("VU#{number}"), "title": title, "sections": {},
        "vulnerabilities": [flaw], "scores": [], "vendors": vendors, "credit": null,
        "reported_at": "2026-01-01T00:00:00Z", "first_contact_at": null,
        "published_at": published, "updated_at": published, "revision": 1,
    }))
    .unwrap()
}

async fn publish(store: &Store, number: u32, note: Published) {
    write(store, move |tx| tx.publish_note(&note, id(number.into()), &[])).await;
}

/// The numbers that a search finds.
async fn found(store: &Store, words: &str, vendor: &str, year: Option<i16>) -> Vec<String> {
    let search = NoteSearch { words: words.to_owned(), vendor: vendor.to_owned(), year };
    let rows = store.public().read(move |public| public.search(&search, None, 30)).await.unwrap();
    rows.into_iter().map(|row| row.number.to_string()).collect()
}

async fn three_notes(store: &Store) {
    let tally = note(
        100_001,
        "Tally time-server overwrites memory",
        "2025-12-31T23:59:59Z",
        &["Acme Corporation", "Zürich Systems"],
    );
    let mill = note(100_002, "Mill reads beyond its memory", "2026-01-01T00:00:00Z", &["Acme Ltd"]);
    let none = note(100_003, "100% of 日本語 parsers: \"quoted'; --", "2026-06-01T00:00:00Z", &[]);
    for (number, note) in [(100_001, tally), (100_002, mill), (100_003, none)] {
        publish(store, number, note).await;
    }
}

crate::both_engines! {
    async fn a_note_is_found_by_every_way_of_writing_what_it_is_called(store: Store) {
        three_notes(&store).await;
        let tally = ["VU#100001"];
        for words in [
            "tally", "TALLY  Time", "time server", "time-server", "server", "timeserv", "mem tal",
            "VU#100001", "vu-100001", "100001", "CVE-2026-100001", "cve-2026-100001 acme corp",
            "2026-100001", "zürich", "ZÜRICH sys",
        ] {
            assert_eq!(found(&store, words, "", None).await, tally, "{words}");
        }
        assert_eq!(found(&store, "memory", "", None).await, ["VU#100002", "VU#100001"]);
        assert_eq!(found(&store, "日本", "", None).await, ["VU#100003"]);
        assert_eq!(found(&store, "quoted", "", None).await, ["VU#100003"]);
        for words in ["ally", "tally mill", "description", "% ' --x", "reporter"] {
            assert_eq!(found(&store, words, "", None).await, Vec::<String>::new(), "{words}");
        }
    }

    async fn signs_alone_and_nothing_find_every_note(store: Store) {
        three_notes(&store).await;
        for words in ["", "  ", "%", "' \" --", "?1"] {
            let n = if words == "?1" { 3 } else { found(&store, words, "", None).await.len() };
            assert_eq!(n, 3, "{words}");
        }
    }

    async fn vendor_and_year_narrow_what_is_found(store: Store) {
        three_notes(&store).await;
        assert_eq!(found(&store, "", "acme", None).await, ["VU#100002", "VU#100001"]);
        assert_eq!(found(&store, "", "acme corp", None).await, ["VU#100001"]);
        assert_eq!(found(&store, "", "tally", None).await, Vec::<String>::new());
        assert_eq!(found(&store, "router", "", None).await, ["VU#100002", "VU#100001"]);
        assert_eq!(found(&store, "", "router", None).await, Vec::<String>::new());
        assert_eq!(found(&store, "", "", Some(2025)).await, ["VU#100001"]);
        assert_eq!(found(&store, "", "", Some(2026)).await, ["VU#100003", "VU#100002"]);
        assert_eq!(found(&store, "memory", "acme", Some(2026)).await, ["VU#100002"]);
        for year in [i16::MIN, -1, 0, 1, 9999, i16::MAX] {
            assert_eq!(found(&store, "", "", Some(year)).await, Vec::<String>::new(), "{year}");
        }
    }

    async fn a_walk_over_a_search_meets_each_note_once(store: Store) {
        for n in 0..7 {
            let at = format!("2026-01-0{}T00:00:00Z", n / 3 + 1);
            publish(&store, 100_001 + n, note(100_001 + n, "Tally", &at, &[])).await;
        }
        let (mut met, mut before) = (Vec::new(), None);
        loop {
            let (search, after) = (NoteSearch { words: "tal".into(), ..Default::default() }, before);
            let page = store
                .public()
                .read(move |public| {
                    let rows = public.search(&search, after.as_ref(), 2)?;
                    Ok::<_, StoreError>((rows, public.0.statements_run()))
                })
                .await
                .unwrap();
            assert_eq!(page.1, 1, "a page of a search is one statement");
            let Some(last) = page.0.last() else { break };
            before = Some((last.published_at, last.slug.clone()));
            met.extend(page.0.into_iter().map(|row| row.slug));
        }
        let mut once = met.clone();
        once.dedup();
        assert_eq!((met.len(), once.len()), (7, 7));
    }

    async fn a_revision_is_found_by_its_new_words_only(store: Store) {
        publish(&store, 100_001, note(100_001, "Tally", "2026-01-01T00:00:00Z", &["Acme"])).await;
        let second = note(100_001, "Mill", "2026-01-01T00:00:00Z", &[]);
        let mut second = serde_json::to_value(second).unwrap();
        second["revision"] = 2.into();
        publish(&store, 100_001, serde_json::from_value(second).unwrap()).await;
        assert_eq!(found(&store, "mill", "", None).await, ["VU#100001"]);
        assert_eq!(found(&store, "tally", "", None).await, Vec::<String>::new());
        assert_eq!(found(&store, "", "acme", None).await, Vec::<String>::new());
    }
}

#[test]
fn a_word_with_signs_is_known_by_each_of_its_ends() {
    let known: Vec<_> = tails("CVE-2026-1234, (VU#7)").into_iter().collect();
    assert_eq!(known, ["1234", "20261234", "7", "cve20261234", "vu7"]);
}

#[test]
fn a_search_has_as_many_places_as_words_count() {
    assert_eq!(slots::<3>("One  two-three"), ["one", "twothree", ""]);
    assert_eq!(slots::<2>("a b c"), ["a", "b"]);
    assert_eq!(slots::<1>(&"x".repeat(500))[0].len(), 64);
}
