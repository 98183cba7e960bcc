//! The public site of many notes: how long its files take to be written, what the server holds in
//! memory, and how many answers a second it gives beside nginx with those files on the same machine.
//! Needs `wrk` and nginx; without them their part is left out. `OMBUD_BENCH_NOTES` says how many
//! notes; prints lines for the tables of the manual.
#![expect(clippy::unwrap_used, reason = "a measurement that fails should stop")]
#![expect(clippy::print_stdout, reason = "what was measured is said")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::ops::Range;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use store::{Place, Store, Tx, sample};

const BASE_URL: &str = "http://cert.example";

const KEYS: &str = "kek = 0707070707070707070707070707070707070707070707070707070707070707\n\
    pepper = 0909090909090909090909090909090909090909090909090909090909090909\n";

/// How many notes are published in one transaction.
const AT_ONCE: u32 = 500;

/// How long each address is asked for, in seconds.
const SECONDS: u32 = 6;

/// What both answer, and what only the server does.
const BOTH: [(&str, &str); 5] = [
    ("a note", "/vuls/VU-100107"),
    ("its JSON", "/vuls/VU-100107/json"),
    ("its CSAF document", "/vuls/VU-100107/csaf"),
    ("the list", "/vuls/"),
    ("a note of VINCE's API", "/vuls/api/100107/"),
];
const SEARCHES: [(&str, &str); 3] = [
    ("a search for a word of one note", "/vuls/?q=VU%23100107"),
    ("a search for a word of all notes", "/vuls/?q=memory"),
    ("an older page", "/vuls/?before=2010-01-01T00:00:00Z,VU-100000"),
];

/// Lists that grow with the number of notes.
const LISTS: [&str; 4] = [
    "/.well-known/csaf/provider-metadata.json",
    "/.well-known/csaf/v2.0/white/index.txt",
    "/.well-known/csaf/v2.0/white/changes.csv",
    "/.well-known/csaf/v2.0/white/feed-tlp-white.json",
];

fn main() {
    let said = std::env::var("OMBUD_BENCH_NOTES").ok();
    let n_notes: u32 = said.and_then(|text| text.parse().ok()).unwrap_or(2_000);
    let world = World::new();
    let took = timed(|| world.publish(0..n_notes));
    println!("{n_notes} notes made public, drawn in every format, one after the other: {took:.1?}");
    let site = world.folder.path().join("site");
    println!("the whole tree: {:.1?}", timed(|| world.export()));
    let (n_files, bytes) = size(&site);
    println!("files {n_files}, {} MB", bytes / 1_000_000);
    println!("nothing new: {:.1?}", timed(|| world.export()));
    world.publish(n_notes..n_notes + 1);
    println!("one note more: {:.1?}", timed(|| world.export()));

    let server = world.serve();
    println!("memory after the start: {} MB", server.memory());
    for list in LISTS {
        let (mut length, mut times) = (0, vec![]);
        for _ in 0..2 {
            times.push(timed(|| length = get(server.at, list)));
        }
        println!("{list}: {length} bytes, first {:.1?}, then {:.1?}", times[0], times[1]);
    }
    println!("memory after all lists: {} MB", server.memory());
    for n in 0..n_notes.min(10_000) {
        get(server.at, &format!("/vuls/VU-{}", 100_000 + n));
    }
    println!("memory after {} notes: {} MB", n_notes.min(10_000), server.memory());
    let nginx = Nginx::start(world.folder.path(), &site, server.at);
    for (what, path) in BOTH {
        for (how, header) in [("", "X-Nothing: 1"), (", packed", "Accept-Encoding: gzip")] {
            let ours = wrk(server.at, path, header);
            let theirs = nginx.as_ref().and_then(|nginx| wrk(nginx.at, path, header));
            match (ours, theirs) {
                (Some(ours), Some(theirs)) => {
                    println!("| {what}{how} | {ours:.0} | {theirs:.0} | {:.2} |", theirs / ours);
                }
                (ours, _) => println!("{what}{how}: {ours:?}, no nginx to compare with"),
            }
        }
    }
    for (what, path) in SEARCHES {
        println!("| {what} | {:.0?} |", wrk(server.at, path, "X-Nothing: 1"));
    }
    println!("memory after all requests: {} MB", server.memory());
}

fn timed(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

/// How many files are below a folder, and how many bytes they hold.
fn size(root: &Path) -> (u64, u64) {
    let (mut n_files, mut bytes, mut folders) = (0, 0, vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let (path, known) =
                entry.map(|entry| (entry.path(), entry.metadata().unwrap())).unwrap();
            if known.is_dir() {
                folders.push(path);
            } else {
                n_files += 1;
                bytes += known.len();
            }
        }
    }
    (n_files, bytes)
}

/// Data of a server, in a folder of their own.
struct World {
    folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keys = folder.path().join("data.key");
        fs::write(&keys, KEYS).unwrap();
        fs::set_permissions(keys, fs::Permissions::from_mode(0o600)).unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        Self { folder, runtime: tokio::runtime::Runtime::new().unwrap() }
    }

    /// Makes notes public past every rule.
    fn publish(&self, notes: Range<u32>) {
        let place = Place::Sqlite { path: self.folder.path().join("data/ombud.sqlite") };
        self.runtime.block_on(async {
            let store = Store::open(&place).await.unwrap();
            for first in notes.clone().step_by(AT_ONCE as usize) {
                let some = first..notes.end.min(first + AT_ONCE);
                store.write(move |tx| publish(tx, some)).await.unwrap();
            }
            store.close().await;
        });
    }

    fn ombud(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ombud"));
        command.current_dir(self.folder.path()).args(["--data", "data"]).env_clear();
        command.env("OMBUD_SERVER_BASE_URL", BASE_URL).stderr(Stdio::null());
        command
    }

    fn export(&self) {
        let mut command = self.ombud();
        assert!(
            command.args(["export-site", "site"]).stdout(Stdio::null()).status().unwrap().success()
        );
    }

    fn serve(&self) -> Server {
        let at = free();
        let mut command = self.ombud();
        command.args(["serve", "--listen", &at.to_string(), "--metrics", "off"]);
        let child = command.stdout(Stdio::null()).spawn().unwrap();
        while TcpStream::connect(at).is_err() {
            std::thread::sleep(Duration::from_millis(5));
        }
        Server { child, at }
    }
}

fn publish(tx: &mut Tx, notes: Range<u32>) -> store::Result<()> {
    let settings = app::Settings {
        site_name: "Ombud".to_owned(),
        base_url: BASE_URL.to_owned(),
        from_address: "ombud@localhost".to_owned(),
        team_address: None,
        node: String::new(),
        cna: None,
        gna: None,
        second_factor: app::SecondFactor::Required,
    };
    tx.prove_vault(&sample::vault(6))?;
    for n in notes {
        let note = sample::notes::note(n, 1).unwrap();
        let files = app::artefact::rendered(&note, &settings).unwrap();
        tx.publish_note(&note, sample::notes::case_of(n), &files)?;
    }
    Ok(())
}

/// A server that runs until it is dropped.
struct Server {
    child: Child,
    at: SocketAddr,
}

impl Server {
    /// What it holds, in MB, once it has rested.
    fn memory(&self) -> u64 {
        std::thread::sleep(Duration::from_secs(2));
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// An address at which nobody listens.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).unwrap()
}

/// How long the answer is, head and body.
fn get(at: SocketAddr, path: &str) -> usize {
    let mut stream = TcpStream::connect(at).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = vec![];
    stream.read_to_end(&mut answer).unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 200 "), "{path}");
    answer.len()
}

/// nginx with the settings of the manual.
struct Nginx {
    process: Child,
    at: SocketAddr,
}

impl Nginx {
    fn start(folder: &Path, root: &Path, server: SocketAddr) -> Option<Self> {
        let program = PathBuf::from("/usr/sbin/nginx");
        if !program.exists() {
            return None;
        }
        let at = free();
        let sample = include_str!("../../../docs/examples/nginx.conf");
        let sample = sample.replace("127.0.0.1:8443", &at.to_string());
        let sample = sample.replace("http://127.0.0.1:8080", &format!("http://{server}"));
        let sample = sample.replace("/srv/ombud/site", &root.display().to_string());
        // It reads as whoever runs this, since the folder is of theirs alone.
        let text = format!(
            "daemon off;\nuser root;\npid nginx.pid;\nworker_processes 2;\nerror_log stderr;\n\
             events {{ }}\nhttp {{\naccess_log off;\nsendfile on;\ntcp_nopush on;\n\
             keepalive_requests 100000000;\n{sample}\n}}\n"
        );
        fs::write(folder.join("nginx.conf"), text).unwrap();
        let mut command = Command::new(program);
        command.arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf"));
        let process = command.stderr(Stdio::null()).spawn().unwrap();
        while TcpStream::connect(at).is_err() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Self { process, at })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let id = self.process.id().to_string();
        drop(Command::new("kill").args(["-TERM", &id]).status());
        drop(self.process.wait());
    }
}

/// How many answers there are in a second, over 16 connections that stay.
fn wrk(at: SocketAddr, path: &str, header: &str) -> Option<f64> {
    let mut command = Command::new("wrk");
    command.args(["-t1", "-c16", &format!("-d{SECONDS}s"), "-H", header]);
    command.arg(format!("http://{at}{path}")).stdout(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let lines: Vec<String> = lines.collect();
    assert!(child.wait().unwrap().success());
    let wrong = lines.iter().find(|line| line.contains("Non-2xx"));
    assert!(wrong.is_none(), "{path}: {wrong:?}");
    let rate = lines.iter().find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    rate.and_then(|rate| rate.trim().parse().ok())
}
