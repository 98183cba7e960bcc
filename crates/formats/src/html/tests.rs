//! The judge of the Markdown is a renderer that we did not write.

use super::{decode_entities, to_markdown};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser};

const FORMATTING: [&str; 25] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "dd",
    "dl",
    "dt",
    "em",
    "font",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "tt",
    "u",
    "ul",
];

/// What a reader sees, without white space; raw HTML is a failure.
pub(crate) fn seen(markdown: &str) -> Result<String, String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_GFM;
    let mut text = String::new();
    for event in Parser::new_ext(markdown, options) {
        match event {
            Event::Text(words) | Event::Code(words) => text.push_str(&words),
            Event::Start(_) | Event::End(_) | Event::SoftBreak | Event::HardBreak => {}
            other => return Err(format!("{other:?}")),
        }
    }
    Ok(squeezed(&text))
}

pub(crate) fn squeezed(text: &str) -> String {
    text.replace('\0', "\u{fffd}").chars().filter(|letter| !letter.is_whitespace()).collect()
}

/// What the archive's text says, read by a cruder rule than the one under test.
pub(crate) fn said(text: &str) -> String {
    let mut without = String::new();
    let mut rest = text;
    let mut tags = 0;
    while let Some(at) = rest.find('<') {
        without.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find('>').unwrap_or(0);
        let inner = rest[1..end.max(1)].trim_matches('/').to_ascii_lowercase();
        let name = inner.split_whitespace().next().unwrap_or_default();
        let plain = inner.split_whitespace().count() == 1 && !inner.starts_with(' ');
        let known =
            ["a name=", "a href=\"http", "font face="].iter().any(|start| inner.starts_with(start));
        if end > 0 && (plain && FORMATTING.contains(&name) || known) {
            rest = &rest[end + 1..];
            tags += 1;
        } else {
            without.push('<');
            rest = &rest[1..];
        }
    }
    without.push_str(rest);
    squeezed(&if tags == 0 { without } else { decode_entities(&without) })
}

#[test]
fn text_that_only_looks_like_markup_is_shown_as_it_is() {
    for text in [
        "visit http://<IP>/readydesk and see <script>alert('x')</script>",
        "# not a heading\n- not a list\n1. nor this\n=== nor that",
        "a_b_c *not bold* `not code` [not](a link) ![nor](a picture) &lt; ~~no~~",
        "<a onclick=evil()>x</a> <font style=x>y</font> <p class=z>",
        "    indented\n\tcode\n> quote\na | b\n--|--\nc | d\n:-: \n",
        "ends in a backslash\\\nand goes on\\",
        "see http://example.org/a_b?c=d&lt;=1 and http://example.org/x_y, https://, (ftp://example.org/).",
    ] {
        assert!(text.contains("<a ") || !super::has_tags(text), "{text}");
        let shown = text.replace("</a>", "");
        let shown = if text.contains("</a>") { shown.replace("</font>", "") } else { shown };
        assert_eq!(seen(&to_markdown(text)), Ok(squeezed(&shown)), "{}", to_markdown(text));
    }
}

#[test]
fn leftover_formatting_becomes_markdown() {
    let cases = [
        (
            "Versions: <ul> <li> one</li>\n<li>two <b>now</b></li>\n</ul> after",
            "Versions:\n\n-  one\n\n-  two now\n\nafter",
        ),
        ("<ol><li>a<ul><li>b</li></ul></li><li>c</ol>", "1. a\n\n   -  b\n\n1. c"),
        ("<H4> Workarounds</H4>\nBlock it.", "#### Workarounds\n\nBlock it."),
        (
            "<a href=\"http://a.example/\">there</a> &amp; back",
            "[there](<http://a.example/>) \\& back",
        ),
        ("x<br>\n&lt;y&gt;<p>z", "x\n\n\\<y\\>\n\nz"),
        ("<pre>a\n  b_c</pre>d", "```\na\n  b_c\n```\n\nd"),
        ("<blockquote>a\nb</blockquote>c", "> a\\\n> b\n\nc"),
        ("one\ntwo", "one\\\ntwo"),
        ("see http://a.example/b_c.", "see <http://a.example/b_c>."),
    ];
    for (text, markdown) in cases {
        assert_eq!(to_markdown(text), markdown);
    }
}

#[test]
fn character_references_are_decoded_once() {
    assert_eq!(
        decode_entities("&lt;EMBED&gt; &amp;lt; &#46;&#x2e; &nope; &T &#xD800; &#0;"),
        "<EMBED> &lt; .. &nope; &T &#xD800; &#0;"
    );
}

#[test]
fn hostile_depth_and_length_are_read_in_a_straight_line() {
    let units = [
        "<ul>",
        "<ul><li>",
        "<pre>",
        "<a href=\"http://a\">",
        "http://;&",
        "<",
        "<blockquote>",
        "<font ",
        "&",
        "&#",
        "[<p>",
        "\\",
        "`",
        "<ol><li>x",
        "http://)",
    ];
    for unit in units {
        let once = |text: &str| {
            let start = std::time::Instant::now();
            let markdown = to_markdown(text);
            assert!(markdown.len() <= text.len() * 40 + 40, "{unit}");
            start.elapsed().as_secs_f64()
        };
        let time = |times: usize| {
            let text = unit.repeat(times);
            (0..3).map(|_| once(&text)).fold(f64::MAX, f64::min).max(0.000_1)
        };
        // Where others use the processor as well one look tells little, but a curve is one at every look.
        let curve = |_| {
            let (short, long) = (time(500), time(10_000));
            (long >= short * 100.0).then(|| format!("{short} s for 500 and {long} s for 10,000"))
        };
        let curves: Option<Vec<String>> = (0..5).map(curve).collect();
        assert_eq!(curves, None, "{unit}");
    }
}

proptest! {
    #[test]
    fn no_text_panics_or_loses_a_word(text in pieces()) {
        let markdown = to_markdown(&text);
        if !super::has_tags(&text) {
            prop_assert_eq!(seen(&markdown), Ok(squeezed(&text)), "{}", markdown);
        }
    }

    #[test]
    fn marked_text_keeps_its_words_too(text in marked()) {
        let markdown = to_markdown(&text);
        prop_assert_eq!(seen(&markdown), Ok(said(&text)), "{}", markdown);
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[ \\n\\t#>*_`~|=+:<&;.)(\\[\\]!\\\\0-9a-c-]{0,12}",
        "\\PC{0,6}",
        prop::sample::select(vec![
            "<p",
            "http://a.example/",
            "<script>",
            "&amp;",
            "\r\n",
            "    ",
            "---",
            "***",
            "1)",
            "<a x=",
            "\\"
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn marked() -> impl Strategy<Value = String> {
    let tags: Vec<&str> = vec![
        "<ul>",
        "</ul>",
        "<ol>",
        "</ol>",
        "<li>",
        "</li>",
        "<p>",
        "<br>",
        "<h4>",
        "</h4>",
        "<blockquote>",
        "</blockquote>",
        "<b>",
        "</b>",
        "<a href=\"http://a.example/\">",
        "</a>",
        "<dl>",
        "<dd>",
        "\n",
        "\n\n",
        "word",
        " - x",
        "1. y",
        "<IP>",
        "    z",
        "# ",
        "&lt;",
        "http://b.example/?_a",
        "\\",
    ];
    prop::collection::vec(prop::sample::select(tags), 0..25).prop_map(|pieces| pieces.concat())
}
