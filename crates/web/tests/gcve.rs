//! The team as a numbering authority of GCVE: what programs pull, read as vulnerability-lookup
//! reads it, and nothing of it before the instant or without being asked for.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::Settings;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use domain::case::CaseKind;
use domain::note::{Section, When};
use domain::{CaseId, CaseNumber, Rule};
use http_body_util::BodyExt;
use serde_json::Value;
use testkit::TestSite;
use tower::ServiceExt;

const ADDRESSES: [&str; 8] = [
    "/api/gcve/publication",
    "/api/gcve/publication?page=1&per_page=10&since=2026-01-01&date_sort=published",
    "/api/vulnerability/",
    "/api/vulnerability/?source=gna-1988",
    "/api/vulnerability/recent/",
    "/api/vulnerability/last/",
    "/api/vulnerability/last/gna-1988",
    "/api/vulnerability/last/gna-1988/10",
];

const DUMP: &str = "/dumps/gna-1988.ndjson";

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    fn ids(&self) -> Vec<String> {
        let id = |record: &Value| record["cveMetadata"]["vulnId"].as_str().unwrap().to_owned();
        self.json().as_array().unwrap().iter().map(id).collect()
    }
}

async fn ask(site: &TestSite, address: &str, known: &str) -> Answer {
    let request = Request::get(address).header("if-none-match", known).body(Body::empty());
    let response = web::router(site.site.clone()).oneshot(request.unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers: parts.headers, body }
}

async fn get(site: &TestSite, address: &str) -> Answer {
    ask(site, address, "\"none\"").await
}

fn authority(mut site: TestSite, gna: Option<u32>) -> TestSite {
    let settings = Settings { gna, ..Settings::clone(&site.site.settings) };
    site.site.settings = Arc::new(settings);
    site
}

/// A case with two flaws, whose note goes out when the embargo ends.
async fn armed(site: &TestSite, title: &str) -> (CaseId, CaseNumber) {
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    let number = app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    app::note::add_vulnerability(&ana, id, "It also leaks.".to_owned()).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let acme = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![acme]).await.unwrap();
    approve(site, id, 1, title).await;
    (id, number)
}

async fn approve(site: &TestSite, id: CaseId, revision: u32, title: &str) {
    let ana = site.analyst();
    let sections = BTreeMap::from([(Section::Overview, "Update **now**.".to_owned())]);
    app::note::write(&ana, id, title.to_owned(), sections).await.unwrap();
    for who in [site.analyst(), site.lead()] {
        let why = || "Everybody has read it.".to_owned();
        let who = Rule::ALL.iter().fold(who, |who, rule| who.setting_aside(*rule, why()));
        app::note::approve(&who, id, revision, When::EmbargoEnds).await.unwrap();
    }
    site.duties().await;
}

fn id_of(number: &CaseNumber, flaw: u32) -> String {
    format!("GCVE-1988-2027-{}{flaw:04}", number.digits())
}

#[tokio::test]
async fn a_server_that_is_no_authority_has_none_of_the_addresses() {
    let site = TestSite::on_sqlite().await;
    let (_, number) = armed(&site, "Tally").await;
    site.clock.pass_days(45);
    site.duties().await;
    for address in ADDRESSES {
        assert_eq!(get(&site, address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
    let one = format!("/api/vulnerability/{}", id_of(&number, 1));
    for address in [DUMP, &one] {
        assert_eq!(get(&site, address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
    let security = get(&site, "/.well-known/security.txt").await.body;
    assert!(!String::from_utf8(security).unwrap().contains("GCVE"));
}

#[tokio::test]
async fn records_are_there_at_the_instant_and_not_before() {
    let site = authority(TestSite::on_sqlite().await, Some(1988));
    let (_, number) = armed(&site, "Tally overwrites memory").await;
    site.clock.pass_days(44);
    site.duties().await;
    let one = format!("/api/vulnerability/{}", id_of(&number, 1));
    let nobody = get(&site, "/api/vulnerability/GCVE-1988-2027-1000000001").await;
    let before = get(&site, &one).await;
    assert_eq!((before.status, &before.body), (nobody.status, &nobody.body));
    assert_eq!(before.status, StatusCode::NOT_FOUND);
    for address in ADDRESSES {
        assert_eq!(get(&site, address).await.json(), serde_json::json!([]), "{address}");
    }
    assert!(get(&site, DUMP).await.body.is_empty());

    site.clock.pass_days(1);
    site.duties().await;
    let expected = [id_of(&number, 1), id_of(&number, 2)];
    for address in ADDRESSES {
        let list = get(&site, address).await;
        assert_eq!(list.ids(), expected, "{address}");
        assert_eq!(list.header("access-control-allow-origin"), "*", "{address}");
        let again = ask(&site, address, list.header("etag")).await;
        assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0), "{address}");
    }
    let record = get(&site, &one).await.json();
    assert_eq!(record["cveMetadata"]["state"], "PUBLISHED");
    assert_eq!(record["containers"]["cna"]["x_gcve"][0]["vulnId"], expected[0].as_str());
    let dump = get(&site, DUMP).await;
    let lines = String::from_utf8(dump.body.clone()).unwrap();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0], record);
    assert_eq!(dump.header("access-control-allow-origin"), "*");
    let again = ask(&site, DUMP, dump.header("etag")).await;
    assert_eq!((again.status, again.body.len()), (StatusCode::NOT_MODIFIED, 0));
    let security = String::from_utf8(get(&site, "/.well-known/security.txt").await.body).unwrap();
    assert!(security.contains("GCVE: http://ombud.example\n"), "{security}");
}

#[tokio::test]
async fn what_is_asked_for_narrows_the_list_and_nonsense_is_said() {
    let site = authority(TestSite::on_sqlite().await, Some(1988));
    let (_, number) = armed(&site, "Tally").await;
    site.clock.pass_days(45);
    site.duties().await;
    let ids = async |query: &str| get(&site, &format!("/api/gcve/publication?{query}")).await.ids();
    assert_eq!(ids("per_page=1").await, [id_of(&number, 1)]);
    assert_eq!(ids("per_page=1&page=2").await, [id_of(&number, 2)]);
    assert_eq!(ids("per_page=1&page=3").await, Vec::<String>::new());
    assert_eq!(ids("since=2027-06-01").await, Vec::<String>::new());
    assert_eq!(ids("source=gna-1").await, Vec::<String>::new());
    for query in ["page=0", "page=x", "per_page=", "since=soon", "date_sort=reserved"] {
        let answer = get(&site, &format!("/api/gcve/publication?{query}")).await;
        let expected = if query == "per_page=" { StatusCode::OK } else { StatusCode::BAD_REQUEST };
        assert_eq!(answer.status, expected, "{query}");
        assert!(answer.json().is_array() || answer.json()["error"].is_string(), "{query}");
    }
    for address in
        ["/dumps/gna-1.ndjson", "/dumps/x", "/api/vulnerability/x", "/api/vulnerability/a/b"]
    {
        assert_eq!(get(&site, address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
}

#[tokio::test]
async fn a_flaw_keeps_its_id_through_revisions_and_gets_one_when_the_team_becomes_an_authority() {
    let site = TestSite::on_sqlite().await;
    let (case, number) = armed(&site, "Tally").await;
    site.clock.pass_days(45);
    site.duties().await;
    let site = authority(site, Some(1988));
    assert_eq!(get(&site, ADDRESSES[0]).await.ids(), Vec::<String>::new());
    app::duties::keep_public_lists(&site.site.duty()).await.unwrap();
    let given: BTreeSet<_> = get(&site, ADDRESSES[0]).await.ids().into_iter().collect();
    assert_eq!(given, BTreeSet::from([id_of(&number, 1), id_of(&number, 2)]));
    // A year later, revised, and with another number of the authority: the ids are the same.
    site.clock.pass_days(400);
    let site = authority(site, Some(4711));
    approve(&site, case, 2, "Tally, mended").await;
    site.duties().await;
    app::duties::keep_public_lists(&site.site.duty()).await.unwrap();
    let after = get(&site, ADDRESSES[0]).await;
    assert_eq!(after.ids().into_iter().collect::<BTreeSet<_>>(), given);
    assert_eq!(after.json()[0]["containers"]["cna"]["title"], "Tally, mended");
}
