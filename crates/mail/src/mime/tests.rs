use std::io::Write;
use std::process::{Command, Stdio};

use super::*;

fn envelope() -> Envelope {
    Envelope {
        from: "CERT Exämple <cases@cert.example>".to_owned(),
        reply_to: "cases+7kq4m@cert.example".to_owned(),
        to: "psirt@vendor.example".to_owned(),
        subject: "[VU#123456] Action needed by 2026-11-30".to_owned(),
        message_id: "<letter-1@cert.example>".to_owned(),
        date: "2026-11-22T10:00:00Z".parse().unwrap(),
        text: "Hello,\n\nnaïve — Привет, мир.\n.\nFrom here on.\n".to_owned(),
        references: Some("<case-1@cert.example>".to_owned()),
    }
}

fn composed(envelope: &Envelope) -> String {
    String::from_utf8(compose(envelope).unwrap()).unwrap()
}

fn header<'a>(message: &'a str, name: &str) -> Vec<&'a str> {
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    let of = |line: &'a str| line.split_once(": ").filter(|(n, _)| *n == name).map(|(_, v)| v);
    head.split("\r\n").filter_map(of).collect()
}

#[test]
fn a_message_has_these_headers_once() {
    let message = composed(&envelope());
    for (name, value) in [
        ("Reply-To", "cases+7kq4m@cert.example"),
        ("To", "psirt@vendor.example"),
        ("Subject", "[VU#123456] Action needed by 2026-11-30"),
        ("Date", "Sun, 22 Nov 2026 10:00:00 +0000"),
        ("Message-ID", "<letter-1@cert.example>"),
        ("In-Reply-To", "<case-1@cert.example>"),
        ("References", "<case-1@cert.example>"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("Auto-Submitted", "auto-generated"),
        ("X-Ombud-Loop", "cert.example"),
    ] {
        assert_eq!(header(&message, name), [value], "{name} in\n{message}");
    }
    for absent in ["Cc", "Bcc", "Sender", "User-Agent", "X-Mailer", "Received"] {
        assert!(header(&message, absent).is_empty(), "{absent} in\n{message}");
    }
}

#[test]
fn a_body_goes_out_as_it_is_written() {
    let message = composed(&envelope());
    let (_, body) = message.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, "Hello,\r\n\r\nnaïve — Привет, мир.\r\n.\r\nFrom here on.\r\n");
}

#[test]
fn a_first_letter_belongs_to_no_thread() {
    let message = composed(&Envelope { references: None, ..envelope() });
    assert!(header(&message, "References").is_empty());
    assert!(header(&message, "In-Reply-To").is_empty());
}

#[test]
fn no_line_is_longer_than_mail_allows() {
    for text in [
        "x".repeat(5000),
        "д".repeat(3000),
        "слово и дело ".repeat(500),
        format!("{}{}", " ".repeat(1500), "x".repeat(1500)),
        "日本語".repeat(1000),
    ] {
        let message = composed(&Envelope { text: text.clone(), ..envelope() });
        let longest = message.split("\r\n").map(str::len).max().unwrap();
        assert!(longest <= 998, "{longest}");
        let (_, body) = message.split_once("\r\n\r\n").unwrap();
        let letters = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        assert_eq!(letters(body), letters(&text), "nothing is lost");
    }
}

#[test]
fn a_line_just_within_the_limit_is_not_broken() {
    for (length, lines) in [(998, 1), (999, 2)] {
        let message = composed(&Envelope { text: "x".repeat(length), ..envelope() });
        let (_, body) = message.split_once("\r\n\r\n").unwrap();
        assert_eq!(body.lines().count(), lines, "{length}");
    }
}

#[test]
fn nothing_gets_into_a_header_by_a_line_break() {
    let evil = |text: &str| format!("{text}\r\nBcc: eve@example.org");
    for (changed, header) in [
        (Envelope { from: evil("a@b.example"), ..envelope() }, "From"),
        (Envelope { reply_to: evil("a@b.example"), ..envelope() }, "Reply-To"),
        (Envelope { to: evil("a@b.example"), ..envelope() }, "To"),
        (Envelope { subject: evil("x"), ..envelope() }, "Subject"),
        (Envelope { subject: "x\0y".to_owned(), ..envelope() }, "Subject"),
        (Envelope { subject: "x\ny".to_owned(), ..envelope() }, "Subject"),
    ] {
        assert_eq!(compose(&changed), Err(NotComposed::Control(header)));
    }
    for bad in [evil("<a@b>"), "a@b".into(), "<a b@c>".into(), "<@>".into(), "<a@b> <c@d>".into()] {
        let changed = Envelope { references: Some(bad.clone()), ..envelope() };
        assert_eq!(compose(&changed), Err(NotComposed::Id("References")), "{bad:?}");
        let changed = Envelope { message_id: bad.clone(), ..envelope() };
        assert_eq!(compose(&changed), Err(NotComposed::Id("Message-ID")), "{bad:?}");
    }
}

#[test]
fn a_message_has_exactly_one_recipient() {
    for to in [
        "",
        "nobody",
        "a@x.example, b@y.example",
        "a@x.example b@y.example",
        "a@x.example; b@y.example",
        "group: a@x.example, b@y.example;",
        "A <a@x.example>, B <b@y.example>",
    ] {
        let changed = Envelope { to: to.to_owned(), ..envelope() };
        assert_eq!(compose(&changed), Err(NotComposed::Address("To")), "{to:?}");
    }
}

#[test]
fn a_date_out_of_reach_does_not_stop_a_letter() {
    for (date, told) in
        [(Timestamp::MIN, "Thu, 01 Jan 1970 00:00:00 +0000"), (Timestamp::MAX, "Thu, 30 Dec 9999")]
    {
        let message = composed(&Envelope { date, ..envelope() });
        assert!(header(&message, "Date").concat().starts_with(told), "{message}");
    }
}

const READER: &str = r#"
import email, email.policy, sys
m = email.message_from_bytes(sys.stdin.buffer.read(), policy=email.policy.default)
print(m.defects, m["subject"].defects, m["to"].defects, m["from"].defects)
print(m["from"].addresses[0].display_name, m["from"].addresses[0].addr_spec)
print([a.addr_spec for a in m["to"].addresses], m["subject"], m["date"].datetime.isoformat())
print(m.get_content_type(), m.get_content_charset(), m.is_multipart())
print(repr(m.get_content()))
"#;

#[test]
fn another_reader_of_mail_reads_what_we_wrote() {
    let started = Command::new("python3")
        .args(["-I", "-X", "utf8", "-c", READER])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut python) = started else {
        println!("skipped: python3 is not installed");
        return;
    };
    python.stdin.take().unwrap().write_all(&compose(&envelope()).unwrap()).unwrap();
    let read = String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap();
    let expected = [
        "[] () () ()",
        "CERT Exämple cases@cert.example",
        "['psirt@vendor.example'] [VU#123456] Action needed by 2026-11-30 2026-11-22T10:00:00+00:00",
        "text/plain utf-8 False",
        r"'Hello,\r\n\r\nnaïve — Привет, мир.\r\n.\r\nFrom here on.\r\n'",
        "",
    ];
    assert_eq!(read, expected.join("\n"));
}
