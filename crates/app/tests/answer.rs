//! A document of a vendor: looked at without a trace, taken over whole or not at all.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use app::answer::{Taken, TakenLine, understand};
use app::participant::FilledStatement;
use domain::case::CaseKind;
use domain::event::{Answer, StatementAudience};
use domain::status::ProductStatus;
use domain::{Actor, CaseId, OrganizationId, ParticipantId, ProductId, VulnerabilityId};
use store::{Product, Store};
use testkit::TestSite;

/// A case with a vendor that agreed, its product, and the case's flaw with a CVE ID.
struct Told {
    case: CaseId,
    acme: ParticipantId,
    flaw: VulnerabilityId,
    product: ProductId,
}

async fn told(site: &TestSite) -> Told {
    let case = site.report("Tally time server").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, case, None, vector).await.unwrap();
    app::triage::accept(&ana, case, CaseKind::Coordinate).await.unwrap();
    let flaw = *site.case(case).await.vulnerabilities.keys().next().unwrap();
    let cve = "CVE-1900-0001".parse().unwrap();
    app::note::assign_cve(&ana, case, flaw, cve, None).await.unwrap();
    let vendors = site.vendors(&["Acme", "Brew"]).await;
    app::participant::add_vendors(&ana, case, vendors.clone()).await.unwrap();
    let acme = site.participant(case, vendors[0]).await;
    app::participant::notify(&ana, case, vec![acme]).await.unwrap();
    let bearer = site.acting(Actor::Bearer(case, acme));
    app::embargo::answer(&bearer, case, acme, Answer::Agree).await.unwrap();
    let product = product(site, vendors[0], "Kettle").await;
    Told { case, acme, flaw, product }
}

async fn product(site: &TestSite, organization: OrganizationId, name: &str) -> ProductId {
    let id = site.analyst().fresh();
    let name = name.to_owned();
    let product = Product { id, organization, name, purl: None, cpe: None };
    site.site.store.write(move |tx| tx.add_product(&product)).await.unwrap();
    id
}

/// An OpenVEX document of two statements: one of this case, and one of a flaw that is not in it.
fn document(other: &str) -> Vec<u8> {
    let statement = |name: &str, status: &str| {
        format!(
            "{{\"vulnerability\":{{\"name\":\"{name}\"}},\"status\":\"{status}\",\
             \"products\":[{{\"@id\":\"Kettle\"}}],\"status_notes\":\"Update.\"}}"
        )
    };
    format!(
        "{{\"@context\":\"https://openvex.dev/ns/v0.2.0\",\"author\":\"Acme\",\"statements\":[{},{}]}}",
        statement("CVE-1900-0001", "fixed"),
        statement(other, "fixed")
    )
    .into_bytes()
}

fn line(told: &Told, status: ProductStatus) -> TakenLine {
    TakenLine {
        flaw: told.flaw,
        product: Some(told.product),
        status,
        versions: "< 2.0; fixed 2.0".to_owned(),
    }
}

fn taken(lines: Vec<TakenLine>, words: &str) -> Taken {
    let statement = FilledStatement { words: words.to_owned(), ..FilledStatement::default() };
    Taken { lines, statement, audience: StatementAudience::Coordinator }
}

store::both_engines! {
    async fn a_document_is_looked_at_without_a_trace_and_taken_over_in_one_step(store: Store) {
        let site = TestSite::on(store).await;
        let told = told(&site).await;
        let bearer = site.acting(Actor::Bearer(told.case, told.acme));
        let before = site.case(told.case).await.version;
        let read = understand(&bearer, told.case, told.acme, document("CVE-1900-9999")).await;
        let read = read.unwrap();
        assert_eq!(site.case(told.case).await.version, before, "looking left a trace");
        let lines: Vec<_> = read.offers.iter().map(|offer| offer.line.clone()).collect();
        assert_eq!(lines.len(), 1);
        assert_eq!(read.statement, "Update.");

        let lines = vec![line(&told, ProductStatus::Fixed)];
        let all = taken(lines, "Update to 2.0.");
        app::answer::take(&bearer, told.case, told.acme, all).await.unwrap();
        let case = site.case(told.case).await;
        let them = case.participant(told.acme).unwrap();
        assert_eq!(them.status(told.flaw), ProductStatus::Fixed);
        assert_eq!((them.statements.len(), them.lines[&told.flaw].len()), (1, 1));

        let again = site.analyst();
        let read = understand(&again, told.case, told.acme, document("x")).await.unwrap();
        assert!(!read.offers[0].stands, "it stands with other versions");
    }

    async fn a_line_that_may_not_stand_keeps_the_whole_document_out(store: Store) {
        let site = TestSite::on(store).await;
        let told = told(&site).await;
        let bearer = site.acting(Actor::Bearer(told.case, told.acme));
        let brew = site.vendors(&["Brew"]).await[0];
        let others = product(&site, brew, "Mug").await;
        let good = line(&told, ProductStatus::Affected);
        let before = site.case(told.case).await.version;
        let strange = TakenLine { product: Some(others), ..good.clone() };
        let nowhere = TakenLine { flaw: site.analyst().fresh(), ..good.clone() };
        let unread = TakenLine { product: None, versions: "<<".to_owned(), ..good.clone() };
        for lines in [
            vec![good.clone(), strange],
            vec![good.clone(), nowhere],
            vec![good.clone(), unread],
            vec![good.clone(), good.clone()],
            vec![good.clone(); 300],
            vec![],
        ] {
            let outcome = app::answer::take(&bearer, told.case, told.acme, taken(lines, "")).await;
            assert!(matches!(outcome, Err(app::Error::Invalid(_) | app::Error::Refused(_))));
        }
        assert_eq!(site.case(told.case).await.version, before);
    }
}

#[tokio::test]
async fn a_flaw_is_known_by_what_a_database_calls_it_and_not_by_a_number_of_anybody() {
    let site = TestSite::on_sqlite().await;
    let told = told(&site).await;
    let read = domain::Identifier::read_lines("GHSA-jfh8-c2jp-5v3q\nAcme: SA-2026-17").unwrap();
    app::note::identify(&site.analyst(), told.case, told.flaw, read).await.unwrap();
    let bearer = site.acting(Actor::Bearer(told.case, told.acme));
    for (name, left_out) in [("ghsa-JFH8-c2jp-5v3q", 0), ("SA-2026-17", 1)] {
        let read = understand(&bearer, told.case, told.acme, document(name)).await.unwrap();
        assert_eq!(read.left_out.len(), left_out, "{name}: {read:?}");
    }
}

#[tokio::test]
async fn of_flaws_of_other_cases_a_document_learns_nothing() {
    let site = TestSite::on_sqlite().await;
    let told = told(&site).await;
    let other = site.report("Another thing").await.case;
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&site.analyst(), other, None, vector).await.unwrap();
    app::triage::accept(&site.analyst(), other, CaseKind::Coordinate).await.unwrap();
    let flaw = *site.case(other).await.vulnerabilities.keys().next().unwrap();
    let cve = "CVE-1900-7777".parse().unwrap();
    app::note::assign_cve(&site.analyst(), other, flaw, cve, None).await.unwrap();
    let bearer = site.acting(Actor::Bearer(told.case, told.acme));
    let say = |cve: &'static str| {
        let (bearer, told) = (bearer.clone(), &told);
        async move {
            let read = understand(&bearer, told.case, told.acme, document(cve)).await.unwrap();
            format!("{read:?}").replace(cve, "CVE")
        }
    };
    assert_eq!(say("CVE-1900-7777").await, say("CVE-1900-8888").await);
}

#[tokio::test]
async fn nobody_gives_a_document_for_somebody_else() {
    let site = TestSite::on_sqlite().await;
    let told = told(&site).await;
    let brew = site.vendors(&["Brew"]).await[0];
    let brew = site.participant(told.case, brew).await;
    let ana = site.analyst();
    app::participant::notify(&ana, told.case, vec![brew]).await.unwrap();
    let stranger = site.acting(Actor::Bearer(told.case, brew));
    let read = understand(&stranger, told.case, told.acme, document("x")).await;
    assert!(matches!(read, Err(app::Error::NotFound)), "{read:?}");
    // Who has not agreed to the embargo is shown nothing, and so nothing of it is matched.
    let unbound = understand(&stranger, told.case, brew, document("x")).await.unwrap();
    assert_eq!(unbound.offers, []);
    let lines = vec![TakenLine { product: None, ..line(&told, ProductStatus::Affected) }];
    let outcome = app::answer::take(&stranger, told.case, told.acme, taken(lines, "")).await;
    assert!(matches!(outcome, Err(app::Error::Refused(_))), "{outcome:?}");
    let nobody = site.acting(Actor::Anyone);
    let read = understand(&nobody, told.case, told.acme, document("x")).await;
    assert!(matches!(read, Err(app::Error::NotFound)));
}
