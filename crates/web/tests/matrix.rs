//! Every route, asked by every kind of actor, in a case under embargo. A new route shows up
//! here; whoever adds it must read the line and agree with it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use axum::body::Body;
use axum::http::{Request, header};
use domain::case::CaseKind;
use domain::{Actor, CaseId, StaffRole};
use expect_test::expect_file;
use testkit::{PASSWORD, TestSite};
use tower::ServiceExt;

/// Who asks: a name, and the cookies they come with.
struct Asker {
    name: &'static str,
    cookie: String,
}

#[tokio::test]
async fn who_may_ask_for_what() {
    let site = TestSite::on_sqlite().await.strict();
    let (case, link, askers) = cast(&site).await;
    let mut table = format!("{:<5}{:<38}", "", "");
    for asker in &askers {
        table += &format!("{:>14}", asker.name);
    }
    table.push('\n');
    // Whoever logs out asks for nothing more: that comes last.
    let mut routes = web::ROUTES.to_vec();
    routes.sort_by_key(|(_, path)| *path == "/logout");
    for (method, path) in &routes {
        table += &format!("{method:<5}{path:<38}");
        for asker in &askers {
            let address = path
                .replace("{case}", &case.to_string())
                .replace("{account}", &site.lead.to_string())
                .replace("{webhook}", "00000000-0000-0000-0000-000000000000")
                .replace("/a/{link}", &link)
                .replace("{link}", "0000")
                .replace("{slug}", "VU-100000")
                .replace("{format}", "json")
                .replace("{place}", "acme-37036cd8f974")
                .replace("{feed}", "feed.atom")
                .replace("{ics}", "0000.ics")
                .replace("{number}", "100000")
                .replace("{*what}", "100000/")
                .replace("{*path}", "provider-metadata.json")
                .replace("{file}", "ombud.css");
            table += &format!("{:>14}", ask(&site, method, &address, asker).await);
        }
        table.push('\n');
    }
    expect_file!["matrix.txt"].assert_eq(&table);
}

/// What a stranger, a fellow or the wrong colleague is told of a case is, byte for byte, what
/// is told of a case that is not there.
#[tokio::test]
async fn a_case_one_may_not_see_is_like_one_that_is_not_there() {
    let site = TestSite::on_sqlite().await.strict();
    let (case, _, askers) = cast(&site).await;
    let missing = "00000000-0000-0000-0000-000000000000";
    for asker in askers.iter().filter(|asker| !["analyst", "lead", "auditor"].contains(&asker.name))
    {
        for (method, path) in web::ROUTES.iter().filter(|(_, path)| path.contains("{case}")) {
            let address = |id: &str| path.replace("{case}", id);
            let there = whole(&site, method, &address(&case.to_string()), asker).await;
            let gone = whole(&site, method, &address(missing), asker).await;
            assert_eq!(there, gone, "{} {method} {path}", asker.name);
        }
    }
}

/// A case with one vendor told, the vendor's link, and everybody who may come along.
async fn cast(site: &TestSite) -> (CaseId, String, Vec<Asker>) {
    let receipt = site.report("Tally time server").await;
    let id = receipt.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let acme = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![acme]).await.unwrap();
    site.duties().await;

    let anyone = site.acting(Actor::Anyone);
    let room = app::report::enter(&anyone, &receipt.secret).await.unwrap();
    let mut askers = vec![
        Asker { name: "anyone", cookie: String::new() },
        Asker { name: "reporter", cookie: format!("receipt={room}") },
    ];
    let mut team = vec![
        ("analyst", "ana@northlake.example", site.analyst),
        ("lead", "lee@northlake.example", site.lead),
    ];
    let others = [
        ("other analyst", "otto@northlake.example", StaffRole::Analyst),
        ("auditor", "aud@northlake.example", StaffRole::Auditor),
        ("administrator", "adm@northlake.example", StaffRole::Administrator),
    ];
    for (name, address, role) in others {
        let new = app::account::NewAccount {
            address: address.to_owned(),
            name: name.to_owned(),
            password: PASSWORD.to_owned(),
        };
        let account = app::account::add_by_operator(&site.site.duty(), new, role).await.unwrap();
        team.push((name, address, account));
    }
    for (name, address, account) in team {
        site.enrol(account).await;
        let secret = site.log_in(address).await;
        askers.push(Asker { name, cookie: format!("session={secret}") });
    }
    (id, site.link_to("security@acme.example"), askers)
}

async fn ask(site: &TestSite, method: &str, address: &str, asker: &Asker) -> u16 {
    whole(site, method, address, asker).await.0
}

async fn whole(
    site: &TestSite,
    method: &str,
    address: &str,
    asker: &Asker,
) -> (u16, Vec<String>, Vec<u8>) {
    let request = Request::builder()
        .method(method.to_uppercase().as_str())
        .uri(address)
        .header(header::COOKIE, &asker.cookie)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::empty())
        .unwrap();
    let response = web::router(site.site.clone()).oneshot(request).await.unwrap();
    let status = response.status().as_u16();
    let headers = response.headers().iter();
    let mut headers: Vec<_> = headers.map(|(name, value)| format!("{name}: {value:?}")).collect();
    headers.sort();
    let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap();
    (status, headers, body.to_bytes().to_vec())
}
