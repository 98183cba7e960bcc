//! Mail to lists: signed, as a real relay takes it and gpg checks it, once for each revision. The
//! relay is `smtp_sink.py` around aiosmtpd, among the tools for tests (`OMBUD_TEST_TOOLS`).

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "the helpers are a test's too")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use app::channel::{DispatchState, Outlets};
use domain::case::CaseKind;
use domain::event::Answer;
use domain::note::{Remains, Section, When};
use domain::{Actor, CaseId, Instant};
use jiff::SignedDuration;
use outside::smtp::{Mood, PostBox, Smtp, SmtpSettings, Tls};
use store::Store;
use testkit::{TestSite, anyway};

const LIST: &str = "announce@lists.example";

/// A relay that keeps what it takes in a directory.
struct Relay {
    server: Child,
    directory: tempfile::TempDir,
    port: u16,
}

impl Relay {
    /// The relay, or nothing, with a printed reason, where it cannot be had.
    fn start() -> Option<Self> {
        let tools = std::env::var_os("OMBUD_TEST_TOOLS").map(PathBuf::from);
        let python = tools.map(|tools| tools.join("aiosmtpd/bin/python"));
        let Some(python) = python.filter(|python| python.exists() && has_gpg()) else {
            println!("skipped: aiosmtpd is not among the tools for tests, or there is no gpg");
            return None;
        };
        let directory = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../outside/tests/smtp_sink.py");
        let mut server = Command::new(python)
            .arg(script)
            .arg(directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        Some(Self { server, directory, port: line.trim().parse().unwrap() })
    }

    fn smtp(&self) -> Smtp {
        Smtp::new(&SmtpSettings {
            host: "localhost".to_owned(),
            port: self.port,
            tls: Tls::None,
            username: None,
            password: None,
            hello_name: Some("ombud.example".to_owned()),
            timeout: Duration::from_secs(20),
        })
        .unwrap()
    }

    /// What came for the list, byte for byte, in the order of arrival.
    fn mails(&self) -> Vec<Vec<u8>> {
        let entries = std::fs::read_dir(self.directory.path()).unwrap();
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.to_string_lossy().ends_with("-announce.eml"));
        files.sort();
        files.iter().map(|file| std::fs::read(file).unwrap()).collect()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

fn has_gpg() -> bool {
    Command::new("gpg").arg("--version").stdout(Stdio::null()).status().is_ok()
}

/// A server with a list and a key.
async fn site(store: Store) -> TestSite {
    let mut site = TestSite::on(store).await;
    app::service_key::keep_service_key(&site.site.duty()).await.unwrap();
    let lists = vec![LIST.to_owned()];
    site.site.outlets = Arc::new(Outlets { lists, ..Outlets::default() });
    site
}

async fn armed(site: &TestSite, words: &str) -> CaseId {
    let id = site.report("Tally time server").await.case;
    let ana = anyway(site.analyst());
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let vendors = site.vendors(&["Acme"]).await;
    app::participant::add_vendors(&ana, id, vendors.clone()).await.unwrap();
    let vendor = site.participant(id, vendors[0]).await;
    app::participant::notify(&ana, id, vec![vendor]).await.unwrap();
    let bearer = site.acting(Actor::Bearer(id, vendor));
    app::embargo::answer(&bearer, id, vendor, Answer::Agree).await.unwrap();
    let flaw = *site.case(id).await.vulnerabilities.keys().next().unwrap();
    app::note::assign_cve(&ana, id, flaw, "CVE-2026-12345".parse().unwrap(), None).await.unwrap();
    approved(site, id, 1, words, When::EmbargoEnds).await;
    id
}

async fn approved(site: &TestSite, id: CaseId, revision: u32, words: &str, when: When) {
    let sections = BTreeMap::from([(Section::Overview, words.to_owned())]);
    let title = "Größe überschreibt Speicher ≠ gut".to_owned();
    app::note::write(&site.analyst(), id, title, sections).await.unwrap();
    for who in [site.analyst(), site.lead()] {
        app::note::approve(&anyway(who), id, revision, when.clone()).await.unwrap();
    }
}

async fn published(site: &TestSite, words: &str) -> CaseId {
    let id = armed(site, words).await;
    let end = site.case(id).await.embargo.end().unwrap().at;
    site.clock.set(end);
    site.duties().await;
    id
}

async fn corrected(site: &TestSite, id: CaseId, revision: u32) {
    let soon = site.lead().now().checked_add(SignedDuration::from_hours(1)).unwrap();
    approved(site, id, revision, "Corrected.", When::At(Instant::utc(soon))).await;
    site.clock.set(soon);
    site.duties().await;
}

async fn board(site: &TestSite, id: CaseId) -> Vec<(DispatchState, String)> {
    let all = app::case::open(&site.lead(), id).await.unwrap().dispatches;
    all.into_iter().map(|one| (one.state, one.outcome.unwrap_or_default())).collect()
}

/// The signed part and the signature out of a mail, as a program that checks it cuts them out.
fn parts(mail: &[u8]) -> (Vec<u8>, String) {
    let mail = String::from_utf8(mail.to_vec()).unwrap();
    let cut: Vec<_> = mail.split("\r\n--=_signed").collect();
    assert_eq!(cut.len(), 4, "{mail}");
    let part = cut[1].strip_prefix("\r\n").unwrap();
    let (_, signature) = cut[2].split_once("\r\n\r\n").unwrap();
    (part.as_bytes().to_vec(), signature.to_owned())
}

/// What gpg says of a mail with the certificate of the server, at the time of the server.
async fn checked(site: &TestSite, mail: &[u8]) -> String {
    // The path of the agent's socket must be short.
    let home = tempfile::Builder::new().prefix("g").tempdir_in("/tmp").unwrap();
    let key = app::service_key::certificate(&site.site.duty()).await.unwrap().unwrap();
    let (part, signature) = parts(mail);
    let file = |name: &str, bytes: &[u8]| {
        let path = home.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let key = file("key.asc", key.to_armored().unwrap().as_bytes());
    let (part, signature) = (file("part", &part), file("part.asc", signature.as_bytes()));
    let now = site.lead().now().strftime("%Y%m%dT%H%M%S!").to_string();
    let gpg = |arguments: &[&std::ffi::OsStr]| {
        let mut gpg = Command::new("gpg");
        gpg.arg("--homedir").arg(home.path()).args(["--batch", "--faked-system-time", &now]);
        let output = gpg.args(["--status-fd", "1"]).args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
            + &String::from_utf8_lossy(&output.stderr)
    };
    gpg(&["--import".as_ref(), key.as_os_str()]);
    gpg(&["--verify".as_ref(), signature.as_os_str(), part.as_os_str()])
}

fn header<'a>(mail: &'a str, name: &str) -> &'a str {
    let line = mail.split("\r\n").find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_default()
}

const ODD: &str =
    "From here on it is odd.\n\n.\n\n..two dots\n\n-- \n\nIt ends in blanks   \n\nGröße ≠ 🦀 =3D.";

store::both_engines! {
    async fn a_note_goes_to_a_list_as_a_mail_that_gpg_finds_good(store: Store) {
        let Some(relay) = Relay::start() else { return };
        let mut site = site(store).await;
        site.site.post = Arc::new(relay.smtp());
        let id = published(&site, ODD).await;
        let mails = relay.mails();
        assert_eq!(mails.len(), 1);
        let said = checked(&site, &mails[0]).await;
        assert!(said.contains("[GNUPG:] GOODSIG"), "{said}");
        // micalg says which hash it is: 10 is SHA-512 (RFC 9580, section 9.5).
        let valid = said.lines().find(|line| line.contains("VALIDSIG")).unwrap();
        assert_eq!(valid.split(' ').nth(9), Some("10"), "{valid}");
        let mail = String::from_utf8(mails[0].clone()).unwrap();
        let number = site.case(id).await.number.unwrap();
        assert!(header(&mail, "Subject").starts_with(&format!("[{number}] =?utf-8?")), "{mail}");
        assert_eq!(header(&mail, "Message-ID"), format!("<{}.1@northlake.example>", number.slug()));
        let page = format!("<http://ombud.example/vuls/{}>", number.slug());
        assert_eq!(header(&mail, "Archived-At"), page);
        assert_eq!(board(&site, id).await[0].0, DispatchState::Done);
    }

    async fn it_stays_good_where_relays_rewrite_ends_of_lines_and_dots(store: Store) {
        let Some(relay) = Relay::start() else { return };
        let mut site = site(store).await;
        site.site.post = Arc::new(relay.smtp());
        published(&site, ODD).await;
        let mail = String::from_utf8(relay.mails().remove(0)).unwrap();
        // Kept with the ends of Unix, blanks cut off, “From ” set off, and sent on with CRLF again.
        let unix: Vec<_> = mail.split("\r\n").map(|line| line.trim_end_matches([' ', '\t'])).collect();
        let moved = unix.iter().map(|line| match line.strip_prefix("From ") {
            Some(rest) => format!(">From {rest}"),
            None => line.strip_prefix('.').unwrap_or(line).to_owned(),
        });
        let moved = moved.collect::<Vec<_>>().join("\r\n");
        let said = checked(&site, moved.as_bytes()).await;
        assert!(said.contains("[GNUPG:] GOODSIG"), "{said}");
        let changed = mail.replace("=2E", "=2F");
        let said = checked(&site, changed.as_bytes()).await;
        assert!(said.contains("[GNUPG:] BADSIG"), "{said}");
    }

    async fn a_correction_is_threaded_with_the_first_mail(store: Store) {
        let Some(relay) = Relay::start() else { return };
        let mut site = site(store).await;
        site.site.post = Arc::new(relay.smtp());
        let id = published(&site, "First.").await;
        corrected(&site, id, 2).await;
        corrected(&site, id, 3).await;
        let mails: Vec<_> =
            relay.mails().into_iter().map(|mail| String::from_utf8(mail).unwrap()).collect();
        let slug = site.case(id).await.number.unwrap().slug();
        let named = |n: usize| format!("<{slug}.{n}@northlake.example>");
        for (n, mail) in mails.iter().enumerate() {
            assert_eq!(header(mail, "Message-ID"), named(n + 1));
            let first = if n == 0 { String::new() } else { named(1) };
            assert_eq!(header(mail, "References"), first);
        }
        assert_eq!(mails.len(), 3);
    }

    async fn a_list_hears_that_a_note_is_withdrawn_and_why(store: Store) {
        let mut site = site(store).await;
        let post = Arc::new(PostBox::default());
        site.site.post = post.clone();
        let id = published(&site, "Words.").await;
        post.empty();
        let reason = "It was another product.".to_owned();
        app::note::propose_withdrawal(&site.analyst(), id, Remains::Nothing, reason).await.unwrap();
        app::note::agree_to_withdrawal(&site.lead(), id).await.unwrap();
        site.duties().await;
        let mails: Vec<_> = post.empty().into_iter().filter(|one| one.to == LIST).collect();
        let [mail] = &mails[..] else { panic!("{} mails", mails.len()) };
        let mail = String::from_utf8(mail.message.clone()).unwrap();
        let number = site.case(id).await.number.unwrap();
        assert_eq!(header(&mail, "Subject"), format!("[{number}] Withdrawn"));
        let first = format!("<{}.1@northlake.example>", number.slug());
        assert_eq!(header(&mail, "References"), first);
        assert!(mail.contains("It was another product.") && !mail.contains("Words."), "{mail}");
    }

    async fn nothing_is_sent_before_the_instant_and_nothing_twice(store: Store) {
        let mut site = site(store).await;
        let post = Arc::new(PostBox::default());
        site.site.post = post.clone();
        let id = armed(&site, "Words.").await;
        site.clock.set(site.case(id).await.embargo.end().unwrap().at);
        site.clock.pass_seconds(-1);
        site.duties().await;
        let to_list = |parcels: Vec<outside::smtp::Parcel>| {
            parcels.into_iter().filter(|parcel| parcel.to == LIST).count()
        };
        assert_eq!(to_list(post.empty()), 0);
        site.clock.pass_seconds(1);
        site.duties().await;
        site.duties().await;
        assert_eq!(to_list(post.empty()), 1);
    }

    async fn a_list_is_tried_again_later_but_not_where_nobody_knows(store: Store) {
        let mut site = site(store).await;
        let post = Arc::new(PostBox::default());
        site.site.post = post.clone();
        post.answer_for(LIST, Mood::Defers);
        let id = published(&site, "Words.").await;
        assert_eq!(board(&site, id).await[0].0, DispatchState::Waiting);
        post.answer_for(LIST, Mood::Breaks);
        site.clock.pass_seconds(15);
        site.duties().await;
        let (state, outcome) = board(&site, id).await.remove(0);
        assert_eq!(state, DispatchState::GivenUp);
        assert!(outcome.contains("Nobody knows whether"), "{outcome}");
    }

    async fn a_list_that_was_down_is_not_sent_an_old_revision(store: Store) {
        let mut site = site(store).await;
        let post = Arc::new(PostBox::default());
        site.site.post = post.clone();
        post.answer_for(LIST, Mood::Defers);
        let id = published(&site, "Words.").await;
        post.answer_for(LIST, Mood::Takes);
        site.clock.pass_seconds(-1);
        let soon = site.lead().now().checked_add(SignedDuration::from_secs(2)).unwrap();
        approved(&site, id, 2, "Corrected.", When::At(Instant::utc(soon))).await;
        post.empty();
        site.clock.pass_seconds(3600);
        site.duties().await;
        let to_list: Vec<_> = post.empty().into_iter().filter(|one| one.to == LIST).collect();
        assert_eq!(to_list.len(), 1);
        let states: Vec<_> = board(&site, id).await.into_iter().map(|(state, _)| state).collect();
        assert_eq!(states, [DispatchState::GivenUp, DispatchState::Done]);
    }

    async fn without_a_key_the_team_is_told_what_stands_in_the_way(store: Store) {
        let mut site = TestSite::on(store).await;
        let lists = vec![LIST.to_owned()];
        site.site.outlets = Arc::new(Outlets { lists, ..Outlets::default() });
        let problems = app::channel::problems(&site.site.duty()).await.unwrap();
        assert_eq!(problems.len(), 1, "{problems:?}");
        app::service_key::keep_service_key(&site.site.duty()).await.unwrap();
        assert!(app::channel::problems(&site.site.duty()).await.unwrap().is_empty());
    }
}
