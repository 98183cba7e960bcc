use crate::Store;
use crate::samples::{at, write};

crate::both_engines! {
    async fn one_node_at_a_time_holds_a_lease(store: Store) {
        for (node, now, until, taken) in [
            ("one", 0, 60, true),
            ("two", 59, 120, false),
            ("one", 30, 90, true),
            ("two", 89, 150, false),
            ("two", 90, 150, true),
            ("one", 100, 160, false),
        ] {
            let got = write(&store, move |tx| tx.take_lease("mail", node, at(now), at(until))).await;
            assert_eq!(got, taken, "{node} at {now}");
        }
        assert!(write(&store, |tx| tx.take_lease("other", "one", at(100), at(160))).await);
    }

    async fn a_lease_is_given_back_by_who_holds_it_only(store: Store) {
        for (node, taken) in [("two", false), ("one", true)] {
            let got = write(&store, move |tx| {
                tx.take_lease("mail", "one", at(0), at(60))?;
                tx.release_lease("mail", node)?;
                tx.take_lease("mail", "three", at(1), at(2))
            })
            .await;
            assert_eq!(got, taken, "{node}");
        }
    }
}
