//! The CSAF provider over TLS, as consumers find it: from `security.txt` by way of the metadata and
//! the ROLIE feed to each document, its hashes and its signature; and programs that nobody here wrote
//! judge what they get.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use jiff::SignedDuration;
use serde_json::Value;
use store::Place;
use tempfile::TempDir;

use crate::cast::Team;
use crate::checker;
use crate::front::{Front, tool};
use crate::node::{Node, Room, free_address};

/// How many notes are published; one of them is revised.
const NOTES: usize = 4;

/// A server behind TLS with a few notes, and what was fetched from it.
struct Provider {
    front: Front,
    room: Room,
    node: Node,
    fetched: TempDir,
}

impl Provider {
    async fn start() -> Option<Self> {
        let mut front = Front::at(free_address())?;
        let room = Room::new(vec![
            ("OMBUD_SERVER_BASE_URL", front.base()),
            ("OMBUD_MAIL_TEAM", "team@northlake.example".to_owned()),
        ])?;
        publish(&room, &front.base()).await;
        let node = room.start("provider");
        front.before(&node.host());
        let fetched = tempfile::tempdir().expect("a directory for what is fetched");
        Some(Self { front, room, node, fetched })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.front.base())
    }

    fn json(&self, url: &str) -> Value {
        let (head, body) = self.front.get(url);
        assert!(head.contains("content-type: application/json"), "{url}: {head}");
        assert!(head.contains("access-control-allow-origin: *"), "{url} {head}");
        serde_json::from_slice(&body).expect("JSON")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.fetched.path().join(name)
    }

    /// Runs a judge that trusts our authority.
    fn judged(&self, judge: &Path, words: &[&str]) -> Output {
        let mut command = Command::new(judge);
        let bundle = self.front.bundle();
        command.args(words).env("SSL_CERT_FILE", &bundle).env("REQUESTS_CA_BUNDLE", bundle);
        command.current_dir(self.fetched.path()).output().expect("the judge runs")
    }

    fn stop(self) {
        let log = self.room.log(&self.node.name);
        assert!(!log.contains("ERROR"), "{log}");
    }
}

/// Notes of two years, the first of them revised since.
async fn publish(room: &Room, base: &str) {
    let path = room.data("provider").join("ombud.sqlite");
    let mut team = Team::at(Place::Sqlite { path }).await;
    team.turn_back(SignedDuration::from_hours(24 * 401));
    team.is_at(base).await;
    for n in 0..NOTES {
        let days = 400 - 100 * i64::try_from(n).expect("a few");
        team.turn_back(SignedDuration::from_hours(24 * days));
        let armed = team.arm(&format!("secret{n}z"), 1000).await;
        team.let_out(&armed).await;
        if n == 0 {
            team.turn_back(SignedDuration::from_hours(24 * 50));
            team.revise(&armed).await;
        }
    }
    team.kit.site.store.close().await;
}

fn words(output: &Output) -> String {
    let all = [output.stdout.as_slice(), output.stderr.as_slice()].concat();
    String::from_utf8_lossy(&all).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn consumers_find_check_and_judge_every_document_over_tls() {
    let Some(provider) = Provider::start().await else { return };
    security_txt(&provider);
    checker::finds_the_metadata(&provider.front);
    for (version, label) in [("2.0", "white"), ("2.1", "clear")] {
        let documents = walk(&provider, version, label);
        assert_eq!(documents.len(), NOTES, "{documents:?}");
        signatures(&provider, &documents);
        lists(&provider, version, label, &documents);
        validators(&provider, version, &documents);
        let metadata = format!("/.well-known/csaf/v{version}/provider-metadata.json");
        checker::examines(&provider.front, &provider.url(&metadata), NOTES);
    }
    let plain = provider.url("/.well-known/csaf/provider-metadata.json");
    checker::examines(&provider.front, &plain, NOTES);
    metadata_judge(&provider);
    walker(&provider);
    feeds(&provider);
    nobody_is_turned_away_by_name(&provider);
    provider.stop();
}

/// `security.txt` is right, and its lines for CSAF lead to metadata.
fn security_txt(provider: &Provider) {
    let (_, body) = provider.front.get(&provider.url("/.well-known/security.txt"));
    let text = String::from_utf8(body.clone()).expect("UTF-8");
    let lines: Vec<_> = text.lines().filter_map(|line| line.strip_prefix("CSAF: ")).collect();
    assert_eq!(lines.len(), 3, "{text}");
    for url in lines {
        assert!(provider.json(url)["canonical_url"].is_string(), "{url}");
    }
    let Some(python) = tool("sectxt/bin/python") else { return };
    fs::write(provider.path("security.txt"), &body).expect("written");
    let look = "import sys, sectxt\n\
        parser = sectxt.Parser(open('security.txt', 'rb').read())\n\
        print([e['code'] for e in parser.errors], [r['code'] for r in parser.recommendations])\n\
        sys.exit(0 if parser.is_valid() else 1)\n";
    let judged = provider.judged(&python, &["-c", look]);
    assert!(judged.status.success(), "{}", words(&judged));
    println!("sectxt: {}", words(&judged).trim());
}

/// From the metadata by the ROLIE feed to every document, as CSAF 2.1, 7.3.2 says; what was
/// fetched lies in the folder, with hashes that are right.
fn walk(provider: &Provider, version: &str, label: &str) -> Vec<String> {
    let metadata = provider.url(&format!("/.well-known/csaf/v{version}/provider-metadata.json"));
    let metadata = provider.json(&metadata);
    assert_eq!(metadata["role"], "csaf_trusted_provider", "{metadata:#}");
    let feeds = metadata["distributions"].as_array().expect("distributions").iter();
    let feeds = feeds.filter_map(|one| one["rolie"]["feeds"].as_array()).flatten();
    let feed = feeds.map(|feed| feed["url"].as_str().expect("its address")).next();
    let feed = provider.json(feed.expect("a feed"));
    let mut found = vec![];
    for entry in feed["feed"]["entry"].as_array().expect("entries") {
        let url = entry["content"]["src"].as_str().expect("a document").to_owned();
        assert!(url.starts_with(&provider.url("/.well-known/csaf/")) && url.contains(label));
        let name = format!("{version}-{}", url.rsplit('/').next().expect("a name"));
        let document = provider.json(&url);
        assert_eq!(document["document"]["csaf_version"], version, "{url}");
        fs::write(provider.path(&name), provider.front.get(&url).1).expect("written");
        let links = entry["link"].as_array().expect("links");
        let beside = |kind: &str| {
            let links = links.iter().filter(|link| link["rel"] == kind);
            let addresses: Vec<_> = links.filter_map(|link| link["href"].as_str()).collect();
            assert!(!addresses.is_empty(), "{url} has no {kind}: {entry:#}");
            addresses
        };
        for hash in beside("hash") {
            let program = if hash.ends_with(".sha256") { "sha256sum" } else { "sha512sum" };
            let told = String::from_utf8(provider.front.get(hash).1).expect("UTF-8");
            let sum = Command::new(program).arg(provider.path(&name)).output().expect("it runs");
            assert_eq!(told.split(' ').next(), words(&sum).split(' ').next(), "{hash}");
        }
        let (_, signature) = provider.front.get(beside("signature")[0]);
        fs::write(provider.path(&format!("{name}.asc")), signature).expect("written");
        found.push(name);
    }
    found
}

/// gpg finds every signature good, by the key that the metadata names.
fn signatures(provider: &Provider, documents: &[String]) {
    let metadata = provider.json(&provider.url("/.well-known/csaf/provider-metadata.json"));
    let key = &metadata["public_openpgp_keys"][0];
    let (_, certificate) = provider.front.get(key["url"].as_str().expect("its address"));
    fs::write(provider.path("key.asc"), certificate).expect("written");
    let home = provider.path("gnupg");
    fs::create_dir_all(&home).expect("a home for gpg");
    let home = home.display().to_string();
    let gpg = |words: &[&str]| {
        let words: Vec<&str> = ["--homedir", &home, "--batch", "--status-fd", "1"]
            .into_iter()
            .chain(words.iter().copied())
            .collect();
        provider.judged(Path::new("gpg"), &words)
    };
    let imported = gpg(&["--import", "key.asc"]);
    assert!(imported.status.success(), "{}", words(&imported));
    for name in documents {
        let verified = gpg(&["--verify", &format!("{name}.asc"), name]);
        let said = words(&verified);
        let fingerprint = key["fingerprint"].as_str().expect("a fingerprint").to_uppercase();
        assert!(verified.status.success() && said.contains("VALIDSIG"), "{said}");
        assert!(said.contains(&fingerprint), "{said}");
    }
    Command::new("gpgconf").args(["--homedir", &home, "--kill", "all"]).output().ok();
}

/// `index.txt` and `changes.csv` name the same documents; only 2.0 puts fields in quotation marks.
fn lists(provider: &Provider, version: &str, label: &str, documents: &[String]) {
    let text = |name: &str| {
        let url = provider.url(&format!("/.well-known/csaf/v{version}/{label}/{name}"));
        String::from_utf8(provider.front.get(&url).1).expect("UTF-8")
    };
    let wanted: BTreeSet<_> = documents.iter().filter_map(|name| name.split_once('-')).collect();
    let wanted: BTreeSet<&str> = wanted.into_iter().map(|(_, name)| name).collect();
    let name = |path: &str| path.rsplit('/').next().unwrap_or_default().to_owned();
    let index: BTreeSet<String> = text("index.txt").lines().map(name).collect();
    assert_eq!(index.iter().map(String::as_str).collect::<BTreeSet<_>>(), wanted);
    let changes = text("changes.csv");
    let mut dates = vec![];
    for line in changes.lines() {
        let quoted = line.starts_with('"') && line.ends_with('"') && line.contains("\",\"");
        assert_eq!(quoted, version == "2.0", "{line}");
        assert_eq!(line.contains('"'), version == "2.0", "{line}");
        let (path, date) = line.split_once(',').expect("two fields");
        assert!(wanted.contains(name(path.trim_matches('"')).as_str()), "{line}");
        dates.push(date.trim_matches('"').to_owned());
    }
    assert_eq!(dates.len(), NOTES);
    assert!(dates.is_sorted_by(|one, next| one >= next), "{dates:?}");
}

/// Two validators, of which one knows all tests of 2.1.
fn validators(provider: &Provider, version: &str, documents: &[String]) {
    if let Some(csaf) = tool("csaf/bin/csaf") {
        let spec = format!("v{}", version.replace('.', ""));
        // All mandatory tests; and the address under which a document says that it is found, which
        // is right only where the server is known by https (6.2.11).
        for rules in [["--preset", "mandatory"], ["--only-rules", "6.2.11"]] {
            let mut all = vec!["validate", "--spec-version", &spec, "--no-network", "-q"];
            all.extend(rules);
            all.extend(documents.iter().map(String::as_str));
            let judged = provider.judged(&csaf, &all);
            assert!(judged.status.success(), "{rules:?}: {}", words(&judged));
        }
    }
    let library = "csaf-validator/node_modules/@secvisogram/csaf-validator-lib/validate.js";
    let Some(library) = tool(library) else { return };
    let home = library.ancestors().nth(4).expect("its directory").display().to_string();
    let script = crate::program::root().join("crates/formats/src/csaf/tests/judges/validate.mjs");
    let script = script.display().to_string();
    let mut all = vec![script.as_str(), &home, version];
    all.extend(documents.iter().map(String::as_str));
    let judged = provider.judged(Path::new("node"), &all);
    let said = words(&judged);
    assert!(judged.status.success() && !said.contains("\"kind\":\"error\""), "{said}");
}

/// The metadata of 2.1, what lies beside the documents, and that every address is reached over TLS
/// without a detour.
fn metadata_judge(provider: &Provider) {
    let Some(csaf) = tool("csaf/bin/csaf") else { return };
    let url = provider.url("/.well-known/csaf/v2.1/provider-metadata.json");
    for look in ["provider", "trusted", "probe"] {
        let judged = provider.judged(&csaf, &["distribute", look, &url]);
        assert!(judged.status.success(), "{look}: {}", words(&judged));
        assert!(!words(&judged).contains("FAIL"), "{look}: {}", words(&judged));
    }
}

/// `csaf-cli`, which the test command builds once, since that takes minutes.
fn walker(provider: &Provider) {
    let Some(walker) = tool("csaf-cli/bin/csaf") else { return };
    let url = provider.url("/.well-known/csaf/provider-metadata.json");
    let metadata = provider.judged(&walker, &["metadata", &url]);
    assert!(metadata.status.success(), "{}", words(&metadata));
    fs::create_dir_all(provider.path("synced")).expect("a directory");
    let synced = provider.judged(&walker, &["sync", "-d", "synced", &url]);
    assert!(synced.status.success(), "{}", words(&synced));
    let mut documents = vec![];
    gather(&provider.path("synced"), &mut documents);
    documents.retain(|file| file.to_string_lossy().ends_with(".json"));
    documents.retain(|file| {
        file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("vu_"))
    });
    // It goes by the feed and by the directory, and keeps what each of them led to.
    let names: BTreeSet<_> = documents.iter().filter_map(|file| file.file_name()).collect();
    assert_eq!(names.len(), NOTES, "{}", words(&synced));
    let home = provider.path("gnupg").display().to_string();
    for file in &documents {
        let name = file.file_name().expect("a name").to_string_lossy().into_owned();
        let ours = fs::read(provider.path(&format!("2.0-{name}"))).expect("fetched before");
        assert_eq!(fs::read(file).expect("synced"), ours, "{name}");
        let signature = file.with_extension("json.asc").display().to_string();
        let file = file.display().to_string();
        let all =
            ["--homedir", &home, "--batch", "--status-fd", "1", "--verify", &signature, &file];
        let verified = provider.judged(Path::new("gpg"), &all);
        assert!(words(&verified).contains("VALIDSIG"), "{name}: {}", words(&verified));
    }
    Command::new("gpgconf").args(["--homedir", &home, "--kill", "all"]).output().ok();
    println!("csaf-cli: {}", words(&synced).trim());
}

fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a directory").flatten() {
        if entry.path().is_dir() {
            gather(&entry.path(), found);
        } else {
            found.push(entry.path());
        }
    }
}

/// Two readers of feeds take ours, and their links lead to pages over TLS.
fn feeds(provider: &Provider) {
    if let Some(python) = tool("feedparser/bin/python") {
        for path in ["/feed.atom", "/vuls/atomfeed/"] {
            let look = "import sys, feedparser\n\
                feed = feedparser.parse(sys.argv[1])\n\
                assert not feed.bozo, feed.get('bozo_exception')\n\
                print('\\n'.join(entry.link for entry in feed.entries))\n";
            let judged = provider.judged(&python, &["-c", look, &provider.url(path)]);
            let said = words(&judged);
            assert!(judged.status.success(), "{path}: {said}");
            assert_eq!(said.lines().count(), NOTES, "{path}: {said}");
            for link in said.lines() {
                let found = provider.front.curl(&["--fail", "--location", "-o", "/dev/null"], link);
                assert!(
                    link.starts_with(&provider.front.base()) && found.status.success(),
                    "{link}"
                );
            }
        }
    }
    if let Some(python) = tool("atoma/bin/python") {
        let (_, feed) = provider.front.get(&provider.url("/feed.atom"));
        fs::write(provider.path("feed.atom"), feed).expect("written");
        let look = "import atoma; print(len(atoma.parse_atom_file('feed.atom').entries))";
        let judged = provider.judged(&python, &["-c", look]);
        assert_eq!(words(&judged).trim(), NOTES.to_string());
    }
}

/// Who a program says it is makes no difference (CSAF 2.1, 7.1.1): no name, a name nobody knows, a
/// name of a crawler.
fn nobody_is_turned_away_by_name(provider: &Provider) {
    let paths =
        ["provider-metadata.json", "v2.0/white/index.txt", "v2.1/clear/feed-tlp-clear.json"];
    for path in paths {
        let url = provider.url(&format!("/.well-known/csaf/{path}"));
        let (_, usual) = provider.front.get(&url);
        for name in ["", "x", "python-requests/2.0", "Googlebot/2.1", "csaf_downloader"] {
            let answer = provider.front.curl(&["--fail", "--user-agent", name], &url);
            assert!(answer.status.success(), "{url} refuses {name}");
            assert!(answer.stdout == usual, "{url} tells {name} something else");
        }
        let asked = ["--fail", "--head", "--header", "Origin: https://reader.example"];
        let cross =
            String::from_utf8_lossy(&provider.front.curl(&asked, &url).stdout).to_lowercase();
        assert!(cross.contains("access-control-allow-origin: *"), "{url}: {cross}");
    }
}
