//! What only PostgreSQL has to stand: broken connections, other nodes, races.

use std::sync::mpsc;

use crate::engine::tests::{SOON, keep, kept};
use crate::migrate::MIGRATIONS;
use crate::scratch::Schema;
use crate::statements::{Sql, Statement, sql};
use crate::{Store, StoreError, Tx, values};

static OWN_PID: Statement = Statement::shared("select pg_backend_pid() as pid", "", 0);
static TERMINATE: Statement =
    Statement::shared("select pg_terminate_backend(cast(?1 as integer), 5000) as ended", "", 0);

fn own_pid(tx: &mut Tx) -> Result<i64, StoreError> {
    tx.query(Sql(&OWN_PID), &[])?[0].get("pid")
}

async fn terminate(store: &Store, pid: i64) {
    let ended = store.read(move |tx| tx.query(Sql(&TERMINATE), &values![pid])).await.unwrap();
    assert!(ended[0].get::<bool>("ended").unwrap());
}

#[tokio::test]
async fn a_connection_that_broke_while_it_waited_is_replaced_unnoticed() {
    let Some(store) = Store::scratch_postgres().await.unwrap() else { return };
    let Some(other) = Store::scratch_postgres().await.unwrap() else { return };
    let pid = store.write(own_pid).await.unwrap();
    terminate(&other, pid).await;
    store.write(|tx| keep(tx, "a")).await.unwrap();
    assert_eq!(kept(&store).await, 1);
    assert_ne!(store.write(own_pid).await.unwrap(), pid);
}

#[tokio::test]
async fn a_connection_that_breaks_in_a_transaction_fails_it_and_is_replaced() {
    let Some(store) = Store::scratch_postgres().await.unwrap() else { return };
    let Some(other) = Store::scratch_postgres().await.unwrap() else { return };
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let writing = store.clone();
    let writer = tokio::spawn(async move {
        writing
            .write(move |tx| {
                keep(tx, "first half")?;
                begun.send(own_pid(tx)?).unwrap();
                may_go_on.recv_timeout(SOON).unwrap();
                keep(tx, "second half")
            })
            .await
    });
    terminate(&other, has_begun.await.unwrap()).await;
    go_on.send(()).unwrap();
    let answer = writer.await.unwrap();
    assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    assert_eq!(kept(&store).await, 0);
    store.write(|tx| keep(tx, "again")).await.unwrap();
    assert_eq!(kept(&store).await, 1);
}

#[tokio::test]
async fn a_connection_that_breaks_before_the_commit_leaves_the_caller_unsure() {
    let Some(store) = Store::scratch_postgres().await.unwrap() else { return };
    let Some(other) = Store::scratch_postgres().await.unwrap() else { return };
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let writing = store.clone();
    let writer = tokio::spawn(async move {
        writing
            .write(move |tx| {
                keep(tx, "a")?;
                begun.send(own_pid(tx)?).unwrap();
                may_go_on.recv_timeout(SOON).unwrap();
                Ok::<_, StoreError>(())
            })
            .await
    });
    terminate(&other, has_begun.await.unwrap()).await;
    go_on.send(()).unwrap();
    let answer = writer.await.unwrap();
    assert!(matches!(answer, Err(StoreError::Unsure(_))), "{answer:?}");
}

#[tokio::test]
async fn of_two_nodes_that_change_the_same_version_one_is_stale() {
    let Some(schema) = Schema::new().unwrap() else { return };
    let here = Store::open(&schema.place()).await.unwrap();
    let there = Store::open(&schema.place()).await.unwrap();
    here.write(|tx| keep(tx, "a")).await.unwrap();
    let change = sql!(
        "update settings set value = ?1, version = version + 1 where name = 'a' and version = ?2"
    );
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel();
    let first = tokio::spawn(async move {
        here.write(move |tx| {
            tx.execute_one(change, &values!["here", 1])?;
            begun.send(()).unwrap();
            may_go_on.recv_timeout(SOON).unwrap();
            Ok::<_, StoreError>(())
        })
        .await
    });
    has_begun.await.unwrap();
    let second = there.write(move |tx| tx.execute_one(change, &values!["there", 1]));
    let (second, ()) = tokio::join!(second, async { go_on.send(()).unwrap() });
    first.await.unwrap().unwrap();
    assert!(matches!(second, Err(StoreError::Stale)), "{second:?}");
}

#[tokio::test]
async fn one_node_hears_what_another_keeps() {
    let Some(schema) = Schema::new().unwrap() else { return };
    let here = Store::open(&schema.place()).await.unwrap();
    let there = Store::open(&schema.place()).await.unwrap();
    let mut hints = there.committed();
    // The other node may not listen yet, and a hint may be lost: so it is told until it hears.
    let telling = async {
        for number in 0.. {
            here.write(move |tx| keep(tx, &number.to_string())).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    tokio::select! {
        heard = tokio::time::timeout(SOON, hints.changed()) => heard.unwrap().unwrap(),
        () = telling => (),
    }
}

#[tokio::test]
async fn nodes_that_start_at_once_bring_the_tables_up_to_date_once() {
    let Some(schema) = Schema::new().unwrap() else { return };
    let place = schema.place();
    let (a, b, c, d) = tokio::join!(
        Store::open(&place),
        Store::open(&place),
        Store::open(&place),
        Store::open(&place)
    );
    let [a, _, _, _] = [a.unwrap(), b.unwrap(), c.unwrap(), d.unwrap()];
    let rows = a.read(|tx| tx.query(sql!("select number from migrations"), &[])).await.unwrap();
    assert_eq!(rows.len(), MIGRATIONS.len());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    let url = "postgres://nobody@127.0.0.1:1/none".to_owned();
    let place = crate::Place::Postgres { url, public_url: None };
    let error = Store::open(&place).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn a_server_that_forgets_in_a_power_cut_is_refused() {
    let Ok(url) = std::env::var(crate::scratch::POSTGRES) else { return };
    let Some(store) = Store::scratch_postgres().await.unwrap() else { return };
    let fsync =
        sql!(sqlite: "select 'on' as fsync", postgres: "select current_setting('fsync') as fsync");
    let row = store.read(move |tx| tx.query_opt(fsync, &[])).await.unwrap().unwrap();
    let lasting = row.get::<String>("fsync").unwrap() == "on";
    let place = super::tls::Place::parse(&url).unwrap();
    // Connecting blocks, so it takes a thread of its own.
    let opened =
        std::thread::spawn(move || super::Connection::open(&place).map(drop)).join().unwrap();
    match opened {
        Ok(()) => assert!(lasting),
        Err(error) => assert!(
            !lasting && matches!(error, StoreError::Setting { name: "fsync", .. }),
            "{error:?}"
        ),
    }
}
