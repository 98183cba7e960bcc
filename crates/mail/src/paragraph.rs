//! Lines of a width that people can read in any mail program, out of templates that need not
//! care where a line ends.

/// The text in lines of at most 72 letters where its words allow it. A line that begins with two
/// blanks stays as it is (addresses, keys), `- ` or `1. ` begins an item, and no more than one
/// line in a row is empty.
pub(crate) fn fold(text: &str) -> String {
    let mut lines: Vec<String> = vec![];
    let mut paragraph = String::new();
    for line in text.lines() {
        let fresh = line.trim().is_empty() || line.starts_with("  ") || begins_item(line);
        if fresh {
            lay(&mut lines, &mut paragraph);
        }
        if line.trim().is_empty() {
            if lines.last().is_some_and(|last| !last.is_empty()) {
                lines.push(String::new());
            }
        } else if line.starts_with("  ") {
            lines.push(line.trim_end().to_owned());
        } else {
            paragraph.push_str(line);
            paragraph.push(' ');
        }
    }
    lay(&mut lines, &mut paragraph);
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    lines.push(String::new());
    lines.join("\n")
}

const WIDTH: usize = 72;

fn begins_item(line: &str) -> bool {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    line.starts_with("- ")
        || (digits > 0 && line.get(digits..).is_some_and(|rest| rest.starts_with(". ")))
}

fn lay(lines: &mut Vec<String>, paragraph: &mut String) {
    let indent = match (begins_item(paragraph), paragraph.find(' ')) {
        (true, Some(mark)) => mark + 1,
        _ => 0,
    };
    let mut line = String::new();
    for word in paragraph.split_whitespace() {
        let longer = line.chars().count() + 1 + word.chars().count();
        if !line.trim().is_empty() && longer > WIDTH {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    paragraph.clear();
}
