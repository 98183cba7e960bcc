//! What only SQLite promises: group commit, one server per file, a safe set-up.

use std::sync::mpsc;

use super::{Access, Connection, Place};
use crate::engine::tests::{SOON, count, keep, kept};
use crate::migrate::Migration;
use crate::statements::{Sql, Statement};
use crate::{Store, StoreError};

/// Keeps the writer busy until the sender is used, so that what comes meanwhile shares a commit.
async fn hold_the_writer(store: &Store) -> mpsc::Sender<()> {
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let store = store.clone();
    tokio::spawn(async move {
        store
            .write(move |_| {
                begun.send(()).unwrap();
                may_go_on.recv_timeout(SOON).unwrap();
                Err::<(), _>(StoreError::Stale)
            })
            .await
    });
    has_begun.await.unwrap();
    go_on
}

#[tokio::test]
async fn nobody_is_answered_before_the_shared_commit() {
    let store = Store::scratch_sqlite().await.unwrap();
    let release = hold_the_writer(&store).await;
    let (second_runs, has_second) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let mut first = Box::pin(store.write(|tx| keep(tx, "first")));
    let mut refused = Box::pin(store.write(|tx| {
        Err::<(), _>(if count(tx)? == 1 { StoreError::Stale } else { StoreError::Failed })
    }));
    let mut second = Box::pin(store.write(move |tx| {
        second_runs.send(()).unwrap();
        may_go_on.recv_timeout(SOON).unwrap();
        keep(tx, "second")
    }));
    // The first look puts each of them in line.
    let waker = &mut std::task::Context::from_waker(std::task::Waker::noop());
    assert!(first.as_mut().poll(waker).is_pending());
    assert!(refused.as_mut().poll(waker).is_pending());
    assert!(second.as_mut().poll(waker).is_pending());
    release.send(()).unwrap();
    has_second.await.unwrap();
    // The first has run, but it is not on the disk; what refused has seen the first.
    assert!(first.as_mut().poll(waker).is_pending());
    assert!(refused.as_mut().poll(waker).is_pending());
    assert_eq!(kept(&store).await, 0);
    go_on.send(()).unwrap();
    first.await.unwrap();
    assert!(matches!(refused.await, Err(StoreError::Stale)));
    second.await.unwrap();
    assert_eq!(kept(&store).await, 2);
}

#[tokio::test]
async fn when_the_shared_commit_fails_everyone_hears_of_it() {
    static PAIRS: [Migration; 1] = [Migration {
        number: 1,
        name: "pairs",
        text: "create table settings (name {text} primary key, value {text}, version bigint) {strict};
            create table pair (name {text} references settings (name) deferrable initially deferred) {strict};",
    }];
    static DANGLING: Statement =
        Statement::shared("insert into pair (name) values ('nobody')", "", 0);
    let store = Store::scratch_sqlite_with(&PAIRS).await.unwrap();
    let release = hold_the_writer(&store).await;
    let innocent = store.write(|tx| keep(tx, "innocent"));
    let refused = store.write(|_| Err::<(), _>(StoreError::Stale));
    let culprit = store.write(|tx| tx.execute_one(Sql(&DANGLING), &[]));
    let answers = async { tokio::join!(innocent, refused, culprit) };
    let (answers, ()) = tokio::join!(answers, async { release.send(()).unwrap() });
    assert!(matches!(answers.0, Err(StoreError::Database(_))), "{answers:?}");
    assert!(matches!(answers.1, Err(StoreError::Database(_))), "{answers:?}");
    assert!(matches!(answers.2, Err(StoreError::Database(_))), "{answers:?}");
    assert_eq!(kept(&store).await, 0);
    store.write(|tx| keep(tx, "later")).await.unwrap();
    assert_eq!(kept(&store).await, 1);
}

#[tokio::test]
async fn an_error_in_a_shared_commit_undoes_its_own_part_only() {
    let store = Store::scratch_sqlite().await.unwrap();
    let release = hold_the_writer(&store).await;
    let fine = store.write(|tx| keep(tx, "fine"));
    let undone = store.write(|tx| {
        keep(tx, "undone")?;
        keep(tx, "fine")
    });
    let panics = store.write(|tx| {
        keep(tx, "panics")?;
        panic!("on purpose");
        #[expect(unreachable_code, reason = "it names the type")]
        Ok::<(), StoreError>(())
    });
    let also_fine = store.write(|tx| keep(tx, "also fine"));
    let answers = async { tokio::join!(fine, undone, panics, also_fine) };
    let (answers, ()) = tokio::join!(answers, async { release.send(()).unwrap() });
    assert!(answers.0.is_ok() && answers.3.is_ok());
    assert!(matches!(answers.1, Err(StoreError::Duplicate(_))));
    assert!(matches!(answers.2, Err(StoreError::Panicked)));
    assert_eq!(kept(&store).await, 2);
}

#[tokio::test]
async fn a_second_server_is_kept_away_from_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let place = crate::Place::Sqlite { path: folder.path().join("data") };
    let store = Store::open(&place).await.unwrap();
    let error = Store::open(&place).await.unwrap_err();
    assert!(error.to_string().starts_with("another server is using "), "{error}");
    store.write(|tx| keep(tx, "a")).await.unwrap();
    store.close().await;
    assert_eq!(kept(&Store::open(&place).await.unwrap()).await, 1);
}

#[test]
fn every_connection_is_safe() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::take(&folder.path().join("data")).unwrap();
    for access in [Access::Write, Access::Read] {
        let connection = Connection::open(&place.path, access).unwrap();
        for (name, wanted) in [
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("secure_delete", 1),
            ("trusted_schema", 0),
            ("query_only", i64::from(access == Access::Read)),
        ] {
            let found: i64 =
                connection.inner.pragma_query_value(None, name, |row| row.get(0)).unwrap();
            assert_eq!(found, wanted, "{name}");
        }
    }
}

#[test]
fn a_setting_that_does_not_take_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::take(&folder.path().join("data")).unwrap();
    let connection = Connection::open(&place.path, Access::Write).unwrap();
    let error = connection.set("synchronous", "normal", "2").unwrap_err();
    assert_eq!(error.to_string(), "the database setting synchronous is 1, but must be 2");
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let place = crate::Place::Sqlite { path: folder.path().join("data") };
    let store = Store::open(&place).await.unwrap();
    store.write(|tx| keep(tx, "a")).await.unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert!(files.len() >= 3, "the data, the log and the lock");
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{} {mode:o}", file.path().display());
    }
}
