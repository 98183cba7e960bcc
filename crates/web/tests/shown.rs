//! The draft as a file for programs: who was shown it gets it at the address that is theirs, with what
//! their page tells them and no more; to anybody else it does not exist.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::case::CaseKind;
use domain::note::Section;
use domain::{Actor, CaseId, ParticipantId, Rule};
use http_body_util::BodyExt;
use serde_json::Value;
use testkit::TestSite;
use tower::ServiceExt;

struct Seen {
    status: StatusCode,
    kind: String,
    cache: String,
    body: String,
}

async fn ask(site: &TestSite, path: &str, form: Option<&str>, cookie: &str) -> Seen {
    let request = match form {
        Some(form) => Request::post(path).body(Body::from(form.to_owned())),
        None => Request::get(path).body(Body::empty()),
    };
    let mut request = request.unwrap();
    let form = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers_mut().insert(header::CONTENT_TYPE, form);
    request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    let response = web::router(site.site.clone()).oneshot(request).await.unwrap();
    let said = |name| {
        let value = response.headers().get(name);
        value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    };
    let (kind, cache) = (said(header::CONTENT_TYPE), said(header::CACHE_CONTROL));
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    Seen { status, kind, cache, body: String::from_utf8(body.to_vec()).unwrap() }
}

/// A case of three vendors: Acme, Bolt who speaks to the team alone, and Crag who hides.
struct Cast {
    id: CaseId,
    acme: ParticipantId,
    link: String,
    other: String,
    reporter: String,
}

/// Words of others, and of a revision that nobody was shown.
const OTHERS: [&str; 4] = ["boltsays", "Bolt Works", "Crag", "secondcanary"];

async fn cast(site: &TestSite) -> Cast {
    let receipt = site.report("Tally time server").await;
    let id = receipt.case;
    let ana = site.analyst().setting_aside(Rule::NoScore, "A test.".to_owned());
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let flaw = *site.case(id).await.vulnerabilities.keys().next().unwrap();
    app::note::describe(&ana, id, flaw, "A long option overwrites.".to_owned(), None)
        .await
        .unwrap();
    app::note::assign_cve(&ana, id, flaw, "CVE-2026-12345".parse().unwrap(), None).await.unwrap();
    let vendors = site.vendors(&["Acme", "Bolt Works", "Crag"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let mut them = vec![];
    for vendor in vendors {
        them.push(site.participant(id, vendor).await);
    }
    app::participant::notify(&ana, id, them.clone()).await.unwrap();
    site.duties().await;
    let links = ["acme", "bolt-works", "crag"]
        .map(|name| site.link_to(&format!("security@{name}.example")));
    for link in &links {
        ask(site, &format!("{link}/embargo"), Some("answer=agree"), "").await;
    }
    let [link, other, hidden] = links;
    let said = |words: &str, to: &str| format!("statement={words}&audience={to}");
    ask(site, &format!("{link}/statement"), Some(&said("acmesays", "coordinator")), "").await;
    ask(site, &format!("{other}/statement"), Some(&said("boltsays", "coordinator")), "").await;
    ask(site, &format!("{hidden}/visibility"), Some("visibility=hidden"), "").await;
    let line = format!("vulnerability={flaw}&status=affected");
    ask(site, &format!("{link}/status"), Some(&line), "").await;
    write(site, id, "It answers with the firstcanary.").await;
    let anyone = site.acting(Actor::Anyone);
    let room = app::report::enter(&anyone, &receipt.secret).await.unwrap();
    Cast { id, acme: them[0], link, other, reporter: format!("receipt={room}") }
}

async fn write(site: &TestSite, id: CaseId, overview: &str) {
    let sections = BTreeMap::from([
        (Section::Overview, overview.to_owned()),
        (Section::References, "https://example.org/fix".to_owned()),
    ]);
    let title = "Tally overwrites memory".to_owned();
    app::note::write(&site.analyst(), id, title, sections).await.unwrap();
}

async fn share(site: &TestSite, cast: &Cast, with: ParticipantId) {
    app::note::share(&site.analyst(), cast.id, [with].into()).await.unwrap();
}

#[tokio::test]
async fn who_was_shown_a_draft_gets_it_as_csaf_and_learns_nothing_of_others_by_it() {
    let site = TestSite::on_sqlite().await;
    let cast = cast(&site).await;
    share(&site, &cast, cast.acme).await;
    write(&site, cast.id, "It answers with the secondcanary.").await;
    let page = ask(&site, &cast.link, None, "").await.body;
    for (format, version, label) in [("csaf", "2.0", "AMBER"), ("csaf-2.1", "2.1", "AMBER+STRICT")]
    {
        let address = format!("{}/draft/{format}", cast.link);
        assert!(page.contains(&format!("href=\"{address}\"")), "{page}");
        let seen = ask(&site, &address, None, "").await;
        assert_eq!((seen.status, seen.cache.as_str()), (StatusCode::OK, "no-store"), "{format}");
        assert_eq!(seen.kind, "application/json");
        for told in ["firstcanary", "acmesays", "CVE-2026-12345", "https://example.org/fix"] {
            assert!(seen.body.contains(told), "{told} in {}", seen.body);
        }
        for other in OTHERS {
            assert!(!seen.body.contains(other), "{other} in {}", seen.body);
        }
        let read: Value = serde_json::from_str(&seen.body).unwrap();
        let about = &read["document"];
        assert_eq!(about["csaf_version"], version);
        assert_eq!(about["distribution"]["tlp"]["label"], label);
        assert_eq!(about["tracking"]["status"], "draft");
        assert_eq!(about["tracking"]["version"], "0.1.0");
        let affected = &read["vulnerabilities"][0]["product_status"]["known_affected"];
        assert_eq!(affected.as_array().unwrap().len(), 1, "{read:#}");
        let checked = formats::csaf::read(seen.body.as_bytes()).unwrap();
        assert_eq!(formats::csaf::problems(&checked), []);
    }
    for none in ["json", "text", "openvex", "signed", "csaf-3", "osv-1"] {
        let seen = ask(&site, &format!("{}/draft/{none}", cast.link), None, "").await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{none}");
    }
}

#[tokio::test]
async fn to_anybody_else_a_draft_is_like_one_that_is_not_there() {
    let site = TestSite::on_sqlite().await;
    let cast = cast(&site).await;
    let nothing = ask(&site, "/a/0000/draft/csaf", None, "").await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let is_nothing = async |address: &str| {
        let seen = ask(&site, address, None, "").await;
        assert_eq!((seen.status, &seen.cache), (nothing.status, &nothing.cache), "{address}");
        assert_eq!(seen.body, nothing.body, "{address}");
    };
    let own = format!("{}/draft/csaf", cast.link);
    is_nothing(&own).await;
    share(&site, &cast, cast.acme).await;
    assert_eq!(ask(&site, &own, None, "").await.status, StatusCode::OK);
    is_nothing(&format!("{}/draft/csaf", cast.other)).await;
    is_nothing(&format!("{}/draft/csaf-2.1", cast.other)).await;
    // Who takes part no more reads no more.
    let reason = "It is not theirs.".to_owned();
    app::participant::remove(&site.lead(), cast.id, cast.acme, reason).await.unwrap();
    is_nothing(&own).await;
}

#[tokio::test]
async fn who_reported_gets_the_draft_in_their_room_alone() {
    let site = TestSite::on_sqlite().await;
    let cast = cast(&site).await;
    let reporter = site.case(cast.id).await.reporter;
    let own = "/r/draft/csaf";
    let before = ask(&site, own, None, &cast.reporter).await;
    assert_eq!(before.status, StatusCode::NOT_FOUND);
    ask(&site, "/r/embargo", Some("answer=agree"), &cast.reporter).await;
    share(&site, &cast, reporter).await;
    let seen = ask(&site, own, None, &cast.reporter).await;
    assert_eq!((seen.status, seen.cache.as_str()), (StatusCode::OK, "no-store"), "{}", seen.body);
    assert!(seen.body.contains("firstcanary") && seen.body.contains("\"AMBER\""), "{}", seen.body);
    for other in OTHERS.iter().chain(&["acmesays", "Acme"]) {
        assert!(!seen.body.contains(other), "{other} in {}", seen.body);
    }
    let page = ask(&site, "/r/report", None, &cast.reporter).await.body;
    assert!(page.contains("href=\"/r/draft/csaf\""), "{page}");
    let stranger = ask(&site, own, None, "").await;
    assert_eq!(stranger.status, StatusCode::SEE_OTHER, "asked for the receipt, as everywhere here");
    assert!(!stranger.body.contains("canary"));
}
