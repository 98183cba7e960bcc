//! The line from report to publication, told through the verbs, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use app::participant::FilledAnswers;
use domain::Actor;
use domain::case::{CaseKind, Phase};
use domain::event::{Answer, StatementAudience};
use domain::note::{Section, When};
use domain::status::{IsAddressed, IsReal};
use store::Store;
use testkit::TestSite;

store::both_engines! {
    async fn from_report_to_publication(store: Store) {
        let site = TestSite::on(store).await;
        let receipt = site.report("Tally time server").await;
        let id = receipt.case;

        let ana = site.analyst();
        let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
        app::triage::score(&ana, id, None, vector).await.unwrap();
        let number = app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();

        let vendors = site.vendors(&["Acme", "Bolt"]).await;
        assert_eq!(app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap(), 2);
        let (acme, bolt) =
            (site.participant(id, vendors[0]).await, site.participant(id, vendors[1]).await);
        let told = app::participant::notify(&ana, id, vec![acme, bolt]).await.unwrap();
        assert_eq!((told.by_mail, told.without_address), (2, 0));
        site.duties().await;

        let acting = site.acting(Actor::Bearer(id, acme));
        app::embargo::answer(&acting, id, acme, Answer::Agree).await.unwrap();
        let answers = FilledAnswers {
            real: Some(IsReal::Yes),
            addressed: Some(IsAddressed::Released),
            ..FilledAnswers::default()
        };
        app::participant::answer(&acting, id, acme, answers).await.unwrap();
        let words = "Update to 4.2.".to_owned();
        app::participant::state(&acting, id, acme, words, StatementAudience::Coordinator)
            .await
            .unwrap();

        let sections = BTreeMap::from([(Section::Overview, "Tally overwrites memory.".to_owned())]);
        app::note::write(&ana, id, "Tally overwrites memory".to_owned(), sections).await.unwrap();
        let case = site.case(id).await;
        app::note::share(&ana, id, [acme, case.reporter].into()).await.unwrap();
        let flaw = *case.vulnerabilities.keys().next().unwrap();
        let cve = "CVE-2026-12345".parse().unwrap();
        app::note::assign_cve(&ana, id, flaw, cve, None).await.unwrap();

        site.clock.pass_days(15);
        site.duties().await;
        for who in [site.analyst(), site.lead()] {
            app::note::approve(&who, id, 1, When::EmbargoEnds).await.unwrap();
        }

        let end = site.case(id).await.embargo.end().unwrap().at;
        site.clock.set(end);
        site.clock.pass_seconds(-1);
        site.duties().await;
        let public = site.site.public();
        let gone = app::public::note(&public, number.slug()).await;
        assert!(matches!(gone, Err(app::Error::NotFound)));

        site.clock.set(end);
        assert!(site.duties().await.starts_with("ended or published 1,"));
        let note = app::public::note(&public, number.slug()).await.unwrap();
        assert_eq!(note.title(), "Tally overwrites memory");
        let vendor = |n: usize| (note.vendors()[n].name.as_str(), note.vendors()[n].status.label());
        assert_eq!([vendor(0), vendor(1)], [("Acme", "Fixed"), ("Bolt", "Unknown")]);
        assert_eq!(note.credit(), Some("Robin Reporter"));
        assert_eq!(site.case(id).await.phase(), Phase::Watch);
        assert!(site.duties().await.starts_with("ended or published 0,"));

        let journal = site.site.store.read(move |tx| tx.journal(id, 0, 1000)).await.unwrap();
        domain::journal::verify(&journal).unwrap();
        assert_eq!(domain::Case::fold(&journal).unwrap(), site.case(id).await);
    }
}
