//! Calendars with the ends of embargoes: who has one, what stands in it, and what does not.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![expect(clippy::print_stdout, reason = "what was skipped is said")]

use std::io::Write;
use std::process::{Command, Stdio};

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::case::CaseKind;
use domain::embargo::{EndCause, ProposalReason};
use domain::{Actor, CaseId, Instant, StaffRole};
use http_body_util::BodyExt;
use store::Store;
use testkit::{PASSWORD, TestSite};
use tower::ServiceExt;

struct Answer {
    status: StatusCode,
    cache: String,
    tag: String,
    body: String,
}

async fn ask(site: &TestSite, method: &str, address: &str, headers: [(&str, &str); 2]) -> Answer {
    let mut request = Request::builder().method(method).uri(address);
    for (name, value) in headers {
        request = request.header(name, value);
    }
    let request = request
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::empty())
        .unwrap();
    let response = web::router(site.site.clone()).oneshot(request).await.unwrap();
    let header = |name| {
        let value = response.headers().get(name);
        value.map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    };
    let (cache, tag) = (header(header::CACHE_CONTROL), header(header::ETAG));
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    Answer { status, cache, tag, body: String::from_utf8(body.to_vec()).unwrap() }
}

async fn get(site: &TestSite, address: &str) -> Answer {
    ask(site, "GET", address, [("cookie", ""), ("if-none-match", "\"none\"")]).await
}

async fn post(site: &TestSite, address: &str, cookie: &str) -> Answer {
    ask(site, "POST", address, [("cookie", cookie), ("accept", "*/*")]).await
}

/// The address that a page shows once.
async fn address(site: &TestSite, at: &str, cookie: &str) -> String {
    let page = post(site, at, cookie).await;
    assert_eq!((page.status, page.cache.as_str()), (StatusCode::OK, "no-store"), "{}", page.body);
    let (_, rest) = page.body.split_once("<code>http://ombud.example").unwrap();
    rest.split('<').next().unwrap().to_owned()
}

async fn session(site: &TestSite, who: &str) -> String {
    format!("session={}", site.log_in(who).await)
}

/// A case under embargo, of which Acme was told and knows; with the link of Acme.
async fn embargoed(site: &TestSite, vendor: &str) -> (CaseId, String) {
    let id = site.report("Tally time server").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&[vendor]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let them = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![them]).await.unwrap();
    site.duties().await;
    let link = site.link_to(&format!("security@{}.example", vendor.to_lowercase()));
    (id, link)
}

/// A property of the only entry, as one line.
fn property<'a>(calendar: &'a str, name: &str) -> &'a str {
    let line = calendar.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    line.unwrap_or_else(|| panic!("no {name} in {calendar}"))
}

store::both_engines! {
    async fn a_date_that_moves_moves_in_the_calendar_and_one_that_ends_early_is_cancelled(store: Store) {
        let site = TestSite::on(store).await;
        let (case, link) = embargoed(&site, "Acme").await;
        let own = address(&site, "/me/calendar", &session(&site, "lee@northlake.example").await).await;
        let theirs = address(&site, &format!("{link}/calendar"), "").await;
        let first = get(&site, &own).await;
        assert_eq!((first.status, first.cache.as_str()), (StatusCode::OK, "private, no-cache"));
        let again = ask(&site, "GET", &own, [("cookie", ""), ("if-none-match", &first.tag)]).await;
        assert_eq!((again.status, again.body.as_str()), (StatusCode::NOT_MODIFIED, ""));
        let number = site.case(case).await.number.unwrap().to_string();
        assert_eq!(property(&first.body, "SUMMARY"), number);
        assert_eq!(property(&first.body, "STATUS"), "CONFIRMED");
        for secret in ["Tally", "Acme", "time server", "memory"] {
            assert!(!first.body.contains(secret), "{secret}: {}", first.body);
        }

        site.clock.pass_days(3);
        let end = site.site.clock.now().checked_add(jiff::SignedDuration::from_hours(24 * 80)).unwrap();
        let lead = site.lead();
        let proposal = app::embargo::propose(&lead, case, Instant::utc(end), ProposalReason::FixTiming);
        proposal.await.unwrap();
        let open = site.case(case).await.embargo.open()[0].id;
        let lead = domain::Rule::ALL
            .iter()
            .fold(lead, |who, rule| who.setting_aside(*rule, "All know.".to_owned()));
        app::embargo::accept(&lead, case, open).await.unwrap();
        for calendar in [&own, &theirs] {
            let moved = get(&site, calendar).await.body;
            assert_eq!(property(&moved, "DTSTART"), end.strftime("%Y%m%dT%H%M%SZ").to_string());
            assert_eq!(property(&moved, "UID"), property(&first.body, "UID"));
            let sequence = |body| property(body, "SEQUENCE").parse::<i32>().unwrap();
            assert!(sequence(&moved) > sequence(&first.body));
            assert!(property(&moved, "DTSTAMP") > property(&first.body, "DTSTAMP"));
        }

        site.clock.pass_days(2);
        let lead = domain::Rule::ALL
            .iter()
            .fold(site.lead(), |who, rule| who.setting_aside(*rule, "It is known.".to_owned()));
        app::embargo::end(&lead, case, EndCause::Other).await.unwrap();
        let ended = get(&site, &own).await.body;
        assert_eq!(property(&ended, "STATUS"), "CANCELLED");
        assert_eq!(get(&site, &theirs).await.body, ended);
        judge(&ended, "CANCELLED");
        judge(&first.body, "CONFIRMED");
        site.clock.pass_days(400);
        assert!(!get(&site, &own).await.body.contains("VEVENT"), "what is long over is gone");
    }

    async fn everybody_has_their_own_cases_alone_and_a_party_its_one(store: Store) {
        let site = TestSite::on(store).await;
        let (one, acme) = embargoed(&site, "Acme").await;
        let (other, _) = embargoed(&site, "Bolt").await;
        let number = async |case| site.case(case).await.number.unwrap().to_string();
        let (one, other) = (number(one).await, number(other).await);
        let theirs = get(&site, &address(&site, &format!("{acme}/calendar"), "").await).await.body;
        assert!(theirs.contains(&one) && !theirs.contains(&other), "{theirs}");
        let cookie = session(&site, "lee@northlake.example").await;
        let lead = get(&site, &address(&site, "/me/calendar", &cookie).await).await.body;
        assert!(lead.contains(&one) && lead.contains(&other), "{lead}");

        let new = app::account::NewAccount {
            address: "adm@northlake.example".to_owned(),
            name: "Adm".to_owned(),
            password: PASSWORD.to_owned(),
        };
        let server = site.site.duty();
        app::account::add_by_operator(&server, new, StaffRole::Administrator).await.unwrap();
        let cookie = session(&site, "adm@northlake.example").await;
        assert_eq!(post(&site, "/me/calendar", &cookie).await.status, StatusCode::NOT_FOUND);
        let anyone = site.acting(Actor::Anyone);
        assert!(app::calendar::make_for_party(&anyone).await.is_err());
    }

    async fn an_old_address_a_revoked_one_and_one_of_who_left_are_like_none(store: Store) {
        let site = TestSite::on(store).await;
        let (case, acme) = embargoed(&site, "Acme").await;
        let cookie = session(&site, "lee@northlake.example").await;
        let none = get(&site, "/calendar/0000.ics").await;
        assert_eq!((none.status, none.cache.as_str()), (StatusCode::NOT_FOUND, "no-store"));
        let is_none = async |address: &str| {
            let answer = get(&site, address).await;
            assert_eq!((answer.status, answer.cache, answer.body), (none.status, none.cache.clone(), none.body.clone()));
        };
        for (at, cookie) in [("/me".to_owned(), cookie.as_str()), (acme.clone(), "")] {
            let first = address(&site, &format!("{at}/calendar"), cookie).await;
            let second = address(&site, &format!("{at}/calendar"), cookie).await;
            assert_ne!(first, second);
            is_none(&first).await;
            assert_eq!(get(&site, &second).await.status, StatusCode::OK);
            is_none(second.trim_end_matches(".ics")).await;
            assert_eq!(post(&site, &format!("{at}/calendar/end"), cookie).await.status, StatusCode::SEE_OTHER);
            is_none(&second).await;
        }
        let theirs = address(&site, &format!("{acme}/calendar"), "").await;
        let acme = site.case(case).await.vendors().next().unwrap().id;
        app::participant::remove(&site.lead(), case, acme, "It is not theirs.".to_owned()).await.unwrap();
        is_none(&theirs).await;
    }
}

/// Lets three programs that we did not write read a calendar with one entry.
fn judge(calendar: &str, status: &str) {
    let Ok(tools) = std::env::var("OMBUD_TEST_TOOLS") else {
        println!("skipped: no tools for tests (set OMBUD_TEST_TOOLS)");
        return;
    };
    let start = property(calendar, "DTSTART");
    let expected = format!("{} {start} {status}", property(calendar, "SUMMARY"));
    for (tool, script) in [
        (
            "icalendar",
            "import sys, icalendar\n\
            [event] = icalendar.Calendar.from_ical(sys.stdin.buffer.read()).walk('VEVENT')\n\
            print(event['SUMMARY'], event['DTSTART'].dt.strftime('%Y%m%dT%H%M%SZ'), event['STATUS'])",
        ),
        (
            "vobject",
            "import sys, vobject\n\
            event = vobject.readOne(sys.stdin.read()).vevent\n\
            print(event.summary.value, event.dtstart.value.strftime('%Y%m%dT%H%M%SZ'), event.status.value)",
        ),
    ] {
        let mut python = Command::new(format!("{tools}/{tool}/bin/python"));
        assert_eq!(answer(python.args(["-c", script]), calendar), expected, "{tool}");
    }
    let script = "const ICAL = require(process.argv[1]);\n\
        const text = require('fs').readFileSync(0, 'utf8');\n\
        const calendar = new ICAL.Component(ICAL.parse(text));\n\
        const event = calendar.getAllSubcomponents('vevent')[0];\n\
        const start = event.getFirstPropertyValue('dtstart').toICALString();\n\
        console.log(event.getFirstPropertyValue('summary'), start, event.getFirstPropertyValue('status'));";
    let library = format!("{tools}/ical.js/node_modules/ical.js/dist/ical.es5.cjs");
    let mut node = Command::new("node");
    assert_eq!(answer(node.args(["-e", script, &library]), calendar), expected, "ical.js");
}

fn answer(command: &mut Command, input: &str) -> String {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
