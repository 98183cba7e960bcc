//! The draft page before anybody decides: what was found, and every file as it would go out.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, header};
use domain::case::CaseKind;
use domain::note::Section;
use domain::{CaseId, Rule, StaffRole};
use http_body_util::BodyExt;
use testkit::{PASSWORD, TestSite};
use tower::ServiceExt;

struct Seen {
    status: u16,
    kind: String,
    cache: String,
    body: String,
}

async fn get(site: &TestSite, address: &str, cookie: &str) -> Seen {
    let request = Request::get(address).header(header::COOKIE, cookie).body(Body::empty());
    let response = web::router(site.site.clone()).oneshot(request.unwrap()).await.unwrap();
    let header = |name| {
        let value = response.headers().get(name);
        value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    };
    let (kind, cache) = (header(header::CONTENT_TYPE), header(header::CACHE_CONTROL));
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    Seen { status, kind, cache, body: String::from_utf8(body.to_vec()).unwrap() }
}

/// A case whose draft names a machine inside a house, and the letters' link of its vendor.
async fn drafted(site: &TestSite) -> (CaseId, String) {
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst().setting_aside(Rule::NoScore, "A test.".to_owned());
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let acme = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![acme]).await.unwrap();
    let words = "It answers at build7.canary.internal.".to_owned();
    let sections = BTreeMap::from([(Section::Overview, words)]);
    app::note::write(&ana, id, "Tally overwrites memory".to_owned(), sections).await.unwrap();
    site.duties().await;
    (id, site.link_to("security@acme.example"))
}

async fn cookie(site: &TestSite, name: &str, role: StaffRole) -> String {
    let address = format!("{name}@northlake.example");
    let new = app::account::NewAccount {
        address: address.clone(),
        name: name.to_owned(),
        password: PASSWORD.to_owned(),
    };
    app::account::add_by_operator(&site.site.duty(), new, role).await.unwrap();
    format!("session={}", site.log_in(&address).await)
}

const FILES: [&str; 5] = ["json", "csaf", "csaf-2.1", "osv-1", "text"];

#[tokio::test]
async fn the_team_looks_at_every_file_and_nobody_keeps_it() {
    let site = TestSite::on_sqlite().await;
    let (id, link) = drafted(&site).await;
    let lead = format!("session={}", site.log_in("lee@northlake.example").await);
    let auditor = cookie(&site, "aud", StaffRole::Auditor).await;
    let administrator = cookie(&site, "adm", StaffRole::Administrator).await;
    let page = get(&site, &format!("/cases/{id}/draft"), &lead).await;
    for format in FILES {
        let address = format!("/cases/{id}/draft/preview/{format}");
        assert!(page.body.contains(&format!("href=\"{address}\"")), "{format}: {}", page.body);
        for reader in [&lead, &auditor] {
            let seen = get(&site, &address, reader).await;
            assert_eq!((seen.status, seen.cache.as_str()), (200, "no-store"), "{format}");
            assert!(seen.body.contains("Tally overwrites memory"), "{format}: {}", seen.body);
            assert_eq!(seen.kind.starts_with("text/plain"), format == "text");
        }
        for stranger in ["", administrator.as_str()] {
            let seen = get(&site, &address, stranger).await;
            assert!(!seen.body.contains("Tally") && seen.status != 200, "{format}");
        }
        assert_eq!(get(&site, &format!("{link}/draft/preview/{format}"), "").await.status, 404);
    }
    for none in ["openvex", "osv-2", "signed", "exe"] {
        let seen = get(&site, &format!("/cases/{id}/draft/preview/{none}"), &lead).await;
        assert_eq!(seen.status, 404, "{none}");
    }
}

#[tokio::test]
async fn what_was_found_is_told_to_who_works_on_the_case_and_quoted_to_nobody_else() {
    let site = TestSite::on_sqlite().await;
    let (id, link) = drafted(&site).await;
    let lead = format!("session={}", site.log_in("lee@northlake.example").await);
    let auditor = cookie(&site, "aud", StaffRole::Auditor).await;
    let address = format!("/cases/{id}/draft");
    let page = get(&site, &address, &lead).await.body;
    assert!(page.contains("S94.4") && page.contains("Overview, paragraph 1"), "{page}");
    assert!(page.contains("<q>It answers at build7.canary.internal.</q>"), "{page}");
    assert!(page.contains("The key of this server"), "no key is made yet: {page}");
    let page = get(&site, &address, &auditor).await.body;
    assert!(!page.contains("S94.4") && !page.contains("<q>"), "{page}");
    let page = get(&site, &link, "").await.body;
    assert!(!page.contains("S94") && !page.contains("canary"), "{page}");
}

#[tokio::test]
async fn the_team_sees_what_changed_between_two_revisions() {
    let site = TestSite::on_sqlite().await;
    let (id, link) = drafted(&site).await;
    let words = "It answers at the canary address.".to_owned();
    let sections = BTreeMap::from([(Section::Overview, words)]);
    let title = "Tally overwrites memory".to_owned();
    app::note::write(&site.analyst(), id, title, sections).await.unwrap();
    let lead = format!("session={}", site.log_in("lee@northlake.example").await);
    let address = format!("/cases/{id}/draft/compare?from=1&to=2");
    let page = get(&site, &format!("/cases/{id}/draft"), &lead).await.body;
    assert!(page.contains(&address.replace('&', "&amp;")), "{page}");
    let seen = get(&site, &address, &lead).await;
    assert_eq!(seen.status, 200);
    let gone = "<del><span class=\"vh\">[gone: </span>";
    assert!(seen.body.contains(gone) && seen.body.contains("build7"), "{}", seen.body);
    assert!(seen.body.contains("Title <span class=\"meta\">unchanged</span>"), "{}", seen.body);
    for (address, cookie) in [
        (address.as_str(), ""),
        (&format!("{link}/draft/compare?from=1&to=2"), ""),
        (&format!("/cases/{id}/draft/compare?from=1&to=7"), lead.as_str()),
        (&format!("/cases/{id}/draft/compare"), lead.as_str()),
    ] {
        let seen = get(&site, address, cookie).await;
        assert!(seen.status != 200 && !seen.body.contains("canary"), "{address}");
    }
    // A party reads what it was shown, and no other revision.
    let case = site.case(id).await;
    let acme = case.vendors().next().unwrap().id;
    let party = site.acting(domain::Actor::Bearer(id, acme));
    assert!(app::note::revision(&party, id, 1).await.is_err(), "it was shown none");
    app::embargo::answer(&party, id, acme, domain::event::Answer::Agree).await.unwrap();
    let share = async || {
        let lead = site.lead().setting_aside(Rule::ShowsTheInside, "A test.".to_owned());
        app::note::share(&lead, id, [acme].into()).await.unwrap();
    };
    share().await;
    let words = "It answers, says the third canary.".to_owned();
    let sections = BTreeMap::from([(Section::Overview, words)]);
    app::note::write(&site.analyst(), id, "Tally".to_owned(), sections).await.unwrap();
    let both = format!("{link}/draft?from=2&to=3");
    assert_eq!(get(&site, &both, "").await.status, 404, "the third was not shown yet");
    share().await;
    let page = get(&site, &link, "").await.body;
    assert!(page.contains(&both.replace('&', "&amp;")), "{page}");
    let seen = get(&site, &both, "").await;
    assert!(seen.status == 200 && seen.body.contains("third canary"), "{}", seen.body);
    let first = get(&site, &format!("{link}/draft?from=1&to=3"), "").await;
    assert!(first.status == 404 && !first.body.contains("build7"), "the first it was never shown");
}
