//! The binary as an operator meets it: started as a process, with settings, signals, and nothing
//! of the inside in reach.
#![expect(clippy::expect_used, reason = "these are tests throughout, helpers included")]

mod bucket;
mod configuration;
mod cve;
mod data;
mod html;
mod importing;
mod keeping;
mod mirror;
mod operating;
mod records;
mod serving;
mod stopping;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A folder of its own, in which commands run.
struct Room {
    folder: TempDir,
}

impl Room {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("a folder") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    /// The program with these words, in this folder, and with no variable of ours.
    fn ombud(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_ombud"));
        command.args(words).current_dir(self.folder.path()).env_clear().stdin(Stdio::null());
        command
    }

    fn run(&self, words: &[&str]) -> Said {
        Said::of(self.ombud(words).output().expect("the program runs"))
    }

    /// Runs the program and gives it a line to read.
    fn run_with_line(&self, words: &[&str], line: &str) -> Said {
        let mut command = self.ombud(words);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let mut stdin = child.stdin.take().expect("its input");
        writeln!(stdin, "{line}").expect("it reads");
        drop(stdin);
        Said::of(child.wait_with_output().expect("it ends"))
    }

    fn serve(&self) -> Server {
        let free = ["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];
        Server::start(self.ombud(&free))
    }
}

/// What a command said, and how it ended.
#[derive(Debug)]
struct Said {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Said {
    fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("UTF-8"),
            err: String::from_utf8(output.stderr).expect("UTF-8"),
        }
    }
}

/// A server that runs, until it is stopped or forgotten.
struct Server {
    child: Child,
    greeting: String,
}

impl Server {
    /// Starts it and waits until it has said all it says at the start.
    fn start(mut command: Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program runs");
        let mut lines = BufReader::new(child.stdout.take().expect("its output"));
        let mut greeting = String::new();
        while lines.read_line(&mut greeting).expect("UTF-8") > 0 {
            if greeting.contains("Metrics:") {
                break;
            }
        }
        // The greeting comes in one piece, and a line about mail follows at least.
        let mut rest = vec![0; 4096];
        let n = lines.read(&mut rest).unwrap_or(0);
        rest.truncate(n);
        greeting.push_str(&String::from_utf8(rest).expect("UTF-8"));
        Self { child, greeting }
    }

    /// The address after these words of the greeting.
    fn after(&self, words: &str) -> SocketAddr {
        let rest = self.greeting.split(words).nth(1).unwrap_or_else(|| {
            panic!("no {words:?} in {:?}", self.greeting);
        });
        let end = rest.find(['/', '\n']).unwrap_or(rest.len());
        rest[..end].parse().expect("an address")
    }

    fn address(&self) -> SocketAddr {
        self.after("is at http://")
    }

    fn metrics(&self) -> SocketAddr {
        self.after("Metrics: http://")
    }

    /// Sends a signal and waits for the end.
    fn stop(mut self, signal: &str) -> (ExitStatus, Duration) {
        let began = Instant::now();
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status().expect("kill is there");
        assert!(sent.success());
        let ended = self.child.wait().expect("it ends");
        (ended, began.elapsed())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The status and the body of an answer.
fn get(at: SocketAddr, path: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(at).expect("a connection");
    write!(stream, "GET {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n").expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("an answer");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head and a body");
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
    (status, body.to_owned())
}

/// Sends a form, and answers what came back; nothing if the server is not there any more.
fn post(at: SocketAddr, path: &str, fields: &[(&str, &str)]) -> Option<(u16, String)> {
    let body: Vec<_> =
        fields.iter().map(|(name, value)| format!("{name}={}", value.replace(' ', "+"))).collect();
    let body = body.join("&");
    let mut stream = TcpStream::connect(at).ok()?;
    let asked = format!(
        "POST {path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(asked.as_bytes()).ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
}

/// Sends a report by the form, and answers its reference once the receipt is there.
fn report(at: SocketAddr, once: &str) -> Option<String> {
    let fields = [
        ("once", once),
        ("product", "Tally time server"),
        ("description", "A long option overwrites memory."),
        ("reproduction", "Send the packet."),
        ("impact", "Code runs."),
        ("identity", "anonymous"),
        ("sharing", "coordinator_only"),
        ("credit", "none"),
        ("evidence", "none"),
        ("public", "no"),
        ("exploited", "no"),
        ("found_by_tool", "no"),
        ("terms", "yes"),
    ];
    let (status, page) = post(at, "/report", &fields)?;
    assert_eq!(status, 200, "{page}");
    let found = page.split("R-").nth(1).map(|rest| format!("R-{}", &rest[..10]));
    Some(found.unwrap_or_else(|| panic!("no reference in {page}")))
}

fn mode_of(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}
