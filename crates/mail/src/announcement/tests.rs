use proptest::prelude::*;

use super::*;

fn announcement() -> Announcement {
    Announcement {
        from: "CERT Example <cases@cert.example>".to_owned(),
        reply_to: "team@cert.example".to_owned(),
        to: "announce@lists.example".to_owned(),
        number: "VU#123456".to_owned(),
        title: "Tally overwrites memory".to_owned(),
        message_id: "<VU-123456.1@cert.example>".to_owned(),
        news: News::Note,
        follows: None,
        date: "2026-11-22T09:00:00Z".parse().unwrap(),
        page: "https://cert.example/vuls/VU-123456".to_owned(),
    }
}

fn composed(announcement: &Announcement) -> String {
    let part = part("Hello\n", &announcement.page);
    let signature = "-----BEGIN PGP SIGNATURE-----\n\nabc\n=abcd\n-----END PGP SIGNATURE-----\n";
    String::from_utf8(compose(announcement, &part, signature).unwrap()).unwrap()
}

/// What a reader makes of quoted-printable, by the book.
fn decoded(encoded: &str) -> String {
    let joined = encoded.replace("=\r\n", "");
    let (mut bytes, mut rest) = (vec![], joined.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        if *first == b'=' {
            let hex = std::str::from_utf8(&after[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_mail_to_a_list_is_one_that_programs_know_as_signed() {
    let message = composed(&announcement());
    let (head, body) = message.split_once("\r\n\r\n").unwrap();
    for line in [
        "Subject: [VU#123456] Tally overwrites memory",
        "Message-ID: <VU-123456.1@cert.example>",
        "To: announce@lists.example",
        "Reply-To: team@cert.example",
        "Archived-At: <https://cert.example/vuls/VU-123456>",
        "Content-Type: multipart/signed; micalg=pgp-sha512;",
        " protocol=\"application/pgp-signature\";",
        " boundary=\"=_signed\"",
        "Content-Transfer-Encoding: 7bit",
    ] {
        assert!(head.lines().any(|one| one == line), "no {line} in {head}");
    }
    assert_eq!(head.matches("Content-Type").count(), 1, "{head}");
    assert!(!head.contains("References") && !head.contains("Auto-Submitted"), "{head}");
    let parts: Vec<_> = body.split("--=_signed").collect();
    assert_eq!(parts.len(), 4, "{body}");
    assert!(parts[1].ends_with("Hello\r\n\r\n"), "{:?}", parts[1]);
    assert!(parts[2].contains("application/pgp-signature") && parts[3] == "--\r\n");
    assert!(message.is_ascii() && !message.replace("\r\n", "").contains(['\r', '\n']));
}

#[test]
fn a_correction_names_the_mail_it_corrects() {
    let first = "<VU-123456.1@cert.example>".to_owned();
    let second = Announcement {
        message_id: "<VU-123456.3@cert.example>".to_owned(),
        news: News::Correction,
        follows: Some(first.clone()),
        ..announcement()
    };
    let message = composed(&second);
    assert!(message.contains("Subject: [VU#123456] Corrected: Tally overwrites memory\r\n"));
    assert!(message.contains(&format!("In-Reply-To: {first}\r\n")), "{message}");
    assert!(message.contains(&format!("References: {first}\r\n")), "{message}");
    let third = Announcement {
        title: "Withdrawn: Tally overwrites memory".to_owned(),
        news: News::Withdrawal,
        ..second
    };
    let message = composed(&third);
    assert!(message.contains("Subject: [VU#123456] Withdrawn: Tally overwrites memory\r\n"));
    assert!(message.contains(&format!("References: {first}\r\n")), "{message}");
}

#[test]
fn a_title_of_any_letters_is_one_line_of_a_subject() {
    let odd = Announcement {
        title: "Größe\r\nBcc: all@x.example ≠ \u{202e}🦀 ".repeat(20),
        ..announcement()
    };
    let message = composed(&odd);
    let (head, _) = message.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("=?utf-8?"), "{head}");
    assert!(!head.contains("\r\nBcc") && head.is_ascii(), "{head}");
}

#[test]
fn what_relays_change_is_written_so_that_they_do_not() {
    let text = "From here\n.\n..two\n-- \nends in a tab\t\na = b\nnaïve ≠\n";
    let encoded = quoted_printable(text);
    assert_eq!(
        encoded,
        "=46rom here\r\n=2E\r\n=2E.two\r\n--=20\r\nends in a tab=09\r\na =3D b\r\n\
         na=C3=AFve =E2=89=A0\r\n"
    );
    let wrapped = format!("{}From here\n", "a".repeat(75));
    assert_eq!(quoted_printable(&wrapped).lines().nth(1), Some("=46rom here"));
}

#[test]
fn a_note_too_long_for_lists_is_cut_at_the_end_of_a_line_and_says_where_the_whole_is() {
    let line = "Acme says that it is affected – and sorry.\n";
    let page = "https://cert.example/vuls/VU-123456";
    let whole = line.repeat(LONGEST_TEXT / line.len());
    assert_eq!(fitting(&whole, page), whole);
    let cut = fitting(&line.repeat(5000), page);
    assert!(cut.starts_with(line) && cut.len() < LONGEST_TEXT + 200);
    let (kept, rest) = cut.split_once("\n\n[…]\n").unwrap();
    assert!(kept.lines().all(|one| one == line.trim_end()));
    assert!(rest.contains(page), "{rest}");
    let message = part(&line.repeat(5000), page);
    assert!(message.len() < 38_000, "{}", message.len());
}

proptest! {
    #[test]
    fn any_text_comes_back_out_of_lines_that_no_relay_changes(text in "(\\PC|\n|[ .\t=]|From ){0,400}") {
        let encoded = quoted_printable(&text);
        for line in encoded.split("\r\n") {
            prop_assert!(line.len() <= LONGEST_LINE, "{line}");
            prop_assert!(line.is_ascii() && !line.chars().any(|c| c.is_control() && c != '\t'));
            prop_assert!(!line.ends_with([' ', '\t']) && !line.starts_with("From "), "{line}");
            prop_assert!(!line.starts_with('.') && !line.starts_with("--=_"), "{line}");
        }
        let meant: String = text.lines().flat_map(|line| [line, "\r\n"]).collect();
        prop_assert_eq!(decoded(&encoded), meant);
    }
}
