//! Plain HTTP/1.1, one connection for each question: no cookie, no cache, nothing that a browser
//! would keep between the visitor and the server.

use std::io::{self, BufRead, BufReader, Read, Write};
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
    stream.set_read_timeout(Some(Duration::from_mins(1)))?;
    let kind = if body.is_empty() { "" } else { "Content-Type: application/json\r\n" };
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{kind}\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )?;
    let mut stream = BufReader::new(stream);
    let status = line(&mut stream)?;
    let wrong = || io::Error::other(format!("no answer in HTTP: {status}"));
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(wrong)?;
    let mut body = Vec::new();
    let mut length = None;
    loop {
        let header = line(&mut stream)?.to_lowercase();
        if header.is_empty() {
            break;
        }
        length = header.strip_prefix("content-length:").map_or(length, |n| n.trim().parse().ok());
    }
    // Not everybody closes the connection when asked to.
    match length {
        Some(length) => stream.take(length).read_to_end(&mut body)?,
        None => stream.read_to_end(&mut body)?,
    };
    let body = String::from_utf8_lossy(&body).into_owned();
    Ok(Answer { status, body })
}

fn line(stream: &mut impl BufRead) -> io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}
