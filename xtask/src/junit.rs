//! What the tests themselves said, from the report that nextest writes for each test. A test that
//! cannot do its work on this machine prints a line `skipped: …`; it must not pass for one that did.

/// A test that said it was skipped, and why.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Skip {
    /// The test's name, with its crate.
    pub(crate) test: String,
    /// The rest of the line.
    pub(crate) reason: String,
}

const MARK: &str = "skipped:";

/// Every line of a test's output that starts with `skipped:`.
pub(crate) fn skips(report: &str) -> Vec<Skip> {
    let mut found = Vec::new();
    for case in report.split("<testcase ").skip(1) {
        let test = format!("{} {}", attribute(case, "classname"), attribute(case, "name"));
        let output = case.split("<system-out>").nth(1).unwrap_or_default();
        let output = output.split("</system-out>").next().unwrap_or_default();
        for line in output.lines() {
            if let Some(reason) = line.trim().strip_prefix(MARK) {
                found.push(Skip { test: test.clone(), reason: plain(reason.trim()) });
            }
        }
    }
    found
}

fn attribute(element: &str, name: &str) -> String {
    let opening = format!("{name}=\"");
    let mut rest = element;
    // `name="` is also the end of `classname="`: an attribute starts after a space, or first.
    while let Some(at) = rest.find(&opening) {
        let before = rest.get(..at).unwrap_or_default();
        let after = rest.get(at + opening.len()..).unwrap_or_default();
        if before.is_empty() || before.ends_with(' ') {
            return plain(after.split('"').next().unwrap_or_default());
        }
        rest = after;
    }
    String::new()
}

fn plain(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::{Skip, skips};

    const REPORT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="3" failures="0">
    <testsuite name="store" tests="2">
        <testcase name="case::on_postgres" classname="store" timestamp="2026-01-01" time="0.0">
            <system-out>
running 1 test
skipped: no PostgreSQL &amp; no &quot;URL&quot;
test case::on_postgres ... ok
</system-out>
            <system-err></system-err>
        </testcase>
        <testcase name="quiet" classname="store" time="0.0">
            <system-out>nothing was skipped: all is well</system-out>
        </testcase>
    </testsuite>
</testsuites>"#;

    #[test]
    fn a_line_that_starts_with_the_word_is_found_with_its_test() {
        let wanted = Skip {
            test: "store case::on_postgres".to_owned(),
            reason: "no PostgreSQL & no \"URL\"".to_owned(),
        };
        assert_eq!(skips(REPORT), [wanted]);
    }

    #[test]
    fn a_report_without_output_has_no_skips() {
        assert!(skips("<testsuites></testsuites>").is_empty());
    }
}
