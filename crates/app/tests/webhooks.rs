//! Programs of subscribers: told once of what is public and not before, signed, tried again, sent
//! again, paused when they fail; and looked after by leads alone.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use app::channel::DispatchState;
use app::webhook::{self, Made, Taken, WebhookEvent, WebhookState};
use app::{Ctx, Error, duties};
use domain::case::CaseKind;
use domain::event::Answer;
use domain::note::{Remains, Section, When};
use domain::{Actor, CaseId, Instant, StaffRole, Timestamp};
use jiff::SignedDuration;
use outside::webhook::{Message, Secret};
use serde_json::{Value, json};
use store::Store;
use testkit::{TestSite, anyway};

const ADDRESS: &str = "https://hooks.example/in?token=t0ken";

async fn subscribed(site: &TestSite) -> Made {
    let events = WebhookEvent::ALL.into();
    webhook::create(&site.lead(), ADDRESS.to_owned(), events).await.unwrap()
}

/// A note that is approved, and goes out at the end of the embargo.
async fn armed(site: &TestSite, product: &str) -> CaseId {
    let id = site.report(product).await.case;
    let ana = anyway(site.analyst());
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&[product]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let vendor = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![vendor]).await.unwrap();
    let bearer = site.acting(Actor::Bearer(id, vendor));
    app::embargo::answer(&bearer, id, vendor, Answer::Agree).await.unwrap();
    let flaw = *site.case(id).await.vulnerabilities.keys().next().unwrap();
    let cve = format!("CVE-2026-{}", 10_000 + product.len()).parse().unwrap();
    app::note::assign_cve(&ana, id, flaw, cve, None).await.unwrap();
    approved(site, id, 1, When::EmbargoEnds).await;
    id
}

async fn approved(site: &TestSite, id: CaseId, revision: u32, when: When) {
    let words = format!("It overwrites memory, says revision {revision}.");
    let sections = BTreeMap::from([(Section::Overview, words)]);
    app::note::write(&site.analyst(), id, "A secret title".to_owned(), sections).await.unwrap();
    for who in [site.analyst(), site.lead()] {
        app::note::approve(&anyway(who), id, revision, when.clone()).await.unwrap();
    }
}

async fn end_of_embargo(site: &TestSite, id: CaseId) -> Timestamp {
    site.case(id).await.embargo.end().unwrap().at
}

async fn published(site: &TestSite, product: &str) -> CaseId {
    let id = armed(site, product).await;
    site.clock.set(end_of_embargo(site, id).await);
    site.duties().await;
    id
}

fn body(message: &Message) -> Value {
    serde_json::from_slice(&message.body).unwrap()
}

async fn state(site: &TestSite, made: &Made) -> WebhookState {
    webhook::open(&site.lead(), made.id, None).await.unwrap().webhook.state
}

async fn dispatches(site: &TestSite, id: CaseId) -> Vec<(DispatchState, String)> {
    let all = app::case::open(&site.lead(), id).await.unwrap().dispatches;
    all.into_iter().map(|one| (one.state, one.outcome.unwrap_or_default())).collect()
}

store::both_engines! {
    async fn a_subscriber_is_told_once_at_the_instant_and_only_what_is_public(store: Store) {
        let site = TestSite::on(store).await;
        let made = subscribed(&site).await;
        let id = armed(&site, "Tally time server").await;
        let end = end_of_embargo(&site, id).await;
        site.clock.set(end);
        site.clock.pass_seconds(-1);
        site.duties().await;
        assert!(site.hooks.empty().is_empty(), "something was told before the instant");
        assert!(dispatches(&site, id).await.is_empty());

        site.clock.pass_seconds(1);
        site.duties().await;
        site.duties().await;
        let told = site.hooks.empty();
        assert_eq!(told.len(), 1);
        let body = body(&told[0]);
        let number = site.case(id).await.number.unwrap();
        let page = format!("http://ombud.example/vuls/{}", number.slug());
        let formats = ["csaf", "csaf-2.1", "json", "osv-1", "signed", "text"];
        let formats = formats.map(|part| (part.to_owned(), json!(format!("{page}/{part}"))));
        let wanted = json!({
            "id": told[0].id,
            "type": "note.published",
            "timestamp": end.to_string(),
            "data": {"note": {
                "number": number.to_string(),
                "revision": 1,
                "published": end.to_string(),
                "updated": end.to_string(),
                "page": page,
                "formats": formats.into_iter().collect::<serde_json::Map<_, _>>(),
            }},
        });
        assert_eq!(body, wanted);
        assert_eq!(told[0].to.as_str(), ADDRESS);
        assert_eq!(told[0].secrets[0].written(), made.secret);
        let state = dispatches(&site, id).await;
        assert_eq!(state, [(DispatchState::Done, "hooks.example answered 204.".to_owned())]);
    }

    async fn every_address_in_a_message_is_served(store: Store) {
        let site = TestSite::on(store).await;
        subscribed(&site).await;
        published(&site, "Tally time server").await;
        let body = body(&site.hooks.empty()[0]);
        let formats = body["data"]["note"]["formats"].as_object().unwrap();
        let artefacts = ["vulnote.json", "csaf-2.0.json", "csaf-2.1.json", "note.txt", "note.asc"];
        for file in artefacts {
            let part = app::artefact::last_part(file).unwrap();
            assert!(formats.contains_key(&part), "{file}");
        }
        assert_eq!(app::artefact::last_part("csaf-2.0.json.asc"), None);
        assert_eq!(app::artefact::last_part("osv-01.json"), None);
    }

    async fn a_correction_is_told_to_those_who_want_to_hear_of_it(store: Store) {
        let site = TestSite::on(store).await;
        subscribed(&site).await;
        let first = [WebhookEvent::NotePublished].into();
        let other = "https://other.example/".to_owned();
        webhook::create(&site.lead(), other, first).await.unwrap();
        let id = published(&site, "Tally time server").await;
        assert_eq!(site.hooks.empty().len(), 2);
        let soon = site.lead().now().checked_add(SignedDuration::from_hours(1)).unwrap();
        approved(&site, id, 2, When::At(Instant::utc(soon))).await;
        site.clock.set(soon);
        site.duties().await;
        let told = site.hooks.empty();
        let [one] = &told[..] else { panic!("{told:?}") };
        assert_eq!(one.to.host(), "hooks.example");
        assert_eq!(body(one)["type"], "note.revised");
        assert_eq!(body(one)["data"]["note"]["revision"], 2);
    }

    async fn that_a_note_is_withdrawn_is_told_and_so_it_is_when_older_messages_arrive_late(store: Store) {
        let site = TestSite::on(store).await;
        let made = subscribed(&site).await;
        let id = published(&site, "Tally time server").await;
        let published = site.hooks.empty().remove(0);
        site.clock.pass_days(1);
        let reason = "It was another product.".to_owned();
        let (ana, lead) = (site.analyst(), site.lead());
        app::note::propose_withdrawal(&ana, id, Remains::Nothing, reason).await.unwrap();
        site.duties().await;
        assert!(site.hooks.empty().is_empty(), "one alone takes nothing back");
        app::note::agree_to_withdrawal(&lead, id).await.unwrap();
        site.duties().await;
        let told = site.hooks.empty();
        let [one] = &told[..] else { panic!("{told:?}") };
        assert_eq!(body(one)["type"], "note.withdrawn");
        assert_eq!(body(one)["data"]["note"]["withdrawn"], body(one)["timestamp"]);
        assert_eq!(body(one)["data"]["note"]["revision"], 2);

        let late = webhook::send_all_again(&lead, made.id, Timestamp::MIN).await.unwrap();
        assert_eq!(late.n, 2);
        site.duties().await;
        let told = site.hooks.empty();
        let first = told.iter().find(|one| one.id == published.id).unwrap();
        assert!(body(first)["data"]["note"]["withdrawn"].is_string(), "{first:?}");
    }

    async fn who_does_not_answer_is_tried_again_under_the_same_id_and_holds_up_nobody(store: Store) {
        let site = TestSite::on(store).await;
        let made = subscribed(&site).await;
        let other = "https://other.example/".to_owned();
        webhook::create(&site.lead(), other, WebhookEvent::ALL.into()).await.unwrap();
        site.hooks.answer_for("hooks.example", None);
        published(&site, "Tally time server").await;
        let first = site.hooks.empty();
        assert_eq!(first.len(), 2);
        let failed = first.iter().find(|one| one.to.host() == "hooks.example").unwrap();
        site.hooks.answer_for("hooks.example", Some(200));
        site.clock.pass_seconds(15);
        site.duties().await;
        let again = site.hooks.empty();
        assert_eq!(again.len(), 1);
        assert_eq!((&again[0].id, &again[0].body), (&failed.id, &failed.body));
        assert_eq!(again[0].at, failed.at + 15);
        let tries = webhook::open(&site.lead(), made.id, None).await.unwrap().tries;
        let seen = tries.iter().map(|one| (one.outcome, one.status, one.words.as_str()));
        assert_eq!(
            seen.collect::<Vec<_>>(),
            [(Taken::Yes, Some(200), "answered 200"), (Taken::No, None, "did not answer in time")]
        );
    }

    async fn who_fails_for_days_is_paused_and_the_team_is_told(store: Store) {
        let site = TestSite::on(store).await;
        let made = subscribed(&site).await;
        site.hooks.answer_for("hooks.example", Some(500));
        let id = published(&site, "Tally time server").await;
        for _ in 0..(5 * 24 - 1) {
            site.clock.pass_seconds(3600);
            site.duties().await;
        }
        assert_eq!(state(&site, &made).await, WebhookState::Active);
        assert!(site.letters().iter().all(|letter| !letter.subject.starts_with("[WEBHOOK]")));
        site.clock.pass_seconds(2 * 3600);
        site.duties().await;
        assert_eq!(state(&site, &made).await, WebhookState::Paused);
        let board = dispatches(&site, id).await;
        let given_up = "hooks.example answered 500. The webhook is paused now.";
        assert_eq!(board, [(DispatchState::GivenUp, given_up.to_owned())]);
        let letters = site.letters();
        let told: Vec<_> =
            letters.iter().filter(|letter| letter.subject.starts_with("[WEBHOOK]")).collect();
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].to, "team@northlake.example");
        assert!(told[0].message.contains("hooks.example"), "{}", told[0].message);
        assert!(!told[0].message.contains("t0ken"), "{}", told[0].message);
    }

    async fn who_says_that_it_wants_no_more_is_paused_at_once(store: Store) {
        let site = TestSite::on(store).await;
        let made = subscribed(&site).await;
        site.hooks.answer_for("hooks.example", Some(410));
        published(&site, "Tally time server").await;
        assert_eq!(state(&site, &made).await, WebhookState::Paused);
        site.hooks.empty();
        published(&site, "Brook mail").await;
        assert!(site.hooks.empty().is_empty(), "a paused subscriber was told");
    }

    async fn what_waits_for_a_webhook_that_is_paused_or_deleted_is_not_sent(store: Store) {
        let site = TestSite::on(store).await;
        let made = subscribed(&site).await;
        site.hooks.answer_for("hooks.example", Some(503));
        let id = published(&site, "Tally time server").await;
        assert_eq!(dispatches(&site, id).await[0].0, DispatchState::Waiting);
        webhook::pause(&site.lead(), made.id).await.unwrap();
        assert!(dispatches(&site, id).await.is_empty());
        webhook::resume(&site.lead(), made.id).await.unwrap();
        webhook::send_all_again(&site.lead(), made.id, Timestamp::MIN).await.unwrap();
        assert_eq!(dispatches(&site, id).await[0].0, DispatchState::Waiting);
        site.hooks.empty();
        webhook::delete(&site.lead(), made.id).await.unwrap();
        site.clock.pass_days(1);
        site.duties().await;
        assert!(site.hooks.empty().is_empty() && dispatches(&site, id).await.is_empty());
    }

    async fn what_was_missed_or_lost_is_sent_again(store: Store) {
        let site = TestSite::on(store).await;
        let made = subscribed(&site).await;
        published(&site, "Tally time server").await;
        let first = site.hooks.empty();
        webhook::pause(&site.lead(), made.id).await.unwrap();
        site.clock.pass_seconds(1);
        let since = site.lead().now();
        published(&site, "Brook mail").await;
        assert!(site.hooks.empty().is_empty());
        let refused = webhook::send_all_again(&site.lead(), made.id, since).await;
        assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");

        webhook::resume(&site.lead(), made.id).await.unwrap();
        assert_eq!(webhook::send_all_again(&site.lead(), made.id, since).await.unwrap().n, 1);
        site.duties().await;
        let missed = site.hooks.empty();
        assert_eq!(missed.len(), 1, "{missed:?}");
        assert_ne!(missed[0].id, first[0].id);

        let tries = webhook::open(&site.lead(), made.id, None).await.unwrap().tries;
        let oldest = tries.last().unwrap().dispatch.unwrap();
        webhook::send_again(&site.lead(), made.id, oldest).await.unwrap();
        site.duties().await;
        let again = site.hooks.empty();
        assert_eq!((&again[0].id, &again[0].body), (&first[0].id, &first[0].body));
        let all = webhook::send_all_again(&site.lead(), made.id, Timestamp::MIN).await;
        assert_eq!(all.unwrap().n, 2);
    }

    async fn for_a_day_after_a_change_messages_are_signed_with_both_secrets(store: Store) {
        let site = TestSite::on(store).await;
        let old = subscribed(&site).await;
        let new = webhook::rotate(&site.lead(), old.id).await.unwrap();
        assert_ne!(new.secret, old.secret);
        webhook::ping(&site.lead(), old.id).await.unwrap();
        site.clock.pass_days(1);
        webhook::ping(&site.lead(), old.id).await.unwrap();
        let told = site.hooks.empty();
        let secrets = |one: &Message| one.secrets.iter().map(Secret::written).collect::<Vec<_>>();
        assert_eq!(secrets(&told[0]), [new.secret.clone(), old.secret]);
        assert_eq!(secrets(&told[1]), [new.secret]);
        assert_eq!(body(&told[0])["type"], "ping");
        assert_eq!(body(&told[0])["data"], json!({}));
    }

    async fn an_address_that_cannot_be_called_is_refused_with_the_reason(store: Store) {
        let site = TestSite::on(store).await;
        site.hooks.answer_for("nobody.example", None);
        for (typed, events, why) in [
            ("nonsense", 1, "Write a web address, like https://hooks.example.org/ombud."),
            ("https://nobody.example/", 1, "nobody.example cannot be used: there is no such host."),
            (ADDRESS, 0, "Choose what the program is to hear of."),
        ] {
            let events = WebhookEvent::ALL.into_iter().take(events).collect();
            let refused = webhook::create(&site.lead(), typed.to_owned(), events).await;
            assert_eq!(refused.map(|_| ()).unwrap_err().to_string(), why);
        }
        assert!(webhook::list(&site.lead()).await.unwrap().is_empty());
    }

    async fn leads_alone_look_after_webhooks_and_show_first_who_they_are(store: Store) {
        let site = TestSite::on(store).await;
        let made = subscribed(&site).await;
        let id = made.id;
        let others = [StaffRole::Analyst, StaffRole::Auditor, StaffRole::Administrator];
        let others = others.map(|role| site.acting(Actor::Staff(site.analyst, role)));
        for who in others.into_iter().chain([site.acting(Actor::Anyone)]) {
            assert_eq!(refused(&who, id).await, ["not found"; 9], "{:?}", who.actor());
        }
        let tired = site.lead().proved(None);
        let prove = "show first that it is still you";
        let refused = refused(&tired, id).await;
        // Looking, trying, pausing and sending again change nothing that leads out of the house.
        assert_eq!(refused[..2], ["done", "done"]);
        assert_eq!(refused[2..6], [prove; 4]);
        assert_eq!(refused[6..], ["done"; 3]);
    }

    async fn what_stands_in_the_way_is_told_before_a_note_goes_out(store: Store) {
        let site = TestSite::on(store).await;
        let made = subscribed(&site).await;
        assert!(app::channel::problems(&site.site.duty()).await.unwrap().is_empty());
        site.hooks.answer_for("hooks.example", None);
        let problems = app::channel::problems(&site.site.duty()).await.unwrap();
        assert!(app::channel::problems_seen(&site.lead()).is_empty(), "nobody has looked");
        app::channel::look_at_channels(&site.site.duty()).await.unwrap();
        assert_eq!(app::channel::problems_seen(&site.lead()), problems);
        let what = "The webhook to hooks.example cannot be called: there is no such host.";
        assert_eq!(problems.iter().map(|one| one.what.as_str()).collect::<Vec<_>>(), [what]);
        webhook::pause(&site.lead(), made.id).await.unwrap();
        assert!(app::channel::problems(&site.site.duty()).await.unwrap().is_empty());
    }

    async fn what_came_of_tries_is_forgotten_after_a_while(store: Store) {
        let site = TestSite::on(store).await;
        let made = subscribed(&site).await;
        webhook::ping(&site.lead(), made.id).await.unwrap();
        site.clock.pass_days(90);
        duties::forget_what_ran_out(&site.site.duty()).await.unwrap();
        assert_eq!(webhook::open(&site.lead(), made.id, None).await.unwrap().tries.len(), 1);
        site.clock.pass_seconds(1);
        duties::forget_what_ran_out(&site.site.duty()).await.unwrap();
        assert!(webhook::open(&site.lead(), made.id, None).await.unwrap().tries.is_empty());
    }
}

/// What each verb answers to somebody: list, open, create, resume, rotate, delete of another,
/// ping, send again all, pause.
async fn refused(who: &Ctx, id: domain::WebhookId) -> Vec<String> {
    let said = |outcome: Result<(), Error>| match outcome {
        Ok(()) => "done".to_owned(),
        Err(error) => error.to_string(),
    };
    let now = who.now();
    vec![
        said(webhook::list(who).await.map(drop)),
        said(webhook::open(who, id, None).await.map(drop)),
        said(webhook::create(who, ADDRESS.to_owned(), WebhookEvent::ALL.into()).await.map(drop)),
        said(webhook::resume(who, id).await),
        said(webhook::rotate(who, id).await.map(drop)),
        said(webhook::delete(who, id).await),
        said(webhook::ping(who, id).await.map(drop)),
        said(webhook::send_all_again(who, id, now).await.map(drop)),
        said(webhook::pause(who, id).await),
    ]
}
