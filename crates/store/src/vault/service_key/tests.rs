use super::*;
use crate::Store;
use crate::samples::{vault, vault_with};

crate::both_engines! {
    async fn the_service_key_lies_sealed_and_comes_back(store: Store) {
        let bytes = b"a secret key".as_slice();
        let none = store.read(|tx| tx.service_key(&vault())).await.unwrap();
        assert!(none.is_none());
        store.write(move |tx| tx.keep_service_key(&vault(), None, bytes)).await.unwrap();
        let kept = store.read(|tx| tx.service_key(&vault())).await.unwrap().unwrap();
        assert_eq!(kept.bytes.as_slice(), bytes);
        assert_eq!(format!("{kept:?}"), "KeptServiceKey(…)");
        let lies = store.read(|tx| {
            let sql = sql!("select name, value, version from settings where name = ?1");
            tx.query_opt(sql, &values![NAME])?.unwrap().get::<String>("value")
        });
        let lies = unhex(&lies.await.unwrap()).unwrap();
        assert!(!lies.windows(6).any(|piece| piece == b"secret"));
        let other = store.read(|tx| tx.service_key(&vault_with([8; 32]))).await;
        assert!(matches!(other, Err(StoreError::Sealed { .. })), "{other:?}");
    }

    async fn of_two_that_change_the_service_key_one_must_look_again(store: Store) {
        store.write(|tx| tx.keep_service_key(&vault(), None, b"one")).await.unwrap();
        let second = store.write(|tx| tx.keep_service_key(&vault(), None, b"two")).await;
        assert!(matches!(second, Err(StoreError::Stale)), "{second:?}");
        let before = store.read(|tx| tx.service_key(&vault())).await.unwrap().unwrap();
        let change = |tx: &mut Tx| {
            let before = tx.service_key(&vault())?;
            tx.keep_service_key(&vault(), before.as_ref(), b"three")
        };
        store.write(change).await.unwrap();
        let late = store.write(move |tx| tx.keep_service_key(&vault(), Some(&before), b"four"));
        assert!(matches!(late.await, Err(StoreError::Stale)));
        let kept = store.read(|tx| tx.service_key(&vault())).await.unwrap().unwrap();
        assert_eq!(kept.bytes.as_slice(), b"three");
    }
}
