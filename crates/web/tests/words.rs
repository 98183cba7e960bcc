//! What a reporter wrote is read by the team alone: a word of its own in every field of a report is
//! looked for in everything that anybody else can ask for, from the first letter to the public note.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use app::report::NewReport;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::case::CaseKind;
use domain::note::{Section, When};
use domain::report::Identity;
use domain::{Actor, CaseId, Refusal, Rule, VulnerabilityId};
use http_body_util::BodyExt;
use testkit::{PASSWORD, TestSite, a_report};
use tower::ServiceExt;

/// A word in every field of the report, and one in what came later.
const WORDS: [&str; 7] = [
    "quillproduct",
    "quillflaw",
    "quillsteps",
    "quillgain",
    "quillname",
    "quilladdress",
    "quillmore",
];

/// What an analyst wrote instead.
const BRIEF: &str = "A long option overwrites memory.";

async fn ask(
    site: &TestSite,
    path: &str,
    form: Option<&str>,
    cookie: &str,
) -> (StatusCode, String) {
    let request = match form {
        Some(form) => Request::post(path).body(Body::from(form.to_owned())),
        None => Request::get(path).body(Body::empty()),
    };
    let mut request = request.unwrap();
    let form = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers_mut().insert(header::CONTENT_TYPE, form);
    request.headers_mut().insert(header::COOKIE, cookie.parse().unwrap());
    let response = web::router(site.site.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8_lossy(&bytes).into_owned())
}

fn report() -> NewReport {
    let [product, flaw, steps, gain, name, address, _] = WORDS;
    NewReport {
        description: format!("It breaks by {flaw}.\n\n## {flaw}\n\nMore of it."),
        reproduction: format!("Send {steps}."),
        impact: format!("They get {gain}."),
        identity: Identity::Named,
        name: Some(format!("Robin {name}")),
        address: Some(format!("{address}@reporter.example")),
        credit: domain::report::Credit::None,
        public: domain::report::Known::Yes,
        exploited: domain::report::Known::Yes,
        ..a_report(&format!("{product} time server"))
    }
}

fn speaks_of<'a>(text: &str, words: &[&'a str]) -> Vec<&'a str> {
    let text = text.to_lowercase();
    words.iter().filter(|word| text.contains(**word)).copied().collect()
}

/// Everything that somebody outside can read: the vendor's page, every public page there is, and
/// every letter but the reporter's own.
async fn outside(site: &TestSite, link: Option<&str>, slug: &str) -> String {
    let mut read = String::new();
    for (method, path) in web::ROUTES {
        let open = !path.contains('{') || path.contains("{slug}");
        if *method == "get" && open {
            read += &ask(site, &path.replace("{slug}", slug), None, "").await.1;
        }
    }
    if let Some(link) = link {
        let (status, page) = ask(site, link, None, "").await;
        assert_eq!(status, StatusCode::OK);
        read += &page;
    }
    for letter in site.letters() {
        // Their own address stands on the letters that the reporter gets.
        if letter.to.starts_with("quilladdress") {
            assert_eq!(speaks_of(&letter.message, &WORDS[..5]), Vec::<&str>::new());
        } else {
            read += &letter.message;
        }
    }
    read
}

async fn accepted(site: &TestSite) -> (CaseId, VulnerabilityId) {
    let id = site.only_report(report()).await.case;
    let report = site.case(id).await.report.id;
    let reporter = site.acting(Actor::Receipt(report));
    app::report::add(&reporter, id, "It is quillmore as well.".to_owned()).await.unwrap();
    let ana = site.analyst().setting_aside(Rule::NoScore, "Plain enough.".to_owned());
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    (id, *site.case(id).await.vulnerabilities.keys().next().unwrap())
}

/// Takes the case to a vendor that agreed, and returns its link.
async fn told(site: &TestSite, id: CaseId) -> String {
    let vendors = site.vendors(&["Acme"]).await;
    let ana = site.analyst();
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let acme = site.participant(id, vendors[0]).await;
    let refused = app::participant::notify(&ana, id, vec![acme]).await;
    assert!(matches!(refused, Err(app::Error::Refused(Refusal::DescribeFirst))), "{refused:?}");
    assert!(site.letters().iter().all(|letter| !letter.to.contains("acme")));
    let flaw = *site.case(id).await.vulnerabilities.keys().next().unwrap();
    app::note::describe(&ana, id, flaw, BRIEF.to_owned(), Some(787)).await.unwrap();
    app::participant::notify(&ana, id, vec![acme]).await.unwrap();
    site.duties().await;
    site.link_to("security@acme.example")
}

async fn published(site: &TestSite, id: CaseId) {
    let ana = site.analyst();
    let sections = BTreeMap::from([(Section::Overview, "A server overwrites memory.".to_owned())]);
    app::note::write(&ana, id, "A server overwrites memory".to_owned(), sections).await.unwrap();
    let case = site.case(id).await;
    let with = case.participants.keys().copied().filter(|them| *them != case.coordinator);
    app::note::share(&ana, id, with.collect()).await.unwrap();
    for who in [site.analyst(), site.lead()] {
        let why = "Everybody has read it.".to_owned();
        let who = Rule::ALL.iter().fold(who, |who, rule| who.setting_aside(*rule, why.clone()));
        app::note::approve(&who, id, 1, When::EmbargoEnds).await.unwrap();
    }
}

#[tokio::test]
async fn what_the_reporter_wrote_is_read_by_nobody_outside_the_team() {
    let site = TestSite::on_sqlite().await;
    let (id, flaw) = accepted(&site).await;
    let slug = site.case(id).await.number.unwrap().slug();
    site.duties().await;
    assert_eq!(speaks_of(&outside(&site, None, &slug).await, &WORDS), Vec::<&str>::new());

    let link = told(&site, id).await;
    let before = outside(&site, Some(&link), &slug).await;
    assert_eq!(speaks_of(&before, &WORDS), Vec::<&str>::new());
    ask(&site, &format!("{link}/embargo"), Some("answer=agree"), "").await;
    let agreed = outside(&site, Some(&link), &slug).await;
    assert_eq!(speaks_of(&agreed, &WORDS), Vec::<&str>::new());
    assert!(agreed.contains(BRIEF) && !before.contains(BRIEF));

    published(&site, id).await;
    site.duties().await;
    let draft = outside(&site, Some(&link), &slug).await;
    assert_eq!(speaks_of(&draft, &WORDS), Vec::<&str>::new());
    assert!(draft.contains("Revision 1"), "the draft is not looked at");

    site.clock.set(site.case(id).await.embargo.end().unwrap().at);
    site.duties().await;
    let note = outside(&site, Some(&link), &slug).await;
    assert_eq!(speaks_of(&note, &WORDS), Vec::<&str>::new());
    assert!(ask(&site, &format!("/vuls/{slug}/json"), None, "").await.1.contains("overwrites"));

    // What an analyst takes over is theirs to tell.
    let words = "It breaks by quillflaw.".to_owned();
    app::note::describe(&site.analyst(), id, flaw, words, Some(787)).await.unwrap();
    let page = ask(&site, &link, None, "").await.1;
    assert_eq!(speaks_of(&page, &WORDS), ["quillflaw"]);
}

/// What the form for the first flaw begins with.
fn typed_in(page: &str) -> String {
    let (_, rest) = page.split_once("<textarea id=\"words-1\"").unwrap();
    let (area, _) = rest.split_once("</textarea>").unwrap();
    area.split_once('>').unwrap().1.to_owned()
}

#[tokio::test]
async fn an_analyst_describes_with_the_report_in_view_and_the_log_says_what_changed() {
    let site = TestSite::on_sqlite().await;
    let (id, flaw) = accepted(&site).await;
    let anyone = site.acting(Actor::Anyone);
    let address = "ana@northlake.example".to_owned();
    let secret = app::session::log_in(&anyone, address, PASSWORD.to_owned(), String::new()).await;
    let cookie = format!("session={}", secret.unwrap());
    let tab = format!("/cases/{id}?tab=vulnerabilities");

    let page = ask(&site, &tab, None, &cookie).await.1;
    assert!(page.contains("Not described yet") && page.contains("quillsteps"));
    assert!(page.contains("quillmore"), "what came later is missing");
    assert_eq!(typed_in(&page), "", "the reporter's words are there unasked");
    let page = ask(&site, &format!("{tab}&show=report"), None, &cookie).await.1;
    assert!(page.contains("own words: edit before use"));
    let typed = typed_in(&page);
    assert!(typed.starts_with("It breaks by quillflaw."), "{typed}");
    assert_eq!(speaks_of(&typed, &WORDS), ["quillflaw"], "steps and names are no part of it");

    let describe = format!("/cases/{id}/describe");
    let form = |words: &str, cwe: &str| format!("vulnerability={flaw}&words={words}&cwe={cwe}");
    let wrong = ask(&site, &describe, Some(&form("It+was+typed", "bad")), &cookie).await;
    assert_eq!(wrong.0, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.1.contains(">It was typed</textarea>") && wrong.1.contains("id=\"cwe-error\""));
    assert!(wrong.1.contains("href=\"#cwe\"") && wrong.1.contains("id=\"cwe\""));
    for (words, cwe) in [("First+words", "CWE-787"), ("First+words", "787"), ("Other+words", "")] {
        let done = ask(&site, &describe, Some(&form(words, cwe)), &cookie).await;
        assert_eq!(done.0, StatusCode::SEE_OTHER, "{words}: {}", done.1);
    }
    let case = site.case(id).await;
    assert_eq!(case.vulnerabilities[&flaw].descriptions.len(), 2, "the same words twice");
    assert_eq!(case.vulnerabilities[&flaw].cwe, None);
    let log = ask(&site, &format!("/cases/{id}?tab=log"), None, &cookie).await.1;
    assert!(log.contains("Vulnerability 1, “First words” → “Other words”"), "{log}");
}
