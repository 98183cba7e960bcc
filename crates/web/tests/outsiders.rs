//! The pages of those outside the team, asked for as a browser would: the public, who reported,
//! and who holds the link of a letter.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use domain::case::CaseKind;
use domain::note::{Section, When};
use domain::{CaseNumber, ProductId};
use http_body_util::BodyExt;
use testkit::TestSite;
use tower::ServiceExt;

/// What the test site's report says is wrong: the words that must not get out.
const SECRET: &str = "overwrites memory";

struct Browser {
    router: Router,
    cookie: String,
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The answer as something that can be compared, header by header.
    fn all(&self) -> (StatusCode, Vec<(String, String)>, &str) {
        let text = |(name, value): (&header::HeaderName, &header::HeaderValue)| {
            (name.to_string(), value.to_str().unwrap().to_owned())
        };
        let mut headers: Vec<_> = self.headers.iter().map(text).collect();
        headers.sort();
        (self.status, headers, &self.body)
    }
}

impl Browser {
    fn on(site: &TestSite) -> Self {
        Self { router: web::router(site.site.clone()), cookie: String::new() }
    }

    async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&self, path: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        self.ask(request.unwrap()).await
    }

    async fn ask(&self, mut request: Request<Body>) -> Answer {
        if !self.cookie.is_empty() {
            request.headers_mut().insert(header::COOKIE, self.cookie.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Keeps the cookie that holds a secret, as a browser does.
    fn keep(&mut self, answer: &Answer) {
        let all = answer.headers.get_all(header::SET_COOKIE);
        let receipt = all.iter().map(|value| value.to_str().unwrap());
        let receipt: Vec<_> = receipt.filter(|cookie| cookie.starts_with("receipt=")).collect();
        let newest = receipt.last().unwrap();
        newest.split(';').next().unwrap().clone_into(&mut self.cookie);
    }
}

const FORM: &str = "product=Tally&description=It+breaks&evidence=none&found_by_tool=no&public=no\
     &exploited=unknown&identity=anonymous&sharing=coordinator_only&credit=none&terms=yes";

/// A case with one vendor that was told, its number, and the vendor's link.
async fn told(site: &TestSite) -> (domain::CaseId, CaseNumber, String) {
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    let number = app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let acme = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![acme]).await.unwrap();
    site.duties().await;
    (id, number, site.link_to("security@acme.example"))
}

/// The number of a case that was published at the end of its embargo, with a statement.
async fn published(site: &TestSite) -> CaseNumber {
    let (id, number, link) = told(site).await;
    let browser = Browser::on(site);
    browser.post(&format!("{link}/embargo"), "answer=agree").await;
    browser.post(&format!("{link}/answers"), "real=yes&addressed=coming").await;
    let statement = "statement=Update+<b>now</b>&information=We+wrote+to+all+customers.\
        &references=https://acme.example/1%0D%0AA+bulletin&audience=coordinator";
    browser.post(&format!("{link}/statement"), statement).await;
    let ana = site.analyst();
    let acme = *site.case(id).await.vendors().map(|them| &them.id).next().unwrap();
    let words = "The fix is for <i>4.2</i> alone.".to_owned();
    app::participant::write_addendum(&ana, id, acme, words).await.unwrap();
    let page = browser.get(&link).await.body;
    assert!(page.contains("A bulletin") && !page.contains("The fix is for"), "{page}");
    let sections = BTreeMap::from([
        (Section::Overview, "Tally <script>overwrites</script> memory.".to_owned()),
        (Section::References, "https://example.org/a\nA talk".to_owned()),
    ]);
    app::note::write(&ana, id, "Tally overwrites memory".to_owned(), sections).await.unwrap();
    let case = site.case(id).await;
    let with = case.participants.keys().copied().filter(|them| *them != case.coordinator);
    app::note::share(&ana, id, with.collect()).await.unwrap();
    let flaw = *case.vulnerabilities.keys().next().unwrap();
    app::note::assign_cve(&ana, id, flaw, "CVE-2026-12345".parse().unwrap(), None).await.unwrap();
    site.clock.pass_days(15);
    site.duties().await;
    for who in [site.analyst(), site.lead()] {
        let why = "It is public by then.".to_owned();
        let who = who.setting_aside(domain::Rule::PublishWithoutFix, why);
        app::note::approve(&who, id, 1, When::EmbargoEnds).await.unwrap();
    }
    site.clock.set(site.case(id).await.embargo.end().unwrap().at);
    site.duties().await;
    number
}

/// A product of a vendor in the directory.
async fn product(site: &TestSite, vendor: &str, name: &str) -> ProductId {
    let product = store::Product {
        id: site.analyst().fresh(),
        organization: site.vendors(&[vendor]).await[0],
        name: name.to_owned(),
        purl: None,
        cpe: None,
    };
    let id = product.id;
    site.site.store.write(move |tx| tx.add_product(&product)).await.unwrap();
    id
}

/// The receipt on a page, as its reader copies it.
fn receipt_on(page: &str) -> String {
    let (_, rest) = page.split_once("id=\"receipt\">").unwrap();
    let (spans, _) = rest.split_once("</p>").unwrap();
    spans.replace("<span>", "").replace("</span>", "").trim().to_lowercase()
}

#[tokio::test]
async fn pages_for_everyone_are_asked_for_again_and_tell_whether_they_changed() {
    let site = TestSite::on_sqlite().await;
    let browser = Browser::on(&site);
    for path in ["/", "/vuls/", "/policy", "/help", "/contact", "/accessibility"] {
        let first = browser.get(path).await;
        assert_eq!(first.status, StatusCode::OK, "{path}");
        assert_eq!(first.header("cache-control"), "public, max-age=0, must-revalidate", "{path}");
        let tag = first.header("etag").to_owned();
        let again = Request::get(path).header("if-none-match", &tag).body(Body::empty()).unwrap();
        let again = browser.ask(again).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""), "{path}");
    }
}

#[tokio::test]
async fn a_page_that_knows_who_looks_is_kept_by_nobody() {
    let site = TestSite::on_sqlite().await;
    let mut browser = Browser::on(&site);
    browser.cookie = "theme=dark".to_owned();
    assert_eq!(browser.get("/").await.header("cache-control"), "no-store");
}

#[tokio::test]
async fn a_form_that_lacks_something_comes_back_with_all_mistakes_and_all_words() {
    let site = TestSite::on_sqlite().await;
    let browser = Browser::on(&site);
    let sent = "product=Tally+%3Cb%3E&identity=named&address=nowhere&plans=soon&reasons=dispute";
    let back = browser.post("/report", sent).await;
    assert_eq!(back.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["description", "name", "address", "plans", "evidence", "terms"] {
        assert!(back.body.contains(&format!("href=\"#{field}\"")), "{field} is not listed");
        assert!(back.body.contains(&format!("id=\"{field}-error\"")), "{field} has no word");
    }
    assert!(back.body.contains("Tally &#60;b&#62;"), "what was typed is lost, or not escaped");
    assert!(back.body.contains("value=\"dispute\" checked"), "what was ticked is lost");
}

#[tokio::test]
async fn a_hasty_reason_is_asked_about_once_and_never_blocks() {
    let site = TestSite::on_sqlite().await;
    let browser = Browser::on(&site);
    let hasty = format!("{FORM}&reasons=no_reply&vendor_told=2026-11-20");
    let asked = browser.post("/report", &hasty).await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.body.contains("less than 14 days ago"));
    assert!(asked.body.contains("name=\"sure\" value=\"yes\""));
    let sent = browser.post("/report", &format!("{hasty}&sure=yes")).await;
    assert_eq!(sent.status, StatusCode::OK);
    let patient = format!("{FORM}&reasons=no_reply&vendor_told=2026-11-01");
    assert_eq!(browser.post("/report", &patient).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_same_form_sent_twice_makes_one_report() {
    let site = TestSite::on_sqlite().await;
    let browser = Browser::on(&site);
    let form = format!("{FORM}&once=abc");
    assert_eq!(browser.post("/report", &form).await.status, StatusCode::OK);
    let again = browser.post("/report", &form).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(again.body.contains("was sent already"));
}

#[tokio::test]
async fn a_receipt_opens_the_room_until_one_leaves() {
    let site = TestSite::on_sqlite().await;
    let mut browser = Browser::on(&site);
    let sent = browser.post("/report", FORM).await;
    assert_eq!((sent.status, sent.header("cache-control")), (StatusCode::OK, "no-store"));
    assert!(sent.body.contains("2026-11-24 09:00 UTC"), "no word on when an answer comes");
    let receipt = receipt_on(&sent.body);

    let wrong = browser.post("/r", "receipt=7KQF+2M9X+HD4T+W8RC").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.get("/r/report").await.header("location"), "/r");

    let entered = browser.post("/r", &format!("receipt={}", receipt.replace(' ', "+"))).await;
    assert_eq!(entered.header("location"), "/r/report");
    let plain = receipt.replace(' ', "");
    for cookie in entered.headers.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap().to_lowercase();
        assert!(!cookie.replace('-', "").contains(&plain), "the receipt is in a cookie");
        assert!(cookie.contains("httponly") && cookie.contains("max-age=900"));
    }
    browser.keep(&entered);
    let room = browser.get("/r/report").await;
    assert!(room.body.contains("A person will read it and answer here."), "{}", room.body);
    assert_eq!(room.header("cache-control"), "no-store");

    let empty = browser.post("/r/message", "message=+").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(empty.body.contains("id=\"message-error\""));
    for (path, form) in [
        ("/r/message", "message=Hello+%3Ci%3Ethere"),
        ("/r/add", "more=It+is+4.2"),
        ("/r/propose", "end=2027-01-09T14:00&end_zone=Europe/Berlin&reason=conference"),
    ] {
        assert_eq!(browser.post(path, form).await.header("location"), "/r/report", "{path}");
    }
    let room = browser.get("/r/report").await.body;
    for words in ["Hello &lt;i&gt;there", "It is 4.2", "2027-01-09 13:00 UTC"] {
        assert!(room.contains(words), "{words} is missing");
    }

    assert_eq!(browser.post("/r/leave", "").await.header("location"), "/r");
    assert_eq!(browser.get("/r/report").await.header("location"), "/r", "the secret still opens");
}

#[tokio::test]
async fn looking_at_a_link_changes_nothing_and_tells_nothing_before_agreement() {
    let site = TestSite::on_sqlite().await;
    let (id, number, link) = told(&site).await;
    let browser = Browser::on(&site);
    let before = site.case(id).await.version;
    for _ in 0..3 {
        let page = browser.get(&link).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(!page.body.contains(SECRET), "the flaw is told before agreement");
        assert!(page.body.contains("We agree") && page.body.contains(&number.to_string()));
        assert!(page.body.contains("EMBARGOED"));
    }
    assert_eq!(site.case(id).await.version, before);
    let early = browser.post(&format!("{link}/answers"), "real=yes").await;
    assert_eq!(early.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!early.body.contains(SECRET));

    let agreed = browser.post(&format!("{link}/embargo"), "answer=agree").await;
    assert_eq!(agreed.header("location"), link);
    let page = browser.get(&link).await.body;
    assert!(page.contains(SECRET) && page.contains("Four questions"));
    assert!(!page.contains("Robin"), "who reported is named to a vendor");
}

#[tokio::test]
async fn answers_stand_in_the_form_when_a_vendor_comes_back() {
    let site = TestSite::on_sqlite().await;
    let (_, _, link) = told(&site).await;
    let browser = Browser::on(&site);
    browser.post(&format!("{link}/embargo"), "answer=agree").await;
    let form = "real=still_checking&real_because=R-arm&addressed=coming&fix_ready=2026-12-09+14:00\
                &fix_ready_zone=Europe/Berlin&needs=A+trace";
    assert_eq!(browser.post(&format!("{link}/answers"), form).await.header("location"), link);
    let page = browser.get(&link).await.body;
    for words in [
        "value=\"still_checking\" checked",
        "value=\"coming\" checked",
        ">R-arm</textarea>",
        "value=\"2026-12-09 14:00\"",
        "value=\"Europe/Berlin\"",
        ">A trace</textarea>",
    ] {
        assert!(page.contains(words), "{words} is missing");
    }
    let wrong = browser.post(&format!("{link}/answers"), "fix_ready=soon&needs=Kept").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("id=\"fix_ready-error\"") && wrong.body.contains(">Kept<"));
    assert!(wrong.body.contains(&format!("name=\"back\" value=\"{link}\"")), "no way back");
    for (path, form) in [
        ("message", "message=Hello"),
        ("propose", "end=2027-02-01T10:00&reason=fix_timing"),
        ("suggest", "whom=Bolt"),
        ("visibility", "visibility=unnamed"),
    ] {
        let done = browser.post(&format!("{link}/{path}"), form).await;
        assert_eq!(done.header("location"), link, "{path}: {}", done.body);
    }
    assert!(browser.get(&link).await.body.contains("2027-02-01 10:00 UTC"));
}

#[tokio::test]
async fn a_link_that_is_not_good_is_like_a_wrong_address() {
    let site = TestSite::on_sqlite().await;
    let browser = Browser::on(&site);
    let nothing = browser.get("/nothing/here").await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get("/a/0123456789abcdef").await.all(), nothing.all());
    let tried = browser.post("/a/0123456789abcdef/embargo", "answer=agree").await;
    assert_eq!(tried.all(), nothing.all());
}

#[tokio::test]
async fn the_secret_of_a_room_opens_no_vendors_page_and_a_link_opens_no_room() {
    let site = TestSite::on_sqlite().await;
    let (_, _, link) = told(&site).await;
    let mut browser = Browser::on(&site);
    browser.cookie = format!("receipt={}", link.trim_start_matches("/a/"));
    assert_eq!(browser.get("/r/report").await.status, StatusCode::NOT_FOUND);

    browser.cookie = String::new();
    let sent = browser.post("/report", FORM).await;
    let receipt = receipt_on(&sent.body).replace(' ', "");
    let entered = browser.post("/r", &format!("receipt={receipt}")).await;
    browser.keep(&entered);
    assert_eq!(browser.get("/r/report").await.status, StatusCode::OK);
    let secret = browser.cookie.trim_start_matches("receipt=").to_owned();
    assert_eq!(browser.get(&format!("/a/{secret}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_embargoed_note_is_like_one_that_never_was() {
    let site = TestSite::on_sqlite().await;
    let (_, number, _) = told(&site).await;
    let browser = Browser::on(&site);
    let never = browser.get("/vuls/VU-1").await;
    assert_eq!(never.status, StatusCode::NOT_FOUND);
    assert_eq!(browser.get(&format!("/vuls/{}", number.slug())).await.all(), never.all());
    let json = browser.get(&format!("/vuls/{}/json", number.slug())).await;
    assert_eq!(json.all(), browser.get("/vuls/VU-1/json").await.all());
}

#[tokio::test]
async fn a_published_note_is_read_by_everybody_under_every_spelling_of_its_number() {
    let site = TestSite::on_sqlite().await;
    let number = published(&site).await;
    let browser = Browser::on(&site);
    let here = format!("/vuls/{}", number.slug());
    for spelling in [number.digits().to_owned(), number.to_string().replace('#', "%23")] {
        let other = browser.get(&format!("/vuls/{spelling}")).await;
        assert_eq!(other.header("location"), here, "{spelling}");
    }
    let note = browser.get(&here).await;
    assert_eq!(note.status, StatusCode::OK);
    assert_eq!(note.header("cache-control"), "public, max-age=60");
    for words in ["PUBLIC", "CVE-2026-12345", "Acme", "Affected", "Robin Reporter", "A talk"] {
        assert!(note.body.contains(words), "{words} is missing");
    }
    assert!(!note.body.contains("<b>now") && !note.body.contains("<script>overwrites"));
    assert!(note.body.contains("rel=\"nofollow noreferrer\" href=\"https://example.org/a\""));
    for words in ["We wrote to all customers", "https://acme.example/1", "A bulletin", "We add"] {
        assert!(note.body.contains(words), "{words} is missing");
    }
    assert!(note.body.contains("The fix is for") && !note.body.contains("<i>4.2"));
    assert!(note.body.contains("As a whole"), "the score of the report is missing");

    let json = browser.get(&format!("{here}/json")).await;
    assert_eq!(json.header("content-type"), "application/json");
    let tags = format!("W/\"x\", {}", json.header("etag"));
    let again = Request::get(format!("{here}/json")).header("if-none-match", tags);
    let again = browser.ask(again.body(Body::empty()).unwrap()).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(browser.get("/").await.body.contains(&here));
    assert!(browser.get("/vuls/").await.body.contains(&here));
}

#[tokio::test]
async fn a_vendor_may_name_its_products_and_versions_and_need_not() {
    let site = TestSite::on_sqlite().await;
    let (id, _, link) = told(&site).await;
    let router = product(&site, "Acme", "Router 4").await;
    let other = product(&site, "Bolt", "Latch 2").await;
    let browser = Browser::on(&site);
    browser.post(&format!("{link}/embargo"), "answer=agree").await;
    let page = browser.get(&link).await.body;
    assert!(page.contains("Router 4") && !page.contains("Latch 2"));
    let flaw = *site.case(id).await.vulnerabilities.keys().next().unwrap();
    let send = |product: String, versions: &'static str| {
        let form =
            format!("vulnerability={flaw}&product={product}&status=affected&versions={versions}");
        let (browser, link) = (&browser, &link);
        async move { browser.post(&format!("{link}/status"), &form).await }
    };
    let wrong = send(router.to_string(), "3+<+4+<+5").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.body.contains("id=\"versions-error\"") && wrong.body.contains("<details open>"));
    assert!(wrong.body.contains("value=\"3 &#60; 4 &#60; 5\""), "what was typed is lost");
    let theirs = send(other.to_string(), "4").await;
    assert_eq!(theirs.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(theirs.body.contains("id=\"product-error\""));
    let kept = send(router.to_string(), "%3E%3D+3.0+%3C+4.2;+fixed+4.2").await;
    assert_eq!(kept.header("location"), link);
    let kept = send(String::new(), "").await;
    assert_eq!(kept.header("location"), link);
    let page = browser.get(&link).await.body;
    assert!(page.contains("Router 4: Affected, &#62;= 3.0 &#60; 4.2; fixed 4.2"), "{page}");

    let empty = browser.post(&format!("{link}/statement"), "audience=coordinator").await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    let only = "references=https://acme.example/1&audience=coordinator";
    let kept = browser.post(&format!("{link}/statement"), only).await;
    assert_eq!(kept.header("location"), link);
    assert!(browser.get(&link).await.body.contains(">https://acme.example/1</textarea>"));
}

#[tokio::test]
async fn a_public_note_is_mended_in_place_and_says_so() {
    let site = TestSite::on_sqlite().await;
    let number = published(&site).await;
    let ana = site.analyst();
    let id = app::case::by_number(&ana, number.clone()).await.unwrap();
    let here = format!("/vuls/{}", number.slug());
    let browser = Browser::on(&site);
    let first = browser.get(&here).await.body;

    site.clock.pass_days(1);
    let link = site.link_to("security@acme.example");
    let statement = "statement=Version+4.3+mends+it.&audience=coordinator";
    assert_eq!(browser.post(&format!("{link}/statement"), statement).await.status, 303);
    site.duties().await;
    let n_letters = site.letters().len();
    let sections = BTreeMap::from([(Section::Overview, "4.1 is affected as well.".to_owned())]);
    app::note::write(&ana, id, "Tally overwrites memory".to_owned(), sections).await.unwrap();
    site.duties().await;
    let still = browser.get(&here).await.body;
    assert!(!still.contains("4.1 is affected") && !still.contains("4.3 mends it"));
    for who in [site.analyst(), site.lead()] {
        let why = "It was wrong.".to_owned();
        let who =
            domain::Rule::ALL.iter().fold(who, |who, rule| who.setting_aside(*rule, why.clone()));
        app::note::approve(&who, id, 2, When::EmbargoEnds).await.unwrap();
    }
    site.duties().await;
    let second = browser.get(&here).await.body;
    assert!(second.contains("4.1 is affected") && second.contains("Revision 2"), "{second}");
    assert!(second.contains("Version 4.3 mends it.") && first.contains("We wrote to all"));
    assert!(!second.contains("We wrote to all"), "S91: what a vendor says now stands alone");
    assert!(!first.contains("Revision 2") && !second.contains("overwrites</script>"));
    let json = browser.get(&format!("{here}/json")).await.body;
    assert!(json.contains("4.1 is affected"));
    assert_eq!(site.letters().len(), n_letters, "nobody is written to for a mended word");
    assert!(browser.get("/vuls/").await.body.contains(&here));
}
