//! Webhooks, asked for as a lead's browser would.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use app::webhook::{self, WebhookEvent};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use testkit::TestSite;
use tower::ServiceExt;

/// A lead who has just logged in, and their cookie.
async fn lead(site: &TestSite) -> String {
    site.enrol(site.lead).await;
    format!("session={}", site.log_in("lee@northlake.example").await)
}

/// Status, place and text of an answer.
async fn ask(
    site: &TestSite,
    cookie: &str,
    path: &str,
    form: Option<&str>,
) -> (StatusCode, String, String) {
    let request = match form {
        Some(_) => Request::post(path),
        None => Request::get(path),
    };
    let request = request
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(form.unwrap_or_default().to_owned()))
        .unwrap();
    let response = web::router(site.site.clone()).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let place = parts.headers.get(header::LOCATION).map_or("", |place| place.to_str().unwrap());
    let place = place.to_owned();
    let bytes = body.collect().await.unwrap().to_bytes();
    (parts.status, place, String::from_utf8(bytes.to_vec()).unwrap())
}

const FORM: &str = "address=https%3A%2F%2Fhooks.example%2Fin%3Fk%3Dt0ken&events=note.published";

async fn made(site: &TestSite) -> String {
    let address = "https://hooks.example/in?k=t0ken".to_owned();
    let made = webhook::create(&site.lead(), address, WebhookEvent::ALL.into()).await.unwrap();
    format!("/team/webhooks/{}", made.id)
}

#[tokio::test]
async fn a_secret_is_shown_once_and_the_list_says_no_more_than_the_host() {
    let site = TestSite::on_sqlite().await.strict();
    let cookie = lead(&site).await;
    let (_, _, empty) = ask(&site, &cookie, "/team/webhooks", None).await;
    assert!(empty.contains("No program is told yet"), "{empty}");
    let (status, _, shown) = ask(&site, &cookie, "/team/webhooks", Some(FORM)).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(shown.matches("whsec_").count(), 1, "{shown}");
    let (_, _, list) = ask(&site, &cookie, "/team/webhooks", None).await;
    assert!(list.contains("hooks.example") && list.contains("A note is published"), "{list}");
    assert!(!list.contains("whsec_") && !list.contains("t0ken"), "{list}");
}

#[tokio::test]
async fn a_webhook_waits_for_a_fresh_proof_with_what_was_typed() {
    let site = TestSite::on_sqlite().await.strict();
    let cookie = lead(&site).await;
    site.clock.pass_seconds(300);
    let (status, _, asked) = ask(&site, &cookie, "/team/webhooks", Some(FORM)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    assert!(asked.contains("name=\"kept.events\" value=\"note.published\""), "{asked}");
    let (_, _, list) = ask(&site, &cookie, "/team/webhooks", None).await;
    assert!(list.contains("No program is told yet"), "{list}");
}

#[tokio::test]
async fn a_mistake_is_named_at_its_place_and_nothing_typed_is_lost() {
    let site = TestSite::on_sqlite().await.strict();
    let cookie = lead(&site).await;
    let typed = "address=nonsense&events=note.revised";
    let (status, _, shown) = ask(&site, &cookie, "/team/webhooks", Some(typed)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.contains("Write a web address") && shown.contains("value=\"nonsense\""));
    assert!(shown.contains("value=\"note.revised\" checked"), "{shown}");
    assert!(!shown.contains("value=\"note.published\" checked"), "{shown}");

    let place = made(&site).await;
    let again = format!("{place}/again");
    let (status, _, shown) = ask(&site, &cookie, &again, Some("since=yesterday")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.contains("Write a date and a time") && shown.contains("value=\"yesterday\""));
}

#[tokio::test]
async fn a_lead_tries_a_webhook_and_reads_what_came_of_it() {
    let site = TestSite::on_sqlite().await.strict();
    let cookie = lead(&site).await;
    let place = made(&site).await;
    let (_, _, empty) = ask(&site, &cookie, &place, None).await;
    assert!(empty.contains("Nothing was sent yet"), "{empty}");
    let (status, to, _) = ask(&site, &cookie, &format!("{place}/ping"), Some("")).await;
    assert_eq!((status, to), (StatusCode::SEE_OTHER, place.clone()));
    site.hooks.answer_for("hooks.example", Some(500));
    let (status, _, shown) = ask(&site, &cookie, &format!("{place}/ping"), Some("")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(shown.contains("did not arrive: the program answered 500."), "{shown}");
    let (_, _, shown) = ask(&site, &cookie, &place, None).await;
    for words in ["answered 204", "answered 500", "20 ms", "Failing"] {
        assert!(shown.contains(words), "no {words} in {shown}");
    }
    // A try tells of nothing, so there is nothing to send again.
    assert!(!shown.contains("name=\"dispatch\""), "{shown}");
}

#[tokio::test]
async fn a_walk_through_the_messages_meets_each_once_at_a_constant_price() {
    let site = TestSite::on_sqlite().await.strict();
    let mut place = made(&site).await;
    let id = place.rsplit('/').next().unwrap().parse().unwrap();
    let (mut statements, mut times) = (vec![], vec![]);
    for _ in 0..120 {
        webhook::ping(&site.lead(), id).await.unwrap();
        site.clock.pass_seconds(61);
    }
    let cookie = lead(&site).await;
    while !place.is_empty() {
        let before = site.site.store.statements_run();
        let (_, _, shown) = ask(&site, &cookie, &place, None).await;
        statements.push(site.site.store.statements_run() - before);
        let rows = shown.split("<th scope=\"row\"><time datetime=\"").skip(1);
        times.extend(rows.map(|row| row.split('"').next().unwrap().to_owned()));
        let older = shown.split("rel=\"next\" href=\"").nth(1);
        place = older.map(|rest| rest.split('"').next().unwrap().to_owned()).unwrap_or_default();
    }
    assert_eq!((times.len(), statements.len()), (120, 3));
    assert!(times.is_sorted_by(|newer, older| newer > older), "{times:?}");
    assert!(statements.iter().all(|n| *n == statements[0]), "{statements:?}");
}

#[tokio::test]
async fn changing_pausing_and_deleting_do_what_they_say() {
    let site = TestSite::on_sqlite().await.strict();
    let cookie = lead(&site).await;
    let place = made(&site).await;
    let (status, _, shown) = ask(&site, &cookie, &format!("{place}/rotate"), Some("")).await;
    assert_eq!((status, shown.matches("whsec_").count()), (StatusCode::OK, 1));
    assert!(shown.contains("signed with it as well until"), "{shown}");
    for (step, words) in [("pause", "Paused"), ("resume", "Active")] {
        let (status, to, _) = ask(&site, &cookie, &format!("{place}/{step}"), Some("")).await;
        assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, place.as_str()), "{step}");
        let (_, _, shown) = ask(&site, &cookie, &place, None).await;
        assert!(shown.contains(words), "{step}: {shown}");
    }
    let (status, to, _) = ask(&site, &cookie, &format!("{place}/delete"), Some("")).await;
    assert_eq!((status, to.as_str()), (StatusCode::SEE_OTHER, "/team/webhooks"));
    let (status, _, _) = ask(&site, &cookie, &place, None).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}
