use std::collections::BTreeSet;

use domain::OrganizationId;

use super::{Contact, ContactKind, ContactState, OpenPgpKey};
use crate::directory::tests::{kept, organization};
use crate::samples::{fails, id, kept_at, write};
use crate::{Store, StoreError};

fn contact(number: u128, of: u128) -> Contact {
    Contact {
        id: id(number),
        organization: id(of),
        kind: ContactKind::Email,
        value: format!("security{number}@example.org"),
        preferred: false,
        verified_at: Some(kept_at(1)),
        state: ContactState::Active,
    }
}

fn key(fingerprint: &str, of: u128) -> OpenPgpKey {
    OpenPgpKey {
        fingerprint: fingerprint.to_owned(),
        organization: id(of),
        contact: None,
        certificate: vec![1, 2, 3],
        expires_at: Some(kept_at(100)),
        revoked: false,
        source: "sent by the vendor".to_owned(),
    }
}

async fn contacts(store: &Store, of: &[u128]) -> Vec<Contact> {
    let ids: BTreeSet<OrganizationId> = of.iter().map(|number| id(*number)).collect();
    let (found, statements) = store
        .read(move |tx| Ok::<_, StoreError>((tx.contacts_of(&ids)?, tx.statements_run())))
        .await
        .unwrap();
    assert_eq!(statements, 1);
    found
}

crate::both_engines! {
    async fn contacts_of_many_organisations_come_the_preferred_first(store: Store) {
        for number in 1..=3 {
            kept(&store, organization(number, &format!("Vendor {number}"))).await;
        }
        let preferred = Contact { preferred: true, ..contact(12, 1) };
        let last = preferred.clone();
        write(&store, move |tx| {
            tx.add_contact(&contact(11, 1))?;
            tx.add_contact(&last)?;
            tx.add_contact(&contact(21, 2))?;
            tx.add_contact(&contact(31, 3))
        })
        .await;
        assert!(contacts(&store, &[1, 2]).await == [preferred, contact(11, 1), contact(21, 2)]);
        assert!(contacts(&store, &[9]).await.is_empty());
    }

    async fn a_contact_is_changed_and_retired(store: Store) {
        kept(&store, organization(1, "Vendor")).await;
        kept(&store, organization(2, "Other")).await;
        let changed = Contact {
            kind: ContactKind::Telephone,
            value: "+49 30 1234".to_owned(),
            preferred: true,
            verified_at: None,
            state: ContactState::Bouncing,
            ..contact(11, 1)
        };
        let saving = changed.clone();
        write(&store, move |tx| {
            tx.add_contact(&contact(11, 1))?;
            tx.save_contact(&saving)
        })
        .await;
        assert!(contacts(&store, &[1]).await == [changed.clone()]);
        write(&store, |tx| tx.retire_contact(id(11))).await;
        let retired = Contact { state: ContactState::Retired, preferred: false, ..changed };
        assert!(contacts(&store, &[1]).await == [retired]);
        let error = fails(&store, |tx| tx.save_contact(&contact(11, 2))).await;
        assert!(matches!(error, StoreError::Stale), "moved to another organisation: {error}");
    }

    async fn a_certificate_is_renewed_by_whose_it_is_only(store: Store) {
        kept(&store, organization(1, "Vendor")).await;
        kept(&store, organization(2, "Other")).await;
        write(&store, |tx| {
            tx.add_contact(&contact(11, 1))?;
            tx.add_key(&key("AB", 1))?;
            tx.add_key(&key("CD", 2))
        })
        .await;
        let newer = OpenPgpKey {
            contact: Some(id(11)),
            certificate: vec![9],
            expires_at: None,
            revoked: true,
            source: "WKD".to_owned(),
            ..key("AB", 1)
        };
        let adding = newer.clone();
        write(&store, move |tx| tx.add_key(&adding)).await;
        let keys = store.read(|tx| tx.keys_of(&[id(1), id(2)].into())).await.unwrap();
        assert_eq!(keys, [newer, key("CD", 2)]);
        let error = fails(&store, |tx| tx.add_key(&key("AB", 2))).await;
        assert!(matches!(error, StoreError::Stale), "{error}");
    }
}

#[test]
fn a_contact_shows_a_log_its_id_only() {
    let told = format!("{:?}", contact(11, 1));
    assert_eq!(told, "Contact { id: ContactId(00000000-0000-0000-0000-00000000000b), .. }");
}
