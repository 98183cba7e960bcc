//! What hostile and odd words become.

use super::{html, line};

#[test]
fn tags_become_text() {
    let page = html("<script>alert(1)</script>\n\nHello <img src=x onerror=alert(1)> there");
    assert!(!page.contains("<script") && !page.contains("<img"), "{page}");
    assert!(page.contains("&lt;script&gt;"), "{page}");
}

#[test]
fn links_go_to_the_web_or_nowhere() {
    let page = html("[a](javascript:alert(1)) [b](https://example.com/) [c](data:text/html,x)");
    assert!(!page.contains("javascript:") && !page.contains("data:"), "{page}");
    assert!(page.contains("href=\"https://example.com/\""), "{page}");
}

#[test]
fn pictures_become_their_description() {
    let page = html("![the flaw](https://example.com/pixel.png)");
    assert!(page.contains("the flaw") && !page.contains("pixel.png"), "{page}");
}

#[test]
fn deep_nesting_is_shown_as_written() {
    let page = html(&">".repeat(16_000));
    assert!(page.starts_with("<pre>"), "{}", &page[..60]);
}

#[test]
fn tables_and_rules_are_kept() {
    let page = html("|a|b|\n|-|-|\n|1|2|\n\n----------------------------------------------\n");
    assert!(page.contains("<table>") && page.contains("<hr"), "{page}");
}

#[test]
fn a_line_has_the_words_without_the_marks() {
    let text = "The **lid** of\n`kettle`\n\n- boils [over](https://example.com/)\n- <b>twice</b>";
    assert_eq!(line(text), "The lid of kettle boils over <b>twice</b>");
}
