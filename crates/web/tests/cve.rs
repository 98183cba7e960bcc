//! CVE IDs on the pages of the team: reserved, asked for, rejected, and looked at by leads.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use app::directory::CnaFacts;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::case::CaseKind;
use domain::{CaseId, OrganizationId, ParticipantId, VulnerabilityId};
use http_body_util::BodyExt;
use testkit::TestSite;
use testkit::cve_services::{CveServices, Mood};
use tower::ServiceExt;

const ANA: &str = "ana@northlake.example";
const LEE: &str = "lee@northlake.example";

/// A server with an account at the stand-in, and an accepted case with a vendor who was told.
struct Told {
    site: TestSite,
    service: CveServices,
    case: CaseId,
    flaw: VulnerabilityId,
    acme: (OrganizationId, ParticipantId),
}

async fn told() -> Told {
    let site = TestSite::on_sqlite().await;
    let service = CveServices::start(site.clock.clone()).await;
    let site = site.as_cna(Some(&service));
    let case = site.report("Tally time server").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, case, None, vector).await.unwrap();
    app::triage::accept(&ana, case, CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, case, vendors.clone()).await.unwrap();
    let acme = site.participant(case, vendors[0]).await;
    app::participant::notify(&ana, case, vec![acme]).await.unwrap();
    let flaw = *site.case(case).await.vulnerabilities.keys().next().unwrap();
    Told { site, service, case, flaw, acme: (vendors[0], acme) }
}

impl Told {
    async fn ask(
        &self,
        who: &str,
        method: &str,
        address: &str,
        body: String,
    ) -> (StatusCode, String) {
        let secret = self.site.log_in(who).await;
        let request = Request::builder()
            .method(method)
            .uri(address)
            .header(header::COOKIE, format!("session={secret}"))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        let response = web::router(self.site.site.clone()).oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn flaws(&self) -> String {
        let address = format!("/cases/{}?tab=vulnerabilities", self.case);
        self.ask(ANA, "GET", &address, String::new()).await.1
    }

    async fn post(&self, what: &str, more: &str) -> StatusCode {
        let address = format!("/cases/{}/cve/{what}", self.case);
        let body = format!("vulnerability={}{more}", self.flaw);
        self.ask(ANA, "POST", &address, body).await.0
    }
}

#[tokio::test]
async fn an_id_is_reserved_and_rejected_on_the_page_of_the_case() {
    let told = told().await;
    let page = told.flaws().await;
    assert!(page.contains("Reserve a CVE ID") && page.contains("Test world"), "{page}");
    assert_eq!(told.post("reserve", "").await, StatusCode::SEE_OTHER);
    let page = told.flaws().await;
    assert!(page.contains("A CVE ID is being reserved"), "{page}");
    assert!(!page.contains("Reserve a CVE ID"), "{page}");
    told.site.duties().await;
    let page = told.flaws().await;
    assert!(page.contains("CVE-2026-1001") && page.contains("Reject CVE-2026-1001"), "{page}");
    let empty = told.post("reject", "&reason=").await;
    assert_eq!(empty, StatusCode::UNPROCESSABLE_ENTITY);
    let wrong = told.post("reject", "&reason=Not+used.&replaced_by=CVE-1").await;
    assert_eq!(wrong, StatusCode::UNPROCESSABLE_ENTITY);
    let instead = "&reason=Not+used.&replaced_by=CVE-2026-2000";
    assert_eq!(told.post("reject", instead).await, StatusCode::SEE_OTHER);
    told.site.duties().await;
    assert_eq!(told.service.ids(), ["CVE-2026-1001 REJECTED northlake"]);
    assert!(told.flaws().await.contains("CVE-2026-1001 was rejected."));
}

#[tokio::test]
async fn a_vendor_that_is_a_cna_is_asked_before_we_reserve() {
    let told = told().await;
    let (organization, acme) = told.acme;
    let facts = CnaFacts {
        scope: Some("Acme products only.".to_owned()),
        requests: Some("https://acme.example/cve".to_owned()),
    };
    app::directory::set_cna(&told.site.analyst(), organization, Some(facts)).await.unwrap();
    let page = told.flaws().await;
    assert!(page.contains("Acme assigns CVE IDs itself: Acme products only."), "{page}");
    assert_eq!(
        told.post("reserve", "").await,
        StatusCode::UNPROCESSABLE_ENTITY,
        "it needs a reason"
    );
    assert_eq!(told.post("ask", &format!("&of={acme}")).await, StatusCode::SEE_OTHER);
    assert!(told.flaws().await.contains("it has until"), "the clock runs");
    told.site.duties().await;
    let letters = told.site.letters();
    let asked: Vec<_> =
        letters.iter().filter(|one| one.subject.contains("A CVE ID is yours to assign")).collect();
    assert_eq!(asked.len(), 1, "{letters:?}");
    assert_eq!(asked[0].to, "security@acme.example");
    assert!(!asked[0].message.contains("Tally") && !asked[0].message.contains("long option"));
    let because = "&set_aside=vendor_assigns&because=It+does+not+answer.";
    assert_eq!(told.post("reserve", because).await, StatusCode::SEE_OTHER);
    assert!(told.service.ids().is_empty(), "not before the duty runs");
}

#[tokio::test]
async fn leads_see_all_ids_and_whose_they_are() {
    let told = told().await;
    told.post("reserve", "").await;
    told.site.duties().await;
    let (status, page) = told.ask(LEE, "GET", "/cve", String::new()).await;
    assert_eq!(status, StatusCode::OK);
    let handle = told.site.case(told.case).await.handle();
    assert!(page.contains("CVE-2026-1001") && page.contains(&handle), "{page}");
    assert!(page.contains("Test world") && page.contains("999 of 1000"), "{page}");
    let (status, _) = told.ask(ANA, "GET", "/cve", String::new()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    told.service.be(Mood::Down);
    let (status, page) = told.ask(LEE, "GET", "/cve", String::new()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("CVE Services do not answer now"), "{page}");
}

#[tokio::test]
async fn a_lead_reserves_ids_in_stock_and_walks_all_pages_of_them() {
    let told = told().await;
    let reserve =
        async |who, body: &str| told.ask(who, "POST", "/cve/reserve", body.to_owned()).await;
    assert_eq!(reserve(ANA, "amount=1").await.0, StatusCode::NOT_FOUND);
    for (body, word) in [
        ("amount=many&batch=sequential", "Give a number."),
        ("amount=11&batch=nonsequential", "from 1 to 10"),
        ("amount=1&year=soon", "Give a year, or none."),
    ] {
        let (status, page) = reserve(LEE, body).await;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY && page.contains(word), "{page}");
    }
    assert_eq!(reserve(LEE, "amount=5&batch=sequential").await.0, StatusCode::SEE_OTHER);
    assert_eq!(reserve(LEE, "amount=2&batch=nonsequential").await.0, StatusCode::SEE_OTHER);
    told.service.set_page(3);
    let (mut met, mut next) = (vec![], Some("/cve".to_owned()));
    while let Some(address) = next {
        let (status, page) = told.ask(LEE, "GET", &address, String::new()).await;
        assert_eq!(status, StatusCode::OK, "{address}");
        let rows = page.split("<span class=\"ref\">").skip(1);
        met.extend(rows.map(|row| row.split('<').next().unwrap().to_owned()));
        assert!(page.contains("In stock"), "{page}");
        let more = page.split("rel=\"next\" href=\"").nth(1);
        next = more.map(|rest| rest.split('"').next().unwrap().to_owned());
    }
    let all: Vec<_> = told.service.ids();
    let all: Vec<_> = all.iter().map(|id| id.split(' ').next().unwrap().to_owned()).collect();
    met.sort();
    let mut expected = all;
    expected.sort();
    assert_eq!(met, expected, "each is met once");
}

#[tokio::test]
async fn what_a_cna_is_said_to_be_must_make_sense() {
    let told = told().await;
    let (organization, _) = told.acme;
    let kept =
        format!("organization={organization}&cna=yes&scope=Ours&requests=cve%40acme.example");
    assert_eq!(told.ask(ANA, "POST", "/contacts/cna", kept).await.0, StatusCode::SEE_OTHER);
    let wrong = format!("organization={organization}&cna=yes&requests=nowhere");
    let (status, page) = told.ask(ANA, "POST", "/contacts/cna", wrong).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Enter one mail address") && page.contains("value=\"Ours\""), "{page}");
    let no_more = format!("organization={organization}");
    assert_eq!(told.ask(ANA, "POST", "/contacts/cna", no_more).await.0, StatusCode::SEE_OTHER);
    assert!(!told.flaws().await.contains("assigns CVE IDs itself"));
}
