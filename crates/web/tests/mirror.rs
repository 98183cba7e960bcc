//! The public site as files: what lies there is what the server answers, address by address, and
//! nothing that is listed there is missing, at no instant.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;

use app::channel::{DispatchState, Outlets, SiteCopy};
use app::duties::{self, Done};
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use domain::case::CaseKind;
use domain::note::{Remains, Section, When};
use domain::status::ProductStatus;
use domain::{CaseId, CaseNumber, Instant, Rule};
use http_body_util::BodyExt;
use jiff::SignedDuration;
use store::Root;
use testkit::TestSite;
use tower::ServiceExt;
use web::mirror::{Carried, MirrorPlace, carry};

const LONG: SignedDuration = SignedDuration::from_hours(72);

/// Routes that are no part of a site of files: they ask who somebody is, or lead elsewhere.
const NOT_CARRIED: [&str; 38] = [
    // What GCVE's pullers get depends on what they ask for.
    "/api/gcve/publication",
    "/api/vulnerability/",
    "/api/vulnerability/{*what}",
    "/dumps/{file}",
    "/calendar/{ics}",
    "/import",
    "/import/note",
    "/cve",
    "/cases/{case}/draft/preview/{format}",
    "/vuls/id/{number}",
    "/vuls/id/{number}/",
    "/vuls/byid",
    "/vuls/quickSearch/",
    "/vulfeed",
    "/report",
    "/r",
    "/r/report",
    "/r/draft",
    "/r/draft/{format}",
    "/a/{link}",
    "/a/{link}/draft",
    "/a/{link}/draft/{format}",
    "/login",
    "/join/{link}",
    "/prove",
    "/me",
    "/me/second-factor",
    "/me/password",
    "/team",
    "/team/{account}",
    "/team/webhooks",
    "/team/webhooks/{webhook}",
    "/inbox",
    "/cases",
    "/cases/{case}",
    "/cases/{case}/draft",
    "/cases/{case}/draft/compare",
    "/contacts",
];

/// A case with a vendor and a CVE id, whose note is out.
async fn published(site: &TestSite, product: &str, cve: &str) -> (CaseId, CaseNumber) {
    app::service_key::keep_service_key(&site.site.duty()).await.unwrap();
    let id = site.report(product).await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    let number = app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let flaw = *site.case(id).await.vulnerabilities.keys().next().unwrap();
    app::note::assign_cve(&ana, id, flaw, cve.parse().unwrap(), None).await.unwrap();
    let vendors = site.vendors(&[&format!("Makers of {product}")]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let maker = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![maker]).await.unwrap();
    let id_of_product = site.analyst().fresh();
    let thing = store::Product {
        id: id_of_product,
        organization: vendors[0],
        name: product.to_owned(),
        purl: None,
        cpe: None,
    };
    site.site.store.write(move |tx| tx.add_product(&thing)).await.unwrap();
    let line = (flaw, Some(id_of_product));
    app::participant::set_status(&ana, id, maker, line, ProductStatus::Affected).await.unwrap();
    write(site, id, product, &format!("{product} can be made to stop. ").repeat(40)).await;
    (id, number)
}

/// Writes the note, approves it and lets it out.
async fn write(site: &TestSite, id: CaseId, product: &str, overview: &str) {
    let sections = BTreeMap::from([(Section::Overview, overview.to_owned())]);
    let title = format!("{product} overwrites memory");
    app::note::write(&site.analyst(), id, title, sections).await.unwrap();
    let revision = site.case(id).await.note.revisions.len().try_into().unwrap();
    site.clock.pass_seconds(60);
    for who in [site.analyst(), site.lead()] {
        let why = || "Everybody has read it.".to_owned();
        let who = Rule::ALL.iter().fold(who, |who, rule| who.setting_aside(*rule, why()));
        let now = When::At(Instant::utc(site.site.duty().now()));
        app::note::approve(&who, id, revision, now).await.unwrap();
    }
    site.duties().await;
}

/// Every file below a folder but what is kept about them, by its path.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path == root.join(".ombud") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
                files.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    files
}

/// Whether a file is another one packed.
fn is_packed(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "gz")
}

/// The address at which a server shows a file.
fn address(path: &str) -> String {
    let indexes = ["index.html", "index.json", "index.atom"];
    let folder = indexes.iter().find_map(|index| path.strip_suffix(index));
    let pages = [
        "vuls/VU-",
        "vuls/vendors/",
        "vuls/products/",
        "policy/",
        "help/",
        "contact/",
        "accessibility/",
    ];
    match folder {
        Some(page) if pages.iter().any(|known| page.starts_with(known)) => {
            format!("/{}", page.trim_end_matches('/'))
        }
        Some(folder) => format!("/{folder}"),
        None => format!("/{path}"),
    }
}

async fn get(site: &TestSite, address: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::get(address).body(Body::empty()).unwrap();
    let response = web::router(site.site.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    assert!(response.headers().get(header::CONTENT_ENCODING).is_none());
    (status, response.into_body().collect().await.unwrap().to_bytes().to_vec())
}

/// The files hold what the server answers, and every address of this site that is named in one of
/// them is another of them or leads to where people act.
async fn is_what_the_server_answers(site: &TestSite, root: &Path) -> BTreeSet<String> {
    let files = files(root);
    let plain = files.iter().filter(|(path, _)| !is_packed(path));
    let mut addresses = BTreeSet::new();
    for (path, bytes) in plain.clone() {
        let address = address(path);
        let (status, answered) = get(site, &address).await;
        assert_eq!(status, StatusCode::OK, "{address}");
        assert!(answered == *bytes, "{address} is not what the server answers");
        addresses.insert(address);
    }
    for (path, bytes) in plain {
        for named in named(&String::from_utf8_lossy(bytes)) {
            let acts = ["/report", "/r", "/login", "/theme"];
            let folder = named.ends_with('/') && addresses.iter().any(|at| at.starts_with(&named));
            let known = addresses.contains(&named)
                || folder
                || acts.contains(&named.as_str())
                || ["/vuls/id/", "/api/", "/dumps/"].iter().any(|at| named.starts_with(at));
            assert!(known, "{path} names {named}, which is not there");
        }
    }
    addresses
}

/// The addresses of this site that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let whole = text.split("http://ombud.example").skip(1).map(|rest| (rest, "\"'<>()[] \n\\?#"));
    let links = text.split("href=\"/").skip(1).map(|rest| (rest, "\"?#"));
    let cut = |(rest, ends): (&str, &str)| {
        let path = rest.split(|end: char| ends.contains(end)).next().unwrap_or_default();
        format!("/{}", path.trim_start_matches('/').trim_end_matches(['.', ',']))
    };
    // A namespace of identifiers is no address.
    let places = whole.chain(links).map(cut);
    places.filter(|place| *place != "/" && !place.contains("/vex/")).collect()
}

async fn carried(site: &TestSite, root: &Path) -> Carried {
    carry(&site.site, &Root::directory(root)).await.unwrap()
}

#[tokio::test]
async fn every_public_address_lies_there_as_the_server_answers_it() {
    let site = TestSite::on_sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let none = carried(&site, folder.path()).await;
    assert_eq!((none.notes, none.removed), (0, 0));
    is_what_the_server_answers(&site, folder.path()).await;

    let (first, number) = published(&site, "Tally", "CVE-2026-12345").await;
    published(&site, "Quill", "CVE-2026-54321").await;
    let two = carried(&site, folder.path()).await;
    assert_eq!(two.notes, 2);
    let addresses = is_what_the_server_answers(&site, folder.path()).await;
    for (method, route) in web::ROUTES {
        let public = *method == "get" && !NOT_CARRIED.contains(route);
        let there = addresses.iter().any(|address| fits(route, address));
        assert_eq!(public, there && *method == "get", "{method} {route}");
    }

    write(&site, first, "Tally", "It was worse.").await;
    let corrected = carried(&site, folder.path()).await;
    assert_eq!(corrected.notes, 2);
    is_what_the_server_answers(&site, folder.path()).await;
    let page = fs::read_to_string(folder.path().join(format!("vuls/{}/index.html", number.slug())));
    assert!(page.unwrap().contains("It was worse."));
}

/// Whether an address is one of a route.
fn fits(route: &str, address: &str) -> bool {
    let (mut route, mut address) = (route.split('/'), address.split('/'));
    loop {
        match (route.next(), address.next()) {
            (None, None) => return true,
            (Some(rest), Some(part)) if rest.starts_with("{*") => return !part.is_empty(),
            (Some(any), Some(part)) if any.starts_with('{') && !part.is_empty() => {}
            (Some(one), Some(other)) if one == other => {}
            _ => return false,
        }
    }
}

#[tokio::test]
async fn only_what_changed_is_written() {
    let site = TestSite::on_sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    published(&site, "Tally", "CVE-2026-12345").await;
    assert!(carried(&site, folder.path()).await.written > 40);
    let again = carried(&site, folder.path()).await;
    assert_eq!((again.notes, again.written, again.removed), (1, 0, 0));
    published(&site, "Quill", "CVE-2026-54321").await;
    let before = fs::metadata(folder.path().join("policy/index.html")).unwrap().modified().unwrap();
    let more = carried(&site, folder.path()).await;
    assert!(more.written > 30, "{more:?}");
    let after = fs::metadata(folder.path().join("policy/index.html")).unwrap().modified().unwrap();
    assert_eq!(before, after);
}

#[tokio::test]
async fn of_a_note_that_must_go_no_copy_keeps_a_word() {
    let folder = tempfile::tempdir().unwrap();
    let site = copied_to(TestSite::on_sqlite().await, &[folder.path()]);
    let (id, number) = published(&site, "Tally", "CVE-2026-12345").await;
    let words = ["Tally", "CVE-2026-12345"];
    let holds = |path: &str, bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes);
        words.iter().any(|word| path.contains(word) || text.contains(word))
    };
    assert!(files(folder.path()).iter().any(|(path, bytes)| holds(path, bytes)));
    site.clock.pass_seconds(60);
    let reason = "It was another product.".to_owned();
    app::note::propose_withdrawal(&site.analyst(), id, Remains::Nothing, reason).await.unwrap();
    app::note::agree_to_withdrawal(&site.lead(), id).await.unwrap();
    site.duties().await;
    let left = files(folder.path());
    for (path, bytes) in &left {
        assert!(!holds(path, bytes), "{path} holds a word of it");
        // What is packed is made of the file beside it.
        let beside = path.strip_suffix(".gz").unwrap_or(path);
        assert!(left.contains_key(beside), "{path} was left behind");
    }
    let page = &left[&format!("vuls/{}/index.html", number.slug())];
    assert!(String::from_utf8_lossy(page).contains("It was another product."));
    is_what_the_server_answers(&site, folder.path()).await;
}

#[tokio::test]
async fn a_note_lies_nowhere_before_its_instant() {
    let site = TestSite::on_sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let id = site.report("Tally").await.case;
    let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    let number = app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let sections = BTreeMap::from([(Section::Overview, "It stops.".to_owned())]);
    app::note::write(&ana, id, "Tally overwrites memory".to_owned(), sections).await.unwrap();
    for who in [site.analyst(), site.lead()] {
        let why = || "Everybody has read it.".to_owned();
        let who = Rule::ALL.iter().fold(who, |who, rule| who.setting_aside(*rule, why()));
        app::note::approve(&who, id, 1, When::EmbargoEnds).await.unwrap();
    }
    carried(&site, folder.path()).await;
    for (path, bytes) in files(folder.path()) {
        let told = String::from_utf8_lossy(&bytes).contains("Tally overwrites")
            || path.contains(number.digits())
            || String::from_utf8_lossy(&bytes).contains(number.digits());
        assert!(!told, "{path}");
    }
}

/// The server with copies of its site in these folders.
fn copied_to(mut site: TestSite, folders: &[&Path]) -> TestSite {
    let copy = |folder: &&Path| SiteCopy::new(MirrorPlace::new(Root::directory(folder)));
    site.site.outlets =
        Arc::new(Outlets { copies: folders.iter().map(copy).collect(), ..Outlets::default() });
    site
}

/// How far the copies of a note are: where, in which state, after how many tries.
async fn dispatches(site: &TestSite, case: CaseId) -> Vec<(String, DispatchState, u32)> {
    let all = site.site.store.read(move |tx| tx.dispatches_of(case)).await.unwrap();
    let mut all: Vec<_> = all.into_iter().map(|one| (one.target, one.state, one.n_tries)).collect();
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

#[tokio::test]
async fn each_copy_is_brought_up_to_date_and_one_that_fails_holds_up_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let (good, bad) = (folder.path().join("good"), folder.path().join("bad"));
    fs::write(&bad, "no folder").unwrap();
    let site = copied_to(TestSite::on_sqlite().await, &[&bad, &good]);
    let (case, number) = published(&site, "Tally", "CVE-2026-12345").await;
    let [bad_name, good_name] = [&bad, &good].map(|at| format!("directory {}", at.display()));
    let told = dispatches(&site, case).await;
    let expected = [
        (bad_name.clone(), DispatchState::Waiting, 1),
        (good_name.clone(), DispatchState::Done, 1),
    ];
    assert_eq!(told, expected);
    assert!(good.join(format!("vuls/{}/index.html", number.slug())).exists());
    is_what_the_server_answers(&site, &good).await;
    let problems = app::channel::problems(&site.analyst()).await.unwrap();
    assert!(problems.iter().any(|one| one.what.starts_with(&format!("The {bad_name} cannot"))));
    assert!(!problems.iter().any(|one| one.what.contains(&good_name)));

    fs::remove_file(&bad).unwrap();
    site.clock.pass_seconds(3600);
    site.duties().await;
    let told = dispatches(&site, case).await;
    assert_eq!(told[0], (bad_name, DispatchState::Done, 2));
    // It says until which hour it may be believed.
    let lasting = |root: &Path| {
        let mut files = files(root);
        assert!(files.remove(".well-known/security.txt").is_some());
        files
    };
    assert!(lasting(&bad) == lasting(&good));
}

#[tokio::test]
async fn a_copy_follows_what_no_note_changes_and_is_not_drawn_twice() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("site");
    let site = copied_to(TestSite::on_sqlite().await, &[&root]);
    let duty = || async { duties::mirror_site(&site.site.duty()).await.unwrap() };
    let (done, nothing) = (Done { done: 1, ..Done::default() }, Done::default());
    // The first look of a process, whatever is written down.
    assert_eq!((duty().await, duty().await), (done, nothing));
    assert!(!root.join(".well-known/openpgp.asc").exists());
    app::service_key::keep_service_key(&site.site.duty()).await.unwrap();
    assert_eq!((duty().await, duty().await), (done, nothing));
    assert!(root.join(".well-known/openpgp.asc").exists());
    // What tells for how long it may be believed is written anew each day.
    let security = || fs::read_to_string(root.join(".well-known/security.txt")).unwrap();
    let before = security();
    site.clock.pass_days(2);
    assert_eq!((duty().await, duty().await), (done, nothing));
    assert_ne!(security(), before);
    // Another node does not write at the same time.
    let now = site.site.duty().now();
    let (name, until) = (format!("mirror directory {}", root.display()), now + LONG);
    let taken = move |tx: &mut store::Tx| tx.take_lease(&name, "node-2", now, until);
    assert!(site.site.store.write(taken).await.unwrap());
    site.clock.pass_days(2);
    assert_eq!(duty().await, Done { failed: 1, ..Done::default() });
}
