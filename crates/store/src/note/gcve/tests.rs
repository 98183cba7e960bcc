use domain::{CaseId, Published};
use jiff::Timestamp;

use super::{GcveOrder, GcvePage};
use crate::Store;
use crate::samples::{id, write};

/// A note that was published on one day of March, and changed on another of April.
fn note(number: u32, published: u32, updated: u32) -> Published {
    serde_json::from_value(serde_json::json!({
        "number": format!("VU#{number}"), "title": "Tally", "sections": {}, "vulnerabilities": [],
        "scores": [], "vendors": [], "credit": null, "reported_at": "2026-01-01T00:00:00Z",
        "first_contact_at": null, "exploit_public_at": null, "attacks_seen_at": null,
        "published_at": format!("2026-03-{published:02}T00:00:00Z"),
        "updated_at": format!("2026-04-{updated:02}T00:00:00Z"), "revision": 1,
    }))
    .unwrap()
}

async fn publish(store: &Store, note: Published, ids: &[(u32, &str)]) {
    let digits: u32 = note.number().digits().parse().unwrap();
    let case: CaseId = id(digits.into());
    let ids: Vec<_> = ids.iter().map(|(n, id)| (*n, (*id).to_owned())).collect();
    write(store, move |tx| {
        tx.publish_note(&note, case, &[])?;
        tx.give_gcve_ids(&note.number().slug(), &ids)
    })
    .await;
}

async fn page(store: &Store, order: GcveOrder, since: &str, skip: u32, limit: u32) -> Vec<String> {
    let page = GcvePage { order, since: since.parse().unwrap(), skip, limit };
    let (rows, notes) = store.public().read(move |public| public.gcve_page(page)).await.unwrap();
    assert!(rows.iter().all(|row| notes.contains_key(&row.slug)));
    rows.into_iter().map(|row| row.id).collect()
}

crate::both_engines! {
    async fn a_flaw_keeps_its_first_id_and_an_id_is_given_once(store: Store) {
        publish(&store, note(1, 1, 1), &[(1, "a"), (2, "b")]).await;
        publish(&store, note(2, 2, 2), &[(1, "a"), (2, "c")]).await;
        write(&store, |tx| {
            tx.give_gcve_ids("VU-1", &[(1, "z".to_owned()), (3, "d".to_owned())])
        })
        .await;
        let always = Timestamp::MIN.to_string();
        let all = page(&store, GcveOrder::Published, &always, 0, 9).await;
        assert_eq!(all, ["c", "a", "b", "d"]);
        let found = store.public().read(|public| public.gcve("a")).await.unwrap().unwrap();
        assert_eq!((found.0.slug.as_str(), found.0.ordinal), ("VU-1", 1));
        assert_eq!(store.public().read(|public| public.gcve("z")).await.unwrap(), None);
        let left = write(&store, |tx| tx.notes_without_gcve_ids("", 9)).await;
        assert!(left.is_empty());
    }

    async fn records_come_newest_first_from_an_instant_on_page_by_page(store: Store) {
        publish(&store, note(1, 1, 9), &[(1, "one")]).await;
        publish(&store, note(2, 2, 2), &[(1, "two"), (2, "too")]).await;
        publish(&store, note(3, 3, 3), &[(1, "three")]).await;
        publish(&store, note(4, 4, 4), &[]).await;
        let since = "2026-04-02T00:00:00Z";
        assert_eq!(page(&store, GcveOrder::Updated, since, 0, 9).await, ["one", "three"]);
        assert_eq!(page(&store, GcveOrder::Published, since, 0, 9).await, ["three", "one"]);
        let always = Timestamp::MIN.to_string();
        let (mut met, mut skip) = (vec![], 0);
        loop {
            let next = page(&store, GcveOrder::Updated, &always, skip, 3).await;
            skip += 3;
            let last = next.len() < 3;
            met.extend(next);
            if last { break }
        }
        assert_eq!(met, ["one", "three", "two", "too"]);
        let mut walked = vec![];
        let mut after = (String::new(), 0);
        loop {
            let from = after.clone();
            let (rows, _) =
                store.public().read(move |public| public.gcve_after(&from, 2)).await.unwrap();
            let Some(last) = rows.last() else { break };
            after = (last.slug.clone(), last.ordinal);
            walked.extend(rows.into_iter().map(|row| row.id));
        }
        assert_eq!(walked, ["one", "two", "too", "three"]);
        assert_eq!(write(&store, |tx| tx.notes_without_gcve_ids("", 9)).await, [note(4, 4, 4)]);
    }
}
