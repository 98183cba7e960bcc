//! A lead brings along notes that were public before, in a browser.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
use formats::PublicNote;
use http_body_util::BodyExt;
use testkit::TestSite;
use tower::ServiceExt;

async fn ask(router: &Router, path: &str, cookie: &str, form: Option<&str>) -> (u16, String) {
    let request = match form {
        Some(form) => Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, cookie)
            .body(Body::from(form.to_owned())),
        None => Request::get(path).header(header::COOKIE, cookie).body(Body::empty()),
    };
    let (parts, body) = router.clone().oneshot(request.unwrap()).await.unwrap().into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status.as_u16(), String::from_utf8(bytes.to_vec()).unwrap())
}

fn form(document: &str) -> String {
    let value: Vec<_> = document.bytes().map(|byte| format!("%{byte:02X}")).collect();
    format!("document={}", value.concat())
}

fn served(digits: u32) -> String {
    let note = PublicNote {
        number: digits.to_string(),
        title: "An <old> flaw".to_owned(),
        sections: vec![],
        vulnerabilities: vec![],
        vendors: vec![],
        references: vec![],
        keywords: vec![],
        credits: vec![],
        scores: vec![],
        created_at: None,
        public_at: None,
        first_published_at: "2001-02-03T04:05:06Z".parse().unwrap(),
        updated_at: "2001-02-03T04:05:06Z".parse().unwrap(),
        revision: 1,
        timeline: vec![],
        exploit_public_at: None,
        attacks_seen_at: None,
        revised_at: vec![],
        withdrawn: None,
    };
    String::from_utf8(formats::vulnote::write(&note)).unwrap()
}

#[tokio::test]
async fn a_lead_looks_proves_and_imports_and_all_others_find_no_such_page() {
    let site = TestSite::on_sqlite().await;
    let router = web::router(site.site.clone());
    let lead = format!("session={}", site.log_in("lee@northlake.example").await);
    let analyst = format!("session={}", site.log_in("ana@northlake.example").await);
    let file = format!("{}\n{}\n{{}}\n", served(1), served(2));
    for path in ["/import", "/import/keep"] {
        for document in ["", &file] {
            let (status, body) = ask(&router, path, &analyst, Some(&form(document))).await;
            assert_eq!(status, 404, "{path}: {body}");
        }
    }
    assert_eq!(ask(&router, "/import", &analyst, None).await.0, 404);
    assert_eq!(ask(&router, "/import", &lead, None).await.0, 200);

    let (status, looked) = ask(&router, "/import", &lead, Some(&form(&file))).await;
    assert_eq!(status, 200, "{looked}");
    assert!(looked.contains("Publish 2 of them") && looked.contains("it is no note of VINCE"));
    assert_eq!(ask(&router, "/vuls/VU-1", "", None).await.0, 404, "looking published it");

    site.clock.pass_seconds(6 * 60);
    let (status, asked) = ask(&router, "/import/keep", &lead, Some(&form(&file))).await;
    assert_eq!(status, 403);
    assert!(asked.contains("Show that it is still you"));
    assert_eq!(ask(&router, "/vuls/VU-1", "", None).await.0, 404, "it was kept without a proof");

    let fresh = format!("session={}", site.log_in("lee@northlake.example").await);
    let (status, _) = ask(&router, "/import/keep", &fresh, Some(&form(&file))).await;
    assert_eq!(status, 303);
    let (status, page) = ask(&router, "/vuls/VU-1", "", None).await;
    assert_eq!(status, 200);
    assert!(page.contains("An &#60;old&#62; flaw") && page.contains("First published elsewhere."));
    assert!(!page.contains("Reported to us"), "nobody reported it to this team");
}

#[tokio::test]
async fn what_cannot_be_read_comes_back_with_what_is_wrong() {
    let site = TestSite::on_sqlite().await;
    let router = web::router(site.site.clone());
    let lead = format!("session={}", site.log_in("lee@northlake.example").await);
    let many = "{}\n".repeat(101);
    let large = " ".repeat(1024 * 1024 + 1);
    for (document, said) in [
        ("", "Choose a file, or paste what is in it."),
        ("[1", "is not JSON"),
        (many.as_str(), "Give between 1 and 100 documents at once."),
        ("[]", "Give between 1 and 100 documents at once."),
    ] {
        let (status, body) = ask(&router, "/import", &lead, Some(&form(document))).await;
        assert_eq!(status, 422, "{said}");
        assert!(body.contains(said), "no “{said}”: {body}");
    }
    let plain = format!("document=x{large}x");
    let (status, body) = ask(&router, "/import", &lead, Some(&plain)).await;
    assert_eq!(status, 422);
    assert!(body.contains("More than 1 MiB is not read here"), "{body}");
}
