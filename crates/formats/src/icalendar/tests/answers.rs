//! Answers in the manner of the calendars that people use, and of those who mean harm.

use super::*;

const OUTLOOK_ZONE: &str = "BEGIN:VTIMEZONE\r
TZID:W. Europe Standard Time\r
BEGIN:STANDARD\r
DTSTART:16010101T030000\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:16010101T020000\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r
END:DAYLIGHT\r
END:VTIMEZONE\r
";

/// A message with one entry, as this method, with these lines in the entry.
fn message(method: &str, before: &str, entry: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nPRODID:-//Made up//EN\r\nVERSION:2.0\r\n{before}\
         BEGIN:VEVENT\r\nUID:u-1\r\nSEQUENCE:3\r\nDTSTAMP:20261129T080000Z\r\n{entry}\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn choice(text: &str) -> Result<Choice, Refused> {
    read(text.as_bytes()).map(|answer| answer.choice)
}

fn counter(start: &str, zone: &str) -> Result<Timestamp, Refused> {
    let entry = format!("ATTENDEE;PARTSTAT=TENTATIVE:mailto:ann@acme.example\r\n{start}");
    match choice(&message("COUNTER", zone, &entry))? {
        Choice::Counter { ends_at } => Ok(ends_at),
        other => panic!("{other:?}"),
    }
}

#[test]
fn outlook_says_yes_with_capitals_and_a_folded_comment() {
    let text = message(
        "REPLY",
        OUTLOOK_ZONE,
        "ATTENDEE;PARTSTAT=ACCEPTED;CN=\"Ann; Lid\":MAILTO:Ann@Acme.example\r\n\
         COMMENT;LANGUAGE=en-GB:Fine with us\\, \r\n thank you.\\n\r\n\
         DTSTART;TZID=W. Europe Standard Time:20261209T150000\r\n\
         X-MICROSOFT-CDO-BUSYSTATUS:BUSY",
    );
    let answer = read(text.as_bytes()).unwrap();
    assert_eq!(
        answer,
        Answer {
            uid: "u-1".to_owned(),
            sequence: 3,
            guest: "ann@acme.example".to_owned(),
            choice: Choice::Accepted,
            comment: Some("Fine with us, thank you.".to_owned()),
            answered_at: Some(at("2026-11-29T08:00:00Z")),
        }
    );
}

#[test]
fn outlook_proposes_a_time_in_a_zone_of_its_own_name() {
    let zoned = |time: &str| {
        counter(&format!("DTSTART;TZID=\"W. Europe Standard Time\":{time}"), OUTLOOK_ZONE)
    };
    assert_eq!(zoned("20261209T150000"), Ok(at("2026-12-09T14:00:00Z")));
    assert_eq!(zoned("20270709T150000"), Ok(at("2027-07-09T13:00:00Z")));
    assert_eq!(zoned("20270328T015959"), Ok(at("2027-03-28T00:59:59Z")));
    assert_eq!(zoned("20270328T030000"), Ok(at("2027-03-28T01:00:00Z")));
}

#[test]
fn google_says_no_in_bare_line_feeds() {
    let text = message(
        "REPLY",
        "CALSCALE:GREGORIAN\r\n",
        "DTSTART:20261209T140000Z\r\nDTEND:20261209T140000Z\r\n\
         ORGANIZER;CN=Kettle CERT:mailto:cert@cert.example\r\n\
         ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=DECLINED;CN=ann@ac\r\n me.example;X-NUM-GUESTS=0:mailto:ann@acme.example\r\n\
         SUMMARY:VU#123456",
    );
    let answer = read(text.replace("\r\n", "\n").as_bytes()).unwrap();
    assert_eq!((answer.choice, answer.guest.as_str()), (Choice::Declined, "ann@acme.example"));
}

#[test]
fn google_proposes_a_time_in_utc() {
    assert_eq!(counter("DTSTART:20261210T090000Z", ""), Ok(at("2026-12-10T09:00:00Z")));
}

#[test]
fn apple_puts_the_address_in_a_parameter() {
    let text = message(
        "REPLY",
        "",
        "ATTENDEE;CN=\"Ann\";CUTYPE=INDIVIDUAL;EMAIL=\"ann@acme.example\";PARTSTAT=TENTATIVE:/ab12/principal/",
    );
    let answer = read(text.as_bytes()).unwrap();
    assert_eq!((answer.choice, answer.guest.as_str()), (Choice::Tentative, "ann@acme.example"));
}

#[test]
fn thunderbird_repeats_all_guests_and_adds_an_alarm() {
    let text = message(
        "REPLY",
        "",
        "ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:bob@acme.example\r\n\
         ATTENDEE;RSVP=TRUE;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:mailto:ann@acme.example\r\n\
         BEGIN:VALARM\r\nACTION:DISPLAY\r\nATTENDEE;PARTSTAT=DECLINED:mailto:x@x.example\r\n\
         UID:other\r\nEND:VALARM",
    );
    let answer = read(text.as_bytes()).unwrap();
    assert_eq!(answer.uid, "u-1");
    assert_eq!((answer.choice, answer.guest.as_str()), (Choice::Accepted, "ann@acme.example"));
}

#[test]
fn a_line_folded_within_a_character_is_read() {
    let text =
        message("REPLY", "", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@acme.example\r\nCOMMENT:é");
    let (before, after) = text.split_once('é').unwrap();
    let bytes = [before.as_bytes(), b"\xc3\r\n \xa9", after.as_bytes()].concat();
    assert_eq!(read(&bytes).unwrap().comment.as_deref(), Some("é"));
}

#[test]
fn a_refusal_says_what_is_wrong() {
    let ann = "ATTENDEE;PARTSTAT=ACCEPTED:mailto:ann@acme.example";
    let cases = [
        (message("REQUEST", "", ann), Refused::NotAnAnswer),
        (message("REPLY", "", "SUMMARY:x"), Refused::NotOneGuest),
        (message("REPLY", "", &format!("{ann}\r\n{ann}")), Refused::NotOneGuest),
        (message("REPLY", "", "ATTENDEE;PARTSTAT=ACCEPTED:urn:x"), Refused::NotOneGuest),
        (message("REPLY", "", "ATTENDEE;PARTSTAT=DELEGATED:mailto:a@b.example"), Refused::NoChoice),
        (message("REPLY", "", ann).replace("UID:u-1\r\n", ""), Refused::NoIdentifier),
        (
            message("REPLY", "", &format!("{ann}\r\nEND:VEVENT\r\nBEGIN:VEVENT")),
            Refused::NotOneEntry,
        ),
        (message("COUNTER", "", ann), Refused::NotATime),
        ("BEGIN:VCALENDAR\r\nMETHOD:REPLY".to_owned(), Refused::NotACalendar),
        ("hello".to_owned(), Refused::NotACalendar),
        ("BEGIN:VCALENDAR\r\n".repeat(50), Refused::NotACalendar),
        (" ".repeat(LARGEST + 1), Refused::TooLarge),
        ("A:B\r\n".repeat(5_001), Refused::TooLarge),
    ];
    for (text, refusal) in cases {
        assert_eq!(choice(&text), Err(refusal), "{}", &text[..text.len().min(400)]);
    }
    assert_eq!(counter("DTSTART;VALUE=DATE:20261210", ""), Err(Refused::NoTime));
    assert_eq!(counter("DTSTART:20261210T090000", ""), Err(Refused::NoZone));
    assert_eq!(counter("DTSTART:20261310T090000Z", ""), Err(Refused::NotATime));
    assert_eq!(counter("DTSTART;TZID=Nowhere:20261210T090000", ""), Err(Refused::UnknownZone));
}

#[test]
fn an_answer_to_our_invitation_is_about_it() {
    let text = shown(&request(&invitation())).replace("METHOD:REQUEST", "METHOD:REPLY");
    let answer = read(text.replace("NEEDS-ACTION", "ACCEPTED").as_bytes()).unwrap();
    let sent = invitation();
    assert_eq!((answer.uid, answer.sequence), (sent.event.uid, sent.event.sequence));
    assert_eq!((answer.guest, answer.choice), (sent.guest.address, Choice::Accepted));
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn hostile_lines_never_panic(
        start in "DTSTART(;TZID=[A-Z]{0,3})?:\\PC{0,20}",
        rule in "(FREQ=YEARLY|INTERVAL=[0-9]|BYDAY=[+-]?[0-9]{0,3}[A-Zé]{0,3}|BYMONTH=[0-9-]{0,4}|;){0,6}",
        offset in "[+-]?[0-9é]{0,7}",
        year in 0..=9_999_i32,
    ) {
        let zone = format!(
            "BEGIN:VTIMEZONE\r\nTZID:A\r\nBEGIN:STANDARD\r\nDTSTART:16010101T000000\r\n\
             RRULE:{rule}\r\nTZOFFSETTO:{offset}\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
        );
        let _ = counter(&start, &zone);
        let _ = counter(&format!("DTSTART;TZID=A:{year:04}0301T000000"), &zone);
    }
}
