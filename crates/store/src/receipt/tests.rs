use crate::samples::{id, vault, vault_with, write};
use crate::statements::sql;
use crate::{ReporterIdentity, Store, StoreError, values};

fn ada() -> ReporterIdentity {
    ReporterIdentity {
        name: Some("Ada".to_owned()),
        address: Some("ada@example.org".to_owned()),
        organization: None,
        notes: Some("call after six".to_owned()),
    }
}

crate::both_engines! {
    async fn who_reported_is_kept_changed_and_erased(store: Store) {
        let read = async || store.read(|tx| tx.reporter(&vault(), id(1))).await.unwrap();
        assert_eq!(read().await, None);
        write(&store, |tx| tx.keep_reporter(&vault(), id(1), id(2), &ada())).await;
        assert_eq!(read().await, Some(ada()));
        let nobody = ReporterIdentity::default();
        write(&store, |tx| tx.keep_reporter(&vault(), id(1), id(2), &ReporterIdentity::default()))
            .await;
        assert_eq!(read().await, Some(nobody));
        write(&store, |tx| tx.erase_reporter(id(1))).await;
        assert_eq!(read().await, None);
    }

    async fn who_reported_does_not_open_elsewhere_or_with_another_key(store: Store) {
        write(&store, |tx| {
            let vault = vault();
            tx.keep_reporter(&vault, id(1), id(2), &ada())?;
            tx.keep_reporter(&vault, id(3), id(4), &ReporterIdentity::default())
        })
        .await;
        let wrong = store.read(|tx| tx.reporter(&vault_with([8; 32]), id(1))).await;
        assert!(matches!(wrong, Err(StoreError::Sealed { table: "reporters", .. })), "{wrong:?}");
        write(&store, |tx| {
            tx.execute_one(
                sql!(
                    "update reporters set \
                    wrapped = (select wrapped from reporters where report_id = ?2), \
                    sealed = (select sealed from reporters where report_id = ?2) \
                    where report_id = ?1"
                ),
                &values![id::<domain::ReportId>(3), id::<domain::ReportId>(1)],
            )
        })
        .await;
        let moved = store.read(|tx| tx.reporter(&vault(), id(3))).await;
        assert!(matches!(moved, Err(StoreError::Sealed { .. })), "{moved:?}");
    }

    async fn a_report_does_not_move_to_another_case(store: Store) {
        write(&store, |tx| tx.keep_reporter(&vault(), id(1), id(2), &ada())).await;
        let error = store
            .write(|tx| tx.keep_reporter(&vault(), id(1), id(5), &ada()))
            .await
            .unwrap_err();
        assert!(matches!(error, StoreError::Stale), "{error}");
    }

    async fn a_receipt_finds_its_report_and_no_other_does(store: Store) {
        write(&store, |tx| tx.keep_receipt([1; 32], id(1), id(2))).await;
        let found = store.read(|tx| tx.receipt(&[1; 32])).await.unwrap();
        assert_eq!(found, Some((id(1), id(2))));
        assert_eq!(store.read(|tx| tx.receipt(&[2; 32])).await.unwrap(), None);
    }
}

#[test]
fn who_reported_is_not_shown_to_a_log() {
    assert_eq!(format!("{:?}", ada()), "ReporterIdentity(…)");
}
