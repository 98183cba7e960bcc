//! Attachments in a bucket: what is set, what is checked, and that they are found there.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use store::{Blobs, S3, Transport};

use super::Said;
use super::data::{self, Data};

pub(crate) const SECRET: &str = "a key nobody may read";

/// A server that speaks S3, with the bucket `evidence`.
pub(crate) struct Moto {
    pub(crate) port: u16,
    process: Child,
}

impl Moto {
    /// Starts one, or says that it is not there.
    #[expect(clippy::print_stdout, reason = "what was skipped is said")]
    pub(crate) fn start() -> Option<Self> {
        let tools = std::env::var_os("OMBUD_TEST_TOOLS").map(PathBuf::from);
        let program = tools.map(|tools| tools.join("moto/bin/moto_server"));
        let Some(program) = program.filter(|program| program.exists()) else {
            println!("skipped: OMBUD_TEST_TOOLS holds no moto, so nothing was tested with S3");
            return None;
        };
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let mut command = Command::new(program);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let moto = Self { port, process: command.spawn().expect("moto runs") };
        let begun = Instant::now();
        while moto.asked("PUT", "/evidence").is_none_or(|answer| !answer.contains(" 200 ")) {
            assert!(begun.elapsed() < Duration::from_mins(1), "moto did not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(moto)
    }

    pub(crate) fn asked(&self, method: &str, path: &str) -> Option<String> {
        self.sent(method, path, "")
    }

    /// Lets everybody read what is in the bucket.
    pub(crate) fn open(&self) {
        let policy = "{\"Version\": \"2012-10-17\", \"Statement\": [{\"Effect\": \"Allow\", \
             \"Principal\": \"*\", \"Action\": \"s3:GetObject\", \
             \"Resource\": \"arn:aws:s3:::evidence/*\"}]}";
        let answer = self.sent("PUT", "/evidence?policy", policy).expect("an answer");
        assert!(answer.contains(" 200 ") || answer.contains(" 204 "), "{answer}");
    }

    fn sent(&self, method: &str, path: &str, body: &str) -> Option<String> {
        let port = self.port;
        let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
        let asked = format!(
            "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(asked.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        Some(answer)
    }

    /// The names of what is in the bucket.
    pub(crate) fn blobs(&self) -> Vec<String> {
        let listed = self.asked("GET", "/evidence?list-type=2").expect("an answer");
        let keys = listed.split("<Key>").skip(1);
        keys.filter_map(|rest| Some(rest.split_once("</Key>")?.0.to_owned())).collect()
    }

    fn delete(&self, blob: &str) {
        let bucket = S3 {
            bucket: "evidence".to_owned(),
            region: "us-east-1".to_owned(),
            endpoint: Some(format!("http://127.0.0.1:{}", self.port)),
            access_key_id: "ombud".to_owned(),
            secret_access_key: SECRET.to_owned(),
            transport: Transport::Plain,
        };
        let blobs = Blobs::s3(&bucket).expect("a bucket");
        data::run(blobs.delete(blob)).expect("it is deleted");
    }

    /// The program on this data, with the settings of the bucket and its secret in a file.
    fn ombud(&self, data: &Data, words: &[&str]) -> Command {
        data.room.write("secret", &format!("{SECRET}\n"));
        let mut command = data.ombud(words);
        command.env("OMBUD_FILES_KIND", "s3").env("OMBUD_FILES_BUCKET", "evidence");
        command.env("OMBUD_FILES_ENDPOINT", format!("http://127.0.0.1:{}", self.port));
        command.env("OMBUD_FILES_ACCESS_KEY", "ombud").env("OMBUD_FILES_SECRET_KEY_FILE", "secret");
        command
    }

    fn run(&self, data: &Data, words: &[&str]) -> Said {
        Said::of(self.ombud(data, words).output().expect("the program runs"))
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

#[test]
fn attachments_are_kept_found_and_backed_up_in_a_bucket() {
    let Some(moto) = Moto::start() else { return };
    let filled = Data::sqlite();
    filled.fill();
    assert_eq!(filled.run(&["backup", "today"]).code, Some(0));
    let backup = filled.room.path("today").display().to_string();

    let data = filled.another();
    let said = moto.run(&data, &["restore", &backup]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let blobs = moto.blobs();
    assert_eq!(blobs.len(), 2, "{blobs:?}");
    assert!(!data.room.path("ombud-data/blobs").exists(), "nothing of it is on this machine");
    let said = moto.run(&data, &["verify"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("attachments 2,"), "{said:?}");
    let said = moto.run(&data, &["backup", "again"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("attachments 2.\n"), "{said:?}");
    let copied = std::fs::read_dir(data.room.path("again/blobs")).expect("a folder").count();
    assert_eq!(copied, 2);

    let gone = &blobs[0];
    moto.delete(gone);
    let said = moto.run(&data, &["verify"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.contains(&format!("is missing (blob {gone}).")), "{said:?}");
}

#[test]
fn the_doctor_says_whether_the_bucket_does_its_work() {
    let Some(moto) = Moto::start() else { return };
    let data = Data::sqlite();
    let said = moto.run(&data, &["doctor"]);
    let fine = "OK    files      bucket evidence keeps what it is given\n";
    assert!(said.out.contains(fine), "{said:?}");
    assert_eq!(moto.blobs(), Vec::<String>::new(), "nothing is left behind");
    let mut other = moto.ombud(&data, &["doctor"]);
    let said = Said::of(other.env("OMBUD_FILES_BUCKET", "another").output().expect("it runs"));
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.contains("FAIL  files      bucket another: "), "{said:?}");
    assert!(!said.out.contains(SECRET) && !said.err.contains(SECRET), "{said:?}");
}

#[test]
fn the_key_of_a_bucket_is_never_shown() {
    let data = Data::sqlite();
    data.room.write("secret", &format!("{SECRET}\n"));
    let mut command = data.ombud(&["config", "show"]);
    command.env("OMBUD_FILES_KIND", "s3").env("OMBUD_FILES_BUCKET", "evidence");
    command.env("OMBUD_FILES_ACCESS_KEY", "ombud").env("OMBUD_FILES_SECRET_KEY_FILE", "secret");
    let said = Said::of(command.output().expect("it runs"));
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("[files]\nkind = \"s3\"  # OMBUD_FILES_KIND\n"), "{said:?}");
    let hidden = "secret_key = \"(hidden)\"  # the file named by OMBUD_FILES_SECRET_KEY_FILE\n";
    assert!(said.out.contains(hidden), "{said:?}");
    assert!(!said.out.contains(SECRET));
}

#[test]
fn half_a_bucket_stops_the_start_with_a_sentence() {
    for (text, sentence) in [
        (
            "kind = \"s3\"\nbucket = \"evidence\"\naccess_key = \"ombud\"",
            "files.secret_key is missing: files.kind is s3. \
             Set it in [files], or as OMBUD_FILES_SECRET_KEY.",
        ),
        (
            "bucket = \"evidence\"",
            "files.bucket (from ombud-data/ombud.toml) is set, but attachments go into a \
             directory; set files.kind to s3, or take it out.",
        ),
        (
            "kind = \"tape\"",
            "files.kind (from ombud-data/ombud.toml) is “tape”; write directory or s3.",
        ),
        (
            "kind = \"s3\"\nendpoint = \"s3.example.org\"",
            "files.endpoint (from ombud-data/ombud.toml) is “s3.example.org”, which is not the \
             address of a store; write one as https://s3.example.org.",
        ),
    ] {
        let data = Data::sqlite();
        data.room.write("ombud-data/ombud.toml", &format!("[files]\n{text}\n"));
        let said = data.run(&["config", "check"]);
        assert_eq!((said.code, said.err.trim_end()), (Some(1), &*format!("ombud: {sentence}")));
    }
}
