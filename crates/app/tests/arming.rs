//! What happens when a note is armed, and what is ready at its instant: on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::sync::Arc;

use app::artefact::{CSAF_2_0, PLAIN, SIGNED};
use app::leak::Readers;
use app::{Ctx, Error, Settings, duties};
use domain::case::CaseKind;
use domain::event::Answer;
use domain::note::{Section, When};
use domain::{Actor, CaseId, CaseNumber, Rule, Timestamp};
use store::{Artefact, Prepared, Store};
use testkit::{TestSite, anyway};

async fn write(site: &TestSite, id: CaseId, words: &str) {
    let sections = BTreeMap::from([(Section::Overview, words.to_owned())]);
    app::note::write(&site.analyst(), id, "Tally overwrites memory".to_owned(), sections)
        .await
        .unwrap();
}

/// A case with a draft that nobody has approved, and when its embargo ends.
async fn drafted(site: &TestSite) -> (CaseId, CaseNumber, Timestamp) {
    let id = site.report("Tally time server").await.case;
    let ana = anyway(site.analyst());
    let number = app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let acme = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![acme]).await.unwrap();
    let bearer = site.acting(Actor::Bearer(id, acme));
    app::embargo::answer(&bearer, id, acme, Answer::Agree).await.unwrap();
    write(site, id, "It overwrites memory.").await;
    let end = site.case(id).await.embargo.end().unwrap().at;
    (id, number, end)
}

async fn approve(site: &TestSite, id: CaseId, revision: u32) {
    for who in [site.analyst(), site.lead()] {
        app::note::approve(&anyway(who), id, revision, When::EmbargoEnds).await.unwrap();
    }
}

async fn armed(site: &TestSite) -> (CaseId, CaseNumber, Timestamp) {
    let drafted = drafted(site).await;
    approve(site, drafted.0, 1).await;
    drafted
}

async fn set(site: &TestSite, id: CaseId) -> Option<(Prepared, Vec<Artefact>)> {
    let vault = site.site.vault.clone();
    let read = site.site.store.read(move |tx| {
        let files = tx.prepared_files(&vault, id)?;
        Ok::<_, store::StoreError>(tx.prepared(&vault, id)?.map(|set| (set, files)))
    });
    read.await.unwrap()
}

/// The set of a case, as if another program had rendered it.
async fn mark(site: &TestSite, id: CaseId) {
    let (set, mut files) = set(site, id).await.unwrap();
    for file in &mut files {
        file.bytes.extend_from_slice(b"\nprepared");
    }
    let vault = site.site.vault.clone();
    let kept = site.site.store.write(move |tx| tx.keep_prepared(&vault, id, &set, &files));
    kept.await.unwrap();
}

async fn served(site: &TestSite, number: &CaseNumber, format: &str) -> String {
    let public = site.site.public();
    let file = app::public::artefact(&public, number.slug(), format.to_owned()).await.unwrap();
    String::from_utf8(file.bytes).unwrap()
}

async fn prepare(site: &TestSite) -> u32 {
    let done = duties::prepare_notes(&site.site.duty()).await.unwrap();
    assert_eq!(done.failed, 0);
    done.done
}

store::both_engines! {
    async fn at_its_instant_a_note_goes_out_in_the_bytes_that_were_prepared(store: Store) {
        let site = TestSite::on(store).await;
        let (id, number, end) = armed(&site).await;
        let (prepared, files) = set(&site, id).await.unwrap();
        assert_eq!(prepared.publishes_at, end);
        for format in [PLAIN, SIGNED, CSAF_2_0, "csaf-2.0.json.asc"] {
            assert!(files.iter().any(|file| file.format == format), "{format}");
        }
        mark(&site, id).await;
        site.clock.set(end);
        site.clock.pass_seconds(1);
        let done = duties::end_and_publish(&site.site.duty()).await.unwrap();
        assert_eq!((done.done, done.made_anew), (1, 0), "nothing was left to be made");
        let text = served(&site, &number, PLAIN).await;
        assert!(text.ends_with("\nprepared"), "{text}");
        let note = app::public::note(&site.site.public(), number.slug()).await.unwrap();
        assert_eq!(note.published_at(), end, "it carries the instant, not the second it ran");
        assert!(served(&site, &number, CSAF_2_0).await.contains(&format!("\"{end}\"")));
        assert_eq!(set(&site, id).await, None, "what is public is not kept twice");
    }

    async fn what_was_prepared_for_other_words_is_not_what_goes_out(store: Store) {
        let site = TestSite::on(store).await;
        let (id, number, end) = armed(&site).await;
        mark(&site, id).await;
        // What the operator says is part of no journal.
        let mut later = site;
        let settings = Settings {
            site_name: "Lake CERT".to_owned(),
            ..Settings::clone(&later.site.settings)
        };
        later.site.settings = Arc::new(settings);
        later.clock.set(end);
        let done = duties::end_and_publish(&later.site.duty()).await.unwrap();
        assert_eq!((done.done, done.made_anew), (1, 1));
        let text = served(&later, &number, CSAF_2_0).await;
        assert!(!text.ends_with("\nprepared") && text.contains("Lake CERT"), "{text}");
    }

    async fn a_change_of_the_case_that_touches_the_note_makes_another_set(store: Store) {
        let site = TestSite::on(store).await;
        let (id, _, end) = armed(&site).await;
        let before = set(&site, id).await.unwrap();
        assert_eq!(prepare(&site).await, 0, "nothing has changed");

        app::message::post(
            &site.analyst(),
            id,
            domain::event::Audience::Team,
            "Soon.".to_owned(),
        )
        .await
        .unwrap();
        assert_eq!(prepare(&site).await, 1);
        let after = set(&site, id).await.unwrap();
        assert_eq!(after.1, before.1, "the note says the same");
        assert!(after.0.case_version > before.0.case_version);
        assert_eq!(prepare(&site).await, 0);

        let acme = site.case(id).await.vendors().next().unwrap().id;
        let says = site.acting(Actor::Bearer(id, acme));
        let audience = domain::event::StatementAudience::Coordinator;
        app::participant::state(&says, id, acme, "Update to 4.2.".to_owned(), audience)
            .await
            .unwrap();
        assert_eq!(set(&site, id).await.unwrap().1, before.1, "the old stays meanwhile");
        assert_eq!(prepare(&site).await, 1);
        let (_, files) = set(&site, id).await.unwrap();
        let text = files.iter().find(|file| file.format == PLAIN).unwrap();
        assert!(String::from_utf8_lossy(&text.bytes).contains("Update to 4.2."));

        site.clock.set(end);
        mark(&site, id).await;
        site.duties().await;
        assert!(site.case(id).await.note.published.is_some());
    }

    async fn what_is_held_is_not_kept_ready(store: Store) {
        let site = TestSite::on(store).await;
        let (id, ..) = armed(&site).await;
        app::note::hold(&site.lead(), id).await.unwrap();
        prepare(&site).await;
        assert_eq!(set(&site, id).await, None);
        approve(&site, id, 1).await;
        assert!(set(&site, id).await.is_some(), "approved anew, it is ready anew");
    }

    async fn with_a_wrong_clock_nothing_is_armed(store: Store) {
        let site = TestSite::on(store).await;
        let postgres =
            site.site.store.read(store::Tx::database_clock).await.unwrap().is_some();
        let (id, ..) = drafted(&site).await;
        site.clock.goes_ahead_by(3);
        let refused =
            app::note::approve(&anyway(site.lead()), id, 1, When::EmbargoEnds).await;
        if postgres {
            let Err(Error::Invalid(why)) = refused else { panic!("{refused:?}") };
            assert!(why.message.contains("3 seconds ahead of"), "{}", why.message);
            assert!(site.case(id).await.note.approvals.is_empty());
            site.clock.goes_ahead_by(-2);
            app::note::approve(&anyway(site.lead()), id, 1, When::EmbargoEnds).await.unwrap();
        } else {
            refused.unwrap();
        }
    }

    async fn a_key_that_runs_out_too_soon_is_extended_before_it_signs(store: Store) {
        let site = TestSite::on(store).await;
        app::service_key::keep_service_key(&site.site.duty()).await.unwrap();
        site.clock.pass_days(700);
        let (_, number, end) = armed(&site).await;
        let certificate = app::service_key::certificate(&site.site.duty()).await.unwrap().unwrap();
        let ends = certificate.expires_at(site.site.duty().now()).unwrap();
        assert!(ends > end.checked_add(jiff::SignedDuration::from_hours(24 * 90)).unwrap());
        site.clock.set(end);
        site.duties().await;
        let (file, signature) = (
            served(&site, &number, CSAF_2_0).await,
            served(&site, &number, "csaf-2.0.json.asc").await,
        );
        let verdict = openpgp::verify_detached(
            file.as_bytes(),
            signature.as_bytes(),
            &[certificate],
            site.site.duty().now(),
        );
        assert!(matches!(verdict, openpgp::Verdict::Good { .. }), "{verdict:?}");
    }

    async fn the_team_sees_every_file_before_and_nobody_else_does(store: Store) {
        let site = TestSite::on(store).await;
        let (id, ..) = drafted(&site).await;
        let seen = app::arming::preview(&site.analyst(), id, PLAIN.to_owned()).await.unwrap();
        assert!(String::from_utf8_lossy(&seen.bytes).contains("It overwrites memory."));
        let outlook = app::arming::outlook(&site.analyst(), id).await.unwrap();
        assert_eq!(outlook.findings.len(), 1, "no key yet");
        assert!(outlook.formats.contains(&PLAIN.to_owned()));
        let acme = site.case(id).await.vendors().next().unwrap().id;
        for who in [site.acting(Actor::Anyone), site.acting(Actor::Bearer(id, acme))] {
            let preview = app::arming::preview(&who, id, PLAIN.to_owned()).await;
            assert!(matches!(preview, Err(Error::NotFound)));
            assert!(matches!(app::arming::outlook(&who, id).await, Err(Error::NotFound)));
        }
        let none = app::arming::preview(&site.analyst(), id, "exe".to_owned()).await;
        assert!(matches!(none, Err(Error::NotFound)));
    }

    async fn who_is_hidden_is_in_no_draft_that_is_shown_without_a_reason(store: Store) {
        let site = TestSite::on(store).await;
        let (id, ..) = drafted(&site).await;
        write(&site, id, "Thanks to Robin Reporter.").await;
        let acme = site.case(id).await.vendors().next().unwrap().id;
        let share = async |who: Ctx| app::note::share(&who, id, [acme].into()).await;
        let refused = share(site.analyst()).await;
        let rule = Rule::NamesTheHidden;
        assert!(
            matches!(&refused, Err(Error::Refused(domain::Refusal::NeedsReason(why))) if *why == rule),
            "{refused:?}"
        );
        share(site.analyst().setting_aside(rule, "They agreed.".to_owned())).await.unwrap();
        // To everyone the reporter wishes to be named.
        let public = app::leak::look(&site.analyst(), id, Readers::Everyone).await.unwrap();
        assert_eq!(public, []);
        let shared = app::leak::look(&site.lead(), id, Readers::Parties).await.unwrap();
        assert_eq!(shared[0].excerpt, "Thanks to Robin Reporter.");
        let auditor = domain::AccountId::from(uuid::Uuid::nil());
        for who in [
            site.acting(Actor::Staff(auditor, domain::StaffRole::Auditor)),
            site.acting(Actor::Bearer(id, acme)),
            site.acting(Actor::Anyone),
        ] {
            let found = app::leak::look(&who, id, Readers::Parties).await;
            assert!(matches!(found, Err(Error::NotFound)), "findings quote what they found");
        }
    }

    async fn a_statement_for_the_coordinator_alone_is_quoted_to_no_other_vendor(store: Store) {
        let site = TestSite::on(store).await;
        let (id, ..) = drafted(&site).await;
        let acme = site.case(id).await.vendors().next().unwrap().id;
        let says = site.acting(Actor::Bearer(id, acme));
        let words = "We stop selling the old router line in March of next year.".to_owned();
        let audience = domain::event::StatementAudience::Coordinator;
        app::participant::state(&says, id, acme, words.clone(), audience).await.unwrap();
        write(&site, id, &format!("Acme: {words}")).await;
        let found = app::leak::look(&site.analyst(), id, Readers::Parties).await.unwrap();
        assert_eq!(found[0].rule, Rule::QuotesInConfidence);
        let found = app::leak::look(&site.analyst(), id, Readers::Everyone).await.unwrap();
        assert_eq!(found, [], "it is in the note anyway, in Acme's own place");
    }
}
