use std::collections::{BTreeMap, BTreeSet};

use domain::{BodyId, CaseId};

use crate::samples::{at, begin, id, kept_case, vault, write};
use crate::statements::sql;
use crate::{Store, StoreError, values};

fn case(number: u128) -> CaseId {
    id(number)
}

fn body(number: u128) -> BodyId {
    id(number)
}

async fn opened(store: &Store, of: CaseId, ids: BTreeSet<BodyId>) -> BTreeMap<BodyId, String> {
    store.read(move |tx| tx.bodies(&vault(), of, &ids)).await.unwrap()
}

async fn keep(store: &Store, of: CaseId, id: BodyId, words: &'static str) -> domain::Text {
    write(store, move |tx| tx.keep_body(&vault(), of, id, words)).await
}

crate::both_engines! {
    async fn words_come_back_to_the_case_they_are_of(store: Store) {
        let text = keep(&store, case(1), body(11), "Ünïcode 🦀").await;
        assert_eq!(text.body, body(11));
        assert_eq!(text.seal.len(), 64);
        keep(&store, case(1), body(12), "").await;
        keep(&store, case(2), body(21), "theirs").await;
        let all: BTreeSet<_> = [body(11), body(12), body(21), body(99)].into();
        let words = opened(&store, case(1), all.clone()).await;
        let wanted = BTreeMap::from([
            (body(11), "Ünïcode 🦀".to_owned()),
            (body(12), String::new()),
        ]);
        assert_eq!(words, wanted);
        assert_eq!(opened(&store, case(1), [body(12)].into()).await.len(), 1);
        assert_eq!(opened(&store, case(3), all).await, BTreeMap::new());
        assert_eq!(opened(&store, case(1), BTreeSet::new()).await, BTreeMap::new());
    }

    async fn the_first_words_of_a_case_come_before_its_journal(store: Store) {
        let title = keep(&store, case(0x1000), body(11), "A title").await;
        let (entry, story) = begin(0x1000, at(0), title);
        write(&store, move |tx| tx.begin_journal(&vault(), &entry, &story.case)).await;
        let wanted = BTreeMap::from([(body(11), "A title".to_owned())]);
        assert_eq!(opened(&store, case(0x1000), [body(11)].into()).await, wanted);
    }

    async fn the_same_words_have_another_seal_every_time(store: Store) {
        let (one, two) = write(&store, |tx| {
            let vault = vault();
            let one = tx.keep_body(&vault, case(1), body(11), "same")?;
            Ok((one, tx.keep_body(&vault, case(1), body(12), "same")?))
        })
        .await;
        assert_ne!(one.seal, two.seal);
    }

    async fn no_words_lie_on_the_disk(store: Store) {
        keep(&store, case(1), body(11), "canary").await;
        let row = store
            .read(|tx| tx.query_opt(sql!("select sealed from bodies"), &[]))
            .await
            .unwrap()
            .unwrap();
        let sealed: Vec<u8> = row.get("sealed").unwrap();
        assert!(sealed.windows(6).all(|six| six != b"canary"));
    }

    async fn words_put_into_another_row_or_case_do_not_open(store: Store) {
        keep(&store, case(1), body(11), "one").await;
        keep(&store, case(1), body(12), "two").await;
        write(&store, |tx| {
            tx.execute_one(
                sql!(
                    "update bodies set sealed = (select sealed from bodies where id = ?2), \
                    seal = (select seal from bodies where id = ?2) where id = ?1"
                ),
                &values![body(11), body(12)],
            )
        })
        .await;
        let error = store.read(|tx| tx.bodies(&vault(), case(1), &[body(11)].into())).await;
        assert!(matches!(error, Err(StoreError::Sealed { table: "bodies", .. })), "{error:?}");
        // What was not asked for is not opened, and harms nobody.
        assert_eq!(opened(&store, case(1), [body(12)].into()).await.len(), 1);

        keep(&store, case(2), body(21), "theirs").await;
        write(&store, |tx| {
            tx.execute_one(
                sql!("update bodies set case_id = ?2 where id = ?1"),
                &values![body(21), case(1)],
            )
        })
        .await;
        let error = store.read(|tx| tx.bodies(&vault(), case(1), &[body(21)].into())).await;
        assert!(matches!(error, Err(StoreError::Sealed { .. })), "{error:?}");
    }

    async fn a_wrong_bit_and_a_wrong_seal_are_found(store: Store) {
        keep(&store, case(1), body(11), "one").await;
        write(&store, |tx| {
            tx.execute_one(
                sql!("update bodies set seal = '00' where id = ?1"),
                &values![body(11)],
            )
        })
        .await;
        let error = store.read(|tx| tx.bodies(&vault(), case(1), &[body(11)].into())).await;
        assert!(matches!(error, Err(StoreError::Corrupt(_))), "{error:?}");
        write(&store, |tx| {
            let sql = sql!("select sealed from bodies where id = ?1");
            let row = tx.query_opt(sql, &values![body(11)])?.unwrap();
            let mut sealed: Vec<u8> = row.get("sealed")?;
            *sealed.last_mut().unwrap() ^= 1;
            let sql = sql!("update bodies set sealed = ?2 where id = ?1");
            tx.execute_one(sql, &values![body(11), sealed])
        })
        .await;
        let error = store.read(|tx| tx.bodies(&vault(), case(1), &[body(11)].into())).await;
        assert!(matches!(error, Err(StoreError::Sealed { .. })), "{error:?}");
    }

    async fn erased_words_are_gone_and_their_row_stays(store: Store) {
        let text = keep(&store, case(1), body(11), "one").await;
        keep(&store, case(1), body(12), "two").await;
        write(&store, |tx| tx.erase_body(body(11))).await;
        let words = opened(&store, case(1), [body(11), body(12)].into()).await;
        assert_eq!(words, BTreeMap::from([(body(12), "two".to_owned())]));
        let row = store
            .read(|tx| {
                let sql = sql!("select seal, sealed from bodies where id = ?1");
                tx.query_opt(sql, &values![body(11)])
            })
            .await
            .unwrap()
            .unwrap();
        assert_eq!(row.get::<String>("seal").unwrap(), text.seal);
        assert_eq!(row.get::<Option<Vec<u8>>>("sealed").unwrap(), None);
    }

    async fn many_words_take_as_many_statements_as_one(store: Store) {
        write(&store, |tx| {
            let vault = vault();
            for number in 0..50 {
                tx.keep_body(&vault, case(1), body(100 + number), "words")?;
            }
            Ok(())
        })
        .await;
        for n in [1_u32, 50] {
            let ids: BTreeSet<_> = (0..n).map(|number| body(100 + u128::from(number))).collect();
            let (found, statements) = store
                .read(move |tx| {
                    let words = tx.bodies(&vault(), case(1), &ids)?;
                    Ok::<_, StoreError>((words.len(), tx.statements_run()))
                })
                .await
                .unwrap();
            assert_eq!((found, statements), (n as usize, 2));
        }
    }

    async fn titles_of_many_cases_take_one_statement(store: Store) {
        let wanted: Vec<_> = (1..=30).map(|number| (case(number), body(1000 + number))).collect();
        let keeping = wanted.clone();
        write(&store, move |tx| {
            let vault = vault();
            for (case, body) in &keeping {
                tx.keep_body(&vault, *case, *body, &format!("Title {body}"))?;
            }
            Ok(())
        })
        .await;
        for n in [1, 30] {
            let rows = wanted[..n].to_vec();
            let (titles, statements) = store
                .read(move |tx| {
                    Ok::<_, StoreError>((tx.titles(&vault(), &rows)?, tx.statements_run()))
                })
                .await
                .unwrap();
            assert_eq!((titles.len(), statements), (n, 1));
            assert_eq!(titles[&case(1)], format!("Title {}", body(1001)));
        }
        // A body of another case is no title of this one.
        let crossed = [(case(1), body(1002))];
        let titles = store.read(move |tx| tx.titles(&vault(), &crossed)).await.unwrap();
        assert_eq!(titles, BTreeMap::new());
    }

    async fn the_words_of_a_case_that_is_kept_open_beside_its_title(store: Store) {
        let story = kept_case(&store, 0x1000, at(0)).await;
        let of = story.case.id;
        keep(&store, of, story.case.title.body, "A title").await;
        let rows = [(of, story.case.title.body)];
        let titles = store.read(move |tx| tx.titles(&vault(), &rows)).await.unwrap();
        assert_eq!(titles[&of], "A title");
    }
}
