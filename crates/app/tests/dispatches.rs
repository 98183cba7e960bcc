//! What goes out by channels: carried once, given up when there is no hope, tried again when
//! somebody of the team says so.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use app::channel::{Channel, Dispatch, DispatchState};
use app::{Error, duties};
use domain::{Actor, CaseId, Refusal, StaffRole};
use store::{NewDispatch, Store};
use testkit::TestSite;

/// Something for a mailing list, of which there is none.
async fn hopeless(site: &TestSite, case: CaseId) -> Dispatch {
    let ctx = site.site.duty();
    let new = NewDispatch {
        id: ctx.fresh(),
        case: Some(case),
        slug: None,
        revision: Some(1),
        channel: Channel::List,
        target: "announce@example.org".to_owned(),
        what: "announce".to_owned(),
        not_before: ctx.now(),
    };
    let now = ctx.now();
    site.site.store.write(move |tx| tx.write_dispatch(&new, now)).await.unwrap();
    board(site, case).await.remove(0)
}

async fn board(site: &TestSite, case: CaseId) -> Vec<Dispatch> {
    app::case::open(&site.lead(), case).await.unwrap().dispatches
}

store::both_engines! {
    async fn what_cannot_go_out_is_given_up_and_tried_again_on_demand(store: Store) {
        let site = TestSite::on(store).await;
        let id = site.report("Tally time server").await.case;
        let dispatch = hopeless(&site, id).await;
        assert_eq!(dispatch.state, DispatchState::Waiting);
        assert_eq!(duties::carry_dispatches(&site.site.duty()).await.unwrap().done, 1);
        let given_up = &board(&site, id).await[0];
        assert_eq!(given_up.state, DispatchState::GivenUp);
        assert!(given_up.outcome.is_some());
        assert_eq!(duties::carry_dispatches(&site.site.duty()).await.unwrap().done, 0);
        site.duties().await;
        let letters = site.letters();
        let told = letters.iter().filter(|letter| letter.subject.contains("A channel needs a look"));
        assert_eq!(told.count(), 1, "{letters:?}");

        app::channel::try_again(&site.analyst(), id, dispatch.id).await.unwrap();
        assert_eq!(duties::carry_dispatches(&site.site.duty()).await.unwrap().done, 1);
        assert_eq!(board(&site, id).await[0].n_tries, 2);
    }

    async fn only_who_works_on_the_case_tries_again(store: Store) {
        let site = TestSite::on(store).await;
        let id = site.report("Tally time server").await.case;
        let other = site.report("Brook mail").await.case;
        let dispatch = hopeless(&site, id).await.id;
        duties::carry_dispatches(&site.site.duty()).await.unwrap();
        let auditor = site.acting(Actor::Staff(site.lead, StaffRole::Auditor));
        let refused = app::channel::try_again(&auditor, id, dispatch).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::NotYours))), "{refused:?}");
        let refused = app::channel::try_again(&site.acting(Actor::Anyone), id, dispatch).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        let reporter = site.case(id).await.reporter;
        let party = site.acting(Actor::Bearer(id, reporter));
        let refused = app::channel::try_again(&party, id, dispatch).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{refused:?}");
        let refused = app::channel::try_again(&site.analyst(), other, dispatch).await;
        assert!(matches!(refused, Err(Error::Stale)), "{refused:?}");
        assert_eq!(board(&site, id).await[0].state, DispatchState::GivenUp);
        let seen = app::case::open(&party, id).await.unwrap().dispatches;
        assert!(seen.is_empty(), "a party sees the board: {seen:?}");
    }
}
