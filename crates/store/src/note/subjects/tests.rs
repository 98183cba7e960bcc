use domain::note::{Subject, SubjectKind};
use domain::{CaseId, Published};
use jiff::Timestamp;

use crate::samples::{id, vault, write};
use crate::statements::sql;
use crate::verify::{rebuild, verify};
use crate::{Blobs, Store, StoreError, values};

/// A note that names vendors, and of each a product with the number of the note's vendor.
fn note(number: u32, vendors: &[&str], revision: u32) -> Published {
    let vendor = |(n, name): (usize, &&str)| {
        let product = serde_json::json!({
            "id": uuid::Uuid::from_u128(n as u128 + 1), "name": format!("{name} router"),
            "purl": null, "cpe": null,
        });
        let line = serde_json::json!({
            "ordinal": 1, "product": product, "status": { "is": "affected" }, "versions": { "affected": [], "fixed": [] },
            "at": "2026-01-01T00:00:00Z",
        });
        serde_json::json!({
            "name": name, "status": { "is": "affected" }, "statuses": {}, "notified_at": null,
            "updated_at": null, "lines": [line], "statement": null, "information": null,
            "references": [], "addendum": null,
        })
    };
    let day = number % 28 + 1;
    serde_json::from_value(serde_json::json!({
        "number": format!("VU#{number}"), "title": "Tally", "sections": {}, "vulnerabilities": [],
        "scores": [], "vendors": vendors.iter().enumerate().map(vendor).collect::<Vec<_>>(),
        "credit": null, "reported_at": "2026-01-01T00:00:00Z", "first_contact_at": null,
        "exploit_public_at": null, "attacks_seen_at": null,
        "published_at": format!("2026-03-{day:02}T00:00:00Z"),
        "updated_at": "2026-04-01T00:00:00Z", "revision": revision,
    }))
    .unwrap()
}

async fn publish(store: &Store, note: Published) {
    let digits: u32 = note.number().digits().parse().unwrap();
    let case: CaseId = id(digits.into());
    write(store, move |tx| tx.publish_note(&note, case, &[])).await;
}

/// The slugs of all notes about a vendor, met page by page.
async fn about(store: &Store, name: &str, limit: u32) -> Vec<String> {
    let place = Subject::vendor(name).place;
    let mut before: Option<(Timestamp, String)> = None;
    let mut met = vec![];
    loop {
        let (place, from) = (place.clone(), before.clone());
        let page = store
            .public()
            .read(move |public| {
                public.notes_about(SubjectKind::Vendor, &place, from.as_ref(), limit)
            })
            .await
            .unwrap();
        let Some(last) = page.last() else { return met };
        before = Some((last.published_at, last.slug.clone()));
        met.extend(page.into_iter().map(|row| row.slug));
    }
}

async fn called(store: &Store, kind: SubjectKind, place: &str) -> Option<String> {
    let place = place.to_owned();
    store.public().read(move |public| public.subject(kind, &place)).await.unwrap()
}

async fn findings(store: &Store) -> Vec<String> {
    let found = verify(store, &vault(), &Blobs::in_memory()).await.unwrap().findings;
    // The notes of these tests come from no case, and no file was made of them.
    let about_subjects = |finding: &String| finding.contains("vendors and products");
    found.into_iter().filter(about_subjects).collect()
}

crate::both_engines! {
    async fn each_note_of_a_vendor_is_met_once_newest_first_and_no_other(store: Store) {
        for number in 1..=7 {
            publish(&store, note(number, &["Acme", "Bolt"], 1)).await;
        }
        publish(&store, note(8, &["Bolt"], 1)).await;
        let expected: Vec<_> = (1..=7).rev().map(|number| format!("VU-{number}")).collect();
        for limit in [1, 3, 7, 100] {
            assert_eq!(about(&store, "Acme", limit).await, expected, "{limit}");
        }
        assert_eq!(about(&store, "Bolt", 100).await.len(), 8);
        assert_eq!(about(&store, "acme", 100).await, Vec::<String>::new());
    }

    async fn a_subject_is_there_with_the_first_note_and_is_called_as_in_the_newest(store: Store) {
        let acme = Subject::vendor("Acme").place;
        assert_eq!(called(&store, SubjectKind::Vendor, &acme).await, None);
        publish(&store, note(1, &["Acme"], 1)).await;
        assert_eq!(called(&store, SubjectKind::Vendor, &acme).await.as_deref(), Some("Acme"));
        assert_eq!(called(&store, SubjectKind::Product, &acme).await, None);
        let product = uuid::Uuid::from_u128(1).to_string();
        publish(&store, note(2, &["Acme Corp"], 1)).await;
        let name = called(&store, SubjectKind::Product, &product).await;
        assert_eq!(name.as_deref(), Some("Acme Corp router"));
        let whole = move |public: &mut crate::PublicTx<'_>| {
            public.whole_notes_about(SubjectKind::Product, &product, 1)
        };
        let whole = store.public().read(whole).await.unwrap();
        assert_eq!(whole, [note(2, &["Acme Corp"], 1)]);
    }

    async fn the_vendors_of_each_note_are_named_and_no_product_among_them(store: Store) {
        publish(&store, note(1, &["Bolt", "Acme"], 1)).await;
        publish(&store, note(2, &["Acme"], 1)).await;
        publish(&store, note(3, &[], 1)).await;
        let told = |(slug, who): (String, Vec<String>)| format!("{slug} {who:?}");
        let told = store
            .public()
            .read(move |public| {
                let named = public.vendors_named()?.into_iter();
                Ok::<_, StoreError>(named.map(told).collect::<Vec<_>>())
            })
            .await
            .unwrap();
        assert_eq!(told, [r#"VU-1 ["Acme", "Bolt"]"#, r#"VU-2 ["Acme"]"#]);
    }

    async fn who_is_no_longer_named_is_gone_with_the_revision(store: Store) {
        publish(&store, note(1, &["Acme", "Bolt"], 1)).await;
        publish(&store, note(1, &["Bolt"], 2)).await;
        assert_eq!(about(&store, "Acme", 10).await, Vec::<String>::new());
        assert_eq!(about(&store, "Bolt", 10).await, ["VU-1"]);
    }

    async fn notes_of_an_earlier_version_are_filled_in_once(store: Store) {
        for number in 1..=3 {
            publish(&store, note(number, &["Acme"], 1)).await;
        }
        publish(&store, note(4, &[], 1)).await;
        write(&store, |tx| tx.execute(sql!("delete from note_subjects"), &[]).map(drop)).await;
        let edition = store.public().edition().await.unwrap();
        assert_eq!(write(&store, |tx| tx.fill_in_subjects(2)).await, 2);
        assert_eq!(write(&store, |tx| tx.fill_in_subjects(2)).await, 1);
        assert_eq!(write(&store, |tx| tx.fill_in_subjects(2)).await, 0);
        assert_eq!(about(&store, "Acme", 10).await.len(), 3);
        assert_eq!(store.public().edition().await.unwrap(), edition + 2);
    }

    async fn rows_that_tell_of_another_vendor_are_found_and_made_anew(store: Store) {
        publish(&store, note(1, &["Acme"], 1)).await;
        publish(&store, note(2, &["Acme"], 1)).await;
        assert_eq!(findings(&store).await, Vec::<String>::new());
        for spoil in [
            sql!("update note_subjects set name = 'Bolt' where slug = ?1 and kind = 'vendor'"),
            sql!("delete from note_subjects where slug = ?1"),
        ] {
            write(&store, move |tx| {
                tx.execute(spoil, &values!["VU-2"]).map(|changed| assert!(changed > 0))
            })
            .await;
            assert_eq!(findings(&store).await, [
                "Note VU-2: the vendors and products that it is found by are not those it names."
            ]);
            assert_eq!(rebuild(&store).await.unwrap().notes, 1);
            assert_eq!(findings(&store).await, Vec::<String>::new());
        }
        assert_eq!(rebuild(&store).await.unwrap().notes, 0);
        assert_eq!(about(&store, "Acme", 10).await, ["VU-2", "VU-1"]);
        let none: Result<usize, StoreError> = store.write(|tx| tx.fill_in_subjects(9)).await;
        assert_eq!(none.unwrap(), 0);
    }
}
