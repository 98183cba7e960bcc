use crate::Store;
use crate::samples::{at, write};

crate::both_engines! {
    async fn tries_are_counted_by_key_and_window(store: Store) {
        for (key, window, n) in [("a", 0, 1), ("a", 0, 2), ("b", 0, 1), ("a", 60, 1), ("a", 0, 3)] {
            assert_eq!(write(&store, move |tx| tx.count_try(key, at(window))).await, n);
        }
        write(&store, |tx| tx.forget_tries(at(60))).await;
        assert_eq!(write(&store, |tx| tx.count_try("a", at(0))).await, 1);
        assert_eq!(write(&store, |tx| tx.count_try("a", at(60))).await, 2);
    }
}
