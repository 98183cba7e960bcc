//! Enough of Rust's grammar to tell code from comments and strings: a rule about code must not
//! trip over a sentence that speaks of it.

/// A Rust file, taken apart. Lines keep their numbers.
pub(crate) struct Parts {
    /// The text with comments gone and strings emptied.
    pub(crate) code: String,
    /// Each string literal, with the line it starts on.
    pub(crate) strings: Vec<(usize, String)>,
}

/// Takes a file apart.
pub(crate) fn parts(text: &str) -> Parts {
    let mut reader =
        Reader { rest: text, line: 1, parts: Parts { code: String::new(), strings: Vec::new() } };
    while reader.step() {}
    reader.parts
}

/// The code of a file without what only tests run: nothing for a file of tests, and nothing
/// after the module of tests that a file may end with.
pub(crate) fn code_outside_tests(path: &str, text: &str) -> String {
    let mut directories = path.split('/').rev().skip(1);
    if path.ends_with("/tests.rs") || directories.any(is_test_directory) {
        return String::new();
    }
    let code = parts(text).code;
    match code.find("#[cfg(test)]\nmod tests {") {
        Some(tests) => code.get(..tests).unwrap_or_default().to_owned(),
        None => code,
    }
}

fn is_test_directory(name: &str) -> bool {
    matches!(name, "tests" | "benches" | "testkit" | "e2e")
}

/// The lines on which a word stands, as a whole word.
pub(crate) fn lines_with(code: &str, word: &str) -> Vec<usize> {
    let whole = |line: &str| {
        line.match_indices(word).any(|(at, _)| {
            let before = line.get(..at).and_then(|text| text.chars().next_back());
            let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
            !before.is_some_and(is_part_of_a_name) && !after.is_some_and(is_part_of_a_name)
        })
    };
    code.lines().enumerate().filter(|(_, line)| whole(line)).map(|(number, _)| number + 1).collect()
}

fn is_part_of_a_name(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    parts: Parts,
}

impl<'a> Reader<'a> {
    /// Reads one thing; false at the end.
    fn step(&mut self) -> bool {
        let Some(first) = self.rest.chars().next() else { return false };
        if self.rest.starts_with("//") {
            self.take(self.rest.find('\n').unwrap_or(self.rest.len()));
        } else if self.rest.starts_with("/*") {
            self.comment();
        } else if let Some(opening) = raw_string(self.rest) {
            let hashes = opening.matches('#').count();
            self.string(opening.len(), &format!("\"{}", "#".repeat(hashes)));
        } else if first == '"' {
            self.string(1, "\"");
        } else if let Some(length) = character(self.rest) {
            self.take(length);
            self.parts.code.push_str("' '");
        } else {
            // A whole name at once, so that the r of `for"` is not the start of a raw string.
            let length = self.rest.find(|c| !is_part_of_a_name(c)).unwrap_or(self.rest.len());
            let text = self.take(length.max(first.len_utf8()));
            self.parts.code.push_str(text);
        }
        true
    }

    fn comment(&mut self) {
        let mut depth = 0_usize;
        loop {
            let length = if self.rest.starts_with("/*") {
                depth += 1;
                2
            } else if self.rest.starts_with("*/") {
                depth -= 1;
                2
            } else {
                self.rest.chars().next().map_or(0, char::len_utf8)
            };
            self.take(length);
            if depth == 0 || length == 0 {
                break;
            }
        }
    }

    fn string(&mut self, opening: usize, closing: &str) {
        let started = self.line;
        self.take(opening);
        let mut length = 0;
        let mut escaped = false;
        for (at, found) in self.rest.char_indices() {
            length = at;
            let ends =
                !escaped && self.rest.get(at..).is_some_and(|text| text.starts_with(closing));
            if ends {
                break;
            }
            escaped = closing == "\"" && found == '\\' && !escaped;
        }
        let text = self.take(length).to_owned();
        self.take(closing.len().min(self.rest.len()));
        self.parts.strings.push((started, text));
        self.parts.code.push_str("\"\"");
    }

    /// Moves on, counting lines and keeping them in the code.
    fn take(&mut self, length: usize) -> &'a str {
        let (text, rest) = self.rest.split_at(length);
        let lines = text.matches('\n').count();
        self.line += lines;
        if lines > 0 && text != "\n" {
            self.parts.code.push_str(&"\n".repeat(lines));
        }
        self.rest = rest;
        text
    }
}

/// `r"`, `r#"`, `br##"` and so on, if the text starts with one.
fn raw_string(text: &str) -> Option<&str> {
    let after = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let quote = after.find(|c| c != '#')?;
    after
        .get(quote..)?
        .starts_with('"')
        .then(|| text.get(..text.len() - after.len() + quote + 1))?
}

/// The length of a character literal, if the text starts with one; a lifetime is none.
fn character(text: &str) -> Option<usize> {
    let inner = text.strip_prefix('\'')?;
    let first = inner.chars().next()?;
    if first == '\\' {
        let end = inner.get(2..)?.find('\'')?;
        return Some(1 + 2 + end + 1);
    }
    inner.get(first.len_utf8()..)?.starts_with('\'').then(|| first.len_utf8() + 2)
}

#[test]
fn comments_and_strings_are_no_code() {
    let text = concat!(
        "let a = \"select // \\\" 1\"; // async\n",
        "/* tokio /* deeper */ still */ let b = r#\"a \"quoted\" b\"#;\n",
        "let c: &'static str = format!(\"{}\", '\"');\n",
        "let d = \"two\nlines\"; last()\n",
    );
    let Parts { code, strings } = parts(text);
    assert_eq!(
        strings,
        [
            (1, "select // \\\" 1".to_owned()),
            (2, "a \"quoted\" b".to_owned()),
            (3, "{}".to_owned()),
            (4, "two\nlines".to_owned()),
        ]
    );
    for word in ["async", "tokio", "deeper", "quoted", "select"] {
        assert!(lines_with(&code, word).is_empty(), "{word} in {code}");
    }
    assert_eq!(lines_with(&code, "static"), [3]);
    assert_eq!(lines_with(&code, "last"), [5]);
}

#[test]
fn a_word_is_a_whole_word() {
    assert_eq!(lines_with("asynchronous\nasync fn\nmy_async", "async"), [2]);
}

#[test]
fn the_tests_at_the_end_of_a_file_are_not_counted() {
    let text = "fn real() {}\n\n#[cfg(test)]\nmod tests {\n    fn fake() {}\n}\n";
    assert_eq!(code_outside_tests("crates/app/src/lib.rs", text).lines().count(), 2);
    assert_eq!(code_outside_tests("crates/app/src/case/tests.rs", text), "");
}
