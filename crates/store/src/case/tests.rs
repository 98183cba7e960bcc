use std::collections::BTreeSet;

use domain::case::Phase;
use domain::{CaseId, CaseNumber};

use crate::samples::{append, at, begin, case, fails, id, kept_at, kept_case, text, vault, write};
use crate::statements::sql;
use crate::{CaseFilter, CaseRow, Cursor, Page, Sight, Store, StoreError, Tx, sample, values};

const ALL: CaseFilter = CaseFilter { sight: Sight::Everything, phase: Vec::new() };

async fn listed(store: &Store, filter: CaseFilter) -> Vec<CaseRow> {
    let page = Page { before: None, limit: 1000 };
    store.read(move |tx| tx.cases_for(&filter, &page)).await.unwrap()
}

async fn ids(store: &Store, sight: Sight) -> Vec<CaseId> {
    let rows = listed(store, CaseFilter { sight, phase: vec![] }).await;
    rows.into_iter().map(|row| row.id).collect()
}

async fn due(store: &Store, now: jiff::Timestamp) -> Vec<CaseId> {
    let due = store.read(move |tx| tx.cases_due("publish", now, None, 100)).await.unwrap();
    due.into_iter().map(|due| due.case).collect()
}

crate::both_engines! {
    async fn a_case_is_found_by_its_number_and_by_its_report(store: Store) {
        let mut story = kept_case(&store, 0x1000, at(0)).await;
        let number = CaseNumber::new("VU", 100_001);
        let (wanted, report) = (number.clone(), story.case.report.id);
        assert!(!store.read(move |tx| tx.number_taken(&wanted)).await.unwrap());
        let entries = story.accepted(100_001);
        append(&store, &story, entries).await;
        let found = store
            .read(move |tx| {
                Ok::<_, StoreError>((
                    tx.case_by_number(&number)?,
                    tx.case_of_report(report)?,
                    tx.number_taken(&number)?,
                    tx.case_by_number(&CaseNumber::new("VU", 100_002))?,
                    tx.case(id(0x9999))?,
                ))
            })
            .await
            .unwrap();
        assert_eq!(found, (Some(id(0x1000)), Some(id(0x1000)), true, None, None));
    }

    async fn a_number_is_given_once(store: Store) {
        for number in [0x1000, 0x2000] {
            let mut story = kept_case(&store, number, at(0)).await;
            let entries = story.accepted(100_001);
            if number == 0x1000 {
                append(&store, &story, entries).await;
            } else {
                let error = fails(&store, move |tx| tx.append(&entries, &story.case)).await;
                assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
            }
        }
    }

    async fn a_row_says_what_the_case_says(store: Store) {
        let mut story = kept_case(&store, 0x1000, at(0)).await;
        let mut entries = story.accepted(100_001);
        entries.extend(story.vendor(id(0x2001), id(0x3001)));
        entries.extend(story.told(id(0x2001)));
        entries.extend(story.assigned(id(0xa2)));
        append(&store, &story, entries).await;
        let rows = listed(&store, ALL).await;
        let end = story.case.embargo.end().unwrap().at;
        assert_eq!(
            rows,
            [CaseRow {
                id: id(0x1000),
                number: Some(CaseNumber::new("VU", 100_001)),
                reference: story.case.report.reference.clone(),
                phase: Phase::Fix,
                assignee: Some(id(0xa2)),
                title: id(0x1002),
                received_at: kept_at(0),
                updated_at: kept_at(4 * 60),
                embargo_end: Some(jiff::Timestamp::from_microsecond(end.as_microsecond()).unwrap()),
                publishes_at: None,
                acknowledged: false,
                n_vendors: 1,
            }]
        );
    }

    async fn a_walk_over_the_pages_meets_each_case_once(store: Store) {
        let kept = write(&store, |tx| {
            let mut kept = BTreeSet::new();
            for n in 0..300_u32 {
                let number = u128::from(n) * 0x10 + 0x10_0000;
                // Several share an instant, so that the id has to decide.
                let (entry, story) = begin(number, at(i64::from(n / 7)), text(number + 2));
                tx.begin_journal(&vault(), &entry, &story.case)?;
                kept.insert(story.case.id);
            }
            Ok(kept)
        })
        .await;
        let (mut met, mut before) = (Vec::new(), None);
        loop {
            let page = Page { before, limit: 32 };
            let rows = store.read(move |tx| tx.cases_for(&ALL, &page)).await.unwrap();
            let Some(last) = rows.last() else { break };
            before = Some(last.cursor().to_string().parse().unwrap());
            met.extend(rows);
        }
        assert_eq!(met.len(), 300);
        assert_eq!(met.iter().map(|row| row.id).collect::<BTreeSet<_>>(), kept);
        assert!(met.windows(2).all(|two| two[0].updated_at >= two[1].updated_at));

        let mut walked: Vec<CaseId> = Vec::new();
        loop {
            let after = walked.last().copied();
            let ids = store.read(move |tx| tx.all_case_ids(after, 64)).await.unwrap();
            if ids.is_empty() {
                break;
            }
            walked.extend(ids);
        }
        assert_eq!(walked, kept.into_iter().collect::<Vec<_>>());
    }

    async fn a_list_takes_one_statement_however_long_it_is(store: Store) {
        for number in 0..20_u32 {
            kept_case(&store, u128::from(number) * 0x10 + 0x1000, at(0)).await;
        }
        for limit in [1, 20] {
            let page = Page { before: None, limit };
            let (n, statements) = store
                .read(move |tx| {
                    let rows = tx.cases_for(&ALL, &page)?;
                    Ok::<_, StoreError>((rows.len(), tx.statements_run()))
                })
                .await
                .unwrap();
            assert_eq!((n, statements), (limit as usize, 1));
        }
    }

    async fn an_analyst_sees_their_own_cases_and_those_of_nobody(store: Store) {
        for (number, assignee) in [(0x1000, None), (0x2000, Some(0xa2)), (0x3000, Some(0xa3))] {
            let mut story = kept_case(&store, number, at(0)).await;
            if let Some(assignee) = assignee {
                let entries = story.assigned(id(assignee));
                append(&store, &story, entries).await;
            }
        }
        let seen = ids(&store, Sight::OwnAndUnassigned(id(0xa2))).await;
        assert_eq!(seen, [id(0x2000), id(0x1000)]);
        assert_eq!(ids(&store, Sight::Everything).await.len(), 3);
    }

    async fn an_organisation_sees_a_case_once_it_was_told_and_until_it_goes(store: Store) {
        let mut story = kept_case(&store, 0x1000, at(0)).await;
        let sight = Sight::Organization(id(0x3001));
        let mut entries = story.accepted(100_001);
        entries.extend(story.vendor(id(0x2001), id(0x3001)));
        entries.extend(story.vendor(id(0x2002), id(0x3002)));
        append(&store, &story, entries).await;
        assert_eq!(ids(&store, sight).await, []);
        let entries = story.told(id(0x2001));
        append(&store, &story, entries).await;
        assert_eq!(ids(&store, sight).await, [id(0x1000)]);
        assert_eq!(ids(&store, Sight::Organization(id(0x3002))).await, []);
        let decided = story.case.leave(&story.lead(), id(0x2001), &story.asked());
        let entries = story.goes_on(decided);
        append(&store, &story, entries).await;
        assert_eq!(ids(&store, sight).await, []);
    }

    async fn a_list_shows_the_phases_asked_for(store: Store) {
        kept_case(&store, 0x1000, at(0)).await;
        let mut story = kept_case(&store, 0x2000, at(0)).await;
        let entries = story.accepted(100_001);
        append(&store, &story, entries).await;
        for (phase, wanted) in [
            (vec![Phase::Report], vec![id(0x1000)]),
            (vec![Phase::Validate, Phase::Closed], vec![id(0x2000)]),
            (vec![Phase::Closed], vec![]),
            (vec![], vec![id(0x2000), id(0x1000)]),
        ] {
            let rows = listed(&store, CaseFilter { sight: Sight::Everything, phase }).await;
            assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<CaseId>>(), wanted);
        }
    }

    async fn a_case_is_due_when_its_embargo_is_over_and_not_before(store: Store) {
        kept_case(&store, 0x2000, at(0)).await;
        let mut story = kept_case(&store, 0x1000, at(0)).await;
        assert_eq!(store.read(Tx::next_due_at).await.unwrap(), None);
        let mut entries = story.accepted(100_001);
        entries.extend(story.vendor(id(0x2001), id(0x3001)));
        entries.extend(story.told(id(0x2001)));
        append(&store, &story, entries).await;
        let end = store.read(Tx::next_due_at).await.unwrap().unwrap();
        assert_eq!(end.as_microsecond(), story.case.embargo.end().unwrap().at.as_microsecond());
        let early = end.checked_sub(jiff::SignedDuration::from_micros(1)).unwrap();
        assert_eq!(due(&store, early).await, []);
        assert_eq!(due(&store, end).await, [id(0x1000)]);
    }

    async fn a_note_that_waits_is_due_and_is_not_any_more_when_it_is_out(store: Store) {
        let mut story = kept_case(&store, 0x1000, at(0)).await;
        let mut entries = story.accepted(100_001);
        entries.extend(story.armed());
        append(&store, &story, entries).await;
        let later = at(86_400);
        assert_eq!(due(&store, later).await, [id(0x1000)]);
        let (entries, _) = story.published();
        append(&store, &story, entries).await;
        assert_eq!(due(&store, later).await, []);
        assert_eq!(listed(&store, ALL).await[0].phase, Phase::Watch);
    }

    async fn due_cases_are_walked_earliest_first_and_each_comes_once(store: Store) {
        let vault = vault();
        write(&store, move |tx| {
            for n in 1..=7 {
                sample::begin(tx, &vault, n)?;
                // Two of a kind, so that the id decides.
                sample::make_due(tx, sample::case_id(n), at(60 - i64::try_from(n / 2).unwrap()))?;
            }
            Ok::<_, StoreError>(())
        })
        .await;
        let (mut after, mut walked) = (None, vec![]);
        loop {
            let page = store.read(move |tx| tx.cases_due("publish", at(59), after, 3)).await.unwrap();
            let Some(last) = page.last() else { break };
            after = Some(*last);
            walked.extend(page.iter().map(|due| due.case));
        }
        assert_eq!(walked, [6, 7, 4, 5, 2, 3].map(sample::case_id));
        let next = store.read(|tx| tx.next_due_after(at(59))).await.unwrap();
        assert_eq!(next, Some(kept_at(60)));
        assert_eq!(store.read(Tx::next_due_at).await.unwrap(), Some(kept_at(57)));
    }

    async fn only_open_cases_with_vendors_are_looked_at_for_silence(store: Store) {
        kept_case(&store, 0x1000, at(0)).await;
        let mut told = kept_case(&store, 0x2000, at(0)).await;
        let mut entries = told.accepted(100_001);
        entries.extend(told.vendor(id(0x2001), id(0x3001)));
        append(&store, &told, entries).await;
        let mut out = kept_case(&store, 0x4000, at(0)).await;
        let mut entries = out.accepted(100_002);
        entries.extend(out.vendor(id(0x4001), id(0x3001)));
        entries.extend(out.armed());
        append(&store, &out, entries).await;
        let (entries, _) = out.published();
        append(&store, &out, entries).await;
        let found = store.read(|tx| tx.cases_with_vendors(None, 10)).await.unwrap();
        let [(case, folded)] = &found[..] else { panic!("{found:?}") };
        assert_eq!((*case, folded.as_ref().ok()), (id(0x2000), Some(&told.case)));
        let found = store.read(|tx| tx.cases_with_vendors(Some(id(0x2000)), 10)).await.unwrap();
        assert!(found.is_empty());
        let waiting = |before| store.read(move |tx: &mut Tx| tx.n_unacknowledged(before));
        assert_eq!((waiting(at(0)).await.unwrap(), waiting(at(1)).await.unwrap()), (0, 1));
        write(&store, |tx| sample::spoil(tx, id(0x2000))).await;
        let found = store.read(|tx| tx.cases_with_vendors(None, 10)).await.unwrap();
        assert!(matches!(&found[..], [(_, Err(StoreError::Corrupt(_)))]), "{found:?}");
    }

    async fn the_row_of_a_case_is_made_again_from_its_journal(store: Store) {
        let mut story = kept_case(&store, 0x1000, at(0)).await;
        let mut entries = story.accepted(100_001);
        entries.extend(story.vendor(id(0x2001), id(0x3001)));
        entries.extend(story.told(id(0x2001)));
        append(&store, &story, entries).await;
        let rows = listed(&store, ALL).await;
        write(&store, |tx| {
            tx.execute(sql!("delete from cases where version > 0"), &[])?;
            tx.execute(sql!("delete from participations where engaged = 1"), &[])
        })
        .await;
        assert_eq!(listed(&store, ALL).await, []);
        write(&store, |tx| {
            let journal = tx.journal(id(0x1000), 0, 1000)?;
            tx.replace_folded(&domain::Case::fold(&journal).unwrap())
        })
        .await;
        assert_eq!(listed(&store, ALL).await, rows);
        assert_eq!(case(&store, id(0x1000)).await, (story.case.clone(), story.head.clone()));
        assert_eq!(ids(&store, Sight::Organization(id(0x3001))).await, [id(0x1000)]);
        let old = begin(0x1000, at(0), text(0x1002)).1.case;
        let error = fails(&store, move |tx| tx.replace_folded(&old)).await;
        assert!(matches!(error, StoreError::Stale), "{error}");
    }

    async fn a_row_that_makes_no_sense_is_told_and_does_not_panic(store: Store) {
        kept_case(&store, 0x1000, at(0)).await;
        for (column, change) in [
            ("version", sql!("update cases set version = 2 where id = ?1")),
            ("state", sql!("update cases set state = '{}' where id = ?1")),
            ("phase", sql!("update cases set phase = 'lost' where id = ?1")),
        ] {
            write(&store, move |tx| tx.execute_one(change, &values![id::<CaseId>(0x1000)])).await;
            let page = Page { before: None, limit: 1 };
            let error = if column == "phase" {
                store.read(move |tx| tx.cases_for(&ALL, &page)).await.map(drop).unwrap_err()
            } else {
                store.read(|tx| tx.case(id(0x1000))).await.map(drop).unwrap_err()
            };
            assert_eq!(
                error.to_string(),
                format!(
                    "table cases, row 00000000-0000-0000-0000-000000001000: \
                     column {column} makes no sense"
                )
            );
        }
    }
}

#[test]
fn a_cursor_is_safe_in_an_address_and_nothing_else_is_one() {
    let cursor = Cursor { updated_at: kept_at(5), id: id(0x1000) };
    let text = cursor.to_string();
    assert_eq!(text.parse(), Ok(cursor));
    assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte)));
    for text in [
        "",
        ".",
        "12",
        "x.y",
        "99999999999999999999.x",
        "9223372036854775807.00000000-0000-0000-0000-000000001000",
    ] {
        assert!(text.parse::<Cursor>().is_err(), "{text}");
    }
}
