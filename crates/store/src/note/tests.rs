use std::collections::BTreeSet;

use domain::Published;

use crate::samples::{append, at, fails, id, kept_case, write};
use crate::statements::sql;
use crate::{Artefact, NoteSearch, Store, StoreError};

/// A published note, made of a case that has gone all the way.
async fn note(store: &Store, number: u128, digits: u32, seconds: i64) -> Published {
    let mut story = kept_case(store, number, at(seconds)).await;
    let mut entries = story.accepted(digits);
    entries.extend(story.armed());
    let (last, note) = story.published();
    entries.extend(last);
    append(store, &story, entries).await;
    note
}

fn artefact(format: &str, bytes: &[u8]) -> Artefact {
    Artefact {
        format: format.to_owned(),
        media_type: "application/json".to_owned(),
        bytes: bytes.to_vec(),
    }
}

/// The same note, some revisions later.
fn revised(note: &Published, revision: u32) -> Published {
    let mut document = serde_json::to_value(note).unwrap();
    document["revision"] = revision.into();
    serde_json::from_value(document).unwrap()
}

crate::both_engines! {
    async fn a_note_is_read_as_it_was_published(store: Store) {
        let note = note(&store, 0x1000, 100_001, 0).await;
        let publishing = note.clone();
        write(&store, move |tx| {
            tx.publish_note(&publishing, id(0x1000), &[artefact("csaf", b"{}"), artefact("osv", b"[]")])
        })
        .await;
        let (read, csaf, osv, none, n) = store
            .public()
            .read(|tx| {
                Ok::<_, StoreError>((
                    tx.note("VU-100001")?,
                    tx.artefact("VU-100001", "csaf")?,
                    tx.artefact("VU-100001", "osv")?,
                    (tx.note("VU-100002")?, tx.artefact("VU-100001", "cve")?),
                    tx.n_published()?,
                ))
            })
            .await
            .unwrap();
        assert_eq!(read.as_ref(), Some(&note));
        assert_eq!(read.unwrap().title(), "A flaw");
        assert_eq!((csaf, osv), (Some(artefact("csaf", b"{}")), Some(artefact("osv", b"[]"))));
        assert_eq!((none, n), ((None, None), 1));
    }

    async fn a_revision_is_public_once_and_only_a_later_one_takes_its_place(store: Store) {
        let note = note(&store, 0x1000, 100_001, 0).await;
        let second = revised(&note, 2);
        let publish = |note: &Published, bytes: &'static [u8]| {
            let note = note.clone();
            store.write(move |tx| tx.publish_note(&note, id(0x1000), &[artefact("csaf", bytes)]))
        };
        publish(&note, b"first").await.unwrap();
        assert!(matches!(publish(&note, b"again").await, Err(StoreError::Stale)));
        publish(&second, b"second").await.unwrap();
        assert!(matches!(publish(&note, b"first").await, Err(StoreError::Stale)));
        let (read, file) = store
            .public()
            .read(|tx| {
                Ok::<_, StoreError>((tx.note("VU-100001")?, tx.artefact("VU-100001", "csaf")?))
            })
            .await
            .unwrap();
        assert_eq!(read.unwrap(), second);
        assert_eq!(file.unwrap().bytes, b"second");
        let third = revised(&note, 3);
        let error = fails(&store, move |tx| tx.publish_note(&third, id(0x9999), &[])).await;
        assert!(matches!(error, StoreError::Stale), "another case took the note: {error}");
    }

    async fn a_file_that_was_changed_is_not_served(store: Store) {
        let note = note(&store, 0x1000, 100_001, 0).await;
        write(&store, move |tx| tx.publish_note(&note, id(0x1000), &[artefact("csaf", b"{}")])).await;
        write(&store, |tx| {
            tx.execute(
                sql!(
                    sqlite: "update artefacts set bytes = x'00'",
                    postgres: "update artefacts set bytes = decode('00', 'hex')"
                ),
                &[],
            )
        })
        .await;
        let error = store.public().read(|tx| tx.artefact("VU-100001", "csaf")).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
    }

    async fn a_walk_over_the_list_meets_each_note_once_the_newest_first(store: Store) {
        for n in 0..12_u32 {
            let number = u128::from(n) * 0x10 + 0x1000;
            let note = note(&store, number, 100_001 + n, i64::from(n / 4) * 3600).await;
            write(&store, move |tx| tx.publish_note(&note, id(number), &[])).await;
        }
        let (mut met, mut before) = (Vec::new(), None);
        loop {
            let after = before.take();
            let rows =
                store.public().read(move |tx| tx.search(&NoteSearch::default(), after.as_ref(), 5)).await.unwrap();
            let Some(last) = rows.last() else { break };
            before = Some((last.published_at, last.slug.clone()));
            met.extend(rows);
        }
        assert_eq!(met.len(), 12);
        assert_eq!(met.iter().map(|row| row.slug.clone()).collect::<BTreeSet<_>>().len(), 12);
        assert!(met.windows(2).all(|two| two[0].published_at >= two[1].published_at));
        assert_eq!(met[0].number.to_string(), "VU#100012");
        assert_eq!(met[0].title, "A flaw");
    }

    async fn of_a_note_that_must_go_no_earlier_file_is_kept(store: Store) {
        let note = note(&store, 0x1000, 100_001, 0).await;
        let mut document = serde_json::to_value(revised(&note, 2)).unwrap();
        let told = |remains| serde_json::json!({ "at": at(9), "remains": remains, "reason": "." });
        document["withdrawn"] = told("words");
        let marked: Published = serde_json::from_value(document.clone()).unwrap();
        document["revision"] = 3.into();
        document["withdrawn"] = told("nothing");
        let gone: Published = serde_json::from_value(document).unwrap();
        let kept = async |note: Published| {
            write(&store, move |tx| tx.publish_note(&note, id(0x1000), &[artefact("csaf", b"{}")]))
                .await;
            let told = store.public().read(|tx| tx.revisions("VU-100001")).await;
            let told: Vec<_> = told.unwrap().into_iter().map(|(n, _)| n).rev().collect();
            let rows = store.read(|tx| {
                tx.query(sql!("select revision from artefacts order by revision"), &[])
            });
            let rows = rows.await.unwrap();
            let rows = rows.iter().map(|row| row.get::<u32>("revision").unwrap());
            assert_eq!(rows.collect::<Vec<_>>(), told);
            told
        };
        assert_eq!(kept(note).await, [1]);
        assert_eq!(kept(marked).await, [1, 2]);
        assert_eq!(kept(gone).await, [3]);
    }
}
