use domain::AccountId;
use domain::access::StaffRole;

use crate::samples::{at, fails, id, kept_at, vault, vault_with, write};
use crate::statements::sql;
use crate::{
    Account, MemberKind, Membership, Organization, Session, Store, StoreError, Tx, values,
};

pub(crate) fn account(number: u128) -> Account {
    Account {
        id: id(number),
        address: format!("Ada{number}@Example.org"),
        name: "Ada".to_owned(),
        password: "$argon2id$…".to_owned(),
        staff: None,
        has_totp: false,
        totp_step: 0,
        created_at: kept_at(0),
        disabled_at: None,
    }
}

pub(crate) async fn kept(store: &Store, account: Account) {
    write(store, move |tx| tx.add_account(&account)).await;
}

async fn read(store: &Store, number: u128) -> Account {
    store.read(move |tx| tx.account(id(number))).await.unwrap().unwrap()
}

crate::both_engines! {
    async fn an_account_is_found_by_its_id_and_by_its_address_however_written(store: Store) {
        kept(&store, account(1)).await;
        let lead = Account { staff: Some(StaffRole::Lead), ..account(2) };
        kept(&store, lead.clone()).await;
        assert!(read(&store, 1).await == account(1));
        let found = store.read(|tx| tx.account_by_address(" ADA2@example.ORG ")).await.unwrap();
        assert!(found == Some(lead.clone()));
        let all = store.read(Tx::accounts).await.unwrap();
        assert!(all == [account(1), lead]);
        assert!(store.read(|tx| tx.account_by_address("ada@example.org")).await.unwrap().is_none());
        assert!(store.read(|tx| tx.account(id(9))).await.unwrap().is_none());
    }

    async fn an_address_has_one_account(store: Store) {
        kept(&store, account(1)).await;
        let second = Account { id: id(2), address: "ada1@EXAMPLE.org".to_owned(), ..account(2) };
        let error = fails(&store, move |tx| tx.add_account(&second)).await;
        assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
    }

    async fn what_changes_is_kept_and_nobody_is_told_of_it_for_an_account_that_is_not(store: Store) {
        kept(&store, account(1)).await;
        write(&store, |tx| {
            tx.set_password(id(1), "$argon2id$new")?;
            tx.set_staff_role(id(1), Some(StaffRole::Auditor))?;
            tx.disable(id(1), at(5))?;
            tx.disable(id(1), at(9))
        })
        .await;
        let wanted = Account {
            password: "$argon2id$new".to_owned(),
            staff: Some(StaffRole::Auditor),
            disabled_at: Some(kept_at(5)),
            ..account(1)
        };
        assert!(read(&store, 1).await == wanted);
        let error = fails(&store, |tx| tx.set_password(id(9), "x")).await;
        assert!(matches!(error, StoreError::Stale), "{error}");
    }

    async fn of_two_leads_who_shut_each_other_at_once_one_is_left(store: Store) {
        for number in [1, 2] {
            kept(&store, Account { staff: Some(StaffRole::Lead), ..account(number) }).await;
        }
        let shut = async |number| {
            let one = move |tx: &mut Tx| {
                if tx.hold_leads()? > 1 { tx.disable(id(number), at(5)) } else { Ok(()) }
            };
            write(&store, one).await;
        };
        tokio::join!(shut(1), shut(2));
        let shut = [read(&store, 1).await, read(&store, 2).await].map(|one| one.disabled_at);
        assert_eq!(shut.iter().flatten().count(), 1);
    }

    async fn a_role_that_nobody_knows_is_told_and_does_not_panic(store: Store) {
        kept(&store, account(1)).await;
        write(&store, |tx| tx.execute(sql!("update accounts set staff = 'king'"), &[])).await;
        let error = store.read(|tx| tx.account(id(1))).await.map(drop).unwrap_err();
        assert_eq!(
            error.to_string(),
            "table accounts, row 00000000-0000-0000-0000-000000000001: column staff makes no sense"
        );
    }

    async fn a_second_factor_is_sealed_for_its_account(store: Store) {
        kept(&store, account(1)).await;
        kept(&store, account(2)).await;
        let secret = async |number, kek| {
            let vault = vault_with(kek);
            let read = store.read(move |tx| tx.totp_secret(&vault, id(number))).await;
            read.map(|secret| secret.map(|bytes| bytes.to_vec()))
        };
        assert_eq!(secret(1, [7; 32]).await.unwrap(), None);
        write(&store, |tx| tx.set_totp(&vault(), id(1), Some(b"twenty secret bytes!"))).await;
        assert_eq!(secret(1, [7; 32]).await.unwrap().unwrap(), b"twenty secret bytes!");
        assert!(read(&store, 1).await.has_totp);
        assert!(matches!(secret(1, [8; 32]).await, Err(StoreError::Sealed { .. })));
        write(&store, |tx| {
            tx.execute_one(
                sql!(
                    "update accounts set \
                    totp_wrapped = (select totp_wrapped from accounts where id = ?2), \
                    totp_sealed = (select totp_sealed from accounts where id = ?2) where id = ?1"
                ),
                &values![id::<AccountId>(2), id::<AccountId>(1)],
            )
        })
        .await;
        assert!(matches!(secret(2, [7; 32]).await, Err(StoreError::Sealed { .. })));
        write(&store, |tx| tx.set_totp(&vault(), id(1), None)).await;
        assert_eq!(secret(1, [7; 32]).await.unwrap(), None);
        assert!(!read(&store, 1).await.has_totp);
    }

    async fn a_code_is_accepted_once(store: Store) {
        kept(&store, account(1)).await;
        for (step, accepted) in [(100, true), (100, false), (99, false), (101, true), (100, false)] {
            let told = write(&store, move |tx| tx.accept_totp_step(id(1), step)).await;
            assert_eq!(told, accepted, "step {step}");
        }
        assert_eq!(read(&store, 1).await.totp_step, 101);
        assert!(!write(&store, |tx| tx.accept_totp_step(id(9), 1)).await);
    }

    async fn somebody_speaks_for_an_organisation_until_they_do_not(store: Store) {
        kept(&store, account(1)).await;
        kept(&store, account(2)).await;
        write(&store, |tx| {
            for number in [11, 12] {
                tx.add_organization(&Organization {
                    id: id(number),
                    name: format!("Vendor {number}"),
                    kinds: [].into(),
                    homepage: None,
                    policy_url: None,
                    cna: false,
                    cna_scope: None,
                    cna_requests: None,
                    time_zone: None,
                    language: None,
                    note: None,
                })?;
            }
            tx.add_membership(id(1), id(11), MemberKind::Member)?;
            tx.add_membership(id(1), id(12), MemberKind::Member)?;
            tx.add_membership(id(2), id(11), MemberKind::Member)?;
            tx.add_membership(id(1), id(11), MemberKind::Admin)
        })
        .await;
        let is = |account, organization, kind| Membership {
            account: id(account),
            organization: id(organization),
            kind,
        };
        let of_one = store.read(|tx| tx.memberships_of(id(1))).await.unwrap();
        assert_eq!(of_one, [is(1, 11, MemberKind::Admin), is(1, 12, MemberKind::Member)]);
        let of_eleven = store.read(|tx| tx.members_of(id(11))).await.unwrap();
        assert_eq!(of_eleven, [is(1, 11, MemberKind::Admin), is(2, 11, MemberKind::Member)]);
        write(&store, |tx| tx.remove_membership(id(1), id(11))).await;
        let of_one = store.read(|tx| tx.memberships_of(id(1))).await.unwrap();
        assert_eq!(of_one, [is(1, 12, MemberKind::Member)]);
    }

    async fn closing_an_account_ends_its_sessions(store: Store) {
        kept(&store, account(1)).await;
        write(&store, |tx| {
            let session = Session {
                account: id(1),
                created_at: at(0),
                seen_at: at(0),
                expires_at: at(60),
                stepped_up_at: None,
                organization: None,
            };
            tx.keep_session([1; 32], &session)?;
            tx.disable(id(1), at(1))
        })
        .await;
        assert_eq!(store.read(|tx| tx.sessions_of(id(1))).await.unwrap(), []);
    }
}

#[test]
fn an_account_shows_a_log_its_id_only() {
    let told = format!("{:?}", account(1));
    assert_eq!(told, "Account { id: AccountId(00000000-0000-0000-0000-000000000001), .. }");
}
