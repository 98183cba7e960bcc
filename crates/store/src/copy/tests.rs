use super::CopyError;
use crate::statements::sql;
use crate::tables::tests::everything;
use crate::{Blobs, Store, Tx, copy, sample, values, verify};

/// A store with two cases, one of them with so many vendors that its journal fills several pages.
async fn filled(store: &Store) -> crate::Vault {
    let vault = sample::vault(1);
    let with = vault.clone();
    store
        .write(move |tx: &mut Tx| {
            tx.prove_vault(&with)?;
            sample::begin(tx, &with, 1)?;
            sample::begin_with_vendors(tx, &with, 2, 70)?;
            let session = sql!("insert into leases (name, node, valid_until) values (?1, ?2, ?3)");
            tx.execute(session, &values!["publishing", "a node", 1]).map(drop)
        })
        .await
        .unwrap();
    vault
}

async fn is_the_same_there(from: &Store, to: &Store) {
    let vault = filled(from).await;
    let copied = copy(from, to).await.unwrap();
    assert_eq!(copied.heads.cases, 2);
    assert_eq!(copied.heads.entries, 1 + 2 + 2 * 70);
    let there = everything(to).await;
    assert!(there == everything(from).await);
    assert!(there.iter().any(|(name, rows)| name == "journal" && rows.len() == 143));
    let report = verify::verify(to, &vault, &Blobs::in_memory()).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
    let sql = sql!("select count(*) as n from leases");
    let left = to.read(move |tx: &mut Tx| tx.query_opt(sql, &[])).await.unwrap().unwrap();
    assert_eq!(left.get::<i64>("n").unwrap(), 0);
}

#[tokio::test]
async fn what_was_in_a_file_is_the_same_in_a_file() {
    let (from, to) =
        (Store::scratch_sqlite().await.unwrap(), Store::scratch_sqlite().await.unwrap());
    is_the_same_there(&from, &to).await;
}

#[tokio::test]
async fn what_was_in_a_file_is_the_same_on_a_server_and_back() {
    let Some(server) = Store::scratch_postgres().await.unwrap() else { return };
    let file = Store::scratch_sqlite().await.unwrap();
    is_the_same_there(&file, &server).await;
    let back = Store::scratch_sqlite().await.unwrap();
    copy(&server, &back).await.unwrap();
    assert!(everything(&back).await == everything(&file).await);
}

crate::both_engines! {
    async fn a_database_that_holds_anything_is_not_filled(to: Store) {
        let from = Store::scratch_sqlite().await.unwrap();
        filled(&from).await;
        let note = sql!("insert into settings (name, value, version) values ('a', 'b', 1)");
        to.write(move |tx: &mut Tx| tx.execute(note, &[])).await.unwrap();
        let before = everything(&to).await;
        let refused = copy(&from, &to).await;
        let Err(CopyError::Refused(sentences)) = refused else { panic!("{refused:?}") };
        assert_eq!(
            sentences,
            ["The database to be filled is not empty: there are rows in settings. Give an empty one."]
        );
        assert!(everything(&to).await == before);
    }

    async fn a_copy_whose_source_is_gone_leaves_nothing_and_ends(to: Store) {
        let from = Store::scratch_sqlite().await.unwrap();
        filled(&from).await;
        from.close().await;
        let failed = copy(&from, &to).await;
        assert!(matches!(failed, Err(CopyError::Store(crate::StoreError::Closed))), "{failed:?}");
        assert!(everything(&to).await.is_empty());
    }
}
