//! CVE IDs by way of CVE Services: no vulnerability gets two and no ID two vulnerabilities, whatever
//! is lost on the way; records are there after the note, mended with it, and rejected in words.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use app::channel::DispatchState;
use app::cve::{Batch, Order, Whose, reserve_stock};
use app::duties;
use domain::case::CaseKind;
use domain::note::{Section, When};
use domain::{Actor, CaseId, Refusal, Rule, StaffRole, VulnerabilityId};
use store::Store;
use testkit::TestSite;
use testkit::cve_services::{CveServices, Mood};

/// A server whose team is a CNA with an account at the stand-in.
async fn cna(store: Store) -> (TestSite, CveServices) {
    let site = TestSite::on(store).await;
    let service = CveServices::start(site.clock.clone()).await;
    let site = site.as_cna(Some(&service));
    (site, service)
}

async fn accepted(site: &TestSite) -> (CaseId, VulnerabilityId) {
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    (id, *site.case(id).await.vulnerabilities.keys().next().unwrap())
}

async fn cve_of(site: &TestSite, id: CaseId, flaw: VulnerabilityId) -> Option<String> {
    site.case(id).await.vulnerabilities[&flaw].cve.as_ref().map(ToString::to_string)
}

/// Carries what is due now, and again after each pause, so many times.
async fn carry(site: &TestSite, times: u32) {
    for _ in 0..times {
        duties::carry_dispatches(&site.site.duty()).await.unwrap();
        site.clock.pass_seconds(3601);
    }
}

async fn states(site: &TestSite, id: CaseId) -> Vec<(String, DispatchState, String)> {
    let all = app::case::open(&site.lead(), id).await.unwrap().dispatches;
    let told = all.into_iter().map(|one| {
        let what = format!("{} {}", one.what, one.target);
        (what, one.state, one.outcome.unwrap_or_default())
    });
    told.collect()
}

async fn published(site: &TestSite, id: CaseId, revision: u32) {
    let words = format!("Update now, says revision {revision}.");
    let sections = BTreeMap::from([(Section::Overview, words)]);
    app::note::write(&site.analyst(), id, "Tally overwrites memory".to_owned(), sections)
        .await
        .unwrap();
    for who in [site.analyst(), site.lead()] {
        let why = || "Everybody has read it.".to_owned();
        let who = Rule::ALL.iter().fold(who, |who, rule| who.setting_aside(*rule, why()));
        app::note::approve(&who, id, revision, When::EmbargoEnds).await.unwrap();
    }
    site.clock.pass_seconds(1);
    duties::end_and_publish(&site.site.duty()).await.unwrap();
}

store::both_engines! {
    async fn an_id_is_reserved_once_however_often_it_is_asked_for(store: Store) {
        let (site, service) = cna(store).await;
        let (id, flaw) = accepted(&site).await;
        for _ in 0..3 {
            app::cve::reserve(&site.analyst(), id, flaw).await.unwrap();
        }
        carry(&site, 2).await;
        assert_eq!(cve_of(&site, id, flaw).await.as_deref(), Some("CVE-2026-1001"));
        assert_eq!(service.ids(), ["CVE-2026-1001 RESERVED northlake"]);
        let done = "CVE-2026-1001 is reserved.".to_owned();
        let board = states(&site, id).await;
        let what = "Reserve an ID for vulnerability 1".to_owned();
        assert_eq!(board, [(what, DispatchState::Done, done)]);
        let again = app::cve::reserve(&site.analyst(), id, flaw).await;
        assert!(matches!(again, Err(app::Error::Refused(Refusal::HasCve))), "{again:?}");
    }

    async fn an_answer_that_was_lost_is_found_again(store: Store) {
        let (site, service) = cna(store).await;
        let (id, flaw) = accepted(&site).await;
        app::cve::reserve(&site.analyst(), id, flaw).await.unwrap();
        service.be(Mood::LosesAnswers);
        carry(&site, 3).await;
        assert_eq!(cve_of(&site, id, flaw).await, None);
        assert_eq!(service.ids(), ["CVE-2026-1001 RESERVED northlake"], "asked once");
        service.be(Mood::Works);
        carry(&site, 1).await;
        assert_eq!(cve_of(&site, id, flaw).await.as_deref(), Some("CVE-2026-1001"));
        assert_eq!(service.ids(), ["CVE-2026-1001 RESERVED northlake"]);
    }

    async fn a_service_that_is_down_is_asked_when_it_is_back(store: Store) {
        let (site, service) = cna(store).await;
        let (id, flaw) = accepted(&site).await;
        app::cve::reserve(&site.analyst(), id, flaw).await.unwrap();
        service.be(Mood::Down);
        carry(&site, 2).await;
        assert_eq!((cve_of(&site, id, flaw).await, service.ids().len()), (None, 0));
        service.be(Mood::Works);
        carry(&site, 1).await;
        assert_eq!(cve_of(&site, id, flaw).await.as_deref(), Some("CVE-2026-1001"));
        assert_eq!(service.ids().len(), 1);
    }

    async fn a_fall_between_question_and_answer_reserves_nothing_twice(store: Store) {
        let (site, service) = cna(store).await;
        let (id, flaw) = accepted(&site).await;
        app::cve::reserve(&site.analyst(), id, flaw).await.unwrap();
        // The node wrote down that it asks, asked, and fell before it could keep the answer.
        let now = site.site.duty().now();
        site.site.store.write(move |tx| tx.ask_for_cve(id, flaw, now)).await.unwrap();
        service.client().reserve(1, outside::cve_services::Batch::Sequential, 2026).await.unwrap();
        carry(&site, 1).await;
        assert_eq!(cve_of(&site, id, flaw).await.as_deref(), Some("CVE-2026-1001"));
        assert_eq!(service.ids().len(), 1);
    }

    async fn of_two_lost_answers_each_flaw_gets_one(store: Store) {
        let (site, service) = cna(store).await;
        let (one, first) = accepted(&site).await;
        let (other, second) = accepted(&site).await;
        app::cve::reserve(&site.analyst(), one, first).await.unwrap();
        app::cve::reserve(&site.analyst(), other, second).await.unwrap();
        service.be(Mood::LosesAnswers);
        duties::carry_dispatches(&site.site.duty()).await.unwrap();
        assert_eq!(service.ids().len(), 2);
        service.be(Mood::Works);
        site.clock.pass_seconds(60);
        let (left, right) = (site.site.duty(), site.site.duty());
        let (left, right) =
            tokio::join!(duties::carry_dispatches(&left), duties::carry_dispatches(&right));
        left.unwrap();
        right.unwrap();
        carry(&site, 2).await;
        let mut both = vec![cve_of(&site, one, first).await, cve_of(&site, other, second).await];
        both.sort();
        let expected = ["CVE-2026-1001", "CVE-2026-1002"].map(|id| Some(id.to_owned()));
        assert_eq!(both, expected);
        assert_eq!(service.ids().len(), 2);
    }

    async fn what_others_reserve_under_our_name_is_nobodys_answer(store: Store) {
        let (site, service) = cna(store).await;
        let (id, flaw) = accepted(&site).await;
        app::cve::reserve(&site.analyst(), id, flaw).await.unwrap();
        service.be(Mood::LosesAnswers);
        carry(&site, 1).await;
        service.be(Mood::Works);
        let by_hand = service.client();
        by_hand.reserve(1, outside::cve_services::Batch::Sequential, 2026).await.unwrap();
        carry(&site, 1).await;
        assert_eq!(cve_of(&site, id, flaw).await, None);
        let board = states(&site, id).await;
        assert_eq!(board[0].1, DispatchState::GivenUp);
        assert!(board[0].2.starts_with("2 IDs are reserved under our name"), "{board:?}");
        // A person says which of them it is.
        let cve = "CVE-2026-1001".parse().unwrap();
        app::note::assign_cve(&site.analyst(), id, flaw, cve, None).await.unwrap();
        assert_eq!(service.ids().len(), 2);
    }

    async fn an_id_typed_in_meanwhile_stays(store: Store) {
        let (site, service) = cna(store).await;
        let (id, flaw) = accepted(&site).await;
        app::cve::reserve(&site.analyst(), id, flaw).await.unwrap();
        let typed = "CVE-2026-9999".parse().unwrap();
        app::note::assign_cve(&site.analyst(), id, flaw, typed, None).await.unwrap();
        carry(&site, 1).await;
        assert_eq!(cve_of(&site, id, flaw).await.as_deref(), Some("CVE-2026-9999"));
        assert!(service.ids().is_empty(), "nothing was reserved");
    }

    async fn a_record_follows_its_note_and_is_mended_with_it(store: Store) {
        let (site, service) = cna(store).await;
        let (id, flaw) = accepted(&site).await;
        app::cve::reserve(&site.analyst(), id, flaw).await.unwrap();
        carry(&site, 1).await;
        assert_eq!(service.record("CVE-2026-1001"), None);
        service.calls();
        published(&site, id, 1).await;
        assert!(service.calls().is_empty(), "nothing leaves the house in the transaction");
        carry(&site, 1).await;
        let record = service.record("CVE-2026-1001").unwrap();
        let told = record["containers"]["cna"]["descriptions"][0]["value"].as_str().unwrap();
        assert_eq!(told, "A long option overwrites memory.");
        let reference = &record["containers"]["cna"]["references"][0]["url"];
        let slug = site.case(id).await.number.unwrap().slug();
        assert_eq!(*reference, format!("http://ombud.example/vuls/{slug}"));

        let words = "A long option overwrites memory that others read.".to_owned();
        app::note::describe(&site.analyst(), id, flaw, words.clone(), None).await.unwrap();
        published(&site, id, 2).await;
        carry(&site, 1).await;
        let record = service.record("CVE-2026-1001").unwrap();
        assert_eq!(record["containers"]["cna"]["descriptions"][0]["value"], words);
        let calls = service.calls();
        let handed_in: Vec<_> = calls.iter().filter(|call| call.ends_with("/cna")).collect();
        assert_eq!(handed_in, [
            "POST /cve/CVE-2026-1001/cna",
            "POST /cve/CVE-2026-1001/cna",
            "PUT /cve/CVE-2026-1001/cna",
        ]);
        assert_eq!(states(&site, id).await.iter().filter(|one| one.1 == DispatchState::Done).count(), 3);
    }

    async fn what_the_cna_rules_say_of_a_record_is_told_and_stops_nothing(store: Store) {
        let (site, _service) = cna(store).await;
        let (id, flaw) = accepted(&site).await;
        let cve = "CVE-2026-1001".parse().unwrap();
        app::note::assign_cve(&site.analyst(), id, flaw, cve, None).await.unwrap();
        published(&site, id, 1).await;
        let case = site.case(id).await;
        let (slug, name) = (case.number.clone().unwrap().slug(), app::artefact::cve_of(1));
        let record = app::public::artefact(&site.site.public(), slug, name).await.unwrap();
        let found = app::cve::findings(&case, &[record], site.site.duty().now());
        let rules: Vec<_> = found.iter().map(|one| one.rule.as_str()).collect();
        assert_eq!(rules, ["CNA rule 4.3.2", "CNA rule 5.1.3", "CNA rule 5.1.7"]);
        assert!(found.iter().all(|one| one.weight == app::finding::Weight::Warns));
        assert_eq!(found[0].place, "Vulnerability 1 (CVE-2026-1001)");
    }

    async fn a_service_that_is_down_holds_up_no_note(store: Store) {
        let (site, service) = cna(store).await;
        let (id, flaw) = accepted(&site).await;
        app::cve::reserve(&site.analyst(), id, flaw).await.unwrap();
        carry(&site, 1).await;
        service.be(Mood::Down);
        published(&site, id, 1).await;
        carry(&site, 1).await;
        let slug = site.case(id).await.number.unwrap().slug();
        app::public::note(&site.site.public(), slug).await.unwrap();
        assert_eq!(service.record("CVE-2026-1001"), None);
        service.be(Mood::Works);
        carry(&site, 1).await;
        assert!(service.record("CVE-2026-1001").is_some());
    }

    async fn an_id_that_is_not_used_is_rejected_in_words(store: Store) {
        let (site, service) = cna(store).await;
        let (id, flaw) = accepted(&site).await;
        app::cve::reserve(&site.analyst(), id, flaw).await.unwrap();
        carry(&site, 1).await;
        let reason = "Not a vulnerability after all.".to_owned();
        let rejects = async |instead: &str| {
            app::cve::reject(&site.analyst(), id, flaw, reason.clone(), instead).await
        };
        let nonsense = rejects("CVE-2026-2 and more").await;
        assert!(matches!(nonsense, Err(app::Error::Invalid(_))), "{nonsense:?}");
        let itself = rejects("CVE-2026-1001").await;
        assert!(matches!(itself, Err(app::Error::Refused(Refusal::ReplacesItself))), "{itself:?}");
        rejects("CVE-2026-2000, CVE-2026-2001\nCVE-2026-2000").await.unwrap();
        service.be(Mood::LosesAnswers);
        carry(&site, 1).await;
        service.be(Mood::Works);
        carry(&site, 1).await;
        assert_eq!(service.ids(), ["CVE-2026-1001 REJECTED northlake"]);
        let record = service.record("CVE-2026-1001").unwrap();
        let told = &record["containers"]["cna"];
        assert_eq!(told["rejectedReasons"][0]["value"], reason);
        assert_eq!(told["replacedBy"], serde_json::json!(["CVE-2026-2000", "CVE-2026-2001"]));
        assert_eq!(cve_of(&site, id, flaw).await, None);
        let again = app::cve::reserve(&site.analyst(), id, flaw).await;
        assert!(matches!(again, Err(app::Error::Refused(Refusal::CveWasRejected))), "{again:?}");
    }

    async fn what_the_service_has_is_for_leads_and_tells_whose_it_is(store: Store) {
        let (site, service) = cna(store).await;
        let (id, flaw) = accepted(&site).await;
        app::cve::reserve(&site.analyst(), id, flaw).await.unwrap();
        carry(&site, 1).await;
        service.client().reserve(1, outside::cve_services::Batch::Sequential, 2026).await.unwrap();
        let seen = app::cve::overview(&site.lead(), 1).await.unwrap();
        assert_eq!(seen.quota.unwrap().reserved, 2);
        let ids = seen.ids.unwrap();
        let [(_, Whose::Case(known)), (_, Whose::Nobodys)] = &ids.ids[..] else { panic!("{ids:?}") };
        assert_eq!((known.case, ids.total), (id, 2));
        let auditor = site.acting(Actor::Staff(site.lead, StaffRole::Auditor));
        for other in [site.analyst(), auditor, site.acting(Actor::Anyone)] {
            let none = app::cve::overview(&other, 1).await;
            assert!(matches!(none, Err(app::Error::NotFound)), "{none:?}");
        }
        service.be(Mood::Down);
        let seen = app::cve::overview(&site.lead(), 1).await.unwrap();
        assert!(seen.quota.is_err() && seen.ids.is_err());
    }
}

store::both_engines! {
    async fn ids_are_reserved_for_no_vulnerability_yet_and_answer_for_none(store: Store) {
        let (site, service) = cna(store).await;
        let order = |amount, batch| Order { amount, batch, year: None };
        let lee = site.lead();
        let one = reserve_stock(&lee, order(1, Batch::Sequential)).await.unwrap();
        let row = reserve_stock(&lee, order(3, Batch::Sequential)).await.unwrap();
        let chance = reserve_stock(&lee, order(2, Batch::Nonsequential)).await.unwrap();
        assert_eq!((one.len(), row.len(), chance.len(), service.ids().len()), (1, 3, 2, 6));
        let old = Order { year: Some(2025), ..order(1, Batch::Sequential) };
        let old = reserve_stock(&lee, old).await.unwrap();
        assert!(old[0].starts_with("CVE-2025-"), "{old:?}");

        let (id, flaw) = accepted(&site).await;
        app::cve::reserve(&site.analyst(), id, flaw).await.unwrap();
        service.be(Mood::LosesAnswers);
        carry(&site, 1).await;
        service.be(Mood::Works);
        carry(&site, 2).await;
        let has = cve_of(&site, id, flaw).await.unwrap();
        assert!(![one.clone(), row, chance, old].concat().contains(&has), "{has} is of the stock");
        let seen = app::cve::overview(&lee, 1).await.unwrap().ids.unwrap();
        let in_stock = seen.ids.iter().filter(|(_, whose)| *whose == Whose::InStock).count();
        assert_eq!((in_stock, seen.total), (7, 8));

        let (other, flaw) = accepted(&site).await;
        let typed = one[0].parse().unwrap();
        app::note::assign_cve(&site.analyst(), other, flaw, typed, None).await.unwrap();
        let seen = app::cve::overview(&lee, 1).await.unwrap().ids.unwrap();
        let used = seen.ids.iter().find(|(known, _)| known.id == one[0]).unwrap();
        assert!(matches!(&used.1, Whose::Case(known) if known.case == other), "{used:?}");
    }

    async fn what_cannot_be_reserved_is_said_and_only_leads_reserve(store: Store) {
        let (site, service) = cna(store).await;
        let order = |amount, batch| Order { amount, batch, year: None };
        let said = async |order| match reserve_stock(&site.lead(), order).await {
            Err(app::Error::Invalid(wrong)) => format!("{}: {}", wrong.field, wrong.message),
            other => format!("{other:?}"),
        };
        for (amount, batch, words) in [
            (0, Batch::Sequential, "amount: Give a number from 1 to 100."),
            (101, Batch::Sequential, "amount: Give a number from 1 to 100."),
            (11, Batch::Nonsequential, "amount: Give a number from 1 to 10."),
        ] {
            assert_eq!(said(order(amount, batch)).await, words);
        }
        let year = Order { year: Some(3), ..order(1, Batch::Sequential) };
        assert_eq!(said(year).await, "year: Give a year, or none.");
        service.set_quota(5);
        let refused = said(order(6, Batch::Sequential)).await;
        assert!(refused.starts_with("amount: CVE Services: "), "{refused}");
        service.be(Mood::LosesAnswers);
        let lost = said(order(2, Batch::Sequential)).await;
        assert!(lost.contains("Nobody knows whether IDs were reserved"), "{lost}");
        service.be(Mood::Works);
        for other in [site.analyst(), site.acting(Actor::Anyone)] {
            let none = reserve_stock(&other, order(1, Batch::Sequential)).await;
            assert!(matches!(none, Err(app::Error::NotFound)), "{none:?}");
        }
        assert_eq!(service.ids().len(), 2, "the answer was lost, not the IDs");
    }
}

#[tokio::test]
async fn without_an_account_ids_come_by_hand() {
    let site = TestSite::on_sqlite().await.as_cna(None);
    let (id, flaw) = accepted(&site).await;
    let no = app::cve::reserve(&site.analyst(), id, flaw).await;
    assert!(matches!(no, Err(app::Error::Refused(Refusal::NoCveAccount))), "{no:?}");
    let cve = "CVE-2026-1001".parse().unwrap();
    app::note::assign_cve(&site.analyst(), id, flaw, cve, None).await.unwrap();
    published(&site, id, 1).await;
    assert!(states(&site, id).await.is_empty(), "nothing is to be handed in");
}
