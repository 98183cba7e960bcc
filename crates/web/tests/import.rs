//! A lead brings along notes that were public before, in a browser.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use axum::Router;
use axum::body::Body;
use axum::http::{Request, header};
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
    let note = testkit::an_old_note(digits);
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
async fn a_note_from_a_file_is_taken_back_on_a_page_by_two_and_every_list_says_so() {
    let site = TestSite::on_sqlite().await;
    let router = web::router(site.site.clone());
    let lead = format!("session={}", site.log_in("lee@northlake.example").await);
    let analyst = format!("session={}", site.log_in("ana@northlake.example").await);
    ask(&router, "/import/keep", &lead, Some(&form(&served(1)))).await;
    let (_, import) = ask(&router, "/import", &lead, None).await;
    assert!(import.contains("action=\"/import/note\""), "{import}");
    for strange in ["", "VU%232", "nonsense"] {
        let address = format!("/import/note?number={strange}");
        assert_eq!(ask(&router, &address, &lead, None).await.0, 404, "{strange}");
    }
    let page = "/import/note?number=VU%231";
    assert_eq!(ask(&router, page, "", None).await.0, 303, "who is not signed in is asked to");
    let (status, asked) = ask(&router, page, &lead, None).await;
    assert!(status == 200 && asked.contains("An &#60;old&#62; flaw"), "{status}: {asked}");

    let want = |rest: &str| format!("number=VU-1&decision=withdraw{rest}");
    let (status, back) = ask(&router, "/import/note", &lead, Some(&want("&reason=Wrong"))).await;
    assert!(status == 422 && back.contains("Wrong</textarea>"), "{status}: {back}");
    let nothing = want("&remains=nothing&reason=");
    assert_eq!(ask(&router, "/import/note", &lead, Some(&nothing)).await.0, 422);
    let wanted = want("&remains=nothing&reason=It+was+%3Cwrong%3E.");
    assert_eq!(ask(&router, "/import/note", &lead, Some(&wanted)).await.0, 303);
    assert!(ask(&router, "/vuls/VU-1", "", None).await.1.contains("An &#60;old&#62; flaw"));

    let (_, waits) = ask(&router, page, &analyst, None).await;
    assert!(waits.contains("It was &#60;wrong&#62;.") && waits.contains("1 of 2"), "{waits}");
    site.clock.pass_seconds(6 * 60);
    let agree = "number=VU-1&decision=agree";
    let (status, asked) = ask(&router, "/import/note", &analyst, Some(agree)).await;
    assert!(status == 403 && asked.contains("Show that it is still you"), "{status}: {asked}");
    let analyst = format!("session={}", site.log_in("ana@northlake.example").await);
    assert_eq!(ask(&router, "/import/note", &analyst, Some(agree)).await.0, 303);

    let (status, told) = ask(&router, "/vuls/VU-1", "", None).await;
    assert!(told.contains("Note withdrawn") && !told.contains("Note revised"), "{told}");
    assert!(status == 200 && told.contains("It was &lt;wrong&gt;."), "{status}: {told}");
    for address in [
        "/vuls/",
        "/vuls/VU-1",
        "/vuls/VU-1/json",
        "/vuls/VU-1/text",
        "/feed.atom",
        "/feed.json",
        "/vuls/atomfeed/",
        "/vuls/api/1/",
        "/vuls/VU-1/history",
    ] {
        let (status, body) = ask(&router, address, "", None).await;
        assert_eq!(status, 200, "{address}");
        assert!(!body.contains("flaw"), "{address} has a word of it: {body}");
        assert!(body.contains("ithdrawn"), "{address} does not say so: {body}");
    }
    let (_, after) = ask(&router, page, &lead, None).await;
    assert!(after.contains("Let its file bring it back") && after.contains("Ana"), "{after}");
}

#[tokio::test]
async fn a_document_alone_in_its_file_is_called_so() {
    let site = TestSite::on_sqlite().await;
    let router = web::router(site.site.clone());
    let lead = format!("session={}", site.log_in("lee@northlake.example").await);
    let (_, looked) = ask(&router, "/import", &lead, Some(&form(&served(1)))).await;
    assert!(looked.contains("<th scope=\"row\">The document</th>"), "{looked}");
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
