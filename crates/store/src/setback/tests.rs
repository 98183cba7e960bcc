use jiff::SignedDuration;

use crate::samples::{at, id, write};
use crate::{Pauses, Store, Tx, sample};

const PAUSES: Pauses =
    Pauses { first: SignedDuration::from_secs(10), longest: SignedDuration::from_secs(35) };

/// Whether the duty would take case 1 at this second.
async fn is_named(store: &Store, second: i64) -> bool {
    let due = store.read(move |tx: &mut Tx| tx.cases_due("publish", at(second), None, 10)).await;
    due.unwrap().iter().any(|due| due.case == sample::case_id(1))
}

crate::both_engines! {
    async fn a_case_pauses_longer_after_each_failure_and_is_free_after_a_success(store: Store) {
        let vault = sample::vault(1);
        write(&store, move |tx| {
            sample::begin(tx, &vault, 1)?;
            sample::make_due(tx, sample::case_id(1), at(0))
        })
        .await;
        assert!(is_named(&store, 0).await);
        for (failed_at, free_at) in [(0, 10), (10, 30), (30, 65), (65, 100)] {
            write(&store, move |tx| tx.set_back("publish", sample::case_id(1), at(failed_at), PAUSES))
                .await;
            assert!(!is_named(&store, free_at - 1).await, "failed at {failed_at}");
            assert!(is_named(&store, free_at).await, "failed at {failed_at}");
        }
        assert_eq!(write(&store, Tx::n_setbacks).await, 1);
        write(&store, |tx| tx.forget_setback("publish", sample::case_id(1))).await;
        assert_eq!(write(&store, Tx::n_setbacks).await, 0);
        assert!(is_named(&store, 66).await);
    }

    async fn a_setback_of_one_duty_holds_up_no_other(store: Store) {
        let vault = sample::vault(1);
        write(&store, move |tx| {
            sample::begin(tx, &vault, 1)?;
            sample::make_due(tx, sample::case_id(1), at(0))?;
            tx.set_back("another", sample::case_id(1), at(0), PAUSES)?;
            tx.set_back("publish", id(0x9000), at(0), PAUSES)
        })
        .await;
        assert!(is_named(&store, 1).await);
    }
}
