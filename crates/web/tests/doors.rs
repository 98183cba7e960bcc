//! Logging in and out, joining, the own account and the team, asked for as a browser would.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::StaffRole;
use http_body_util::BodyExt;
use testkit::{PASSWORD, TestSite};
use tower::ServiceExt;

const ANA: &str = "ana@northlake.example";
const LEE: &str = "lee@northlake.example";

/// A browser that keeps its cookies.
struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
}

struct Answer {
    status: StatusCode,
    place: String,
    body: String,
}

impl Answer {
    fn says(&self, words: &str) -> &Self {
        assert!(self.body.contains(words), "no “{words}” in {}: {}", self.status, self.body);
        self
    }

    fn leads_to(&self, place: &str) {
        assert_eq!((self.status, self.place.as_str()), (StatusCode::SEE_OTHER, place));
    }

    /// The value of a hidden field, the first of its name.
    fn hidden(&self, name: &str) -> String {
        let start = format!("name=\"{name}\" value=\"");
        let (_, rest) = self.body.split_once(&start).unwrap();
        rest.split_once('"').unwrap().0.to_owned()
    }
}

impl Browser {
    fn on(site: &TestSite) -> Self {
        Self { router: web::router(site.site.clone()), cookies: BTreeMap::new() }
    }

    /// A browser in which somebody of the team is logged in with a second factor.
    async fn of(site: &TestSite, address: &str) -> Self {
        let wanted = address.to_owned();
        let account = site.site.store.read(move |tx| tx.account_by_address(&wanted)).await.unwrap();
        site.enrol(account.unwrap().id).await;
        let mut browser = Self::on(site);
        browser.cookies.insert("session".to_owned(), site.log_in(address).await);
        browser
    }

    async fn get(&mut self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let encoded: Vec<_> =
            form.iter().map(|(name, value)| format!("{name}={}", percent(value))).collect();
        let request = Request::post(path)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(encoded.join("&")));
        self.ask(request.unwrap()).await
    }

    async fn ask(&mut self, mut request: Request<Body>) -> Answer {
        let cookies: Vec<_> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        request.headers_mut().insert(header::COOKIE, cookies.join("; ").parse().unwrap());
        let (parts, body) = self.router.clone().oneshot(request).await.unwrap().into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let place = parts.headers.get(header::LOCATION).map_or("", |value| value.to_str().unwrap());
        let place = place.to_owned();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = String::from_utf8(bytes.to_vec()).unwrap();
        Answer { status: parts.status, place, body }
    }
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |written, byte| written + &format!("%{byte:02X}"))
}

async fn invite(site: &TestSite, address: &str) -> String {
    let address = address.to_owned();
    app::account::invite(&site.lead(), StaffRole::Analyst, address).await.unwrap()
}

#[tokio::test]
async fn without_a_second_factor_every_page_of_the_team_leads_to_the_own_account() {
    let site = TestSite::on_sqlite().await.strict();
    let mut browser = Browser::on(&site);
    let form = [("address", ANA), ("password", PASSWORD), ("code", "")];
    browser.post("/login", &form).await.leads_to("/me");
    let case = site.report("Tally time server").await.case.to_string();
    let of_team = |path: &str| {
        ["/inbox", "/cases", "/contacts", "/team"].iter().any(|start| path.starts_with(start))
    };
    let routes: Vec<_> = web::ROUTES.iter().filter(|(_, path)| of_team(path)).collect();
    assert!(routes.len() > 30, "{} pages of the team", routes.len());
    for (method, path) in routes {
        let path = path.replace("{case}", &case).replace("{account}", &case);
        match *method {
            "get" => browser.get(&path).await.leads_to("/me"),
            _ => browser.post(&path, &[]).await.leads_to("/me"),
        }
    }
    let me = browser.get("/me").await;
    me.says("Until you have one, you can open nothing but this page.");
    assert!(!me.body.contains("href=\"/inbox\""), "the menu has places that cannot be opened");
    let secret = me.hidden("secret");
    let bytes: Vec<u8> =
        (0..20).map(|n| u8::from_str_radix(&secret[2 * n..2 * n + 2], 16).unwrap()).collect();
    let now = u64::try_from(app::Clock::now(site.clock.as_ref()).as_second()).unwrap();
    let code = testkit::code_of(&bytes, now);
    let guess = [("secret", secret.as_str()), ("password", "wrong"), ("new_code", code.as_str())];
    let guessed = browser.post("/me/second-factor", &guess).await;
    assert_eq!(guessed.status, StatusCode::UNPROCESSABLE_ENTITY);
    guessed.says("The password or the code is not right.").says(&secret);
    let right = [("secret", secret.as_str()), ("password", PASSWORD), ("new_code", code.as_str())];
    browser.post("/me/second-factor", &right).await.says("Print these ten recovery codes");
    assert_eq!(browser.get("/inbox").await.status, StatusCode::OK);
    browser.get("/me").await.says("You have 10 recovery codes left.");
}

#[tokio::test]
async fn a_step_that_needs_a_fresh_proof_waits_for_it_with_all_that_was_typed() {
    let site = TestSite::on_sqlite().await.strict();
    let mut browser = Browser::of(&site, LEE).await;
    site.clock.pass_seconds(300);
    let form = [("address", "kim@northlake.example"), ("role", "auditor")];
    let asked = browser.post("/team/invite", &form).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    asked.says("Show that it is still you").says("Nothing has been done yet");
    let kept = asked.hidden("kept.address");
    assert_eq!(
        (kept.as_str(), asked.hidden("to").as_str()),
        ("kim@northlake.example", "/team/invite")
    );
    let code = site.code();
    let prove = |password| {
        [
            ("to", "/team/invite"),
            ("kept.address", "kim@northlake.example"),
            ("kept.role", "auditor"),
            ("password", password),
            ("code", code.as_str()),
        ]
    };
    let guessed = browser.post("/prove", &prove("wrong")).await;
    assert_eq!(guessed.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(guessed.hidden("kept.role"), "auditor");
    let before = browser.cookies["session"].clone();
    let proved = browser.post("/prove", &prove(PASSWORD)).await;
    assert_eq!(proved.status, StatusCode::OK);
    proved.says("action=\"/team/invite\"").says("Your step has not been done yet.");
    assert_eq!(proved.hidden("role"), "auditor");
    assert!(!proved.body.contains(PASSWORD));
    assert!(app::account::invitations(&site.lead()).await.unwrap().is_empty());
    assert_ne!(browser.cookies["session"], before);
    let link = browser.post("/team/invite", &form).await;
    link.says("It is shown once, works once and for this address alone");
    let mut stolen = Browser::on(&site);
    stolen.cookies.insert("session".to_owned(), before);
    stolen.get("/team").await.leads_to("/login");
}

#[tokio::test]
async fn ending_an_embargo_waits_for_a_fresh_proof_with_the_reason_that_was_given() {
    let site = TestSite::on_sqlite().await.strict();
    let id = site.report("Tally time server").await.case;
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&site.analyst(), id, None, vector).await.unwrap();
    let kind = domain::case::CaseKind::Coordinate;
    let number = app::triage::accept(&site.analyst(), id, kind).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&site.analyst(), id, vendors.clone()).await.unwrap();
    let acme = site.participant(id, vendors[0]).await;
    app::participant::notify(&site.analyst(), id, vec![acme]).await.unwrap();
    site.duties().await;
    let mut browser = Browser::of(&site, LEE).await;
    site.clock.pass_seconds(300);
    let place = format!("/cases/{}/embargo/end", number.slug());
    let handle = number.to_string();
    let form = [
        ("handle", handle.as_str()),
        ("cause", "consensus"),
        ("set_aside", "early_end"),
        ("because", "All have the fix."),
    ];
    let asked = browser.post(&place, &form).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert_eq!(asked.hidden("kept.because"), "All have the fix.");
    assert_eq!(asked.hidden("to"), place);
    assert!(site.case(id).await.embargo.end().is_some());
    let code = site.code();
    let prove = [("password", PASSWORD), ("code", code.as_str())];
    browser.post("/prove", &prove).await.leads_to("/me");
    let done = browser.post(&place, &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
}

#[tokio::test]
async fn nobody_joins_with_another_address_than_the_one_that_was_invited() {
    let site = TestSite::on_sqlite().await;
    let link = format!("/join/{}", invite(&site, "kim@northlake.example").await);
    let mut browser = Browser::on(&site);
    browser.get(&link).await.says("readonly").says("value=\"kim@northlake.example\"");
    let form = [
        ("name", "Eve"),
        ("address", "eve@northlake.example"),
        ("password", "seven green lanterns"),
    ];
    browser.post(&link, &form).await.leads_to("/me");
    let me = browser.get("/me").await;
    me.says("kim@northlake.example");
    assert!(!me.body.contains("eve@northlake.example"));
    assert_eq!(browser.post(&link, &form).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_lead_sees_what_became_of_invitations_and_takes_one_back() {
    let site = TestSite::on_sqlite().await.strict();
    invite(&site, "old@northlake.example").await;
    site.clock.pass_days(7);
    let used = invite(&site, "kim@northlake.example").await;
    invite(&site, "joe@northlake.example").await;
    let joining = app::account::NewAccount {
        address: "kim@northlake.example".to_owned(),
        name: "Kim Park".to_owned(),
        password: "seven green lanterns".to_owned(),
    };
    let anyone = site.acting(domain::Actor::Anyone);
    app::account::join(&anyone, &used, joining).await.unwrap();
    let mut browser = Browser::of(&site, LEE).await;
    let team = browser.get("/team").await;
    let row = |page: &Answer, whom: &str| {
        let (_, table) = page.body.split_once("Invitations to the team").unwrap();
        let (_, row) = table.split_once(whom).unwrap();
        row.split_once("</tr>").unwrap().0.to_owned()
    };
    for (whom, state) in [("old@", "Expired"), ("kim@", "Used"), ("joe@", "Open")] {
        assert!(row(&team, whom).contains(state), "{whom} {}", row(&team, whom));
    }
    let invitation = team.hidden("invitation");
    browser.post("/team/withdraw", &[("invitation", &invitation)]).await.leads_to("/team");
    assert!(!browser.get("/team").await.body.contains("joe@northlake.example"));
    let mut ana = Browser::of(&site, ANA).await;
    assert!(!ana.get("/team").await.body.contains("Invitations to the team"));
}

#[tokio::test]
async fn a_lead_shuts_an_account_after_a_second_look() {
    let site = TestSite::on_sqlite().await.strict();
    let mut ana = Browser::of(&site, ANA).await;
    let mut lee = Browser::of(&site, LEE).await;
    let page = format!("/team/{}", site.analyst);
    lee.get("/team").await.says(&format!("href=\"{page}\""));
    lee.get(&page).await.says("Shut this account?").says("Ana");
    assert_eq!(ana.get(&page).await.status, StatusCode::NOT_FOUND);
    let own = format!("/team/{}/shut", site.lead);
    let refused = lee.post(&own, &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    refused.says("This is your own account. Ask another lead.");
    assert_eq!(ana.get("/inbox").await.status, StatusCode::OK);
    lee.post(&format!("{page}/shut"), &[]).await.leads_to("/team");
    ana.get("/inbox").await.leads_to("/login");
    let shut = lee.get(&page).await;
    assert!(!shut.body.contains("Shut this account?"));
}

#[tokio::test]
async fn a_browser_that_was_here_before_is_let_in_while_strangers_guess() {
    let site = TestSite::on_sqlite().await;
    let mut ana = Browser::on(&site);
    let form = [("address", ANA), ("password", PASSWORD), ("code", "")];
    ana.post("/login", &form).await.leads_to("/inbox");
    ana.post("/logout", &[]).await.leads_to("/");
    let mut stranger = Browser::on(&site);
    for _ in 0..9 {
        let guess = [("address", ANA), ("password", "wrong"), ("code", "")];
        let said = stranger.post("/login", &guess).await;
        assert_eq!(said.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let slowed = stranger.post("/login", &form).await;
    assert_eq!(slowed.status, StatusCode::TOO_MANY_REQUESTS);
    slowed.says("wait a few minutes");
    ana.post("/login", &form).await.leads_to("/inbox");
}

#[tokio::test]
async fn the_own_page_ends_other_sessions_and_changes_the_password() {
    let site = TestSite::on_sqlite().await.strict();
    let mut here = Browser::of(&site, ANA).await;
    site.clock.pass_seconds(30);
    let mut there = Browser::on(&site);
    there.cookies.insert("session".to_owned(), site.log_in(ANA).await);
    let session = here.get("/me").await.says("(this one)").hidden("session");
    here.post("/me/sessions/end", &[("session", &session)]).await.leads_to("/me");
    there.get("/me").await.leads_to("/login");
    let code = site.code_in(30);
    let mut form = [("password", PASSWORD), ("code", code.as_str()), ("new_password", "short")];
    let short = here.post("/me/password", &form).await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    short.says("Use at least 12 characters.");
    form[2].1 = "seven green lanterns";
    here.post("/me/password", &form).await.leads_to("/me");
    here.get("/me").await.says("Your password is changed.").says("Ana");
    for (name, value) in [("session", "zz"), ("session", "")] {
        let strange = here.post("/me/sessions/end", &[(name, value)]).await;
        assert_eq!(strange.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn new_recovery_codes_are_drawn_with_a_fresh_proof() {
    let site = TestSite::on_sqlite().await.strict();
    let mut ana = Browser::of(&site, ANA).await;
    ana.post("/me/recovery-codes", &[]).await.says("Your new recovery codes");
    site.clock.pass_seconds(300);
    let asked = ana.post("/me/recovery-codes", &[]).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN);
    assert_eq!(asked.hidden("to"), "/me/recovery-codes");
}
