//! What a flaw is called elsewhere: typed by the team, read by who reads of the flaw, and told with
//! the note, in every format and to the search, and not a moment before.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::case::{CaseKind, Visibility};
use domain::note::{Remains, Section, When};
use domain::{CaseId, VulnerabilityId};
use http_body_util::BodyExt;
use testkit::TestSite;
use tower::ServiceExt;

const ANA: &str = "ana@northlake.example";
const GHSA: &str = "GHSA-jfh8-c2jp-5v3q";

async fn ask(site: &TestSite, request: Request<Body>) -> (StatusCode, String) {
    let response = web::router(site.site.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

async fn get(site: &TestSite, address: &str) -> (StatusCode, String) {
    ask(site, Request::get(address).body(Body::empty()).unwrap()).await
}

async fn as_ana(site: &TestSite, address: &str) -> String {
    let secret = site.log_in(ANA).await;
    let request = Request::get(address).header(header::COOKIE, format!("session={secret}"));
    ask(site, request.body(Body::empty()).unwrap()).await.1
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

async fn typed(
    site: &TestSite,
    of: (CaseId, VulnerabilityId),
    words: &str,
) -> (StatusCode, String) {
    let secret = site.log_in(ANA).await;
    let body = format!("vulnerability={}&identifiers={}", of.1, percent(words));
    let request = Request::post(format!("/cases/{}/identifiers", of.0))
        .header(header::COOKIE, format!("session={secret}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(body));
    ask(site, request.unwrap()).await
}

/// A case with a vendor who agreed to the embargo.
async fn told(site: &TestSite) -> (CaseId, VulnerabilityId, String) {
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let flaw = *site.case(id).await.vulnerabilities.keys().next().unwrap();
    app::note::describe(&ana, id, flaw, "It overwrites memory.".to_owned(), None).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let acme = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![acme]).await.unwrap();
    site.duties().await;
    (id, flaw, site.link_to("security@acme.example"))
}

/// Another revision of the note, approved.
async fn approved(site: &TestSite, id: CaseId) {
    let sections = BTreeMap::from([(Section::Overview, "Update **now**.".to_owned())]);
    let title = "Tally overwrites memory".to_owned();
    app::note::write(&site.analyst(), id, title, sections).await.unwrap();
    let revision = site.case(id).await.note.latest().unwrap().number;
    for who in [site.analyst(), site.lead()] {
        app::note::approve(&testkit::anyway(who), id, revision, When::EmbargoEnds).await.unwrap();
    }
    site.duties().await;
}

#[tokio::test]
async fn the_team_types_them_mends_them_and_takes_them_back() {
    let site = TestSite::on_sqlite().await;
    let (id, flaw, _) = told(&site).await;
    let page = format!("/cases/{id}?tab=vulnerabilities");
    assert!(!as_ana(&site, &page).await.contains("Also called"), "nothing is said of nothing");
    let (status, _) = typed(&site, (id, flaw), &format!("{GHSA}\r\nAcme: SA-2026-17\r\n")).await;
    assert_eq!(status, StatusCode::SEE_OTHER);
    let shown = as_ana(&site, &page).await;
    assert!(shown.contains("Also called") && shown.contains("Acme: SA-2026-17"), "{shown}");
    assert!(shown.contains(&format!("Acme: SA-2026-17\n{GHSA}</textarea>")), "{shown}");

    let (status, shown) = typed(&site, (id, flaw), "GHSA-jfh8\r\nAcme: SA-2026-17").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let error = "GHSA-jfh8: one of GHSA looks like GHSA-jfh8-c2jp-5v3q.";
    assert!(shown.contains(error) && shown.contains("id=\"identifiers-error\""), "{shown}");
    assert!(
        shown.contains("GHSA-jfh8\r\nAcme: SA-2026-17</textarea>")
            || shown.contains("GHSA-jfh8\nAcme: SA-2026-17</textarea>"),
        "what was typed stays: {shown}"
    );
    let (status, shown) = typed(&site, (id, flaw), "CVE-2026-12345").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.contains("a CVE ID has a field of its own"), "{shown}");
    assert_eq!(site.case(id).await.vulnerabilities[&flaw].identifiers.len(), 2, "nothing changed");

    let other: VulnerabilityId = uuid::Uuid::from_u128(9).into();
    assert_ne!(typed(&site, (id, other), GHSA).await.0, StatusCode::SEE_OTHER);

    assert_eq!(typed(&site, (id, flaw), "").await.0, StatusCode::SEE_OTHER);
    assert!(!as_ana(&site, &page).await.contains("Also called"));
    let log = as_ana(&site, &format!("/cases/{id}?tab=log")).await;
    assert!(log.contains(GHSA) && log.contains("Vulnerability 1, none"), "{log}");
}

#[tokio::test]
async fn who_reads_of_the_flaw_reads_what_it_is_called_and_nobody_else() {
    let site = TestSite::on_sqlite().await;
    let (id, flaw, link) = told(&site).await;
    typed(&site, (id, flaw), GHSA).await;
    let (_, page) = get(&site, &link).await;
    assert!(!page.contains(GHSA), "it has not answered to the embargo: {page}");
    let acme = site.case(id).await.vendors().next().unwrap().id;
    let party = site.acting(domain::Actor::Bearer(id, acme));
    app::embargo::answer(&party, id, acme, domain::event::Answer::Agree).await.unwrap();
    let (_, page) = get(&site, &link).await;
    assert!(page.contains(&format!("Also called {GHSA}")), "{page}");
    for address in ["/vuls/", &format!("/vuls/?q={GHSA}"), "/feed.atom"] {
        let (_, page) = get(&site, address).await;
        assert!(
            !page.replace(&format!("value=\"{GHSA}\""), "").contains(GHSA),
            "{address}: {page}"
        );
    }
}

#[tokio::test]
async fn what_names_a_vendor_that_hides_is_asked_about_first() {
    let site = TestSite::on_sqlite().await;
    let (id, flaw, _) = told(&site).await;
    let ana = site.analyst();
    let bolt = site.vendors(&["Boltware"]).await[0];
    app::participant::add_vendors(&ana, id, vec![bolt]).await.unwrap();
    let bolt = site.participant(id, bolt).await;
    app::participant::change_visibility(&ana, id, bolt, Visibility::Hidden).await.unwrap();
    let (status, page) = typed(&site, (id, flaw), "Boltware: 17").await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("S94.1") || page.contains("hide"), "{page}");
    assert!(site.case(id).await.vulnerabilities[&flaw].identifiers.is_empty());
    assert_eq!(typed(&site, (id, flaw), "Acme: 17").await.0, StatusCode::SEE_OTHER);

    // Acme hides later: the draft is stopped where it names the vendor.
    let acme = site.case(id).await.vendors().find(|them| them.id != bolt).unwrap().id;
    app::participant::change_visibility(&ana, id, acme, Visibility::Hidden).await.unwrap();
    let sections = BTreeMap::from([(Section::Overview, "Update **now**.".to_owned())]);
    app::note::write(&ana, id, "Tally overwrites memory".to_owned(), sections).await.unwrap();
    let page = as_ana(&site, &format!("/cases/{id}/draft")).await;
    assert!(page.contains("S94.1") && page.contains("<q>Acme: 17</q>"), "{page}");
}

#[tokio::test]
async fn they_are_public_with_the_note_and_found_by_the_search_and_go_with_it() {
    let site = TestSite::on_sqlite().await;
    let (id, flaw, _) = told(&site).await;
    typed(&site, (id, flaw), &format!("{GHSA}\nEUVD-2026-4711\nAcme: SA-2026-17")).await;
    approved(&site, id).await;
    site.clock.pass_days(45);
    site.duties().await;
    let slug = site.case(id).await.number.unwrap().slug();
    for (file, said) in [
        ("", "Acme: SA-2026-17"),
        ("/csaf", "\"text\": \"SA-2026-17\""),
        ("/csaf-2.1", "\"system_name\": \"EUVD\""),
        ("/osv-1", "\"EUVD-2026-4711\""),
        ("/text", "Acme: SA-2026-17"),
        ("/history", "Acme: SA-2026-17"),
    ] {
        let (status, body) = get(&site, &format!("/vuls/{slug}{file}")).await;
        assert_eq!(status, StatusCode::OK, "{file}");
        if file != "/history" {
            assert!(body.contains(said), "{file}: {body}");
        }
    }
    for words in [GHSA, "euvd-2026-4711", "SA-2026-17", "ghsa-jfh8"] {
        let (_, list) = get(&site, &format!("/vuls/?q={words}")).await;
        assert!(list.contains("Tally overwrites memory"), "{words}: {list}");
    }
    let (_, list) = get(&site, "/vuls/?q=GHSA-2222-2222-2222").await;
    assert!(!list.contains("Tally overwrites memory"), "{list}");

    // One more, later: the note has it with its next revision, and not before.
    typed(&site, (id, flaw), &format!("{GHSA}\nJVNVU#91234567")).await;
    let (_, page) = get(&site, &format!("/vuls/{slug}")).await;
    assert!(!page.contains("JVNVU"), "{page}");
    approved(&site, id).await;
    let (_, page) = get(&site, &format!("/vuls/{slug}")).await;
    assert!(page.contains("JVNVU#91234567") && !page.contains("SA-2026-17"), "{page}");
    let (_, list) = get(&site, "/vuls/?q=SA-2026-17").await;
    assert!(!list.contains("Tally overwrites memory"), "{list}");

    let why = "It was wrong.".to_owned();
    app::note::propose_withdrawal(&site.analyst(), id, Remains::Nothing, why).await.unwrap();
    app::note::agree_to_withdrawal(&site.lead(), id).await.unwrap();
    for file in ["", "/csaf", "/csaf-2.1", "/osv-1", "/text"] {
        let (_, body) = get(&site, &format!("/vuls/{slug}{file}")).await;
        assert!(!body.contains(GHSA) && !body.contains("JVNVU"), "{file}: {body}");
    }
    let (_, list) = get(&site, &format!("/vuls/?q={GHSA}")).await;
    assert!(!list.contains("Tally") && !list.contains("Withdrawn"), "{list}");
}
