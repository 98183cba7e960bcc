use crate::Store;
use crate::samples::{at, id, write};

crate::both_engines! {
    async fn a_link_is_good_until_it_runs_out(store: Store) {
        write(&store, |tx| tx.keep_link([1; 32], id(1), id(2), at(0), at(60))).await;
        let found = async |hash: [u8; 32], now| {
            store.read(move |tx| tx.link(&hash, now)).await.unwrap()
        };
        assert_eq!(found([1; 32], at(59)).await, Some((id(1), id(2))));
        assert_eq!(found([1; 32], at(60)).await, None);
        assert_eq!(found([2; 32], at(0)).await, None);
    }

    async fn revoked_links_are_those_of_one_participant(store: Store) {
        write(&store, |tx| {
            for (number, participant) in [(1, 2), (2, 2), (3, 3)] {
                tx.keep_link([number; 32], id(1), id(participant), at(0), at(60))?;
            }
            tx.revoke_links(id(1), id(2))
        })
        .await;
        for (number, good) in [(1, false), (2, false), (3, true)] {
            let found = store.read(move |tx| tx.link(&[number; 32], at(1))).await.unwrap();
            assert_eq!(found.is_some(), good, "link {number}");
        }
    }
}
