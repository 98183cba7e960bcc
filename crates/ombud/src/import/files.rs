//! The documents in files and folders, one at a time: never more than one file is in hand, and of a
//! file with a document a line never more than a line.

use std::collections::VecDeque;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use formats::history::{self, LARGEST};

/// A document and where it stood, such as `notes.jsonl:12`.
pub(super) struct Document {
    pub(super) place: String,
    pub(super) bytes: Vec<u8>,
}

/// Where something stood, and why it was not read.
type Unread = (String, String);

/// The documents still to come.
pub(super) struct Files {
    paths: VecDeque<PathBuf>,
    lines: Option<Lines>,
    items: VecDeque<Document>,
}

/// A file with a document a line, as far as it was read.
struct Lines {
    place: String,
    n: u64,
    from: Box<dyn BufRead>,
}

/// What can happen to a line.
enum Line {
    Document(Vec<u8>),
    TooLong,
    End,
}

impl Files {
    pub(super) fn of(paths: Vec<PathBuf>) -> Self {
        Self { paths: paths.into(), lines: None, items: VecDeque::new() }
    }

    /// A path: a folder is walked in the order of names, a file is read.
    fn take(&mut self, path: &Path) -> Option<Result<Document, Unread>> {
        let place = path.display().to_string();
        let unread = |error: io::Error| Some(Err((place.clone(), error.to_string())));
        if place == "-" {
            let from = Box::new(BufReader::new(io::stdin()));
            self.lines = Some(Lines { place: "standard input".to_owned(), n: 0, from });
            return None;
        }
        match fs::metadata(path) {
            Ok(known) if known.is_dir() => match inside(path) {
                Ok(found) => {
                    found.into_iter().rev().for_each(|path| self.paths.push_front(path));
                    None
                }
                Err(error) => unread(error),
            },
            Ok(_) if is_a(path, "jsonl") || is_a(path, "ndjson") => match File::open(path) {
                Ok(file) => {
                    self.lines = Some(Lines { place, n: 0, from: Box::new(BufReader::new(file)) });
                    None
                }
                Err(error) => unread(error),
            },
            Ok(_) => match whole(path).and_then(|bytes| beside(path, bytes)) {
                Ok(bytes) => self.apart(&place, &bytes),
                Err(error) => unread(error),
            },
            Err(error) => unread(error),
        }
    }

    /// A file holds one document or several.
    fn apart(&mut self, place: &str, bytes: &[u8]) -> Option<Result<Document, Unread>> {
        match history::apart(bytes) {
            Ok(found) => {
                let documents = found.into_iter();
                self.items.extend(
                    documents.map(|(within, bytes)| Document {
                        place: format!("{place}{within}"),
                        bytes,
                    }),
                );
                None
            }
            Err(refused) => Some(Err((place.to_owned(), refused.to_string()))),
        }
    }
}

impl Iterator for Files {
    type Item = Result<Document, Unread>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Some(Ok(item));
            }
            if let Some(lines) = &mut self.lines {
                match lines.next() {
                    Ok(Line::End) => self.lines = None,
                    Ok(Line::Document(bytes)) if bytes.iter().all(u8::is_ascii_whitespace) => {}
                    Ok(Line::Document(bytes)) => {
                        return Some(Ok(Document { place: lines.here(), bytes }));
                    }
                    Ok(Line::TooLong) => {
                        let why = format!("the line has more than {LARGEST} bytes");
                        return Some(Err((lines.here(), why)));
                    }
                    Err(error) => {
                        let place = lines.here();
                        self.lines = None;
                        return Some(Err((place, error.to_string())));
                    }
                }
                continue;
            }
            let path = self.paths.pop_front()?;
            if let Some(document) = self.take(&path) {
                return Some(document);
            }
        }
    }
}

impl Lines {
    fn here(&self) -> String {
        format!("{}:{}", self.place, self.n)
    }

    fn next(&mut self) -> io::Result<Line> {
        let most = u64::try_from(LARGEST).unwrap_or(u64::MAX);
        let mut bytes = vec![];
        let read = (&mut self.from).take(most).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            return Ok(Line::End);
        }
        self.n += 1;
        if read == LARGEST && bytes.last() != Some(&b'\n') {
            self.skip()?;
            return Ok(Line::TooLong);
        }
        Ok(Line::Document(bytes))
    }

    /// The rest of a line that nobody wants, a piece at a time.
    fn skip(&mut self) -> io::Result<()> {
        loop {
            let piece = self.from.fill_buf()?;
            if piece.is_empty() {
                return Ok(());
            }
            let end = piece.iter().position(|byte| *byte == b'\n');
            let n = end.map_or(piece.len(), |end| end + 1);
            self.from.consume(n);
            if end.is_some() {
                return Ok(());
            }
        }
    }
}

/// What lies in a folder, by name. Records of vendors belong to the note beside them, and a link to
/// another folder is not followed.
fn inside(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = vec![];
    for entry in fs::read_dir(folder)? {
        let (entry, path) = entry.map(|entry| (entry.file_type(), entry.path()))?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let document = ["json", "jsonl", "ndjson"].iter().any(|kind| is_a(&path, kind));
        if entry?.is_dir() || (document && !name.starts_with("vendor_")) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn is_a(path: &Path, kind: &str) -> bool {
    path.extension().is_some_and(|known| known.eq_ignore_ascii_case(kind))
}

/// A file that is not larger than any document may be.
fn whole(path: &Path) -> io::Result<Vec<u8>> {
    let most = u64::try_from(LARGEST).unwrap_or(u64::MAX);
    let mut bytes = vec![];
    File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() > LARGEST {
        return Err(io::Error::other(format!("it has more than {LARGEST} bytes")));
    }
    Ok(bytes)
}

/// A note of CERT/CC's archive with the records of its vendors, which lie beside it as `vendor_….json`.
fn beside(path: &Path, note: Vec<u8>) -> io::Result<Vec<u8>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if !name.starts_with("vu_") {
        return Ok(note);
    }
    let mut records = vec![];
    for entry in fs::read_dir(path.parent().unwrap_or(Path::new(".")))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.starts_with("vendor_") && is_a(&path, "json") {
            records.push(path);
        }
    }
    records.sort();
    let vendors = records.iter().map(|path| whole(path)).collect::<io::Result<Vec<_>>>()?;
    let joined = history::with_vendors(&note, &vendors);
    joined.map_err(|refused| io::Error::other(refused.to_string()))
}
