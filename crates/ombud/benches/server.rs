//! How the program behaves as a whole: how soon it answers after its start, how much memory it
//! holds when nobody asks, how many public notes of the demonstration it hands out in a second
//! over loopback. On SQLite; on PostgreSQL it starts only where nothing can be lost, which a
//! database for tests is not.
#![expect(clippy::unwrap_used, reason = "a measurement that fails should stop")]
#![expect(clippy::print_stdout, reason = "what was measured beside is said")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

/// How many connections ask at once, one request after the other on each.
const CONNECTIONS: u64 = 16;

fn benches(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    criterion.bench_function("from the start to the first answer", |bench| {
        bench.iter_custom(|times| (0..times).map(|_| Server::start(&data).1).sum());
    });
    println!("{} KiB of memory after the start", Server::start(&data).0.memory());

    let (world, note) = demonstration(&folder.path().join("world"));
    let at = world.address;
    assert!(ask(&mut connect(at), at, &note).starts_with(b"HTTP/1.1 200 "), "{note} is public");
    let mut group = criterion.benchmark_group("the demonstration");
    group.throughput(Throughput::Elements(1));
    let csaf = format!("{note}/csaf");
    for (what, path) in [
        ("a public note", note.as_str()),
        ("its CSAF document", &csaf),
        ("the list of notes", "/vuls/"),
        ("livez", "/livez"),
    ] {
        let name = format!("{what}, {CONNECTIONS} connections");
        group.bench_function(&name, |bench| bench.iter_custom(|times| ask_all(at, path, times)));
    }
    group.finish();
    println!("{} KiB of memory after all requests", world.memory());
}

/// A server with the world of the demonstration, and the path of a note in it.
fn demonstration(data: &Path) -> (Server, String) {
    let mut command = ombud(data);
    let child = command.args(["demo", "--listen", "127.0.0.1:0"]).spawn().unwrap();
    // Where it listens it says when the world is made.
    let mut world = Server { child, address: SocketAddr::from(([127, 0, 0, 1], 0)) };
    let cast = data.join("demo.json");
    let begun = Instant::now();
    loop {
        assert!(begun.elapsed() < Duration::from_mins(2), "no world was made");
        let text = std::fs::read_to_string(&cast).unwrap_or_default();
        // The last of them is written after all notes.
        if let (Some(rest), true) = (text.split("http://").nth(1), text.trim_end().ends_with('}')) {
            world.address = rest.split('/').next().unwrap().parse().unwrap();
            let note = text.split("/vuls/").nth(1).unwrap().split('"').next().unwrap();
            return (world, format!("/vuls/{note}"));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn ombud(data: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ombud"));
    command.arg("--data").arg(data).env_clear().stdout(Stdio::null()).stderr(Stdio::null());
    command
}

/// A server that runs until it is dropped.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    /// Starts one, and says how long it took until it answered.
    fn start(data: &Path) -> (Self, Duration) {
        let mut command = ombud(data);
        command.args(["serve", "--listen", "127.0.0.1:0", "--metrics", "off"]);
        command.stdout(Stdio::piped());
        let begun = Instant::now();
        let mut child = command.spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().rsplit("http://").next().unwrap().parse().unwrap();
        assert!(ask(&mut connect(address), address, "/livez").starts_with(b"HTTP/1.1 200 "));
        let took = begun.elapsed();
        (Self { child, address }, took)
    }

    /// What it holds, in KiB, once it has rested.
    fn memory(&self) -> u64 {
        std::thread::sleep(Duration::from_secs(2));
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn connect(at: SocketAddr) -> BufReader<TcpStream> {
    let stream = TcpStream::connect(at).unwrap();
    stream.set_nodelay(true).unwrap();
    BufReader::new(stream)
}

/// An answer, head and body; the connection stays.
fn ask(connection: &mut BufReader<TcpStream>, at: SocketAddr, path: &str) -> Vec<u8> {
    let asked = format!("GET {path} HTTP/1.1\r\nHost: {at}\r\n\r\n");
    connection.get_mut().write_all(asked.as_bytes()).unwrap();
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let start = head.len();
        connection.read_until(b'\n', &mut head).unwrap();
        let line = &head[start..];
        if line == b"\r\n" {
            break;
        }
        if let Some(value) =
            String::from_utf8_lossy(line).to_lowercase().strip_prefix("content-length:")
        {
            length = value.trim().parse().unwrap();
        }
    }
    let start = head.len();
    head.resize(start + length, 0);
    connection.read_exact(&mut head[start..]).unwrap();
    head
}

/// How long so many requests take, shared among the connections.
fn ask_all(at: SocketAddr, path: &str, times: u64) -> Duration {
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            scope.spawn(|| {
                let mut connection = connect(at);
                for _ in 0..times.div_ceil(CONNECTIONS) {
                    ask(&mut connection, at, path);
                }
            });
        }
    });
    begun.elapsed()
}

/// Few samples: a start takes its time.
fn settings() -> Criterion {
    let settings = Criterion::default().sample_size(10);
    settings.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(5))
}

criterion_group!(name = all; config = settings(); targets = benches);
criterion_main!(all);
