use crate::migrate::MIGRATIONS;
use crate::scratch::Schema;
use crate::{Place, Store, StoreError, Tx, sample};

/// While one server works on the place, another process looks.
async fn looks_while_a_server_works(place: &Place) {
    let server = Store::open(place).await.unwrap();
    let vault = sample::vault(1);
    let with = vault.clone();
    server.write(move |tx: &mut Tx| sample::begin(tx, &with, 1).map(drop)).await.unwrap();
    let looking = Store::open_beside(place).await.unwrap();
    let version = |found: Option<(domain::Case, String)>| found.map(|(case, _)| case.version);
    let seen = looking.read(|tx: &mut Tx| tx.case(sample::case_id(1))).await.unwrap();
    assert_eq!(version(seen), Some(1));
    let with = vault.clone();
    server
        .write(move |tx: &mut Tx| {
            sample::retitle(tx, &with, sample::case_id(1), sample::id(9, 9), "On").map(drop)
        })
        .await
        .unwrap();
    let seen = looking.read(|tx: &mut Tx| tx.case(sample::case_id(1))).await.unwrap();
    assert_eq!(version(seen), Some(2));
    let edition = looking.public().edition().await;
    assert!(matches!(edition, Ok(0)), "what is public can be read too: {edition:?}");
    let refused = looking.write(|tx: &mut Tx| tx.erase_body(sample::id(9, 9))).await;
    assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
    looking.close().await;
    if let Place::Sqlite { .. } = place {
        let second = Store::open(place).await;
        assert!(matches!(second, Err(StoreError::InUse(_))), "the server still has its lock");
    }
    server.close().await;
}

#[tokio::test]
async fn a_file_is_looked_at_while_a_server_works_on_it() {
    let folder = tempfile::tempdir().unwrap();
    looks_while_a_server_works(&Place::Sqlite { path: folder.path().join("a.sqlite") }).await;
}

#[tokio::test]
async fn a_server_is_looked_at_while_another_works_on_it() {
    let Some(schema) = Schema::new().unwrap() else { return };
    looks_while_a_server_works(&schema.place()).await;
}

#[tokio::test]
async fn what_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.sqlite");
    let looked = Store::open_beside(&Place::Sqlite { path: path.clone() }).await;
    assert!(matches!(looked, Err(StoreError::File { .. })), "{looked:?}");
    assert!(!path.exists());
}

#[tokio::test]
async fn an_older_schema_is_not_changed_by_a_look() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::Sqlite { path: folder.path().join("a.sqlite") };
    Store::open_with(&place, &MIGRATIONS[..1]).await.unwrap().close().await;
    let looked = Store::open_beside(&place).await;
    assert!(matches!(looked, Err(StoreError::Migration { number: 2, .. })), "{looked:?}");
}
