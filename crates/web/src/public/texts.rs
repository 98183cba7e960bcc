//! Words that people wrote, on the pages of those outside the team.

use formats::markdown;

/// Markdown as HTML. Its links tell the other side nothing and lend it no standing. The text
/// is escaped by then, so that `<a href` can only be a link.
pub(crate) fn html(text: &str) -> String {
    markdown::html(text).replace("<a href=", "<a rel=\"nofollow noreferrer\" href=")
}

/// References, one a line, as a list in which addresses are links.
pub(super) fn references(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = |line: &str| {
        let address = line.trim_start_matches(['-', '*', ' ']);
        let is_link = ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme))
            && !address.contains(['<', '>', ' ']);
        if is_link { format!("- <{address}>\n") } else { format!("- {address}\n") }
    };
    html(&lines.map(line).collect::<String>())
}
