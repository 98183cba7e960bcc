use domain::journal::{GENESIS, verify};
use domain::{Case, Entry};

use crate::samples::{append, at, begin, case, fails, id, kept_case, text, vault, write};
use crate::statements::sql;
use crate::{Store, StoreError, values};

crate::both_engines! {
    async fn what_was_appended_is_read_back_and_verifies_and_folds_to_the_case(store: Store) {
        let mut story = kept_case(&store, 0x1000, at(0)).await;
        let entries = story.accepted(100_001);
        append(&store, &story, entries).await;
        let entries = story.vendor(id(0x2001), id(0x3001));
        append(&store, &story, entries).await;
        let entries = story.told(id(0x2001));
        append(&store, &story, entries).await;

        let journal = store.read(|tx| tx.journal(id(0x1000), 0, 1000)).await.unwrap();
        assert_eq!(verify(&journal), Ok(()));
        assert_eq!(journal.len() as u64, story.case.version);
        assert!(journal.len() > 5);
        let (kept, head) = case(&store, id(0x1000)).await;
        assert_eq!(kept, story.case);
        assert_eq!(Case::fold(&journal).unwrap(), kept);
        assert_eq!(head, journal.last().unwrap().hash);
        assert_eq!(head, story.head);
        assert_eq!(store.read(|tx| tx.last_hash(id(0x1000))).await.unwrap(), head);
        assert_eq!(store.read(|tx| tx.last_hash(id(0x9999))).await.unwrap(), GENESIS);
    }

    async fn a_journal_is_read_in_pieces(store: Store) {
        let mut story = kept_case(&store, 0x1000, at(0)).await;
        let entries = story.accepted(100_001);
        append(&store, &story, entries).await;
        let mut walked = Vec::new();
        loop {
            let after = walked.last().map_or(0, |entry: &Entry| entry.seq);
            let piece = store.read(move |tx| tx.journal(id(0x1000), after, 2)).await.unwrap();
            if piece.is_empty() {
                break;
            }
            walked.extend(piece);
        }
        assert_eq!(verify(&walked), Ok(()));
        assert_eq!(walked.len() as u64, story.case.version);
    }

    async fn who_appends_to_a_case_that_has_moved_on_is_stale(store: Store) {
        let before = kept_case(&store, 0x1000, at(0)).await;
        let (mut first, mut second) = (before.clone(), before.clone());
        let entries = first.accepted(100_001);
        append(&store, &first, entries).await;
        let entries = second.assigned(id(0xa2));
        let moved = second.case.clone();
        let error = fails(&store, move |tx| tx.append(&entries, &moved)).await;
        assert!(matches!(error, StoreError::Stale), "{error}");
        assert_eq!(case(&store, id(0x1000)).await.0, first.case);
    }

    async fn entries_that_follow_another_history_are_stale(store: Store) {
        let before = kept_case(&store, 0x1000, at(0)).await;
        let (_, mut other) = begin(0x1000, at(7), text(0x1002));
        let entries = other.accepted(100_001);
        assert_ne!(before.head, entries[0].prev_hash);
        let error = fails(&store, move |tx| tx.append(&entries, &other.case)).await;
        assert!(matches!(error, StoreError::Stale), "{error}");
    }

    async fn a_journal_begins_once(store: Store) {
        kept_case(&store, 0x1000, at(0)).await;
        let (entry, story) = begin(0x1000, at(0), text(0x1002));
        let error = fails(&store, move |tx| tx.begin_journal(&vault(), &entry, &story.case)).await;
        assert!(matches!(error, StoreError::Stale), "{error}");
    }

    async fn a_taken_place_in_the_journal_is_stale(store: Store) {
        let mut story = kept_case(&store, 0x1000, at(0)).await;
        let entries = story.accepted(100_001);
        let (moved, again) = (story.case.clone(), entries.clone());
        append(&store, &story, entries).await;
        // As if the row of the case had been put back.
        let error = fails(&store, move |tx| {
            tx.execute_one(
                sql!("update cases set version = 1, head_hash = ?2 where id = ?1"),
                &values![moved.id, &again[0].prev_hash],
            )?;
            tx.append(&again, &moved)
        });
        assert!(matches!(error.await, StoreError::Stale));
    }

    async fn entries_with_a_gap_or_of_another_case_are_not_kept(store: Store) {
        let story = kept_case(&store, 0x1000, at(0)).await;
        let mut gap = story.clone();
        let mut entries = gap.accepted(100_001);
        entries.remove(1);
        let error = fails(&store, move |tx| tx.append(&entries, &gap.case)).await;
        assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
        let mut foreign = story.clone();
        let entries = foreign.accepted(100_001);
        foreign.case.id = id(0x4000);
        let error = fails(&store, move |tx| tx.append(&entries, &foreign.case)).await;
        assert!(matches!(error, StoreError::Corrupt(_)), "{error}");
    }

    async fn an_entry_that_was_edited_is_found(store: Store) {
        let mut story = kept_case(&store, 0x1000, at(0)).await;
        let entries = story.accepted(100_001);
        append(&store, &story, entries).await;
        write(&store, |tx| {
            tx.execute(
                sql!("update journal set entry = replace(entry, 'VU#100001', 'VU#100002')"),
                &[],
            )
        })
        .await;
        let journal = store.read(|tx| tx.journal(id(0x1000), 0, 100)).await.unwrap();
        assert!(verify(&journal).is_err());
        write(&store, |tx| tx.execute(sql!("update journal set entry = '{}'"), &[])).await;
        let error = store.read(|tx| tx.journal(id(0x1000), 0, 100)).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "table journal, row 00000000-0000-0000-0000-000000001000: column entry makes no sense"
        );
    }

    async fn adding_very_many_vendors_takes_three_statements(store: Store) {
        let mut story = kept_case(&store, 0x1000, at(0)).await;
        let entries = story.accepted(100_001);
        append(&store, &story, entries).await;
        let mut entries = Vec::new();
        for number in 0..1643_u128 {
            let event = domain::Event::ParticipantAdded {
                participant: id(0x1_0000 + number),
                party: domain::case::Party::Organization(id(0x2_0000 + number)),
                roles: [domain::case::Role::Vendor].into(),
                visibility: domain::case::Visibility::Named,
                suggested_by: None,
            };
            entries.extend(story.goes_on(Ok(vec![event])));
        }
        let moved = story.case.clone();
        let statements = write(&store, move |tx| {
            tx.append(&entries, &moved)?;
            Ok(tx.statements_run())
        })
        .await;
        assert_eq!(statements, 3);
        let journal = store.read(|tx| tx.journal(id(0x1000), 0, 10_000)).await.unwrap();
        assert_eq!(verify(&journal), Ok(()));
        let n = store
            .read(|tx| tx.query_opt(sql!("select count(*) as n from participations"), &[]))
            .await
            .unwrap();
        assert_eq!(n.unwrap().get::<i64>("n").unwrap(), 1645);
    }
}
