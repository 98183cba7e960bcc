//! What everyone gets to see: from memory, never older than what is public, found by search, and
//! without a word of what is not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderName, Method, Request, StatusCode};
use domain::case::CaseKind;
use domain::{CaseId, Published};
use http_body_util::BodyExt;
use store::{Artefact, Store};
use testkit::TestSite;
use tower::ServiceExt;

/// An answer, header by header, so that two can be compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Answer {
    status: StatusCode,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

async fn ask(router: &Router, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = response.into_parts();
    let text = |(name, value): (&HeaderName, &axum::http::HeaderValue)| {
        (name.to_string(), value.to_str().unwrap().to_owned())
    };
    let mut headers: Vec<_> = parts.headers.iter().map(text).collect();
    headers.sort();
    let body = body.collect().await.unwrap().to_bytes().to_vec();
    Answer { status: parts.status, headers, body }
}

async fn get(router: &Router, path: &str) -> Answer {
    ask(router, Method::GET, path, &[]).await
}

/// A note with so many vendors, made public past every rule.
async fn publish(site: &TestSite, number: u32, title: &str, vendors: u32) {
    let vendors: Vec<_> = (0..vendors)
        .map(|n| {
            serde_json::json!({
                "name": format!("Vendor {n}"), "status": { "is": "unknown" }, "statuses": {},
                "notified_at": null, "updated_at": null, "statement": null, "lines": [],
                "references": [],
            })
        })
        .collect();
    let note: Published = serde_json::from_value(serde_json::json!({
        "number": format!("VU#{number}"), "title": title, "sections": {}, "vulnerabilities": [], "scores": [],
        "vendors": vendors, "credit": null, "reported_at": "2026-01-01T00:00:00Z",
        "first_contact_at": null, "published_at": "2026-03-01T00:00:00Z",
        "updated_at": "2026-03-01T00:00:00Z", "revision": 1,
    }))
    .unwrap();
    let file = Artefact {
        format: "vulnote.json".to_owned(),
        media_type: "application/json".to_owned(),
        bytes: format!("{{\"title\": \"{title}\", \"long\": \"{}\"}}", "x".repeat(2000)).into(),
    };
    let case = CaseId::from(uuid::Uuid::from_u128(number.into()));
    site.site.store.write(move |tx| tx.publish_note(&note, case, &[file])).await.unwrap();
}

/// How many statements an answer takes.
async fn statements(site: &TestSite, router: &Router, path: &str) -> u64 {
    let before = site.site.store.statements_run();
    assert_eq!(get(router, path).await.status, StatusCode::OK, "{path}");
    site.site.store.statements_run() - before
}

/// The page of the vendor that every note with vendors names.
const VENDOR: &str = "/vuls/vendors/vendor-0-c7042187a063";

const KEPT: [&str; 11] = [
    "/",
    VENDOR,
    "/vuls/vendors/vendor-0-c7042187a063/feed.atom",
    "/vuls/vendors/vendor-0-c7042187a063/feed.json",
    "/vuls/",
    "/vuls/VU-100001",
    "/vuls/VU-100001/json",
    "/policy",
    "/help",
    "/contact",
    "/accessibility",
];

store::both_engines! {
    async fn a_public_page_comes_from_memory_until_something_is_published(store: Store) {
        let site = TestSite::on(store).await;
        let router = web::router(site.site.clone());
        publish(&site, 100_001, "Tally", 1).await;
        let mut first = vec![];
        for path in KEPT {
            first.push(get(&router, path).await);
        }
        // What the other node of a PostgreSQL database did is asked for; a file has one server.
        let asked = statements(&site, &router, "/").await;
        assert!(asked <= 1, "{asked} statements");
        for (path, first) in KEPT.iter().zip(&first) {
            assert_eq!(statements(&site, &router, path).await, asked, "{path}");
            assert_eq!(get(&router, path).await, *first, "{path}");
        }
        publish(&site, 100_002, "Mill", 1).await;
        for path in ["/", "/vuls/", VENDOR] {
            assert!(get(&router, path).await.text().contains("/vuls/VU-100002"), "{path}");
        }
        assert_eq!(get(&router, "/vuls/VU-100002").await.status, StatusCode::OK);
    }

    async fn a_page_of_many_takes_as_many_statements_as_a_page_of_one(store: Store) {
        let site = TestSite::on(store).await;
        publish(&site, 100_001, "Tally", 1).await;
        let feed = &format!("{VENDOR}/feed.atom");
        let note = "/vuls/VU-100001";
        let pages = ["/", "/vuls/", note, "/vuls/VU-100001/json", "/vuls/?q=tally+x", VENDOR, feed];
        let mut few = vec![];
        for path in pages {
            few.push(statements(&site, &web::router(site.site.clone()), path).await);
        }
        for n in 2..40 {
            publish(&site, 100_000 + n, "Tally", 60).await;
        }
        let note = "/vuls/VU-100039";
        let pages = ["/", "/vuls/", note, "/vuls/VU-100039/json", "/vuls/?q=tally+v", VENDOR, feed];
        let mut many = vec![];
        for path in pages {
            many.push(statements(&site, &web::router(site.site.clone()), path).await);
        }
        // The edition, what the vendor is called, the notes and the policy at most.
        assert_eq!(few, many);
        assert!(many.iter().all(|n| *n <= 4), "{many:?}");
    }
}

#[tokio::test]
async fn a_page_of_a_person_is_neither_kept_nor_given_to_others() {
    let site = TestSite::on_sqlite().await;
    let router = web::router(site.site.clone());
    for cookie in ["theme=dark", "said=48656c6c6f"] {
        let personal = ask(&router, Method::GET, "/", &[("cookie", cookie)]).await;
        assert_eq!(personal.header("cache-control"), "no-store", "{cookie}");
        let plain = get(&router, "/").await;
        assert_ne!(plain.body, personal.body, "{cookie}");
        assert_eq!(ask(&router, Method::GET, "/", &[("cookie", cookie)]).await.body, personal.body);
    }
    let plain = get(&router, "/").await;
    assert_eq!(
        ask(&router, Method::GET, "/", &[("cookie", "session=none")]).await.body,
        plain.body
    );
}

#[tokio::test]
async fn a_browser_that_has_the_answer_is_told_so_and_head_has_no_body() {
    let site = TestSite::on_sqlite().await;
    let router = web::router(site.site.clone());
    publish(&site, 100_001, "Tally", 1).await;
    for path in KEPT {
        // The first answer is made, the second comes from memory.
        for _ in 0..2 {
            let whole = get(&router, path).await;
            let length = whole.body.len().to_string();
            assert_eq!(whole.header("content-length"), length, "{path}");
            let head = ask(&router, Method::HEAD, path, &[]).await;
            assert_eq!(
                (head.headers.clone(), head.body.len()),
                (whole.headers.clone(), 0),
                "{path}"
            );
            let tag = whole.header("etag").to_owned();
            for known in [tag.clone(), format!("W/{tag}"), format!("\"a\", {tag}"), "*".to_owned()]
            {
                for method in [Method::GET, Method::HEAD] {
                    let again = ask(&router, method, path, &[("if-none-match", &known)]).await;
                    let told = (again.status, again.body.len(), again.header("etag"));
                    assert_eq!(told, (StatusCode::NOT_MODIFIED, 0, tag.as_str()), "{path} {known}");
                    assert_eq!(again.header("cache-control"), whole.header("cache-control"));
                    assert_eq!(again.header("vary"), whole.header("vary"));
                }
            }
            let other = ask(&router, Method::GET, path, &[("if-none-match", "\"a\"")]).await;
            assert_eq!(other, whole, "{path}");
        }
    }
}

#[tokio::test]
async fn who_can_unpack_gets_a_packed_answer_with_a_tag_of_its_own() {
    let site = TestSite::on_sqlite().await;
    let router = web::router(site.site.clone());
    publish(&site, 100_001, "Tally", 1).await;
    for path in ["/vuls/VU-100001/json", "/vuls/"] {
        let plain = get(&router, path).await;
        let packed = ask(&router, Method::GET, path, &[("accept-encoding", "br, gzip")]).await;
        assert_eq!(packed.header("content-encoding"), "gzip", "{path}");
        assert!(packed.body.len() < plain.body.len() / 2, "{path}");
        assert_ne!(packed.header("etag"), plain.header("etag"), "{path}");
        assert!(plain.header("vary").contains("accept-encoding"), "{path}");
        let mut unpacked = vec![];
        let mut decoder = flate2::read::GzDecoder::new(packed.body.as_slice());
        std::io::Read::read_to_end(&mut decoder, &mut unpacked).unwrap();
        assert_eq!(unpacked, plain.body, "{path}");
        let tag = packed.header("etag");
        let known = [("accept-encoding", "gzip"), ("if-none-match", tag)];
        let again = ask(&router, Method::GET, path, &known).await;
        assert_eq!((again.status, again.header("etag")), (StatusCode::NOT_MODIFIED, tag), "{path}");
    }
}

#[tokio::test]
async fn a_public_page_is_the_same_at_any_time() {
    let site = TestSite::on_sqlite().await;
    publish(&site, 100_001, "Tally", 2).await;
    for path in KEPT {
        let today = get(&web::router(site.site.clone()), path).await;
        site.clock.pass_days(3);
        assert_eq!(get(&web::router(site.site.clone()), path).await, today, "{path}");
    }
}

/// Nothing tells an embargoed number from one that nobody has: no method, no format, no header.
#[tokio::test]
async fn an_embargoed_number_is_answered_like_one_that_nobody_has() {
    let site = TestSite::on_sqlite().await;
    let router = web::router(site.site.clone());
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    let number = app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let (real, none) = (number.digits().to_owned(), "100000".to_owned());
    assert_ne!(real, none);
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"];
    let forms = [
        "/vuls/VU-{n}",
        "/vuls/VU%2D{n}",
        "/vuls/vu-{n}",
        "/vuls/VU%23{n}",
        "/vuls/{n}",
        "/vuls/VU-{n}/json",
        "/vuls/{n}/json",
        "/vuls/VU-{n}/csaf",
        "/vuls/VU-{n}/openvex",
        "/vuls/VU-{n}/text",
        "/vuls/VU-{n}/osv-1",
        "/vuls/id/{n}",
        "/vuls/api/{n}/",
        "/vuls/api/vuls/{n}/",
        "/vuls/api/vendors/{n}/",
        "/vuls/VU-{n}/",
        "/vuls/VU-{n}.json",
        "/vuls/?q={n}",
        "/vuls/?q=VU%23{n}",
        "/vuls/?before=2026-03-01T00:00:00Z,VU-{n}",
    ];
    let header_sets: [&[(&str, &str)]; 4] = [
        &[],
        &[("if-none-match", "*")],
        &[("accept-encoding", "gzip"), ("accept", "application/json")],
        &[("if-match", "\"a\""), ("range", "bytes=0-10")],
    ];
    for method in methods {
        for form in forms {
            for headers in header_sets {
                let method = || Method::from_bytes(method.as_bytes()).unwrap();
                let ask = async |n: &str| {
                    let address = form.replace("{n}", n);
                    let mut answer = ask(&router, method(), &address, headers).await;
                    let text = String::from_utf8(answer.body).unwrap().replace(n, "{n}");
                    answer.body = text.into_bytes();
                    for (_, value) in &mut answer.headers {
                        *value = value.replace(n, "{n}");
                    }
                    // What was asked for is repeated, and names the answer.
                    if form.contains('?') {
                        answer.headers.retain(|(name, _)| name != "etag");
                    }
                    answer
                };
                let (embargoed, unknown) = (ask(&real).await, ask(&none).await);
                assert_eq!(embargoed, unknown, "{} {form}", method());
                let kept = embargoed.header("cache-control");
                let found = embargoed.status == StatusCode::OK
                    || embargoed.status == StatusCode::NOT_MODIFIED;
                assert!(found || kept == "no-store", "{} {form} {kept}", method());
            }
        }
    }
}

#[tokio::test]
async fn a_search_finds_notes_goes_on_over_pages_and_says_when_there_is_none() {
    let site = TestSite::on_sqlite().await;
    let router = web::router(site.site.clone());
    for n in 1..=31 {
        publish(&site, 100_000 + n, "Tally & friends", 1).await;
    }
    publish(&site, 100_100, "Mill", 0).await;
    let first = get(&router, "/vuls/?q=tally&vendor=vendor&year=2026").await;
    let text = first.text();
    assert!(text.contains("VU-100031") && !text.contains("VU-100001<") && !text.contains("Mill"));
    assert!(text.contains("name=\"q\" type=\"search\" value=\"tally\""), "{text}");
    let (_, next) = text.split_once("rel=\"next\" href=\"").unwrap();
    let next = next.split('"').next().unwrap().replace("&amp;", "&");
    let next = next.replace("&#38;", "&");
    let second = get(&router, &next).await;
    assert!(second.text().contains("VU-100001<"), "{next} {}", second.text());
    assert!(!second.text().contains("VU-100031") && !second.text().contains("Mill"));

    for query in ["q=nothing", "vendor=nobody", "year=1999", "q=%00%ff", "q=%27%22%3C%3E&q=b"] {
        let page = get(&router, &format!("/vuls/?{query}")).await;
        assert_eq!(page.status, StatusCode::OK, "{query}");
    }
    assert!(get(&router, "/vuls/?q=nothing").await.text().contains("No note found"));
    for year in ["26", "20x6", "year", "99999"] {
        let page = get(&router, &format!("/vuls/?year={year}")).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY, "{year}");
        assert!(page.text().contains("Write the year as 2026."), "{year}");
    }
}

#[tokio::test]
async fn the_notes_of_a_vendor_go_on_over_pages_and_each_is_met_once() {
    let site = TestSite::on_sqlite().await;
    let router = web::router(site.site.clone());
    for n in 1..=61 {
        publish(&site, 100_000 + n, "Tally", 1).await;
    }
    publish(&site, 100_100, "Mill", 0).await;
    let (mut address, mut met) = (VENDOR.to_owned(), vec![]);
    loop {
        let page = get(&router, &address).await;
        let text = page.text();
        let slugs = text.split("<a href=\"/vuls/VU-").skip(1);
        met.extend(slugs.map(|rest| rest.split('"').next().unwrap().to_owned()));
        let Some((_, next)) = text.split_once("rel=\"next\" href=\"") else { break };
        address = next.split('"').next().unwrap().replace("&#38;", "&");
        assert!(met.len() <= 61, "{address}");
    }
    let expected: Vec<_> = (1..=61).rev().map(|n| format!("{}", 100_000 + n)).collect();
    assert_eq!(met, expected);
    assert!(get(&router, VENDOR).await.text().contains("type=\"application/atom+xml\""));
    for odd in ["before=x", "before=2026-03-01T00:00:00Z,%00", "before=", "before=,"] {
        let page = get(&router, &format!("{VENDOR}?{odd}")).await;
        assert_eq!(page.status, StatusCode::OK, "{odd}");
    }
    for nobody in ["/vuls/vendors/vendor-0", "/vuls/vendors/", "/vuls/products/x/feed.atom"] {
        assert_eq!(get(&router, nobody).await.status, StatusCode::NOT_FOUND, "{nobody}");
    }
    let other = get(&router, &format!("{VENDOR}/feed.rss")).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
}
