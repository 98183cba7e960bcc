//! What a transaction promises, the same on both engines.

use std::sync::mpsc;
use std::time::Duration;

use crate::error::Result;
use crate::statements::{Sql, sql};
use crate::{Store, StoreError, Tx, values};

/// How long a test waits for what must come.
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) fn keep(tx: &mut Tx, name: &str) -> Result<()> {
    let insert = sql!("insert into settings (name, value, version) values (?1, ?2, ?3)");
    tx.execute_one(insert, &values![name, "value", 1])
}

pub(crate) fn count(tx: &mut Tx) -> Result<i64> {
    let rows = tx.query(sql!("select count(*) as n_settings from settings"), &[])?;
    rows[0].get("n_settings")
}

pub(crate) async fn kept(store: &Store) -> i64 {
    store.read(count).await.unwrap()
}

fn add_one() -> Sql {
    sql!("update settings set version = version + 1 where name = ?1")
}

crate::both_engines! {
    async fn what_returns_ok_is_kept(store: Store) {
        store.write(|tx| keep(tx, "colour")).await.unwrap();
        let sql = sql!("select value, version from settings where name = ?1");
        let row = store.read(move |tx| tx.query_opt(sql, &values!["colour"])).await.unwrap().unwrap();
        assert_eq!(row.get::<String>("value").unwrap(), "value");
        assert_eq!(row.get::<i64>(1).unwrap(), 1);
    }

    async fn what_returns_an_error_is_undone(store: Store) {
        let answer = store.write(|tx| { keep(tx, "colour")?; Err::<(), _>(StoreError::Stale) }).await;
        assert!(matches!(answer, Err(StoreError::Stale)));
        assert_eq!(kept(&store).await, 0);
    }

    async fn the_caller_gets_its_own_error_back(store: Store) {
        #[derive(Debug, PartialEq)]
        enum Refusal { No, Store }
        impl From<StoreError> for Refusal {
            fn from(_: StoreError) -> Self { Self::Store }
        }
        assert_eq!(store.write(|_| Err::<(), _>(Refusal::No)).await, Err(Refusal::No));
        let twice = |tx: &mut Tx| { keep(tx, "a")?; Ok(keep(tx, "a")?) };
        assert_eq!(store.write(twice).await, Err(Refusal::Store));
    }

    async fn a_change_of_what_is_not_there_is_stale(store: Store) {
        let answer = store.write(|tx| tx.execute_one(add_one(), &values!["nothing"])).await;
        assert!(matches!(answer, Err(StoreError::Stale)));
    }

    async fn a_change_of_several_rows_in_place_of_one_is_undone(store: Store) {
        store.write(|tx| { keep(tx, "a")?; keep(tx, "b") }).await.unwrap();
        let all = sql!("update settings set version = version + 1");
        let answer = store.write(move |tx| { drop(tx.execute_one(all, &[])); Ok::<_, StoreError>(()) }).await;
        assert!(matches!(answer, Err(StoreError::Failed)));
        let sum = sql!("select cast(sum(version) as bigint) as total from settings");
        let rows = store.read(move |tx| tx.query(sum, &[])).await.unwrap();
        assert_eq!(rows[0].get::<i64>("total").unwrap(), 2);
    }

    async fn a_taken_key_is_told_from_other_failures(store: Store) {
        store.write(|tx| keep(tx, "a")).await.unwrap();
        let error = store.write(|tx| keep(tx, "a")).await.unwrap_err();
        assert!(matches!(&error, StoreError::Duplicate(key) if key.contains("settings")), "{error:?}");
        assert!(matches!(error.stale_if_taken(), StoreError::Stale));
    }

    async fn a_failure_that_the_closure_swallows_still_undoes_everything(store: Store) {
        let answer = store.write(|tx| {
            keep(tx, "a")?;
            assert!(keep(tx, "a").is_err());
            assert!(matches!(keep(tx, "b"), Err(StoreError::Failed)));
            Ok::<_, StoreError>(())
        }).await;
        assert!(matches!(answer, Err(StoreError::Failed)), "{answer:?}");
        assert_eq!(kept(&store).await, 0);
    }

    async fn a_panic_undoes_its_transaction_and_harms_no_other(store: Store) {
        let answer = store.write(|tx| { keep(tx, "a")?; panic!("on purpose") }).await;
        assert!(matches!(answer, Err::<(), _>(StoreError::Panicked)));
        let answer = store.read(|_| panic!("on purpose")).await;
        assert!(matches!(answer, Err::<(), _>(StoreError::Panicked)));
        store.write(|tx| keep(tx, "b")).await.unwrap();
        assert_eq!(kept(&store).await, 1);
    }

    async fn a_reading_transaction_cannot_write(store: Store) {
        let insert = sql!("insert into settings (name, value, version) values ('a', 'b', 1) returning name");
        assert!(matches!(store.read(|tx| keep(tx, "a")).await, Err(StoreError::ReadOnly)));
        assert!(matches!(store.read(move |tx| tx.query(insert, &[])).await, Err(StoreError::ReadOnly)));
        assert_eq!(kept(&store).await, 0);
        assert_eq!(store.write(move |tx| tx.query(insert, &[])).await.unwrap().len(), 1);
        assert_eq!(kept(&store).await, 1);
    }

    async fn two_hundred_writers_are_each_kept_once(store: Store) {
        store.write(|tx| keep(tx, "counter")).await.unwrap();
        let mut writers = tokio::task::JoinSet::new();
        for number in 0..200 {
            let store = store.clone();
            writers.spawn(async move {
                store.write(move |tx| {
                    keep(tx, &format!("writer {number}"))?;
                    tx.execute_one(add_one(), &values!["counter"])
                }).await
            });
        }
        while let Some(answer) = writers.join_next().await {
            answer.unwrap().unwrap();
        }
        assert_eq!(kept(&store).await, 201);
        let counter = sql!("select version from settings where name = 'counter'");
        let row = store.read(move |tx| tx.query_opt(counter, &[])).await.unwrap().unwrap();
        assert_eq!(row.get::<i64>("version").unwrap(), 201);
    }

    async fn a_reader_sees_one_snapshot_and_the_next_reader_sees_what_came_since(store: Store) {
        let (looked, first_look) = tokio::sync::oneshot::channel();
        let (go_on, may_go_on) = mpsc::channel();
        let reading = store.clone();
        let reader = tokio::spawn(async move {
            reading.read(move |tx| {
                let before = count(tx)?;
                looked.send(()).unwrap();
                may_go_on.recv_timeout(SOON).unwrap();
                Ok::<_, StoreError>((before, count(tx)?))
            }).await
        });
        first_look.await.unwrap();
        store.write(|tx| keep(tx, "a")).await.unwrap();
        assert_eq!(kept(&store).await, 1);
        go_on.send(()).unwrap();
        assert_eq!(reader.await.unwrap().unwrap(), (0, 0));
    }

    async fn a_caller_who_leaves_cannot_leave_half_a_transaction(store: Store) {
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let (go_on, may_go_on) = mpsc::channel();
        let mut hints = store.committed();
        let writing = store.clone();
        let caller = tokio::spawn(async move {
            writing.write(move |tx| {
                keep(tx, "first half")?;
                begun.send(()).unwrap();
                may_go_on.recv_timeout(SOON).unwrap();
                keep(tx, "second half")
            }).await
        });
        has_begun.await.unwrap();
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        assert_eq!(kept(&store).await, 0);
        go_on.send(()).unwrap();
        hints.changed().await.unwrap();
        assert_eq!(kept(&store).await, 2);
    }

    async fn every_commit_gives_a_hint_and_reading_gives_none(store: Store) {
        let mut hints = store.committed();
        kept(&store).await;
        assert!(store.write(|_| Err::<(), _>(StoreError::Stale)).await.is_err());
        assert!(!hints.has_changed().unwrap());
        store.write(|tx| keep(tx, "a")).await.unwrap();
        assert!(hints.has_changed().unwrap());
        hints.borrow_and_update();
    }

    async fn statements_are_counted(store: Store) {
        let before = store.statements_run();
        let own = store.write(|tx| { keep(tx, "a")?; keep(tx, "b")?; Ok::<_, StoreError>(tx.statements_run()) }).await;
        assert_eq!(own.unwrap(), 2);
        let own = store.read(|tx| { count(tx)?; Ok::<_, StoreError>(tx.statements_run()) }).await;
        assert_eq!(own.unwrap(), 1);
        assert_eq!(store.statements_run() - before, 3);
    }

    async fn a_text_with_a_nul_is_refused(store: Store) {
        let answer = store.write(|tx| keep(tx, "a\0b")).await;
        assert!(matches!(answer, Err(StoreError::NulCharacter)));
    }

    async fn a_missing_parameter_is_an_error(store: Store) {
        let answer = store.write(|tx| tx.execute(add_one(), &[])).await;
        assert!(matches!(answer, Err(StoreError::Database(_))), "{answer:?}");
        assert_eq!(kept(&store).await, 0);
    }

    async fn a_closed_store_finishes_what_it_has_and_takes_no_more(store: Store) {
        store.write(|tx| keep(tx, "a")).await.unwrap();
        let writing = store.clone();
        let (begun, has_begun) = tokio::sync::oneshot::channel();
        let last = tokio::spawn(async move {
            writing.write(move |tx| { begun.send(()).unwrap(); keep(tx, "b") }).await
        });
        has_begun.await.unwrap();
        store.close().await;
        last.await.unwrap().unwrap();
        assert!(matches!(store.read(count).await, Err(StoreError::Closed)));
        assert!(matches!(store.write(count).await, Err(StoreError::Closed)));
    }

    async fn an_error_does_not_show_what_the_rows_hold(store: Store) {
        let insert = sql!("insert into settings (name, value, version) values (?1, ?2, ?3)");
        for name in [Some("geheim"), None] {
            for (value, number) in [("geheim", values![1]), ("geheim", values!["geheim"])] {
                let insert = move |tx: &mut Tx| {
                    let [number] = number;
                    let parameters = [name.into(), value.into(), number];
                    tx.execute(insert, &parameters)?;
                    tx.execute(insert, &parameters)
                };
                let error = store.write(insert).await.unwrap_err();
                let source = std::error::Error::source(&error).map(ToString::to_string);
                let told = format!("{error} {error:?} {source:?}");
                assert!(!told.contains("geheim"), "{told}");
            }
        }
    }
}
