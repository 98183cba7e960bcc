use domain::{AccountId, DispatchId, Published, WebhookId};
use jiff::SignedDuration;
use zeroize::Zeroizing;

use crate::samples::{append, at, id, kept_at, kept_case, vault, vault_with, write};
use crate::statements::sql;
use crate::{
    Account, Channel, Dispatch, DispatchState, ImportRow, NewDispatch, NewWebhook, Store,
    StoreError, Taken, TryCursor, Tx, WebhookEvent, WebhookState, WebhookTry, values,
};

const LEASE: SignedDuration = SignedDuration::from_secs(60);

fn new(number: u128) -> NewWebhook {
    NewWebhook {
        id: id(number),
        address: format!("https://{number}.example/hook?token=t0ken"),
        host: format!("{number}.example"),
        secret: Zeroizing::new(format!("secret {number}").into_bytes()),
        events: [WebhookEvent::NotePublished, WebhookEvent::NoteRevised].into(),
        made_by: id(1),
        made_at: at(i64::try_from(number).unwrap()),
    }
}

/// Subscriptions of these numbers, made by one account.
async fn kept(store: &Store, numbers: &'static [u128]) {
    let lead = Account {
        id: id(1),
        address: "lee@x.example".to_owned(),
        name: "Lee".to_owned(),
        password: "…".to_owned(),
        staff: None,
        has_totp: false,
        totp_step: 0,
        created_at: at(0),
        disabled_at: None,
    };
    write(store, move |tx| {
        tx.add_account(&lead)?;
        numbers.iter().try_for_each(|number| tx.add_webhook(&vault(), &new(*number)))
    })
    .await;
}

fn tried(number: u128, webhook: u128, seconds: i64, outcome: Taken) -> WebhookTry {
    WebhookTry {
        id: id(number),
        webhook: id(webhook),
        dispatch: Some(id(number)),
        event: WebhookEvent::NotePublished,
        note: Some("VU#123456".to_owned()),
        revision: Some(2),
        tried_at: kept_at(seconds),
        took_ms: 120,
        status: Some(204),
        outcome,
        words: "answered 204".to_owned(),
    }
}

async fn failing_since(store: &Store, number: u128) -> Option<jiff::Timestamp> {
    let found = write(store, move |tx| tx.webhook(&vault(), id(number))).await;
    found.unwrap().0.failing_since
}

fn sent(number: u128, target: &str) -> NewDispatch {
    NewDispatch {
        id: id(number),
        case: Some(id(0x1000)),
        slug: None,
        revision: Some(1),
        channel: Channel::Webhook,
        target: target.to_owned(),
        what: format!("event {number}"),
        not_before: at(0),
    }
}

async fn claimed(store: &Store, now: i64) -> Vec<Dispatch> {
    write(store, move |tx| tx.claim_dispatches(Channel::Webhook, "one", at(now), LEASE, 10)).await
}

crate::both_engines! {
    async fn a_subscription_is_kept_with_what_is_sealed_of_it(store: Store) {
        kept(&store, &[2, 1]).await;
        let all = write(&store, Tx::webhooks).await;
        assert_eq!(all.iter().map(|one| one.id).collect::<Vec<WebhookId>>(), [id(1), id(2)]);
        let (webhook, secrets) = write(&store, |tx| tx.webhook(&vault(), id(1))).await.unwrap();
        assert_eq!(webhook, all[0]);
        assert_eq!(webhook.state, WebhookState::Active);
        assert_eq!((webhook.host.as_str(), webhook.made_by), ("1.example", id::<AccountId>(1)));
        assert_eq!(secrets.address, "https://1.example/hook?token=t0ken");
        assert_eq!((secrets.secret.as_slice(), &secrets.old), (&b"secret 1"[..], &None));
        assert!(write(&store, |tx| tx.webhook(&vault(), id(9))).await.is_none());
    }

    async fn address_and_secret_are_sealed_for_their_subscription(store: Store) {
        kept(&store, &[1, 2]).await;
        let other = store.read(|tx| tx.webhook(&vault_with([8; 32]), id(1))).await;
        assert!(matches!(other, Err(StoreError::Sealed { .. })), "{other:?}");
        let row = write(&store, |tx| {
            tx.query(sql!("select address, secret from webhooks"), &[])
        })
        .await;
        let bytes: Vec<u8> = row.iter().flat_map(|row| row.get::<Vec<u8>>("address").unwrap()).collect();
        assert!(!bytes.windows(5).any(|five| five == b"t0ken"));
        write(&store, |tx| {
            tx.execute_one(
                sql!(
                    "update webhooks set wrapped = (select wrapped from webhooks where id = ?1), \
                    secret = (select secret from webhooks where id = ?1) where id = ?2"
                ),
                &values![id::<WebhookId>(1), id::<WebhookId>(2)],
            )
        })
        .await;
        let moved = store.read(|tx| tx.webhook(&vault(), id(2))).await;
        assert!(matches!(moved, Err(StoreError::Sealed { .. })), "{moved:?}");
    }

    async fn after_a_change_of_secret_both_are_known(store: Store) {
        kept(&store, &[1]).await;
        write(&store, |tx| tx.rotate_webhook(&vault(), id(1), b"newer", at(100))).await;
        let (webhook, secrets) = write(&store, |tx| tx.webhook(&vault(), id(1))).await.unwrap();
        assert_eq!(webhook.old_until, Some(kept_at(100)));
        assert_eq!(secrets.secret.as_slice(), b"newer");
        assert_eq!(secrets.old.unwrap().as_slice(), b"secret 1");
        write(&store, |tx| tx.rotate_webhook(&vault(), id(1), b"newest", at(200))).await;
        let (_, secrets) = write(&store, |tx| tx.webhook(&vault(), id(1))).await.unwrap();
        assert_eq!(secrets.old.unwrap().as_slice(), b"newer");
        let missing = store.write(|tx| tx.rotate_webhook(&vault(), id(9), b"x", at(1))).await;
        assert!(matches!(missing, Err(StoreError::Stale)));
    }

    async fn a_subscription_fails_since_its_first_failure_until_it_works(store: Store) {
        kept(&store, &[1]).await;
        assert_eq!(failing_since(&store, 1).await, None);
        for (number, seconds, outcome, since) in [
            (11, 10, Taken::No, Some(10)),
            (12, 20, Taken::No, Some(10)),
            (13, 30, Taken::Yes, None),
            (14, 40, Taken::No, Some(40)),
        ] {
            let one = tried(number, 1, seconds, outcome);
            write(&store, move |tx| tx.keep_webhook_try(&one)).await;
            assert_eq!(failing_since(&store, 1).await, since.map(kept_at), "after {seconds} s");
        }
        write(&store, |tx| tx.set_webhook_state(id(1), WebhookState::Paused, at(50))).await;
        assert_eq!(failing_since(&store, 1).await, None);
        let (paused, _) = write(&store, |tx| tx.webhook(&vault(), id(1))).await.unwrap();
        assert_eq!(paused.state, WebhookState::Paused);
    }

    async fn a_walk_through_the_tries_meets_each_once_the_newest_first(store: Store) {
        kept(&store, &[1, 2]).await;
        write(&store, |tx| {
            // Several in one second, and one of somebody else between them.
            let all = (10..17).map(|n| tried(n, 1, i64::try_from(n / 3).unwrap(), Taken::Yes));
            let all = all.chain([tried(30, 2, 4, Taken::No)]).collect::<Vec<_>>();
            all.iter().try_for_each(|one| tx.keep_webhook_try(one))
        })
        .await;
        let (mut met, mut after) = (vec![], None);
        loop {
            let page = write(&store, move |tx| tx.webhook_tries(id(1), after, 3)).await;
            let Some(last) = page.last() else { break };
            after = Some(TryCursor { tried_at: last.tried_at, id: last.id });
            met.extend(page);
        }
        let wanted: Vec<_> =
            (10..17).rev().map(|n| tried(n, 1, i64::try_from(n / 3).unwrap(), Taken::Yes)).collect();
        assert_eq!(met, wanted);
        write(&store, |tx| tx.forget_webhook_tries(kept_at(5))).await;
        let left = write(&store, |tx| tx.webhook_tries(id(1), None, 99)).await;
        assert_eq!(left, wanted[..2]);
    }

    async fn a_subscription_that_ends_takes_its_tries_along(store: Store) {
        kept(&store, &[1, 2]).await;
        write(&store, |tx| {
            tx.keep_webhook_try(&tried(11, 1, 1, Taken::No))?;
            tx.keep_webhook_try(&tried(12, 2, 1, Taken::No))?;
            tx.delete_webhook(id(1))
        })
        .await;
        assert!(write(&store, |tx| tx.webhook_tries(id(1), None, 9)).await.is_empty());
        assert_eq!(write(&store, |tx| tx.webhook_tries(id(2), None, 9)).await.len(), 1);
        assert_eq!(write(&store, Tx::webhooks).await.len(), 1);
        let again = store.write(|tx| tx.delete_webhook(id(1))).await;
        assert!(matches!(again, Err(StoreError::Stale)));
    }

    async fn what_was_missed_is_notes_of_cases_and_none_that_was_public_before_it_came_here(store: Store) {
        let mut story = kept_case(&store, 0x1000, at(0)).await;
        let mut entries = story.accepted(100_001);
        entries.extend(story.armed());
        let (last, note) = story.published();
        entries.extend(last);
        append(&store, &story, entries).await;
        let mut elsewhere = serde_json::to_value(&note).unwrap();
        elsewhere["number"] = "VU#100002".into();
        let elsewhere: Published = serde_json::from_value(elsewhere).unwrap();
        let from = ImportRow {
            source: "a file".to_owned(),
            slug: elsewhere.number().slug(),
            revision: 1,
            sha256: [0; 32],
            imported_at: at(0),
        };
        let (kept, since) = (note.clone(), note.updated_at());
        write(&store, move |tx| {
            tx.publish_note(&kept, id(0x1000), &[])?;
            tx.publish_imported(&elsewhere, &from, &[])
        })
        .await;
        let missed = write(&store, move |tx| tx.notes_told_since(since, 9)).await;
        assert_eq!(missed, [(id(0x1000), note)]);
        let later = since.checked_add(SignedDuration::from_millis(1)).unwrap();
        assert!(write(&store, move |tx| tx.notes_told_since(later, 9)).await.is_empty());
    }

    async fn what_was_sent_goes_out_again_to_that_subscriber_alone(store: Store) {
        kept_case(&store, 0x1000, at(0)).await;
        write(&store, |tx| {
            let all = [(1, "a"), (2, "a"), (3, "b"), (4, "a")];
            all.iter().try_for_each(|(n, target)| {
                tx.write_dispatch(&sent(*n, target), at(i64::try_from(*n).unwrap()))
            })
        })
        .await;
        for one in claimed(&store, 10).await {
            write(&store, move |tx| tx.dispatch_done(one.id, "one", at(11), "answered 204")).await;
        }
        assert!(claimed(&store, 12).await.is_empty());

        write(&store, |tx| tx.send_again("a", id(1), at(20))).await;
        let again = claimed(&store, 20).await;
        assert_eq!(again.iter().map(|one| (one.id, one.n_tries)).collect::<Vec<_>>(), [(id(1), 1)]);
        assert_eq!(again[0].state, DispatchState::Waiting);
        // On its way, of somebody else, unknown.
        for (target, which) in [("a", 1), ("b", 2), ("a", 9)] {
            let stale = store.write(move |tx| tx.send_again(target, id(which), at(21))).await;
            assert!(matches!(stale, Err(StoreError::Stale)), "{target} {which}");
        }
        let n = write(&store, |tx| tx.send_all_again("a", at(2), at(30))).await;
        assert_eq!(n, 2);
        let again: Vec<DispatchId> = claimed(&store, 30).await.iter().map(|one| one.id).collect();
        assert_eq!(again, [id(2), id(4)]);
    }
}
