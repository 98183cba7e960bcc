//! A vendor gives its answer as a file, by upload or pasted, with hostile files among them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use domain::CaseId;
use domain::case::CaseKind;
use domain::status::ProductStatus;
use http_body_util::BodyExt;
use testkit::TestSite;
use tower::ServiceExt;

const EDGE: &str = "ombudedge";

struct Answer {
    status: u16,
    place: String,
    body: String,
}

async fn send(router: &Router, path: &str, cookie: &str, (kind, body): (&str, Vec<u8>)) -> Answer {
    let request = Request::post(path)
        .header(header::CONTENT_TYPE, kind)
        .header(header::COOKIE, cookie)
        .body(Body::from(body));
    let (parts, body) = router.clone().oneshot(request.unwrap()).await.unwrap().into_parts();
    let place = parts.headers.get(header::LOCATION);
    let place = place.map_or("", |place| place.to_str().unwrap()).to_owned();
    let bytes = body.collect().await.unwrap().to_bytes();
    let body = String::from_utf8(bytes.to_vec()).unwrap();
    Answer { status: parts.status.as_u16(), place, body }
}

/// A form as a browser sends it with a file.
fn multipart(fields: &[(&str, &str)], file: &[u8]) -> (&'static str, Vec<u8>) {
    let mut body = vec![];
    for (name, value) in fields {
        body.extend(
            format!(
                "--{EDGE}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            )
            .bytes(),
        );
    }
    body.extend(
        format!(
            "--{EDGE}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"vex.json\"\r\n\
             Content-Type: application/json\r\n\r\n"
        )
        .bytes(),
    );
    body.extend(file);
    body.extend(format!("\r\n--{EDGE}--\r\n").bytes());
    ("multipart/form-data; boundary=ombudedge", body)
}

fn form(fields: &[(&str, &str)]) -> (&'static str, Vec<u8>) {
    let encoded: Vec<_> =
        fields.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
    ("application/x-www-form-urlencoded", encoded.join("&").into_bytes())
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat()
}

/// A case whose vendor agreed, and the vendor's link.
async fn told(site: &TestSite) -> (CaseId, String, Router) {
    let case = site.report("Tally time server").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, case, None, vector).await.unwrap();
    app::triage::accept(&ana, case, CaseKind::Coordinate).await.unwrap();
    let flaw = *site.case(case).await.vulnerabilities.keys().next().unwrap();
    app::note::assign_cve(&ana, case, flaw, "CVE-1900-0001".parse().unwrap(), None).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, case, vendors.clone()).await.unwrap();
    let acme = site.participant(case, vendors[0]).await;
    app::participant::notify(&ana, case, vec![acme]).await.unwrap();
    site.duties().await;
    let (link, router) = (site.link_to("security@acme.example"), web::router(site.site.clone()));
    let agreed = send(&router, &format!("{link}/embargo"), "", form(&[("answer", "agree")])).await;
    assert_eq!(agreed.status, 303);
    (case, link, router)
}

fn openvex(cve: &str, words: &str) -> String {
    serde_json::json!({
        "@context": "https://openvex.dev/ns/v0.2.0", "author": "Acme",
        "statements": [{"vulnerability": {"name": cve}, "status": "not_affected",
            "justification": "component_not_present", "status_notes": words}]
    })
    .to_string()
}

/// What stands between two marks of a page, its signs as people wrote them.
fn between(page: &str, start: &str, end: &str) -> String {
    let (_, rest) = page.split_once(start).unwrap();
    let (text, _) = rest.split_once(end).unwrap();
    text.replace("&#34;", "\"").replace("&#60;", "<").replace("&#62;", ">").replace("&#38;", "&")
}

#[tokio::test]
async fn a_vendor_sees_what_its_file_says_and_then_lets_it_stand() {
    let site = TestSite::on_sqlite().await;
    let (case, link, router) = told(&site).await;
    let version = site.case(case).await.version;
    let file = openvex("CVE-1900-0001", "<script>alert(1)</script> Not in it.\u{0}");
    let uploaded = multipart(&[("document", "")], file.as_bytes());
    let shown = send(&router, &format!("{link}/file"), "", uploaded).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    assert!(shown.body.contains("OpenVEX") && shown.body.contains("Not affected"));
    assert!(!shown.body.contains("<script>alert") && !shown.body.contains('\u{0}'));
    assert_eq!(site.case(case).await.version, version, "looking left a trace");

    let line = between(&shown.body, "name=\"line\" value=\"", "\"");
    let words = between(&shown.body, "name=\"statement\"", "</textarea>");
    let (_, words) = words.split_once('>').unwrap();
    let keep = form(&[("line", &line), ("statement", words), ("audience", "coordinator")]);
    let kept = send(&router, &format!("{link}/file/keep"), "", keep).await;
    assert_eq!((kept.status, kept.place), (303, link.clone()));
    let case = site.case(case).await;
    let them = case.vendors().next().unwrap();
    assert!(matches!(them.overall_status(), ProductStatus::NotAffected { .. }));
    assert_eq!(them.statements.len(), 1);
}

#[tokio::test]
async fn what_is_pasted_is_read_like_a_file_and_a_foreign_cve_id_is_not_in_this_case() {
    let site = TestSite::on_sqlite().await;
    let (_, link, router) = told(&site).await;
    let pasted = form(&[("document", &openvex("CVE-1900-4444", "x"))]);
    let shown = send(&router, &format!("{link}/file"), "", pasted).await;
    assert_eq!(shown.status, 200);
    assert!(shown.body.contains("CVE-1900-4444</strong>: It is not in this case."));
    assert!(shown.body.contains("Nothing in it can be taken over"));
}

#[tokio::test]
async fn what_cannot_be_read_comes_back_with_the_place_and_never_breaks() {
    let site = TestSite::on_sqlite().await;
    let (case, link, router) = told(&site).await;
    let version = site.case(case).await.version;
    let deep = format!("{{\"document\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    let huge = vec![b' '; 3 * 1024 * 1024];
    for (file, said) in [
        (&b"{\n  \"document\": tru"[..], "line 2"),
        (b"\xff\xfe\x00{", "is not JSON"),
        (b"[1]", "cannot be read"),
        (
            b"{\"@context\":\"https://openvex.dev/ns\",\"statements\":[{\"status\":7}]}",
            "statements[0]",
        ),
        (b"{\"bomFormat\":\"CycloneDX\",\"vulnerabilities\":{}}", "should hold a list"),
        (deep.as_bytes(), "nested too deeply"),
        (&huge, "more than 2097152 are not read"),
        (b"", "Choose a file, or paste what is in it."),
    ] {
        let back = send(&router, &format!("{link}/file"), "", multipart(&[], file)).await;
        assert_eq!(back.status, 422, "{said}");
        assert!(back.body.contains(said), "no “{said}”: {}", back.body);
    }
    let beyond = vec![b' '; 5 * 1024 * 1024];
    let back = send(&router, &format!("{link}/file"), "", multipart(&[], &beyond)).await;
    assert_eq!(back.status, 422);
    for line in ["", "{}", "null", "{\"flaw\":1}", "<script>"] {
        let keep = form(&[("line", line), ("audience", "coordinator")]);
        let back = send(&router, &format!("{link}/file/keep"), "", keep).await;
        assert_eq!(back.status, 422, "{line}");
    }
    assert_eq!(site.case(case).await.version, version);
}

#[tokio::test]
async fn the_team_gives_a_document_on_a_vendors_behalf() {
    let site = TestSite::on_sqlite().await;
    let (case, _, router) = told(&site).await;
    let cookie = format!("session={}", site.log_in("ana@northlake.example").await);
    let acme = site.case(case).await.vendors().next().unwrap().id.to_string();
    let file = openvex("VU#1.1", "x").replace("VU#1.1", "CVE-1900-0001");
    let given = multipart(&[("participant", &acme)], file.as_bytes());
    let shown = send(&router, &format!("/cases/{case}/file"), &cookie, given).await;
    assert_eq!(shown.status, 200, "{}", shown.body);
    let line = between(&shown.body, "name=\"line\" value=\"", "\"");
    let keep = form(&[("participant", &acme), ("line", &line)]);
    let kept = send(&router, &format!("/cases/{case}/file/keep"), &cookie, keep).await;
    assert_eq!(kept.status, 303, "{}", kept.body);
    let them = site.case(case).await;
    let them = them.vendors().next().unwrap();
    assert!(matches!(them.overall_status(), ProductStatus::NotAffected { .. }));

    let bad = multipart(&[("participant", &acme)], b"{");
    let back = send(&router, &format!("/cases/{case}/file"), &cookie, bad).await;
    assert_eq!(back.status, 422);
    assert!(back.body.contains("is not JSON"), "{}", back.body);
}
