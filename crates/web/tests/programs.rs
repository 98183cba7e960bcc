//! What programs read of a note: its files, the feeds, VINCE's API. All of it is there at the
//! instant, and before it none of it is told from a note that never was.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::case::CaseKind;
use domain::note::{Remains, Section, When, place_of};
use domain::status::ProductStatus;
use domain::{CaseNumber, Rule};
use http_body_util::BodyExt;
use serde_json::Value;
use testkit::TestSite;
use tower::ServiceExt;

/// Everything that a program can read of a note: addresses with its digits for `{}`.
const OF_A_NOTE: [&str; 29] = [
    "/vuls/VU-{}/history",
    "/vuls/VU-{}/cve-1",
    "/vuls/VU-{}/signed",
    "/.well-known/csaf/v2.0/white/2027/vu_{}.json.asc",
    "/.well-known/csaf/v2.1/clear/2027/vu_{}.json.asc",
    "/.well-known/csaf/v2.0/white/2027/",
    "/.well-known/csaf/v2.1/clear/2027/",
    "/.well-known/csaf/v2.0/white/category-white.json",
    "/.well-known/csaf/v2.1/clear/category-clear.json",
    "/vuls/notes/{}/",
    "/vuls/VU-{}/csaf",
    "/vuls/VU-{}/csaf-2.1",
    "/vuls/api/{}/csaf/",
    "/.well-known/csaf/v2.0/white/2027/vu_{}.json",
    "/.well-known/csaf/v2.0/white/2027/vu_{}.json.sha256",
    "/.well-known/csaf/v2.1/clear/2027/vu_{}.json",
    "/.well-known/csaf/v2.1/clear/2027/vu_{}.json.sha512",
    "/vuls/VU-{}/json",
    "/vuls/VU-{}/text",
    "/vuls/VU-{}/openvex",
    "/vuls/VU-{}/osv-1",
    "/vuls/api/{}/",
    "/vuls/api/{}/vuls/",
    "/vuls/api/vuls/{}/",
    "/vuls/api/{}/vendors/",
    "/vuls/api/vendors/{}/",
    "/vuls/api/{}/vendors/vuls/",
    "/vuls/api/vendors/vuls/{}/",
    "/vuls/VU-{}",
];

/// Everything that is read of a vendor: addresses with its place for `{}`.
const OF_A_VENDOR: [&str; 3] =
    ["/vuls/vendors/{}", "/vuls/vendors/{}/feed.atom", "/vuls/vendors/{}/feed.json"];

/// Everything that lists notes.
const LISTS: [&str; 16] = [
    "/.well-known/csaf/v2.0/white/index.txt",
    "/.well-known/csaf/v2.0/white/changes.csv",
    "/.well-known/csaf/v2.0/white/feed-tlp-white.json",
    "/.well-known/csaf/v2.1/clear/index.txt",
    "/.well-known/csaf/v2.1/clear/changes.csv",
    "/.well-known/csaf/v2.1/clear/feed-tlp-clear.json",
    "/feed.atom",
    "/feed.json",
    "/vuls/atomfeed/",
    "/vuls/api/2027/01/",
    "/vuls/api/2027/1/",
    "/vuls/api/2027/01/summary/",
    "/vuls/api/2027/summary/",
    "/vuls/api/vendors/2027/01/",
    "/vuls/api/vendors/2027/01/summary/",
    "/vuls/api/vuls/cve/2026-12345/",
];

struct Answer {
    status: StatusCode,
    kind: String,
    cache: String,
    body: String,
}

async fn get(site: &TestSite, address: &str) -> Answer {
    let request = Request::get(address).body(Body::empty()).unwrap();
    let response = web::router(site.site.clone()).oneshot(request).await.unwrap();
    let header = |name| {
        let value = response.headers().get(name);
        value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    };
    let (kind, cache) = (header(header::CONTENT_TYPE), header(header::CACHE_CONTROL));
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    Answer { status, kind, cache, body: String::from_utf8(body.to_vec()).unwrap() }
}

/// A case whose vendor says that it is affected, and whose note goes out when the embargo ends.
async fn armed(site: &TestSite) -> CaseNumber {
    app::service_key::keep_service_key(&site.site.duty()).await.unwrap();
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    let number = app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let flaw = *site.case(id).await.vulnerabilities.keys().next().unwrap();
    app::note::describe(&ana, id, flaw, "It overwrites memory.".to_owned(), None).await.unwrap();
    app::note::assign_cve(&ana, id, flaw, "CVE-2026-12345".parse().unwrap(), None).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let acme = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![acme]).await.unwrap();
    let line = (flaw, None);
    app::participant::set_status(&ana, id, acme, line, ProductStatus::Affected).await.unwrap();
    let sections = BTreeMap::from([(Section::Overview, "Update **now**.".to_owned())]);
    app::note::write(&ana, id, "Tally overwrites memory".to_owned(), sections).await.unwrap();
    for who in [site.analyst(), site.lead()] {
        let why = || "Everybody has read it.".to_owned();
        let who = Rule::ALL.iter().fold(who, |who, rule| who.setting_aside(*rule, why()));
        app::note::approve(&who, id, 1, When::EmbargoEnds).await.unwrap();
    }
    site.duties().await;
    number
}

#[tokio::test]
async fn before_its_instant_no_program_can_tell_a_note_from_none() {
    let site = TestSite::on_sqlite().await.as_cna(None);
    let number = armed(&site).await;
    site.clock.pass_days(44);
    site.duties().await;
    for address in OF_A_NOTE {
        let there = get(&site, &address.replace("{}", number.digits())).await;
        let never = get(&site, &address.replace("{}", "100000")).await;
        assert_eq!((there.status, &there.cache), (never.status, &never.cache), "{address}");
        assert_eq!(there.cache, "no-store", "{address}");
        let without_digits = |body: &str| body.replace(number.digits(), "").replace("100000", "");
        assert_eq!(without_digits(&there.body), without_digits(&never.body), "{address}");
    }
    for address in OF_A_VENDOR {
        let there = get(&site, &address.replace("{}", &place_of("Acme"))).await;
        let never = get(&site, &address.replace("{}", &place_of("Nobody"))).await;
        assert_eq!((there.status, &there.cache), (never.status, &never.cache), "{address}");
        assert_eq!((there.status, there.body), (StatusCode::NOT_FOUND, never.body), "{address}");
    }
    for address in LISTS {
        let list = get(&site, address).await;
        assert_eq!(list.status, StatusCode::OK, "{address}");
        assert!(!list.body.contains(number.digits()), "{address}: {}", list.body);
        assert!(!list.body.contains("Tally") && !list.body.contains("Acme"), "{address}");
    }
}

#[tokio::test]
async fn at_its_instant_a_note_is_there_for_every_program() {
    let site = TestSite::on_sqlite().await.as_cna(None);
    let number = armed(&site).await;
    site.clock.pass_days(45);
    site.duties().await;
    for address in OF_A_NOTE {
        let there = get(&site, &address.replace("{}", number.digits())).await;
        assert_eq!(there.status, StatusCode::OK, "{address}");
        if there.kind.starts_with("application/json") {
            serde_json::from_str::<Value>(&there.body).unwrap();
        }
        // Hashes and signatures say nothing in words.
        let said = ["Tally overwrites memory", "CVE-2026-12345", "Acme", "vu_", "PGP SIGNATURE"];
        assert!(said.iter().any(|words| there.body.contains(words)), "{address}: {}", there.body);
    }
    for address in LISTS {
        let list = get(&site, address).await;
        let said = ["Tally overwrites memory", number.digits(), "Acme"];
        assert!(said.iter().any(|words| list.body.contains(words)), "{address}: {}", list.body);
        assert_eq!(list.cache, "public, max-age=0, must-revalidate", "{address}");
    }
    for address in OF_A_VENDOR {
        let list = get(&site, &address.replace("{}", &place_of("Acme"))).await;
        assert!(list.body.contains("Tally overwrites memory"), "{address}: {}", list.body);
        assert_eq!(list.cache, "public, max-age=0, must-revalidate", "{address}");
    }
    let page = get(&site, &format!("/vuls/{}", number.slug())).await.body;
    assert!(page.contains(&format!("<a href=\"/vuls/vendors/{}\">Acme</a>", place_of("Acme"))));
    let metadata = get(&site, "/.well-known/csaf/provider-metadata.json").await.body;
    let metadata: Value = serde_json::from_str(&metadata).unwrap();
    let fingerprint =
        metadata["public_openpgp_keys"][0]["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(metadata["role"], "csaf_trusted_provider");
    let certificate = get(&site, "/.well-known/openpgp.asc").await;
    let certificate = openpgp::Certificate::parse(certificate.body.as_bytes()).unwrap();
    assert_eq!(certificate.fingerprint().hex(), fingerprint);
    assert!(fingerprint.len() >= 40 && fingerprint.bytes().all(|digit| digit.is_ascii_hexdigit()));
    let place = format!("/.well-known/csaf/v2.0/white/2027/vu_{}.json", number.digits());
    let document = get(&site, &place).await.body;
    let signature = get(&site, &format!("{place}.asc")).await.body;
    let now = site.site.duty().now();
    let verdict =
        openpgp::verify_detached(document.as_bytes(), signature.as_bytes(), &[certificate], now);
    assert!(matches!(verdict, openpgp::Verdict::Good { .. }), "{verdict:?}");
    let page = get(&site, &format!("/vuls/{}", number.slug())).await.body;
    let data = page.split("<script type=\"application/ld+json\">").nth(1).unwrap();
    let data: Value = serde_json::from_str(data.split("</script>").next().unwrap()).unwrap();
    assert_eq!(data["headline"], "Tally overwrites memory");
    assert_eq!(data["datePublished"], "2027-01-06T09:00:00Z");
    for format in ["json", "csaf", "csaf-2.1", "openvex", "osv-1", "text", "signed"] {
        assert!(page.contains(&format!("/vuls/{}/{format}\"", number.slug())), "{format}: {page}");
    }
    vinces_addresses_lead_to_it(&site, &number).await;
    let record = get(&site, &format!("/vuls/{}/cve-1", number.slug())).await;
    let record: Value = serde_json::from_str(&record.body).unwrap();
    assert_eq!(record["cveMetadata"]["cveId"], "CVE-2026-12345");
    assert_eq!(record["cveMetadata"]["assignerShortName"], "northlake");
    let page = get(&site, &format!("/vuls/{}", number.slug())).await;
    assert!(page.body.contains(&format!("/vuls/{}/cve-1", number.slug())), "{}", page.body);
    let text = get(&site, &format!("/vuls/{}/text", number.slug())).await;
    assert_eq!(text.kind, "text/plain; charset=utf-8");
    assert!(
        text.body.starts_with(&format!("{number}: Tally overwrites memory\n")),
        "{}",
        text.body
    );
}

/// Where programs and people look who know VINCE (VINCE 2.2).
async fn vinces_addresses_lead_to_it(site: &TestSite, number: &CaseNumber) {
    for slash in ["", "/"] {
        let old = get(site, &format!("/vuls/id/{}{slash}", number.digits())).await;
        assert_eq!(old.status, StatusCode::PERMANENT_REDIRECT);
    }
    let note = get(site, &format!("/vuls/api/{}/", number.digits())).await.body;
    for alias in ["/vuls/notes/{}/", "/vuls/api/{}", "/vuls/api/{}.json", "/vuls/notes/{}.json/"] {
        assert_eq!(get(site, &alias.replace("{}", number.digits())).await.body, note, "{alias}");
    }
    assert_eq!(get(site, "/vulfeed").await.body, get(site, "/vuls/atomfeed/").await.body);
}

#[tokio::test]
async fn what_vinces_api_does_not_have_it_says_as_vince_does() {
    let site = TestSite::on_sqlite().await;
    let none = get(&site, "/vuls/api/100000/").await;
    assert_eq!((none.status, none.kind.as_str()), (StatusCode::OK, "application/json"));
    let body: Value = serde_json::from_str(&none.body).unwrap();
    let words =
        "Content requested either does not exist or you do not have permissions to view it!";
    assert_eq!(body, serde_json::json!({ "error": words }));
    assert_eq!(get(&site, "/vuls/api/1999/12/").await.body, "[]");
    for address in
        ["/vuls/api/1999/13/", "/vuls/api/x/", "/vuls/api/a/b/c/d/", "/vuls/api/99999/1/"]
    {
        assert_eq!(get(&site, address).await.status, StatusCode::NOT_FOUND, "{address}");
    }
}

#[tokio::test]
async fn an_old_search_leads_to_the_new_one() {
    let site = TestSite::on_sqlite().await;
    for (old, new) in [
        ("/vuls/byid?searchbar=VU%23257161", "/vuls/?q=VU%23257161"),
        ("/vuls/quickSearch/?searchbar=caf%C3%A9+time", "/vuls/?q=caf%C3%A9%20time"),
        ("/vuls/byid?query=Keywords%3Dtally", "/vuls/?q=tally"),
        (
            "/vuls/byid?searchbar=a%26year%3D1999%0D%0Aset-cookie",
            "/vuls/?q=a%26year%3D1999%0D%0Aset-cookie",
        ),
        ("/vuls/byid", "/vuls/"),
    ] {
        let request = Request::get(old).body(Body::empty()).unwrap();
        let response = web::router(site.site.clone()).oneshot(request).await.unwrap();
        let to = response.headers().get(header::LOCATION).unwrap().to_str().unwrap();
        assert_eq!((response.status(), to), (StatusCode::TEMPORARY_REDIRECT, new), "{old}");
    }
}

#[tokio::test]
async fn only_a_cna_writes_records_of_cve_ids() {
    let site = TestSite::on_sqlite().await;
    let number = armed(&site).await;
    site.clock.pass_days(45);
    site.duties().await;
    let record = get(&site, &format!("/vuls/{}/cve-1", number.slug())).await;
    assert_eq!(record.status, StatusCode::NOT_FOUND);
    let page = get(&site, &format!("/vuls/{}", number.slug())).await;
    assert!(page.body.contains("osv-1") && !page.body.contains("cve-1"), "{}", page.body);
}

/// Two people take the note of the only case back.
async fn withdraw(site: &TestSite, number: &CaseNumber, remains: Remains) {
    let id = app::case::by_number(&site.lead(), number.clone()).await.unwrap();
    let reason = "The reason is that it was wrong.".to_owned();
    app::note::propose_withdrawal(&site.analyst(), id, remains, reason).await.unwrap();
    let page = get(site, &format!("/vuls/{}", number.slug())).await;
    assert!(page.body.contains("Tally overwrites memory"), "one alone takes nothing back");
    app::note::agree_to_withdrawal(&site.lead(), id).await.unwrap();
}

#[tokio::test]
async fn of_a_note_that_must_go_no_public_path_tells_anything_but_that_and_why() {
    let site = TestSite::on_sqlite().await;
    let number = armed(&site).await;
    site.clock.pass_days(45);
    site.duties().await;
    withdraw(&site, &number, Remains::Nothing).await;
    let own = OF_A_NOTE.iter().map(|address| address.replace("{}", number.digits()));
    let lists = LISTS.iter().map(|address| (*address).to_owned());
    let searches = ["/vuls/?words=Tally", "/"].map(str::to_owned);
    let of_vendor = get(&site, "/vuls/?vendor=Acme").await.body;
    assert!(!of_vendor.contains(&number.slug()), "{of_vendor}");
    for address in own.chain(lists).chain(searches) {
        let seen = get(&site, &address).await;
        for word in ["Tally overwrites", "Acme", "CVE-2026-12345", "Update", "overwrites memory"] {
            assert!(!seen.body.contains(word), "{word} in {address}: {}", seen.body);
        }
    }
    for format in ["", "/json", "/csaf", "/csaf-2.1", "/osv-1", "/text", "/signed"] {
        let seen = get(&site, &format!("/vuls/{}{format}", number.slug())).await;
        assert_eq!(seen.status, StatusCode::OK, "{format}");
        assert!(seen.body.contains("The reason is that it was wrong."), "{format}: {}", seen.body);
    }
    let before = get(&site, &format!("/vuls/{}/history?from=1&to=2", number.slug())).await;
    assert_eq!(before.status, StatusCode::NOT_FOUND, "nor as a revision");
    let record = get(&site, &format!("/vuls/{}/cve-1", number.slug())).await;
    assert_eq!(record.status, StatusCode::NOT_FOUND, "whether an ID is used, a person says");
    let vex = get(&site, &format!("/vuls/{}/openvex", number.slug())).await;
    assert_eq!(vex.status, StatusCode::NOT_FOUND, "the format has no word for it");
}

#[tokio::test]
async fn a_note_that_was_taken_back_says_so_in_every_file_and_may_come_back() {
    let site = TestSite::on_sqlite().await;
    let number = armed(&site).await;
    site.clock.pass_days(45);
    site.duties().await;
    withdraw(&site, &number, Remains::Words).await;
    let file =
        async |format: &str| get(&site, &format!("/vuls/{}{format}", number.slug())).await.body;
    for format in ["", "/json", "/csaf", "/csaf-2.1", "/osv-1", "/text"] {
        let body = file(format).await;
        assert!(body.contains("Withdrawn: Tally overwrites memory"), "{format}: {body}");
    }
    let osv: Value = serde_json::from_str(&file("/osv-1").await).unwrap();
    assert_eq!(osv["withdrawn"], osv["modified"]);
    let csaf: Value = serde_json::from_str(&file("/csaf-2.1").await).unwrap();
    assert_eq!(csaf["document"]["category"], "csaf_withdrawn");
    assert!(get(&site, "/feed.atom").await.body.contains("Withdrawn: Tally"));
    assert!(get(&site, "/vuls/?words=Tally").await.body.contains("Withdrawn: Tally"));

    let id = app::case::by_number(&site.lead(), number.clone()).await.unwrap();
    let sections = BTreeMap::from([(Section::Overview, "It was right after all.".to_owned())]);
    app::note::write(&site.analyst(), id, "Tally, again".to_owned(), sections).await.unwrap();
    for who in [site.analyst(), site.lead()] {
        let why = || "It was right.".to_owned();
        let who = Rule::ALL.iter().fold(who, |who, rule| who.setting_aside(*rule, why()));
        app::note::approve(&who, id, 2, When::EmbargoEnds).await.unwrap();
    }
    site.duties().await;
    let body = file("").await;
    assert!(body.contains("It was right after all.") && !body.contains("withdrawn."), "{body}");
    assert!(file("/csaf").await.contains("\"version\": \"3\""));

    let history = file("/history").await;
    for n in 1..=3 {
        assert!(history.contains(&format!("Revision {n}")), "{history}");
    }
    let changed = file("/history?from=1&to=3").await;
    let (gone, new) =
        ("<del><span class=\"vh\">[gone: </span>", "<ins><span class=\"vh\">[new: </span>");
    assert!(changed.contains(gone) && changed.contains(new), "{changed}");
    let none = get(&site, &format!("/vuls/{}/history?from=1&to=9", number.slug())).await;
    assert_eq!(none.status, StatusCode::NOT_FOUND);
}
