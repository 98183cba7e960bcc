#![expect(
    clippy::redundant_closure_for_method_calls,
    reason = "a method of a transaction is not general over how long it lives"
)]

use std::collections::BTreeMap;

use domain::access::StaffRole;
use domain::note::imported_withdrawal::{Choice, Decided};
use domain::note::{Elsewhere, Imported, Section};
use domain::{CaseNumber, Published};

use super::ImportRow;
use crate::account::tests::{account, kept};
use crate::samples::{append, at, id, kept_at, kept_case, vault, write};
use crate::statements::sql;
use crate::{Artefact, Blobs, Store, StoreError, Tx, values, verify};

fn note(digits: u32, revision: u32) -> Published {
    Published::imported(Imported {
        number: CaseNumber::new("VU", digits),
        title: "An old flaw".to_owned(),
        sections: BTreeMap::from([(Section::Overview, "It was long ago.".to_owned())]),
        vulnerabilities: vec![],
        scores: vec![],
        vendors: vec![],
        exploit_public_at: None,
        attacks_seen_at: None,
        published_at: at(0),
        updated_at: at(1),
        revision,
        elsewhere: Elsewhere::default(),
    })
}

fn row(note: &Published) -> ImportRow {
    ImportRow {
        source: note.number().to_string(),
        slug: note.number().slug(),
        revision: note.revision(),
        sha256: [u8::try_from(note.revision()).unwrap(); 32],
        imported_at: kept_at(10),
    }
}

fn publish(tx: &mut Tx, note: &Published) -> crate::Result<()> {
    let file = Artefact {
        format: "note.txt".to_owned(),
        media_type: "text/plain".to_owned(),
        bytes: b"An old flaw".to_vec(),
    };
    tx.publish_imported(note, &row(note), &[file])
}

crate::both_engines! {
    async fn a_note_from_elsewhere_is_public_is_known_again_and_is_revised(store: Store) {
        write(&store, |tx| publish(tx, &note(2558, 3))).await;
        let known = write(&store, |tx| tx.import_of("VU#2558")).await;
        assert_eq!(known, Some(row(&note(2558, 3))));
        assert_eq!(write(&store, |tx| tx.import_of("VU#2559")).await, None);
        write(&store, |tx| publish(tx, &note(2558, 4))).await;
        let found = store.public().read(|tx| tx.note("VU-2558")).await.unwrap();
        assert_eq!(found.map(|note| note.revision()), Some(4));
        let older = store.write(|tx: &mut Tx| publish(tx, &note(2558, 4))).await;
        assert!(matches!(older, Err(StoreError::Stale)), "{older:?}");
        let taken = CaseNumber::new("VU", 2558);
        assert!(write(&store, move |tx| tx.number_taken(&taken)).await, "a case could get it");
        let report = verify::verify(&store, &vault(), &Blobs::in_memory()).await.unwrap();
        assert_eq!((report.findings, report.notes, report.artefacts), (vec![], 1, 2));
    }

    async fn a_number_that_a_case_has_is_not_published_by_a_file(store: Store) {
        let mut story = kept_case(&store, 0x1000, at(0)).await;
        let entries = story.accepted(100_001);
        append(&store, &story, entries).await;
        let outcome = store.write(|tx: &mut Tx| publish(tx, &note(100_001, 1))).await;
        assert!(matches!(outcome, Err(StoreError::Stale)), "{outcome:?}");
        assert_eq!(store.public().read(|public| public.n_published()).await.unwrap(), 0);
    }

    async fn a_note_without_a_case_that_was_not_imported_is_found(store: Store) {
        write(&store, |tx| publish(tx, &note(7, 1))).await;
        write(&store, |tx| tx.execute(sql!("delete from imports where slug = ?1"), &values!["VU-7"])).await;
        let report = verify::verify(&store, &vault(), &Blobs::in_memory()).await.unwrap();
        assert_eq!(
            report.findings,
            ["Note VU-7: it belongs to no case, and was not imported."]
        );
    }

    async fn what_was_decided_about_a_note_without_a_case_is_kept_in_its_order_and_once(store: Store) {
        write(&store, |tx| publish(tx, &note(7, 1))).await;
        kept(&store, account(1)).await;
        let decided = |choice| Decided { by: id(1), role: StaffRole::Lead, at: kept_at(3), choice };
        let all = [decided(Choice::Agree), decided(Choice::Leave)];
        let keep = |n: u32, one: &Decided| {
            let one = one.clone();
            store.write(move |tx: &mut Tx| tx.keep_import_decision("VU-7", n, &one))
        };
        keep(1, &all[0]).await.unwrap();
        keep(2, &all[1]).await.unwrap();
        let again = keep(2, &all[0]).await;
        assert!(matches!(again, Err(StoreError::Stale)), "{again:?}");
        let (known, none) = store
            .read(|tx: &mut Tx| {
                Ok::<_, StoreError>((tx.import_decisions("VU-7")?, tx.import_decisions("VU-8")?))
            })
            .await
            .unwrap();
        assert_eq!((known, none), (Some(all.to_vec()), None));
    }
}
