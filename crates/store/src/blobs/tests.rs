use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::{BlobError, Blobs, LARGEST, S3, Transport};

const NAME: &str = "0123456789abcdef";

/// What every place for blobs promises.
async fn keeps_what_it_is_given(blobs: &Blobs) {
    assert!(matches!(blobs.get(NAME).await, Err(BlobError::Missing(name)) if name == NAME));
    blobs.put(NAME, b"first".to_vec()).await.unwrap();
    assert_eq!(blobs.get(NAME).await.unwrap(), b"first");
    let large: Vec<u8> = (0..9_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    blobs.put("large", large.clone()).await.unwrap();
    assert!(blobs.get("large").await.unwrap() == large);
    blobs.put("empty", Vec::new()).await.unwrap();
    assert_eq!(blobs.get("empty").await.unwrap(), b"");
    blobs.delete(NAME).await.unwrap();
    assert!(matches!(blobs.get(NAME).await, Err(BlobError::Missing(_))));
    blobs.delete(NAME).await.unwrap();
    for name in ["", "..", "../a", "a/b", ".hidden", "a b", &"a".repeat(65)] {
        assert!(matches!(blobs.put(name, vec![]).await, Err(BlobError::Name(_))), "{name}");
        assert!(matches!(blobs.get(name).await, Err(BlobError::Name(_))), "{name}");
        assert!(matches!(blobs.delete(name).await, Err(BlobError::Name(_))), "{name}");
    }
    let refused = blobs.put("larger", vec![0; LARGEST + 1]).await;
    assert!(matches!(refused, Err(BlobError::TooLarge)));
}

#[tokio::test]
async fn memory_keeps_what_it_is_given() {
    keeps_what_it_is_given(&Blobs::in_memory()).await;
}

#[tokio::test]
async fn a_directory_keeps_what_it_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path().join("deep/blobs");
    keeps_what_it_is_given(&Blobs::local(&directory).unwrap()).await;
    let again = Blobs::local(&directory).unwrap();
    assert_eq!(again.get("large").await.unwrap().len(), 9_000_000);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = directory.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}

#[test]
fn a_directory_that_cannot_be_is_told_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let told = Blobs::local(&file.join("blobs")).unwrap_err().to_string();
    assert!(told.contains("file/blobs"), "{told}");
}

#[test]
fn a_key_of_a_bucket_is_never_shown() {
    let settings = settings("http://localhost:1");
    let shown = format!("{settings:?} {:?}", Blobs::s3(&settings).unwrap());
    assert!(shown.contains("evidence") && !shown.contains("very secret"), "{shown}");
}

#[tokio::test]
async fn a_bucket_keeps_what_it_is_given() {
    let Some(server) = Moto::start() else { return };
    keeps_what_it_is_given(&Blobs::s3(&settings(&server.address)).unwrap()).await;
}

#[tokio::test]
async fn a_bucket_that_does_not_exist_is_an_error_and_not_a_missing_file() {
    let Some(server) = Moto::start() else { return };
    let mut settings = settings(&server.address);
    settings.bucket = "another".to_owned();
    let kept = Blobs::s3(&settings).unwrap().put(NAME, b"first".to_vec()).await;
    assert!(matches!(kept, Err(BlobError::Missing(_) | BlobError::Failed(_))), "{kept:?}");
}

#[tokio::test]
async fn a_bucket_is_not_reached_in_the_clear_unless_that_was_said() {
    let Some(server) = Moto::start() else { return };
    let mut settings = settings(&server.address);
    settings.transport = Transport::Encrypted;
    let kept = Blobs::s3(&settings).unwrap().put(NAME, b"first".to_vec()).await;
    assert!(matches!(kept, Err(BlobError::Failed(_))), "{kept:?}");
}

fn settings(endpoint: &str) -> S3 {
    S3 {
        bucket: "evidence".to_owned(),
        region: "eu-central-1".to_owned(),
        endpoint: Some(endpoint.to_owned()),
        access_key_id: "ombud".to_owned(),
        secret_access_key: "very secret".to_owned(),
        transport: Transport::Plain,
    }
}

/// A server that speaks S3, with the bucket `evidence`.
struct Moto {
    address: String,
    process: Child,
}

impl Moto {
    /// Starts one, or says that it is not there.
    fn start() -> Option<Self> {
        let tools = std::env::var_os("OMBUD_TEST_TOOLS").map(PathBuf::from);
        let program = tools.map(|tools| tools.join("moto/bin/moto_server"));
        let Some(program) = program.filter(|program| program.exists()) else {
            eprintln!("skipped: OMBUD_TEST_TOOLS holds no moto, so nothing was tested with S3");
            return None;
        };
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let process = Command::new(program)
            .args(["-H", "127.0.0.1", "-p", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { address: format!("http://127.0.0.1:{port}"), process };
        let begun = Instant::now();
        while !makes_a_bucket(port) {
            assert!(begun.elapsed() < Duration::from_mins(1), "moto did not start");
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(server)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn makes_a_bucket(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let body = "<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";
    let asked = format!(
        "PUT /evidence HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut answer = String::new();
    stream.write_all(asked.as_bytes()).is_ok()
        && stream.read_to_string(&mut answer).is_ok()
        && answer.starts_with("HTTP/1.1 200")
}
