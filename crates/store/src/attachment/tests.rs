use domain::{AttachmentId, CaseId};

use super::SealedFile;
use crate::{Store, StoreError, Tx, sample};

const WORDS: &[u8] = b"the proof of concept";

fn sealed() -> (crate::Vault, crate::Key, SealedFile) {
    let vault = sample::vault(1);
    let key = vault.new_key();
    let (case, id) = (sample::case_id(1), sample::id(1, 50));
    let file = SealedFile::seal(&vault, &key, case, id, WORDS).unwrap();
    (vault, key, file)
}

#[test]
fn a_file_comes_back_as_it_went() {
    let (vault, key, file) = sealed();
    assert_eq!(file.row.open(&vault, &key, &file.sealed).unwrap().as_slice(), WORDS);
    assert!(file.row.is_of(&file.sealed));
    let shows_through = file.sealed.windows(5).any(|five| five == b"proof");
    assert!(!shows_through);
}

#[test]
fn a_file_that_was_cut_mixed_up_or_changed_does_not_open() {
    let (vault, key, file) = sealed();
    let whole = &file.sealed;
    let mut changed = whole.clone();
    changed[30] ^= 1;
    let mut longer = whole.clone();
    longer.push(0);
    let mut turned = whole.clone();
    turned.reverse();
    for spoilt in [&whole[..whole.len() - 1], &whole[..24], &[], &changed, &longer, &turned] {
        assert!(!file.row.is_of(spoilt));
        let opened = file.row.open(&vault, &key, spoilt);
        assert!(matches!(opened, Err(StoreError::Sealed { .. })));
    }
}

#[test]
fn a_file_does_not_open_in_the_place_of_another() {
    let (vault, key, file) = sealed();
    let mut row = file.row.clone();
    row.id = sample::id::<AttachmentId>(1, 51);
    assert!(row.open(&vault, &key, &file.sealed).is_err());
    let mut row = file.row.clone();
    row.case = sample::case_id(2);
    assert!(row.open(&vault, &key, &file.sealed).is_err());
    assert!(file.row.open(&vault, &vault.new_key(), &file.sealed).is_err());
}

#[test]
fn two_files_never_share_a_name() {
    let vault = sample::vault(1);
    let key = vault.new_key();
    let seal = || SealedFile::seal(&vault, &key, sample::case_id(1), sample::id(1, 1), WORDS);
    let (one, other) = (seal().unwrap(), seal().unwrap());
    assert_ne!(one.row.blob, other.row.blob);
    assert_ne!(one.sealed, other.sealed);
}

crate::both_engines! {
    async fn a_row_is_found_by_its_case_and_by_no_other(store: Store) {
        let vault = sample::vault(1);
        let (case, other): (CaseId, CaseId) = (sample::case_id(1), sample::case_id(2));
        let found = store.write(move |tx: &mut Tx| {
            sample::begin(tx, &vault, 1)?;
            sample::begin(tx, &vault, 2)?;
            let key = tx.key_of_case(&vault, case)?.unwrap();
            let file = SealedFile::seal(&vault, &key, case, sample::id(1, 50), WORDS)?;
            tx.keep_attachment(&file.row)?;
            assert_eq!(tx.attachment(case, file.row.id)?, Some(file.row.clone()));
            assert_eq!(tx.attachment(other, file.row.id)?, None);
            assert_eq!(tx.attachments_of(other)?, vec![]);
            assert_eq!(tx.erase_attachment(other, file.row.id)?, None);
            assert_eq!(tx.attachments_of(case)?, vec![file.row.clone()]);
            assert_eq!(tx.erase_attachment(case, file.row.id)?, file.row.blob);
            tx.attachment(case, file.row.id)
        }).await.unwrap().unwrap();
        assert_eq!(found.blob, None);
    }

    async fn an_attachment_has_one_place(store: Store) {
        let vault = sample::vault(1);
        let twice = store.write(move |tx: &mut Tx| {
            let case = sample::begin(tx, &vault, 1)?.id;
            let key = tx.key_of_case(&vault, case)?.unwrap();
            let file = SealedFile::seal(&vault, &key, case, sample::id(1, 50), WORDS)?;
            tx.keep_attachment(&file.row)?;
            tx.keep_attachment(&file.row)
        }).await;
        assert!(matches!(twice, Err(StoreError::Stale)), "{twice:?}");
    }
}
