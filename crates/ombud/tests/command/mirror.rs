//! The public site as files: written by the program, cut off in the middle, handed out by another
//! web server.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::bucket::{Moto, SECRET};
use super::data::{BASE_URL, Data};
use super::{Room, Said, Server};

/// The program that writes the site of this data into a folder of its room.
fn export(data: &Data, folder: &str) -> Command {
    let mut command = data.ombud(&["export-site", folder]);
    command.env("OMBUD_SERVER_BASE_URL", BASE_URL);
    command
}

fn exported(data: &Data, folder: &str) -> Said {
    let said = Said::of(export(data, folder).output().expect("the program runs"));
    assert_eq!(said.code, Some(0), "{said:?}");
    said
}

/// Every file below a folder by its path, without what is kept about them.
fn files(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut files, mut folders) = (BTreeMap::new(), vec![root.to_owned()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            if path.is_dir() && path != root.join(".ombud") {
                folders.push(path);
            } else if path.is_file() {
                let name = path.strip_prefix(root).expect("below").display().to_string();
                files.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    files
}

#[test]
fn a_site_of_files_is_brought_up_to_date_beside_a_server_that_runs() {
    let data = Data::sqlite();
    data.publish(0..3, 1);
    let server = data.serve();
    let said = exported(&data, "site");
    let first = "The public site is in site: notes 3, files written ";
    assert!(said.out.starts_with(first), "{said:?}");
    let again = exported(&data, "site");
    let same = "The public site is in site: notes 3, files written 0, taken away 0.\n";
    assert_eq!(again.out, same);
    drop(server);
    data.publish(3..4, 1);
    data.publish(0..1, 2);
    assert!(exported(&data, "site").out.contains("notes 4, "));
    exported(&data, "fresh");
    assert!(files(&data.room.path("site")) == files(&data.room.path("fresh")));
    let wrong = data.run(&["export-site", "site"]);
    assert_eq!(wrong.code, Some(1), "{wrong:?}");
    assert!(wrong.err.contains("Set server.base_url"), "{wrong:?}");
}

/// What the lists name and is not there. A list is read first and what it names after: in between
/// nothing may go.
fn missing(root: &Path) -> Vec<PathBuf> {
    let read = |path: &str| fs::read_to_string(root.join(path)).unwrap_or_default();
    let mut named: BTreeSet<PathBuf> = BTreeSet::new();
    for folder in [".well-known/csaf/v2.0/white", ".well-known/csaf/v2.1/clear"] {
        for place in read(&format!("{folder}/index.txt")).lines() {
            for end in ["", ".sha256", ".sha512"] {
                named.insert(root.join(folder).join(format!("{place}{end}")));
            }
        }
    }
    for list in ["vuls/index.html", "index.html", "feed.json"] {
        let page = read(list);
        for rest in page.split("/vuls/VU-").skip(1) {
            let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
            named.insert(root.join(format!("vuls/VU-{number}/index.html")));
        }
    }
    named.into_iter().filter(|path| !path.exists()).collect()
}

#[test]
fn a_run_that_is_killed_leaves_no_link_into_nothing_and_the_next_one_finishes() {
    let data = Data::sqlite();
    data.publish(0..40, 1);
    let root = data.room.path("site");
    let (stop, watched) = (Arc::new(AtomicBool::new(false)), root.clone());
    let stopped = Arc::clone(&stop);
    let watching = std::thread::spawn(move || {
        let mut n_looks = 0;
        while !stopped.load(Ordering::Relaxed) {
            assert_eq!(missing(&watched), Vec::<PathBuf>::new());
            n_looks += 1;
        }
        n_looks
    });
    let mut n_killed = 0;
    for step in 1..=12_u32 {
        let mut child = export(&data, "site").stdout(Stdio::null()).spawn().expect("it runs");
        std::thread::sleep(Duration::from_millis(u64::from(step) * 90));
        if child.try_wait().expect("a child").is_none() {
            n_killed += 1;
        }
        // SIGKILL.
        drop(child.kill());
        child.wait().expect("it ends");
        data.publish(40 + step..41 + step, 1);
        data.publish(0..2, 1 + step);
    }
    exported(&data, "site");
    exported(&data, "fresh");
    stop.store(true, Ordering::Relaxed);
    let n_looks = watching.join().expect("no list named what was not there");
    assert!(n_killed > 2 && n_looks > 10, "killed {n_killed}, looked {n_looks}");
    let (site, fresh) = (files(&root), files(&data.room.path("fresh")));
    let differ: Vec<&String> = site
        .keys()
        .chain(fresh.keys())
        .filter(|path| site.get(*path) != fresh.get(*path))
        .collect();
    assert_eq!(differ, Vec::<&String>::new());
}

/// An address at which nobody listens.
fn free() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a port")
}

/// nginx with the settings of the manual.
struct Nginx {
    process: Child,
    at: SocketAddr,
}

impl Nginx {
    /// Starts it, or says that it is not there.
    #[expect(clippy::print_stdout, reason = "what was skipped is said")]
    fn start(room: &Room, root: &Path, server: SocketAddr) -> Option<Self> {
        let program =
            ["/usr/sbin/nginx", "/usr/bin/nginx"].iter().find(|at| Path::new(at).exists());
        let Some(program) = program else {
            println!("skipped: there is no nginx, so no site of files was handed out");
            return None;
        };
        let at = free();
        let sample = include_str!("../../../../docs/examples/nginx.conf");
        let sample = sample.replace("127.0.0.1:8443", &at.to_string());
        let sample = sample.replace("http://127.0.0.1:8080", &format!("http://{server}"));
        let sample = sample.replace("/srv/ombud/site", &root.display().to_string());
        let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
        let temporary: String =
            temporary.map(|kind| format!("{kind}_temp_path {kind};\n")).concat();
        room.write(
            "nginx.conf",
            &format!(
                "daemon off;\npid nginx.pid;\nworker_processes 1;\nerror_log stderr;\n\
                 events {{ }}\nhttp {{\naccess_log off;\n{temporary}{sample}\n}}\n"
            ),
        );
        let folder = room.path("");
        let mut command = Command::new(program);
        command.arg("-p").arg(&folder).arg("-c").arg(room.path("nginx.conf"));
        let process = command.spawn().expect("nginx runs");
        let begun = Instant::now();
        while TcpStream::connect(at).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(20), "nginx did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
        Some(Self { process, at })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // It ends its worker by itself only if it is asked.
        let id = self.process.id().to_string();
        drop(Command::new("kill").args(["-TERM", &id]).status());
        drop(self.process.wait());
    }
}

/// An answer.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: String,
    headers: BTreeMap<String, String>,
    body: Vec<u8>,
}

fn ask(at: SocketAddr, address: &str, more: &str) -> Answer {
    let mut stream = TcpStream::connect(at).expect("a connection");
    write!(
        stream,
        "GET {address} HTTP/1.1\r\nHost: cert.example\r\nConnection: close\r\n{more}\r\n"
    )
    .expect("sent");
    let mut answer = vec![];
    stream.read_to_end(&mut answer).expect("an answer");
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(answer[..end].to_vec()).expect("UTF-8");
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default().split(' ').nth(1).unwrap_or_default().to_owned();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.to_owned())).collect();
    Answer { status, headers, body: answer[end + 4..].to_vec() }
}

/// Whether a file is another one packed.
fn is_packed(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|end| end == "gz")
}

/// The address at which a server shows a file.
fn address(path: &str) -> String {
    let indexes = ["index.html", "index.json", "index.atom"];
    let pages = [
        "vuls/VU-",
        "vuls/vendors/",
        "vuls/products/",
        "policy/",
        "help/",
        "contact/",
        "accessibility/",
    ];
    match indexes.iter().find_map(|index| path.strip_suffix(index)) {
        Some(page) if pages.iter().any(|known| page.starts_with(known)) => {
            format!("/{}", page.trim_end_matches('/'))
        }
        Some(folder) => format!("/{folder}"),
        None => format!("/{path}"),
    }
}

/// What must be the same, whoever answers.
const SAME: [&str; 4] =
    ["content-type", "cache-control", "access-control-allow-origin", "x-content-type-options"];

#[test]
fn nginx_hands_out_what_the_server_answers() {
    let data = Data::sqlite();
    data.publish(0..8, 1);
    let root = data.room.path("site");
    let ours = free();
    let listen = ours.to_string();
    let mut command = data.ombud(&["serve", "--listen", &listen, "--metrics", "127.0.0.1:0"]);
    command.env("OMBUD_SERVER_BASE_URL", BASE_URL);
    let _server = Server::start(command);
    exported(&data, "site");
    let Some(nginx) = Nginx::start(&data.room, &root, ours) else { return };
    let mut n_packed = 0;
    let all = files(&root);
    for path in all.keys().filter(|path| !is_packed(path)) {
        let address = address(path);
        let (here, there) = (ask(ours, &address, ""), ask(nginx.at, &address, ""));
        assert_eq!((&*here.status, &*there.status), ("200", "200"), "{address}");
        assert!(here.body == there.body, "{address} differs");
        for header in SAME {
            assert_eq!(here.headers.get(header), there.headers.get(header), "{address} {header}");
        }
        let packed = ask(nginx.at, &address, "Accept-Encoding: gzip\r\n");
        if packed.headers.get("content-encoding").is_some_and(|kind| kind == "gzip") {
            n_packed += 1;
            let mut plain = vec![];
            flate2::read::GzDecoder::new(&*packed.body).read_to_end(&mut plain).expect("gzip");
            assert!(plain == here.body, "{address} differs, packed");
            assert_ne!(packed.headers.get("etag"), there.headers.get("etag"), "{address}");
        }
    }
    assert!(n_packed > 50, "{n_packed}");
    // What is no file is asked of the server, and what is kept about the files of nobody.
    for address in ["/vuls/?q=product", "/report", "/vuls/id/100001", "/vuls/VU-999999"] {
        let (here, there) = (ask(ours, address, ""), ask(nginx.at, address, ""));
        assert_eq!((&here.status, here.body.len()), (&there.status, there.body.len()), "{address}");
    }
    let personal = ask(nginx.at, "/", "Cookie: theme=dark\r\n");
    assert!(String::from_utf8_lossy(&personal.body).contains("data-theme=\"dark\""));
    assert_eq!(ask(nginx.at, "/.ombud/site.json", "").status, "404");
}

/// Waits until something is so.
fn until(what: &str, so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !so() {
        assert!(begun.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The program with a bucket for a copy of the site.
fn to_bucket(moto: &Moto, data: &Data, words: &[&str]) -> Command {
    data.room.write("secret", &format!("{SECRET}\n"));
    let mut command = data.ombud(words);
    command.env("OMBUD_SERVER_BASE_URL", BASE_URL).env("OMBUD_MIRROR_BUCKET", "evidence");
    command.env("OMBUD_MIRROR_ENDPOINT", format!("http://127.0.0.1:{}", moto.port));
    command.env("OMBUD_MIRROR_ACCESS_KEY", "ombud").env("OMBUD_MIRROR_SECRET_KEY_FILE", "secret");
    command
}

#[test]
fn a_server_keeps_copies_of_its_site_in_a_bucket_and_in_directories() {
    let Some(moto) = Moto::start() else { return };
    moto.open();
    let data = Data::sqlite();
    data.publish(0..2, 1);
    let (one, two) = (data.room.path("one"), data.room.path("two"));
    data.room.write("two", "a file, not a folder");
    let serve = ["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];
    let mut command = to_bucket(&moto, &data, &serve);
    let both = format!("{}:{}", one.display(), two.display());
    command.env("OMBUD_MIRROR_DIRECTORIES", &both);
    let server = Server::start(command);
    until("the bucket has the start", || {
        moto.asked("GET", "/evidence/index.html").is_some_and(|page| page.contains("VU-100001"))
    });
    let names = moto.asked("GET", "/evidence?list-type=2&max-keys=1000").expect("a list");
    for name in ["vuls/VU-100000", "vuls/VU-100000/json", "vuls/api/100001/index.html", "feed.json"]
    {
        assert!(names.contains(&format!("<Key>{name}</Key>")), "{name}: {names}");
    }
    let page = moto.asked("GET", "/evidence/vuls/VU-100000").expect("a page").to_lowercase();
    assert!(page.contains("content-type: text/html; charset=utf-8"), "{page}");
    assert!(page.contains("cache-control: public, max-age=60"), "{page}");
    until("the first directory has the start", || one.join("index.html").exists());
    drop(server);
    // The second came to nothing, and what the doctor says of it is true.
    let mut command = to_bucket(&moto, &data, &["doctor"]);
    let said = Said::of(command.env("OMBUD_MIRROR_DIRECTORIES", &both).output().expect("it runs"));
    assert_eq!(said.code, Some(1), "{said:?}");
    for line in [
        format!("OK    mirror     directory {} can be written\n", one.display()),
        format!("FAIL  mirror     directory {}: ", two.display()),
        "OK    mirror     bucket evidence can be written\n".to_owned(),
    ] {
        assert!(said.out.contains(&line), "{line}: {said:?}");
    }
    assert!(!said.out.contains(SECRET) && !said.err.contains(SECRET), "{said:?}");
    assert!(!one.join(".ombud/probe").exists());
}

#[test]
fn a_copy_that_cannot_be_stops_the_start_with_a_sentence() {
    for (text, sentence) in [
        (
            "directories = \"/srv/site\"",
            "mirror.directories (from ombud-data/ombud.toml) is set, but not server.base_url, by \
             which the pages of a copy link to each other; set that as well.",
        ),
        (
            "directories = \"site\"",
            "mirror.directories (from ombud-data/ombud.toml) names “site”, which does not begin \
             with /; write whole paths, with a colon between two of them.",
        ),
        (
            "directories = \"/srv/site:/\"",
            "mirror.directories (from ombud-data/ombud.toml) is where the data is, which no web \
             server may read; put it elsewhere.",
        ),
        (
            "bucket = \"site\"\naccess_key = \"ombud\"",
            "mirror.secret_key is missing: mirror.bucket is set. \
             Set it in [mirror], or as OMBUD_MIRROR_SECRET_KEY.",
        ),
        (
            "endpoint = \"https://s3.example.org\"",
            "mirror.endpoint (from ombud-data/ombud.toml) is set, but no bucket is; set \
             mirror.bucket as well.",
        ),
    ] {
        let data = Data::sqlite();
        data.room.write("ombud-data/ombud.toml", &format!("[mirror]\n{text}\n"));
        let said = data.run(&["config", "check"]);
        assert_eq!((said.code, said.err.trim_end()), (Some(1), &*format!("ombud: {sentence}")));
    }
}
