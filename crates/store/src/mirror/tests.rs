use crate::{Store, StoreError, Tx};

crate::both_engines! {
    async fn a_copy_is_known_by_its_edition_and_its_failures(store: Store) {
        let at = |text: &str| -> jiff::Timestamp { text.parse().unwrap() };
        let (noon, later) = (at("2026-11-22T12:00:00Z"), at("2026-11-22T12:01:00Z"));
        let told = store.write::<_, StoreError>(move |tx: &mut Tx| {
            assert_eq!(tx.mirror("directory /srv/site")?, None);
            tx.mirror_failed("directory /srv/site", noon, "it is full")?;
            tx.mirror_failed("directory /srv/site", later, "it is still full")?;
            let failed = tx.mirror("directory /srv/site")?.unwrap();
            tx.mirror_carried("directory /srv/site", 7, later)?;
            Ok((failed, tx.mirror("directory /srv/site")?.unwrap(), tx.mirror("bucket b")?))
        });
        let (failed, carried, other) = told.await.unwrap();
        assert_eq!((failed.edition, failed.n_failures, failed.next_at), (None, 2, later));
        assert_eq!(failed.why.as_deref(), Some("it is still full"));
        assert_eq!((carried.edition, carried.carried_at), (Some(7), Some(later)));
        assert_eq!((carried.n_failures, carried.why), (0, None));
        assert_eq!(other, None);
    }
}
