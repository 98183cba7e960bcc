use domain::CaseId;

use super::{Spot, Vault};
use crate::samples::{at, id, kept_case, vault, vault_with, write};
use crate::{Store, StoreError};

fn refused<T>(answer: &Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Sealed { .. }))
}

#[test]
fn what_was_sealed_opens_at_its_place_and_nowhere_else() {
    let vault = vault();
    let key = vault.new_key();
    let (one, two): (CaseId, CaseId) = (id(1), id(2));
    let spot = Spot::new("bodies", "sealed", one, Some(one));
    let sealed = vault.seal(&key, &spot, b"words").unwrap();
    assert_eq!(vault.open(&key, &spot, &sealed).unwrap().as_slice(), b"words");
    for other in [
        Spot::new("letters", "sealed", one, Some(one)),
        Spot::new("bodies", "seal", one, Some(one)),
        Spot::new("bodies", "sealed", two, Some(one)),
        Spot::new("bodies", "sealed", one, Some(two)),
        Spot::new("bodies", "sealed", one, None),
    ] {
        assert!(refused(&vault.open(&key, &other, &sealed)), "{other:?}");
    }
    assert!(refused(&vault.open(&vault.new_key(), &spot, &sealed)));
}

#[test]
fn one_wrong_bit_is_found_wherever_it_is_and_so_is_a_missing_end() {
    let vault = vault();
    let key = vault.new_key();
    let spot = Spot::new("bodies", "sealed", 1, None);
    let sealed = vault.seal(&key, &spot, b"words").unwrap();
    for position in 0..sealed.len() {
        let mut wrong = sealed.clone();
        wrong[position] ^= 1;
        assert!(refused(&vault.open(&key, &spot, &wrong)), "byte {position}");
        assert!(refused(&vault.open(&key, &spot, &sealed[..position])), "{position} bytes");
    }
}

#[test]
fn the_same_words_never_look_the_same() {
    let vault = vault();
    let key = vault.new_key();
    let spot = Spot::new("bodies", "sealed", 1, None);
    let one = vault.seal(&key, &spot, b"words").unwrap();
    let two = vault.seal(&key, &spot, b"words").unwrap();
    assert_ne!(one, two);
    assert_ne!(one[..24], two[..24]);
}

#[test]
fn a_key_is_wrapped_for_its_place_and_for_its_house() {
    let vault = vault();
    let key = vault.new_key();
    let spot = Spot::new("case_keys", "wrapped", 1, None);
    let wrapped = vault.wrap(&key, &spot).unwrap();
    let again = vault.unwrap(&wrapped, &spot).unwrap();
    let text = Spot::new("bodies", "sealed", 1, None);
    let sealed = vault.seal(&key, &text, b"words").unwrap();
    assert_eq!(vault.open(&again, &text, &sealed).unwrap().as_slice(), b"words");
    assert!(refused(&vault.unwrap(&wrapped, &Spot::new("case_keys", "wrapped", 2, None))));
    assert!(refused(&vault_with([8; 32]).unwrap(&wrapped, &spot)));
    assert!(refused(&vault.unwrap(&sealed, &text)));
}

/// RFC-style vector A.3.1 of draft-irtf-cfrg-xchacha-03.
#[test]
fn the_cipher_is_the_one_of_the_draft() {
    use chacha20poly1305::aead::{Aead, KeyInit, Payload};
    use chacha20poly1305::{XChaCha20Poly1305, XNonce};
    let key: Vec<u8> = (0x80..=0x9f).collect();
    let nonce: Vec<u8> = (0x40..=0x57).collect();
    let text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for \
        the future, sunscreen would be it.";
    let aad = [0x50, 0x51, 0x52, 0x53, 0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7];
    let sealed = XChaCha20Poly1305::new(key.as_slice().into())
        .encrypt(XNonce::from_slice(&nonce), Payload { msg: text, aad: &aad })
        .unwrap();
    let tag = &sealed[text.len()..];
    assert_eq!(domain::journal::hex(tag), "c0875924c1c7987947deafd8780acf49");
}

#[test]
fn a_vault_a_key_and_an_error_show_no_secret() {
    let vault = vault();
    let key = vault.new_key();
    assert_eq!(format!("{vault:?} {key:?}"), "Vault(…) Key(…)");
    let error = vault.open(&key, &Spot::new("bodies", "sealed", "7", None), b"").unwrap_err();
    assert_eq!(error.to_string(), "table bodies, row 7: it cannot be opened with this key");
}

crate::both_engines! {
    async fn another_key_of_the_house_is_refused_at_the_start(store: Store) {
        for _ in 0..2 {
            write(&store, |tx| tx.prove_vault(&vault())).await;
        }
        let error = store.write(|tx| tx.prove_vault(&vault_with([8; 32]))).await.unwrap_err();
        assert!(refused(&Err::<(), _>(error)));
    }

    async fn another_key_of_the_house_opens_no_case(store: Store) {
        let story = kept_case(&store, 0x1000, at(0)).await;
        let case = story.case.id;
        write(&store, move |tx| tx.keep_body(&vault(), case, id(1), "words")).await;
        let wrong: Vault = vault_with([8; 32]);
        let error = store.read(move |tx| tx.bodies(&wrong, case, &[id(1)].into())).await;
        assert!(refused(&error));
    }
}
