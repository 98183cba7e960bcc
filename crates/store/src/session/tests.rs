use domain::access::StaffRole;

use crate::account::tests::{account, kept};
use crate::samples::{at, fails, id, kept_at, write};
use crate::statements::sql;
use crate::{Invitation, InvitationKind, Session, Store, StoreError};

fn session(number: u128, begun: i64) -> Session {
    Session {
        account: id(number),
        created_at: kept_at(begun),
        seen_at: kept_at(begun),
        expires_at: kept_at(begun + 60),
        stepped_up_at: None,
        organization: None,
    }
}

async fn of(store: &Store, hash: u8, now: i64) -> Option<(Session, u64)> {
    store
        .read(move |tx| {
            let found = tx.session_of(&[hash; 32], at(now))?;
            Ok::<_, StoreError>(found.map(|(session, account)| {
                assert_eq!(session.account, account.id);
                (session, tx.statements_run())
            }))
        })
        .await
        .unwrap()
}

async fn logged_in(store: &Store) {
    kept(store, account(1)).await;
    kept(store, account(2)).await;
    write(store, |tx| {
        tx.keep_session([1; 32], &session(1, 0))?;
        tx.keep_session([2; 32], &session(1, 10))?;
        tx.keep_session([3; 32], &session(2, 0))
    })
    .await;
}

fn invitation(number: u8, kind: InvitationKind) -> Invitation {
    Invitation {
        hash: [number; 32],
        kind,
        address: Some("ada@example.org".to_owned()),
        expires_at: kept_at(60),
        used_at: None,
    }
}

crate::both_engines! {
    async fn a_session_is_found_with_its_account_in_one_statement(store: Store) {
        logged_in(&store).await;
        assert_eq!(of(&store, 1, 5).await, Some((session(1, 0), 1)));
        assert_eq!(of(&store, 9, 5).await, None);
    }

    async fn a_session_ends_when_its_time_is_over(store: Store) {
        logged_in(&store).await;
        assert!(of(&store, 1, 59).await.is_some());
        assert_eq!(of(&store, 1, 60).await, None);
        write(&store, |tx| tx.forget_sessions(at(65))).await;
        let left = store.read(|tx| tx.sessions_of(id(1))).await.unwrap();
        assert_eq!(left, [([2; 32], session(1, 10))]);
    }

    async fn the_session_of_a_closed_account_is_none(store: Store) {
        logged_in(&store).await;
        write(&store, |tx| tx.execute(sql!("update accounts set disabled_at = 1"), &[])).await;
        assert_eq!(of(&store, 1, 5).await, None);
    }

    async fn what_happens_in_a_session_is_kept(store: Store) {
        logged_in(&store).await;
        write(&store, |tx| {
            tx.touch_session(&[1; 32], at(7))?;
            tx.touch_session(&[1; 32], at(6))?;
            tx.act_for(&[1; 32], Some(id(11)))?;
            tx.renew_session(&[1; 32], [4; 32], at(8))
        })
        .await;
        let wanted = Session {
            seen_at: kept_at(8),
            stepped_up_at: Some(kept_at(8)),
            organization: Some(id(11)),
            ..session(1, 0)
        };
        assert_eq!(of(&store, 4, 9).await.unwrap().0, wanted);
        assert_eq!(of(&store, 1, 9).await, None);
        assert_eq!(of(&store, 2, 11).await.unwrap().0, session(1, 10));
        let error = fails(&store, |tx| tx.renew_session(&[9; 32], [5; 32], at(8))).await;
        assert!(matches!(error, StoreError::Stale), "{error}");
    }

    async fn sessions_end_one_by_one_or_all_of_somebody(store: Store) {
        logged_in(&store).await;
        let listed = store.read(|tx| tx.sessions_of(id(1))).await.unwrap();
        assert_eq!(listed, [([2; 32], session(1, 10)), ([1; 32], session(1, 0))]);
        write(&store, |tx| tx.end_session(&[1; 32])).await;
        assert_eq!(of(&store, 1, 11).await, None);
        assert!(of(&store, 2, 11).await.is_some());
        write(&store, |tx| tx.end_sessions_of(id(1))).await;
        assert_eq!(of(&store, 2, 11).await, None);
        assert!(of(&store, 3, 11).await.is_some());
    }

    async fn nobody_ends_the_session_of_another(store: Store) {
        logged_in(&store).await;
        write(&store, |tx| tx.end_session_of(id(2), &[1; 32])).await;
        assert!(of(&store, 1, 11).await.is_some());
        write(&store, |tx| tx.end_other_sessions(id(1), &[1; 32])).await;
        assert_eq!(of(&store, 2, 11).await, None);
        assert!(of(&store, 1, 11).await.is_some());
        assert!(of(&store, 3, 11).await.is_some());
        write(&store, |tx| tx.end_session_of(id(1), &[1; 32])).await;
        assert_eq!(of(&store, 1, 11).await, None);
    }

    async fn of_two_who_use_one_invitation_at_once_one_joins(store: Store) {
        write(&store, |tx| tx.keep_invitation(&invitation(1, InvitationKind::Setup))).await;
        let take = || write(&store, |tx| tx.take_invitation(&[1; 32], at(1)));
        let (one, other) = tokio::join!(take(), take());
        assert!(one.is_some() != other.is_some());
    }

    async fn an_invitation_is_taken_back_unless_it_was_used(store: Store) {
        for number in 1..=3 {
            let expires_at = kept_at(60 + i64::from(number));
            let new = Invitation { expires_at, ..invitation(number, InvitationKind::Setup) };
            write(&store, move |tx| tx.keep_invitation(&new)).await;
        }
        write(&store, |tx| tx.take_invitation(&[1; 32], at(1))).await.unwrap();
        assert!(!write(&store, |tx| tx.withdraw_invitation(&[1; 32])).await);
        assert!(write(&store, |tx| tx.withdraw_invitation(&[2; 32])).await);
        assert!(!write(&store, |tx| tx.withdraw_invitation(&[2; 32])).await);
        assert_eq!(write(&store, |tx| tx.take_invitation(&[2; 32], at(1))).await, None);
        let left = store.read(|tx| tx.invitations(10)).await.unwrap();
        let left: Vec<_> = left.iter().map(|one| (one.hash[0], one.used_at.is_some())).collect();
        assert_eq!(left, [(3, false), (1, true)]);
        assert_eq!(store.read(|tx| tx.invitations(1)).await.unwrap().len(), 1);
    }

    async fn an_invitation_is_good_once(store: Store) {
        let kinds = [
            InvitationKind::Setup,
            InvitationKind::Staff { role: StaffRole::Lead },
            InvitationKind::Member { organization: id(11) },
        ];
        for (number, kind) in (1..).zip(kinds) {
            let wanted = invitation(number, kind);
            let keeping = wanted.clone();
            write(&store, move |tx| tx.keep_invitation(&keeping)).await;
            let seen = store.read(move |tx| tx.invitation(&[number; 32], at(1))).await.unwrap();
            assert_eq!(seen.as_ref(), Some(&wanted));
            let take = async || {
                write(&store, move |tx| tx.take_invitation(&[number; 32], at(2))).await
            };
            assert_eq!(take().await, Some(Invitation { used_at: Some(kept_at(2)), ..wanted }));
            assert_eq!(take().await, None);
            let seen = store.read(move |tx| tx.invitation(&[number; 32], at(1))).await.unwrap();
            assert_eq!(seen, None);
        }
    }

    async fn an_invitation_that_ran_out_is_not_good(store: Store) {
        write(&store, |tx| tx.keep_invitation(&invitation(1, InvitationKind::Setup))).await;
        assert_eq!(write(&store, |tx| tx.take_invitation(&[1; 32], at(60))).await, None);
        assert_eq!(write(&store, |tx| tx.take_invitation(&[2; 32], at(1))).await, None);
        assert!(write(&store, |tx| tx.take_invitation(&[1; 32], at(59))).await.is_some());
    }
}
