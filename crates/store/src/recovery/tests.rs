use crate::Store;
use crate::account::tests::{account, kept};
use crate::samples::{id, write};

async fn left(store: &Store, number: u128) -> u64 {
    store.read(move |tx| tx.recovery_codes_left(id(number))).await.unwrap()
}

async fn used(store: &Store, number: u128, code: u8) -> bool {
    write(store, move |tx| tx.use_recovery_code(id(number), &[code; 32])).await
}

crate::both_engines! {
    async fn a_recovery_code_is_good_once_and_for_its_owner_alone(store: Store) {
        kept(&store, account(1)).await;
        kept(&store, account(2)).await;
        write(&store, |tx| {
            tx.keep_recovery_codes(id(1), &[[1; 32], [2; 32]])?;
            tx.keep_recovery_codes(id(2), &[[3; 32]])
        })
        .await;
        assert_eq!((left(&store, 1).await, left(&store, 2).await), (2, 1));
        assert!(!used(&store, 2, 1).await);
        assert!(used(&store, 1, 1).await);
        assert!(!used(&store, 1, 1).await);
        assert_eq!((left(&store, 1).await, left(&store, 2).await), (1, 1));
    }

    async fn of_two_who_use_one_code_at_once_one_is_let_in(store: Store) {
        kept(&store, account(1)).await;
        write(&store, |tx| tx.keep_recovery_codes(id(1), &[[1; 32]])).await;
        let (one, other) = tokio::join!(used(&store, 1, 1), used(&store, 1, 1));
        assert!(one != other);
    }

    async fn new_recovery_codes_take_the_place_of_the_old(store: Store) {
        kept(&store, account(1)).await;
        write(&store, |tx| tx.keep_recovery_codes(id(1), &[[1; 32], [2; 32]])).await;
        write(&store, |tx| tx.keep_recovery_codes(id(1), &[[3; 32]])).await;
        assert!(!used(&store, 1, 2).await);
        assert!(used(&store, 1, 3).await);
        write(&store, |tx| tx.keep_recovery_codes(id(1), &[])).await;
        assert_eq!(left(&store, 1).await, 0);
    }
}
