//! Plain HTTP/1.1, one connection for each question: no cookie, no cache, nothing that a browser
//! would keep between the visitor and the server.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What a server answers.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Its status.
    pub(crate) status: u16,
    /// What follows the head.
    pub(crate) body: String,
}

/// Fetches a page from `host`, an address and a port.
pub(crate) fn get(host: &str, path: &str) -> io::Result<Answer> {
    ask(host, "GET", path, "")
}

/// Asks `host` something, with a body of JSON unless it is empty.
pub(crate) fn ask(host: &str, method: &str, path: &str, body: &str) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(host)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{kind}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let answer = String::from_utf8_lossy(&answer);
    let wrong = || io::Error::other(format!("no answer in HTTP: {answer}"));
    let (head, body) = answer.split_once("\r\n\r\n").ok_or_else(wrong)?;
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(wrong)?;
    Ok(Answer { status, body: body.to_owned() })
}
