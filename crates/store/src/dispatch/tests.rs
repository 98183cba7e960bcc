use domain::DispatchId;
use jiff::SignedDuration;

use crate::samples::{at, id, kept_at, kept_case, write};
use crate::{Channel, Dispatch, DispatchState, NewDispatch, Store, StoreError};

const LEASE: SignedDuration = SignedDuration::from_secs(60);

fn new(number: u128, channel: Channel, seconds: i64) -> NewDispatch {
    NewDispatch {
        id: id(number),
        case: Some(id(0x1000)),
        slug: None,
        revision: Some(1),
        channel,
        target: format!("target {number}"),
        what: "publish".to_owned(),
        not_before: at(seconds),
    }
}

async fn written(store: &Store, all: Vec<NewDispatch>) {
    kept_case(store, 0x1000, at(0)).await;
    write(store, move |tx| all.iter().try_for_each(|new| tx.write_dispatch(new, at(0)))).await;
}

async fn claimed(store: &Store, channel: Channel, node: &'static str, now: i64) -> Vec<Dispatch> {
    write(store, move |tx| tx.claim_dispatches(channel, node, at(now), LEASE, 10)).await
}

async fn of_case(store: &Store) -> Vec<Dispatch> {
    write(store, |tx| tx.dispatches_of(id(0x1000))).await
}

fn ids(dispatches: &[Dispatch]) -> Vec<DispatchId> {
    dispatches.iter().map(|one| one.id).collect()
}

crate::both_engines! {
    async fn a_dispatch_is_claimed_when_its_time_has_come_and_by_its_channel_alone(store: Store) {
        written(&store, vec![
            new(1, Channel::Cve, 9),
            new(2, Channel::Cve, 5),
            new(3, Channel::List, 0),
            new(4, Channel::Cve, 11),
        ])
        .await;
        let claimed = claimed(&store, Channel::Cve, "one", 10).await;
        assert_eq!(ids(&claimed), [id(2), id(1)]);
        assert_eq!(claimed[0], Dispatch {
            id: id(2),
            case: Some(id(0x1000)),
            slug: None,
            revision: Some(1),
            channel: Channel::Cve,
            target: "target 2".to_owned(),
            what: "publish".to_owned(),
            state: DispatchState::Waiting,
            n_tries: 1,
            written_at: kept_at(0),
            next_at: kept_at(5),
            tried_at: None,
            done_at: None,
            outcome: None,
        });
        let next = write(&store, crate::Tx::next_dispatch_at).await;
        assert_eq!(next, Some(kept_at(0)));
        let given_up = |tx: &mut crate::Tx| {
            tx.claim_dispatches(Channel::List, "one", at(10), LEASE, 9)?;
            tx.dispatch_given_up(id(3), "one", at(10), "never")
        };
        write(&store, given_up).await;
        assert_eq!(write(&store, crate::Tx::next_dispatch_at).await, Some(kept_at(11)));
    }

    async fn the_same_thing_goes_out_once_whoever_asks_and_however_often(store: Store) {
        let again = |number| NewDispatch { id: id(number), ..new(1, Channel::Webhook, 0) };
        let revised = NewDispatch { revision: Some(2), ..again(7) };
        let before = NewDispatch { revision: None, ..again(8) };
        let before_again = NewDispatch { revision: None, ..again(9) };
        written(&store, vec![again(1), again(2), revised, before, before_again]).await;
        assert_eq!(ids(&of_case(&store).await), [id(1), id(7), id(8)]);
        assert_eq!(of_case(&store).await[2].revision, None);
    }

    async fn no_other_node_gets_it_until_the_lease_runs_out_and_the_first_is_fenced(store: Store) {
        written(&store, vec![new(1, Channel::Site, 0)]).await;
        assert_eq!(claimed(&store, Channel::Site, "one", 0).await.len(), 1);
        assert_eq!(claimed(&store, Channel::Site, "two", 59).await.len(), 0);
        assert_eq!(claimed(&store, Channel::Site, "two", 60).await[0].n_tries, 2);
        for said in [0, 1, 2] {
            let error = store
                .write(move |tx| match said {
                    0 => tx.dispatch_done(id(1), "one", at(61), "ok"),
                    1 => tx.dispatch_put_off(id(1), "one", at(61), at(100), "later"),
                    _ => tx.dispatch_given_up(id(1), "one", at(61), "never"),
                })
                .await
                .unwrap_err();
            assert!(matches!(error, StoreError::Stale), "{error}");
        }
        write(&store, |tx| tx.dispatch_done(id(1), "two", at(62), "204")).await;
        let done = &of_case(&store).await[0];
        assert_eq!(done.state, DispatchState::Done);
        assert_eq!(done.done_at, Some(kept_at(62)));
        assert_eq!(done.outcome.as_deref(), Some("204"));
        assert_eq!(claimed(&store, Channel::Site, "two", 999).await.len(), 0);
    }

    async fn what_was_put_off_waits_and_what_was_given_up_waits_for_somebody(store: Store) {
        written(&store, vec![new(1, Channel::Cve, 0), new(2, Channel::Cve, 0)]).await;
        claimed(&store, Channel::Cve, "one", 0).await;
        write(&store, |tx| tx.dispatch_put_off(id(1), "one", at(1), at(30), "503")).await;
        write(&store, |tx| tx.dispatch_given_up(id(2), "one", at(1), "400")).await;
        assert_eq!(write(&store, |tx| tx.dispatches_open(at(29))).await, (0, 1));
        assert_eq!(write(&store, |tx| tx.dispatches_open(at(30))).await, (1, 1));
        assert_eq!(claimed(&store, Channel::Cve, "one", 29).await.len(), 0);

        write(&store, |tx| tx.try_dispatch_again(id(0x1000), id(1), at(5))).await;
        write(&store, |tx| tx.try_dispatch_again(id(0x1000), id(2), at(5))).await;
        let again = claimed(&store, Channel::Cve, "one", 5).await;
        assert_eq!(ids(&again), [id(1), id(2)]);
        assert_eq!(again.iter().map(|one| one.n_tries).collect::<Vec<_>>(), [2, 2]);
        assert_eq!(again[0].outcome.as_deref(), Some("503"));
    }

    async fn what_went_out_or_is_on_its_way_or_is_of_another_case_is_not_tried_again(store: Store) {
        written(&store, vec![new(1, Channel::Cve, 0), new(2, Channel::Cve, 0)]).await;
        kept_case(&store, 0x2000, at(0)).await;
        claimed(&store, Channel::Cve, "one", 0).await;
        write(&store, |tx| tx.dispatch_done(id(1), "one", at(1), "ok")).await;
        for (case, dispatch) in [(0x1000, 1), (0x1000, 2), (0x2000, 2), (0x1000, 3)] {
            let again = store
                .write(move |tx| tx.try_dispatch_again(id(case), id(dispatch), at(2)))
                .await;
            assert!(matches!(again, Err(StoreError::Stale)), "{case:x} {dispatch}");
        }
    }

    async fn however_many_wait_a_claim_is_one_statement(store: Store) {
        written(&store, (1..=50).map(|number| new(number, Channel::List, 0)).collect()).await;
        let (n, statements) = write(&store, |tx| {
            let claimed = tx.claim_dispatches(Channel::List, "one", at(1), LEASE, 20)?;
            Ok((claimed.len(), tx.statements_run()))
        })
        .await;
        assert_eq!((n, statements), (20, 1));
    }
}
