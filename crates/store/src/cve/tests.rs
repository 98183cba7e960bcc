use domain::CveId;

use crate::samples::{at, id, kept_at, kept_case, write};
use crate::{CveReservation, KnownCve, Store, StoreError, Tx};

fn cve(number: u32) -> CveId {
    format!("CVE-1900-{number:04}").parse().unwrap()
}

async fn asked(store: &Store, case: u128, flaw: u128) {
    write(store, move |tx| tx.ask_for_cve(id(case), id(flaw), at(5))).await;
}

crate::both_engines! {
    async fn a_flaw_is_asked_for_once_and_answered_once(store: Store) {
        kept_case(&store, 0x1000, at(0)).await;
        let none = write(&store, |tx| tx.cve_reservation(id(1))).await;
        assert_eq!(none, None);
        asked(&store, 0x1000, 1).await;
        let open = write(&store, |tx| tx.cve_reservation(id(1))).await;
        let expected =
            CveReservation { vulnerability: id(1), case: id(0x1000), asked_at: kept_at(5), cve: None };
        assert_eq!(open, Some(expected.clone()));
        let again = store.write(|tx| tx.ask_for_cve(id(0x1000), id(1), at(9))).await;
        assert!(again.is_err(), "{again:?}");
        assert_eq!(write(&store, Tx::n_cves_awaited).await, 1);

        write(&store, |tx| tx.cve_answered(id(1), &cve(1), at(7))).await;
        let answered = write(&store, |tx| tx.cve_reservation(id(1))).await;
        assert_eq!(answered, Some(CveReservation { cve: Some(cve(1)), ..expected }));
        let second = store.write(|tx| tx.cve_answered(id(1), &cve(2), at(8))).await;
        assert!(matches!(second, Err(StoreError::Stale)), "{second:?}");
        assert_eq!(write(&store, Tx::n_cves_awaited).await, 0);
    }

    async fn no_id_answers_for_two_flaws(store: Store) {
        kept_case(&store, 0x1000, at(0)).await;
        asked(&store, 0x1000, 1).await;
        asked(&store, 0x1000, 2).await;
        write(&store, |tx| tx.cve_answered(id(1), &cve(1), at(7))).await;
        let taken = store.write(|tx| tx.cve_answered(id(2), &cve(1), at(7))).await;
        assert!(taken.is_err(), "{taken:?}");
    }

    async fn an_id_that_somebody_has_is_known_with_its_case(store: Store) {
        kept_case(&store, 0x1000, at(0)).await;
        asked(&store, 0x1000, 1).await;
        write(&store, |tx| tx.cve_answered(id(1), &cve(1), at(7))).await;
        write(&store, |tx| tx.keep_cve(id(0x1000), id(2), &cve(2))).await;
        write(&store, |tx| tx.keep_cve(id(0x1000), id(2), &cve(2))).await;
        let ids: Vec<String> = (1..=3).map(|n| cve(n).to_string()).collect();
        let known = store.read(move |tx| tx.known_cves(&ids)).await.unwrap();
        assert_eq!(known.keys().collect::<Vec<_>>(), ["CVE-1900-0001", "CVE-1900-0002"]);
        let KnownCve { case, handle } = &known["CVE-1900-0002"];
        assert_eq!(*case, id(0x1000));
        assert!(!handle.is_empty());
    }
}
