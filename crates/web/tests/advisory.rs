//! What parties publish of their own, told on their pages, and the decision that there will be no note.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use axum::body::Body;
use axum::http::{Request, header};
use domain::case::CaseKind;
use domain::{CaseId, Rule};
use http_body_util::BodyExt;
use testkit::TestSite;
use tower::ServiceExt;

/// The status and the page, which is asked for again after a step.
async fn ask(site: &TestSite, address: &str, form: Option<&str>, cookie: &str) -> (u16, String) {
    let request = match form {
        Some(form) => Request::post(address).body(Body::from(form.to_owned())),
        None => Request::get(address).body(Body::empty()),
    };
    let mut request = request.unwrap();
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    let response = web::router(site.site.clone()).oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

/// An embargoed case of two vendors, both of which agreed, and their links.
async fn embargoed(site: &TestSite) -> (CaseId, [String; 2]) {
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst().setting_aside(Rule::NoScore, "A test.".to_owned());
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&["Acme", "Bolt"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    for vendor in vendors {
        let them = site.participant(id, vendor).await;
        app::participant::notify(&ana, id, vec![them]).await.unwrap();
    }
    site.duties().await;
    let links = ["acme", "bolt"].map(|name| site.link_to(&format!("security@{name}.example")));
    for link in &links {
        assert_eq!(ask(site, &format!("{link}/embargo"), Some("answer=agree"), "").await.0, 303);
    }
    (id, links)
}

#[tokio::test]
async fn s83_an_advisory_is_told_on_the_page_and_read_by_the_team_alone() {
    let site = TestSite::on_sqlite().await;
    let (id, [acme, bolt]) = embargoed(&site).await;
    let lead = format!("session={}", site.log_in("lee@northlake.example").await);
    let form = "advisory_is=announced&advisory_at=2030-01-01+14:00&advisory_at_zone=Europe/Berlin\
                &advisory_address=https://acme.example/canary";
    assert_eq!(ask(&site, &format!("{acme}/advisory"), Some(form), "").await.0, 303);
    let (_, page) = ask(&site, &acme, None, "").await;
    assert!(page.contains("https://acme.example/canary") && page.contains("2030-01-01 13:00 UTC"));
    assert!(page.contains("selected>The one announced for 2030-01-01 13:00 UTC"), "{page}");
    let (_, page) = ask(&site, &format!("/cases/{id}/draft"), None, &lead).await;
    assert!(page.contains("Acme") && page.contains("https://acme.example/canary"), "{page}");
    let (_, page) = ask(&site, &bolt, None, "").await;
    assert!(!page.contains("canary"), "another vendor reads it: {page}");

    let case = site.case(id).await;
    let one = case.participants.values().flat_map(|them| &them.advisories).next().unwrap().id;
    let form =
        format!("advisory={one}&advisory_is=out&advisory_address=https://acme.example/canary");
    assert_eq!(ask(&site, &format!("{acme}/advisory"), Some(&form), "").await.0, 303);
    let case = site.case(id).await;
    let claims: Vec<_> = case.observations.values().map(|seen| seen.kind).collect();
    let public = domain::case::ObservationKind::PublicAware;
    assert_eq!(claims, [public], "the team is asked whether the embargo is over");
    assert!(case.embargo.end().is_some(), "and decides that itself");
    let form = "advisory=new&advisory_is=out&advisory_address=https://acme.example/second";
    assert_eq!(ask(&site, &format!("{acme}/advisory"), Some(form), "").await.0, 303);
    let case = site.case(id).await;
    assert_eq!(case.participants.values().flat_map(|them| &them.advisories).count(), 2);
    let form = format!("advisory={one}");
    assert_eq!(ask(&site, &format!("{acme}/advisory/forget"), Some(&form), "").await.0, 303);
    let (_, page) = ask(&site, &acme, None, "").await;
    assert!(!page.contains("https://acme.example/canary"), "{page}");
}

#[tokio::test]
async fn what_is_wrong_with_an_advisory_is_said_at_its_place() {
    let site = TestSite::on_sqlite().await;
    let (_, [acme, _]) = embargoed(&site).await;
    for (form, place, word) in [
        ("advisory_is=announced", "advisory_at-error", "When is it to go out?"),
        ("advisory=new&advisory_is=announced", "advisory_at-error", "When is it to go out?"),
        ("advisory_at=2030-01-01+14:00", "advisory_is-error", "choose one"),
        ("advisory_is=out&advisory_address=", "advisory_address-error", "an address on the web"),
        ("advisory_is=out&advisory_address=javascript:1", "advisory_address-error", "on the web"),
        ("advisory_is=out&advisory_address=https://a+b", "advisory_address-error", "on the web"),
        (
            "advisory_is=out&advisory_at=2030-01-01+14:00&advisory_address=https://a.example/",
            "advisory_at-error",
            "lies ahead",
        ),
    ] {
        let (status, page) = ask(&site, &format!("{acme}/advisory"), Some(form), "").await;
        assert!(status == 422 && page.contains(place) && page.contains(word), "{form}: {page}");
    }
}

#[tokio::test]
async fn s83_the_team_writes_down_what_the_reporter_publishes() {
    let site = TestSite::on_sqlite().await;
    let (id, _) = embargoed(&site).await;
    let lead = format!("session={}", site.log_in("lee@northlake.example").await);
    let reporter = site.case(id).await.reporter;
    let form = format!(
        "participant={reporter}&of=reporter&advisory_is=out&advisory_address=https://f.example/1"
    );
    assert_eq!(ask(&site, &format!("/cases/{id}/advisory"), Some(&form), &lead).await.0, 303);
    let (_, page) = ask(&site, &format!("/cases/{id}"), None, &lead).await;
    assert!(page.contains("href=\"https://f.example/1\""), "{page}");
}

#[tokio::test]
async fn s81_that_there_will_be_no_note_is_decided_late_and_everyone_is_told() {
    let site = TestSite::on_sqlite().await;
    let (id, links) = embargoed(&site).await;
    let lead = format!("session={}", site.log_in("lee@northlake.example").await);
    let address = format!("/cases/{id}/draft/decline");
    let (status, page) = ask(&site, &address, Some("why_not="), &lead).await;
    assert!(status == 422 && page.contains("why_not-error"), "{page}");
    let crane = site.vendors(&["Crane"]).await[0];
    app::participant::add_vendors(&site.analyst(), id, vec![crane]).await.unwrap();
    let them = site.participant(id, crane).await;
    app::participant::notify(&site.analyst(), id, vec![them]).await.unwrap();
    site.duties().await;
    let why = "why_not=The+vendor+took+the+product+off+the+market.";
    assert_eq!(ask(&site, &address, Some(why), &lead).await.0, 303);
    let (_, page) = ask(&site, &format!("/cases/{id}/draft"), None, &lead).await;
    assert!(page.contains("There will be no note.") && page.contains("off the market"), "{page}");
    site.duties().await;
    let told = site.letters().into_iter().filter(|sent| sent.subject.contains("No note"));
    let told: Vec<_> = told.collect();
    assert_eq!(told.len(), 4, "three vendors and the reporter");
    assert!(told.iter().all(|sent| !sent.message.contains("market")), "a letter tells nothing");
    for link in links {
        let (_, page) = ask(&site, &link, None, "").await;
        assert!(page.contains("There will be no note") && page.contains("off the market"));
    } // Who has not agreed to the embargo hears that, and not why.
    let (_, page) = ask(&site, &site.link_to("security@crane.example"), None, "").await;
    assert!(page.contains("There will be no note") && !page.contains("off the market"), "{page}");
}
