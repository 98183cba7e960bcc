use jiff::SignedDuration;

use crate::samples::{at, id, kept_at, kept_case, vault, vault_with, write};
use crate::statements::sql;
use crate::{ClaimedLetter, LetterState, NewLetter, Store, StoreError, Tx, values};

const LEASE: SignedDuration = SignedDuration::from_secs(60);

fn letter(number: u128, of_case: bool, seconds: i64) -> NewLetter {
    NewLetter {
        id: id(number),
        case: of_case.then(|| id(0x1000)),
        participant: of_case.then(|| id(0x2001)),
        matter: r#"{"about":"reminder"}"#.to_owned(),
        address: format!("{number}@example.org"),
        subject: "A message waits".to_owned(),
        body: format!("Words {number}"),
        message_id: format!("<{number}@ombud.example>"),
        written_at: at(seconds),
    }
}

async fn written(store: &Store, letters: Vec<NewLetter>) {
    kept_case(store, 0x1000, at(0)).await;
    write(store, move |tx| letters.iter().try_for_each(|letter| tx.write_letter(&vault(), letter)))
        .await;
}

async fn claimed(store: &Store, node: &'static str, now: i64, limit: u32) -> Vec<ClaimedLetter> {
    write(store, move |tx| tx.claim_letters(&vault(), node, at(now), LEASE, limit)).await
}

crate::both_engines! {
    async fn a_letter_is_claimed_with_its_words(store: Store) {
        written(&store, vec![letter(1, true, 0), letter(2, false, 1)]).await;
        let letters = claimed(&store, "one", 5, 10).await;
        let wanted = [letter(1, true, 0), letter(2, false, 1)].map(|letter| ClaimedLetter {
            id: letter.id,
            case: letter.case,
            participant: letter.participant,
            address: letter.address,
            subject: letter.subject,
            body: letter.body,
            message_id: letter.message_id,
            n_tries: 1,
        });
        assert!(letters == wanted, "{letters:?}");
    }

    async fn a_claim_takes_the_oldest_and_one_statement(store: Store) {
        let letters = (1..=9).zip((0..9).rev()).map(|(number, at)| letter(number, true, at));
        written(&store, letters.collect()).await;
        let (letters, statements) = write(&store, |tx| {
            let letters = tx.claim_letters(&vault(), "one", at(100), LEASE, 4)?;
            Ok((letters, tx.statements_run()))
        })
        .await;
        let ids: Vec<_> = letters.iter().map(|letter| letter.id).collect();
        assert_eq!(ids, [id(9), id(8), id(7), id(6)]);
        assert_eq!(statements, 1);
    }

    async fn no_other_node_gets_a_letter_until_the_lease_runs_out(store: Store) {
        written(&store, vec![letter(1, true, 0)]).await;
        assert_eq!(claimed(&store, "one", 0, 10).await.len(), 1);
        assert_eq!(claimed(&store, "two", 59, 10).await.len(), 0);
        assert_eq!(claimed(&store, "one", 59, 10).await.len(), 0);
        let again = claimed(&store, "two", 60, 10).await;
        assert_eq!(again[0].n_tries, 2);
        // The first node is fenced: what it says now is not believed.
        for said in [0, 1, 2] {
            let error = store
                .write(move |tx| match said {
                    0 => tx.letter_sent(id(1), "one", at(61)),
                    1 => tx.letter_deferred(id(1), "one", at(61), at(100), "later"),
                    _ => tx.letter_failed(id(1), "one", at(61), "never"),
                })
                .await
                .unwrap_err();
            assert!(matches!(error, StoreError::Stale), "{error}");
        }
        write(&store, |tx| tx.letter_sent(id(1), "two", at(62))).await;
        assert_eq!(claimed(&store, "one", 1000, 10).await.len(), 0);
        let error = store.write(|tx| tx.letter_sent(id(1), "two", at(63))).await.unwrap_err();
        assert!(matches!(error, StoreError::Stale), "{error}");
    }

    async fn a_letter_of_tomorrow_waits(store: Store) {
        written(&store, vec![letter(1, true, 100)]).await;
        assert_eq!(claimed(&store, "one", 99, 10).await.len(), 0);
        assert_eq!(claimed(&store, "one", 100, 10).await.len(), 1);
    }

    async fn a_letter_that_was_put_off_comes_again_and_one_given_up_does_not(store: Store) {
        written(&store, vec![letter(1, true, 0), letter(2, true, 1)]).await;
        claimed(&store, "one", 10, 10).await;
        write(&store, |tx| {
            tx.letter_deferred(id(1), "one", at(11), at(200), "greylisted")?;
            tx.letter_failed(id(2), "one", at(12), "no such address")
        })
        .await;
        let waiting = store.read(|tx: &mut Tx| tx.letters_waiting(at(12))).await.unwrap();
        assert_eq!(waiting, (1, Some(kept_at(0))));
        let early = store.read(|tx: &mut Tx| tx.letters_waiting(at(-1))).await.unwrap();
        assert_eq!(early, (0, None), "a letter that may not go yet is not waiting");
        assert_eq!(claimed(&store, "two", 199, 10).await.len(), 0);
        let again = claimed(&store, "two", 200, 10).await;
        assert_eq!((again.len(), again[0].id, again[0].n_tries), (1, id(1), 2));
        write(&store, |tx| tx.letter_sent(id(1), "two", at(201))).await;
        assert_eq!(store.read(|tx: &mut Tx| tx.letters_waiting(at(201))).await.unwrap(), (0, None));
        let rows = store.read(|tx| tx.letters_of_case(id(0x1000))).await.unwrap();
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.id, row.state, row.sent_at, row.tried_at, row.n_tries, row.why.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                (id(1), LetterState::Sent, Some(kept_at(201)), Some(kept_at(201)), 2, None),
                (id(2), LetterState::Failed, None, Some(kept_at(12)), 1, Some("no such address")),
            ]
        );
        assert_eq!(rows[0].participant, Some(id(0x2001)));
        assert_eq!(rows[0].matter, r#"{"about":"reminder"}"#);
    }

    async fn the_outbox_shows_the_newest_with_their_words(store: Store) {
        written(&store, vec![letter(1, true, 0), letter(2, false, 1), letter(3, true, 2)]).await;
        let letters = store.read(|tx| tx.outbox(&vault(), 2)).await.unwrap();
        let told: Vec<_> = letters
            .iter()
            .map(|letter| (letter.id, letter.body.as_str(), letter.address.as_str(), letter.state))
            .collect();
        assert_eq!(
            told,
            [
                (id(3), "Words 3", "3@example.org", LetterState::Waiting),
                (id(2), "Words 2", "2@example.org", LetterState::Waiting),
            ]
        );
    }

    async fn words_do_not_open_with_another_key_or_in_another_letter(store: Store) {
        written(&store, vec![letter(1, true, 0), letter(2, true, 1), letter(3, false, 2)]).await;
        let wrong = store.read(|tx| tx.outbox(&vault_with([8; 32]), 1)).await;
        assert!(matches!(wrong, Err(StoreError::Sealed { .. })), "{wrong:?}");
        write(&store, |tx| {
            tx.execute_one(
                sql!(
                    "update letters set address = (select address from letters where id = ?2) \
                    where id = ?1"
                ),
                &values![id::<domain::LetterId>(1), id::<domain::LetterId>(2)],
            )
        })
        .await;
        let moved = store.read(|tx| tx.outbox(&vault(), 3)).await;
        assert!(matches!(moved, Err(StoreError::Sealed { table: "letters", .. })), "{moved:?}");
    }

    async fn a_letter_is_written_once(store: Store) {
        written(&store, vec![letter(1, true, 0)]).await;
        let twice = NewLetter { id: id(2), ..letter(1, true, 0) };
        let error = store.write(move |tx| tx.write_letter(&vault(), &twice)).await.unwrap_err();
        assert!(matches!(error, StoreError::Duplicate(_)), "{error}");
    }
}

#[tokio::test]
async fn two_nodes_that_claim_at_once_share_the_letters() {
    let Some(store) = Store::scratch_postgres().await.unwrap() else { return };
    written(&store, (1..=40).map(|number| letter(number, true, 0)).collect()).await;
    let (one, two) = tokio::join!(claimed(&store, "one", 1, 25), claimed(&store, "two", 1, 25));
    let mut ids: Vec<_> = one.iter().chain(&two).map(|letter| letter.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), one.len() + two.len(), "one letter went to both");
    assert!(one.len() <= 25 && two.len() <= 25);
}

#[test]
fn a_letter_shows_a_log_its_id_only() {
    let told = format!("{:?}", letter(1, true, 0));
    assert_eq!(told, "NewLetter { id: LetterId(00000000-0000-0000-0000-000000000001), .. }");
}
