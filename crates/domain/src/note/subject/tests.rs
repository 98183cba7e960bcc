use super::{Subject, SubjectKind, place_of};
use crate::Published;

fn note(vendors: &serde_json::Value) -> Published {
    serde_json::from_value(serde_json::json!({
        "number": "VU#1", "title": "Tally", "sections": {}, "vulnerabilities": [], "scores": [],
        "vendors": vendors, "credit": null, "reported_at": "2026-01-01T00:00:00Z",
        "first_contact_at": null, "exploit_public_at": null, "attacks_seen_at": null,
        "published_at": "2026-03-01T00:00:00Z", "updated_at": "2026-03-01T00:00:00Z",
        "revision": 1,
    }))
    .unwrap()
}

fn vendor(name: &str, products: &[(u128, &str)]) -> serde_json::Value {
    let lines: Vec<_> = products
        .iter()
        .map(|(id, name)| {
            let product = serde_json::json!({
                "id": uuid::Uuid::from_u128(*id), "name": name, "purl": null, "cpe": null,
            });
            serde_json::json!({
                "ordinal": 1, "product": product, "status": { "is": "affected" }, "versions": { "affected": [], "fixed": [] },
                "at": "2026-01-01T00:00:00Z",
            })
        })
        .collect();
    serde_json::json!({
        "name": name, "status": { "is": "affected" }, "statuses": {}, "notified_at": null,
        "updated_at": null, "lines": lines, "statement": null, "information": null,
        "references": [], "addendum": null,
    })
}

#[test]
fn a_note_is_about_each_vendor_and_product_once() {
    let vendors = serde_json::json!([
        vendor("Acme", &[(1, "Router"), (1, "Router 4")]),
        vendor("Acme", &[(2, "Switch")]),
        vendor("bolt", &[]),
    ]);
    let told: Vec<_> = note(&vendors).subjects().into_iter().collect();
    let named = |kind| -> Vec<_> {
        told.iter().filter(|one| one.kind == kind).map(|one| one.name.as_str()).collect()
    };
    assert_eq!(named(SubjectKind::Vendor), ["Acme", "bolt"]);
    assert_eq!(named(SubjectKind::Product), ["Router", "Switch"]);
    let product = told.iter().find(|one| one.name == "Switch").unwrap();
    assert_eq!(product.place, "00000000-0000-0000-0000-000000000002");
    assert!(told.contains(&Subject::vendor("bolt")) && told.contains(&Subject::vendor("Acme")));
}

#[test]
fn every_name_has_a_place_of_its_own_that_is_safe_in_an_address() {
    let long = "x".repeat(99);
    let names =
        ["acme", "Acme", "ACME", "ac me", "ac-me", "שלום", "../..", "", "index.html", &long];
    let places: std::collections::BTreeSet<_> = names.iter().map(|name| place_of(name)).collect();
    assert_eq!(places.len(), names.len(), "{places:?}");
    for place in &places {
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        assert!(!place.is_empty() && place.len() < 80 && place.bytes().all(plain), "{place}");
    }
    assert!(places.contains("acme"));
}
