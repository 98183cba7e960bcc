use domain::Policy;

use crate::samples::{at, fails, id, write};
use crate::{Store, StoreError, Tx};

fn policy(version: u32) -> Policy {
    Policy { version, prefix: format!("V{version}"), ..Policy::default() }
}

crate::both_engines! {
    async fn the_policy_in_force_is_the_newest(store: Store) {
        let current = async || store.read(Tx::current_policy).await.unwrap();
        assert_eq!(current().await, Policy::default());
        write(&store, |tx| tx.keep_policy(&policy(2), Some(id(1)), at(0))).await;
        write(&store, |tx| tx.keep_policy(&policy(3), None, at(1))).await;
        assert_eq!(current().await, policy(3));
    }

    async fn a_policy_that_does_not_follow_the_one_in_force_is_stale(store: Store) {
        write(&store, |tx| tx.keep_policy(&policy(2), None, at(0))).await;
        for version in [1, 2, 4] {
            let error = fails(&store, move |tx| tx.keep_policy(&policy(version), None, at(1))).await;
            assert!(matches!(error, StoreError::Stale), "{version}: {error}");
        }
    }
}
