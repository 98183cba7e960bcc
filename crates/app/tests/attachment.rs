//! A file comes with a case, and who may have it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use app::attachment::{Fetched, LARGEST, add, fetch};
use domain::event::{Answer, Audience};
use domain::{Actor, CaseId, ParticipantId};
use store::Store;
use testkit::TestSite;

const PROOF: &[u8] = b"what shows the flaw";

/// A case with two vendors, both told.
async fn told(site: &TestSite) -> (CaseId, [ParticipantId; 2]) {
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    app::triage::accept(&ana, id, domain::case::CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&["Acme", "Bolt"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let them = [site.participant(id, vendors[0]).await, site.participant(id, vendors[1]).await];
    app::participant::notify(&ana, id, them.to_vec()).await.unwrap();
    site.duties().await;
    (id, them)
}

fn is_not_there<T: std::fmt::Debug>(answer: Result<T, app::Error>) {
    assert!(matches!(answer, Err(app::Error::NotFound)), "{answer:?}");
}

store::both_engines! {
    async fn a_file_is_had_by_those_it_was_sent_to_and_by_nobody_else(store: Store) {
        let site = TestSite::on(store).await;
        let (id, [acme, bolt]) = told(&site).await;
        let acting = |who| site.acting(Actor::Bearer(id, who));
        let to_acme = Audience::Private(acme);
        let file = add(&site.analyst(), id, "../proof.txt".to_owned(), PROOF.to_vec(), to_acme)
            .await
            .unwrap();
        let whole = Fetched { name: "proof.txt".to_owned(), bytes: PROOF.to_vec() };
        assert_eq!(fetch(&site.analyst(), id, file).await.unwrap(), whole);
        is_not_there(fetch(&acting(acme), id, file).await);
        app::embargo::answer(&acting(acme), id, acme, Answer::Agree).await.unwrap();
        assert_eq!(fetch(&acting(acme), id, file).await.unwrap(), whole);
        app::embargo::answer(&acting(bolt), id, bolt, Answer::Agree).await.unwrap();
        is_not_there(fetch(&acting(bolt), id, file).await);
        is_not_there(fetch(&site.acting(Actor::Anyone), id, file).await);
        let reporter = Actor::Receipt(site.case(id).await.report.id);
        is_not_there(fetch(&site.acting(reporter), id, file).await);

        let other = site.report("Another").await.case;
        is_not_there(fetch(&site.analyst(), other, file).await);
        is_not_there(add(&site.acting(Actor::Anyone), id, "a".to_owned(), PROOF.to_vec(), Audience::Team).await);

        let report = app::upkeep::verify(&site.site).await.unwrap();
        assert!(report.is_clean(), "{:?}", report.findings);
        assert_eq!(report.attachments, 1);
    }

    async fn what_a_vendor_sends_to_the_team_other_vendors_do_not_have(store: Store) {
        let site = TestSite::on(store).await;
        let (id, [acme, bolt]) = told(&site).await;
        let acting = |who| site.acting(Actor::Bearer(id, who));
        let file = add(&acting(acme), id, "fix.patch".to_owned(), PROOF.to_vec(), Audience::Team)
            .await
            .unwrap();
        assert_eq!(fetch(&site.analyst(), id, file).await.unwrap().bytes, PROOF);
        is_not_there(fetch(&acting(bolt), id, file).await);
    }

    async fn a_file_that_is_empty_or_too_large_is_not_taken(store: Store) {
        let site = TestSite::on(store).await;
        let (id, _) = told(&site).await;
        let before = site.case(id).await.version;
        for bytes in [vec![], vec![0; LARGEST + 1]] {
            let taken = add(&site.analyst(), id, "a".to_owned(), bytes, Audience::Team).await;
            assert!(matches!(taken, Err(app::Error::Invalid(_))), "{taken:?}");
        }
        assert_eq!(site.case(id).await.version, before);
        let large = vec![7; 300_000];
        let file = add(&site.analyst(), id, "a".to_owned(), large.clone(), Audience::Team).await.unwrap();
        assert!(fetch(&site.analyst(), id, file).await.unwrap().bytes == large);
    }

    async fn a_file_whose_bytes_are_gone_or_others_is_a_fault_and_not_an_answer(store: Store) {
        let site = TestSite::on(store).await;
        let (id, _) = told(&site).await;
        let file = add(&site.analyst(), id, "a".to_owned(), PROOF.to_vec(), Audience::Team).await.unwrap();
        let row = site.site.store.read(move |tx| tx.attachment(id, file)).await.unwrap().unwrap();
        let blob = row.blob.unwrap();
        let sealed = site.site.blobs.get(&blob).await.unwrap();
        let shown = String::from_utf8_lossy(&sealed).into_owned();
        assert!(!shown.contains("flaw"));
        for spoilt in [sealed[..sealed.len() - 1].to_vec(), PROOF.to_vec()] {
            site.site.blobs.put(&blob, spoilt).await.unwrap();
            let answer = fetch(&site.analyst(), id, file).await;
            assert!(matches!(answer, Err(app::Error::Broken { .. })), "{answer:?}");
        }
        site.site.blobs.delete(&blob).await.unwrap();
        let answer = fetch(&site.analyst(), id, file).await;
        assert!(matches!(answer, Err(app::Error::Broken { .. })), "{answer:?}");
        site.site.store.write(move |tx| tx.erase_attachment(id, file)).await.unwrap();
        is_not_there(fetch(&site.analyst(), id, file).await);
    }
}
