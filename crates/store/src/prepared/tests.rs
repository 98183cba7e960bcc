use domain::CaseId;

use super::Prepared;
use crate::case::Due;
use crate::samples::{append, at, fails, id, kept_at, kept_case, vault, vault_with, write};
use crate::statements::sql;
use crate::{Artefact, Store, StoreError};

const CASE: u128 = 0x1000;

fn file(format: &str, bytes: &[u8]) -> Artefact {
    Artefact { format: format.to_owned(), media_type: "text/plain".to_owned(), bytes: bytes.into() }
}

fn made_from(byte: u8, case_version: u64) -> Prepared {
    let (publishes_at, prepared_at) = (kept_at(600), kept_at(60));
    Prepared { case_version, publishes_at, prepared_at, made_from: [byte; 32] }
}

/// A case whose note two people approved, and its version.
async fn armed(store: &Store, number: u128, digits: u32) -> u64 {
    let mut story = kept_case(store, number, at(0)).await;
    let mut entries = story.accepted(digits);
    entries.extend(story.armed());
    append(store, &story, entries).await;
    story.case.version
}

async fn keep(store: &Store, set: Prepared, files: Vec<Artefact>) {
    write(store, move |tx| tx.keep_prepared(&vault(), id(CASE), &set, &files)).await;
}

async fn to_prepare(store: &Store, looked_before: i64) -> Vec<CaseId> {
    let times = (at(1000), at(looked_before));
    let due: Vec<Due> =
        store.read(move |tx| tx.cases_to_prepare("prepare", times, None, 10)).await.unwrap();
    due.iter().map(|due| due.case).collect()
}

crate::both_engines! {
    async fn a_set_is_read_as_it_was_prepared_until_another_is_in_its_place(store: Store) {
        let version = armed(&store, CASE, 100_001).await;
        let (first, second) = (made_from(1, version), made_from(2, version));
        keep(&store, first, vec![file("b", b"two"), file("a", b"one")]).await;
        keep(&store, second, vec![file("a", b"three")]).await;
        let read = store.read(|tx| {
            Ok::<_, StoreError>((
                tx.prepared(&vault(), id(CASE))?,
                tx.prepared_files(&vault(), id(CASE))?,
                tx.prepared(&vault(), id(2))?,
            ))
        });
        assert_eq!(read.await.unwrap(), (Some(second), vec![file("a", b"three")], None));
        write(&store, |tx| tx.forget_prepared(id(CASE))).await;
        let left = store.read(|tx| tx.prepared_files(&vault(), id(CASE))).await.unwrap();
        assert_eq!(left, []);
    }

    async fn nothing_of_a_set_can_be_read_without_the_key_of_its_case(store: Store) {
        let version = armed(&store, CASE, 100_001).await;
        let (one, two) = (file("a", b"the canary sings"), file("b", b"of another"));
        keep(&store, made_from(7, version), vec![one, two]).await;
        let raw = store.read(|tx| {
            tx.query(
                sql!(
                    "select sealed from prepared_files union all \
                    select made_from as sealed from prepared_notes"
                ),
                &[],
            )
        });
        for row in raw.await.unwrap() {
            let sealed = row.get::<Vec<u8>>("sealed").unwrap();
            let shows = |wanted: &[u8]| sealed.windows(wanted.len()).any(|some| some == wanted);
            assert!(!shows(b"canary") && !shows(b"another") && !shows(&[7; 8]));
        }
        let other = fails(&store, |tx| {
            tx.prepared_files(&vault_with([8; 32]), id(CASE)).map(drop)
        });
        assert!(matches!(other.await, StoreError::Sealed { .. }));
        let swapped = fails(&store, |tx| {
            let sql = sql!(
                "update prepared_files set sealed = \
                (select sealed from prepared_files where format = 'b') where format = 'a'"
            );
            tx.execute(sql, &[])?;
            tx.prepared_files(&vault(), id(CASE)).map(drop)
        });
        assert!(matches!(swapped.await, StoreError::Sealed { .. }), "one file is not another");
    }

    async fn a_case_is_looked_at_when_it_has_no_set_an_old_one_or_a_stale_one(store: Store) {
        let version = armed(&store, CASE, 100_001).await;
        kept_case(&store, 0x2000, at(0)).await;
        assert_eq!(to_prepare(&store, 0).await, [id(CASE)], "it has none");
        keep(&store, made_from(1, version), vec![]).await;
        assert_eq!(to_prepare(&store, 60).await, []);
        assert_eq!(to_prepare(&store, 61).await, [id(CASE)], "it was not looked at for long");
        keep(&store, made_from(1, version - 1), vec![]).await;
        assert_eq!(to_prepare(&store, 0).await, [id(CASE)], "the case went on");
        write(&store, move |tx| tx.still_prepared(id(CASE), version, at(70))).await;
        assert_eq!(to_prepare(&store, 70).await, []);
        let hour = jiff::SignedDuration::from_hours(1);
        let pauses = crate::Pauses { first: hour, longest: hour };
        write(&store, move |tx| tx.set_back("prepare", id(CASE), at(1000), pauses)).await;
        assert_eq!(to_prepare(&store, 500).await, [], "it failed a moment ago");
    }

    async fn a_set_that_nothing_waits_for_is_found(store: Store) {
        let mut story = kept_case(&store, CASE, at(0)).await;
        let mut entries = story.accepted(100_001);
        entries.extend(story.armed());
        append(&store, &story, entries).await;
        keep(&store, made_from(1, story.case.version), vec![]).await;
        let vain = async || store.read(|tx| tx.cases_prepared_in_vain(9)).await.unwrap();
        assert_eq!(vain().await, []);
        let held = story.case.hold_publication(&story.lead(), &story.asked());
        let entries = story.goes_on(held);
        append(&store, &story, entries).await;
        assert_eq!(vain().await, [id(CASE)]);
        assert_eq!(to_prepare(&store, 1000).await, []);
    }

    async fn only_a_database_on_a_machine_of_its_own_has_a_clock(store: Store) {
        let clock = store.read(crate::Tx::database_clock).await.unwrap();
        assert_eq!(clock.is_some(), store.is_postgres());
    }
}
