//! What a calendar of ours says, and what it never says.

mod answers;
mod judges;

use expect_test::expect;
use proptest::prelude::*;

use super::lines::{Property, Writer, unescaped, unfolded};
use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn event() -> EmbargoEnd {
    EmbargoEnd {
        uid: "0198c0de-7aaa-7bbb-8ccc-0123456789ab@cert.example".to_owned(),
        sequence: 2,
        number: "VU#123456".parse().unwrap(),
        ends_at: at("2026-12-09T14:00:00Z"),
        changed_at: at("2026-11-28T22:15:00.5Z"),
        standing: Standing::Proposed,
    }
}

fn invitation() -> Invitation {
    Invitation {
        event: event(),
        organizer: Person { name: "Kettle CERT".into(), address: "cert@cert.example".into() },
        guest: Person { name: "Ann \"Lid\", Acme".into(), address: "ann@acme.example".into() },
    }
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap().replace("\r\n", "\n")
}

#[test]
fn a_calendar_shows_numbers_and_instants_alone() {
    let agreed = EmbargoEnd { standing: Standing::Agreed, ..event() };
    expect![[r"
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//Ombud//Embargoes//EN
        CALSCALE:GREGORIAN
        METHOD:PUBLISH
        NAME:Embargoes\, mine
        X-WR-CALNAME:Embargoes\, mine
        BEGIN:VEVENT
        UID:0198c0de-7aaa-7bbb-8ccc-0123456789ab@cert.example
        DTSTAMP:20261128T221500Z
        LAST-MODIFIED:20261128T221500Z
        DTSTART:20261209T140000Z
        SEQUENCE:2
        SUMMARY:VU#123456
        STATUS:CONFIRMED
        CLASS:CONFIDENTIAL
        TRANSP:TRANSPARENT
        END:VEVENT
        END:VCALENDAR
    "]]
    .assert_eq(&shown(&publish("Embargoes, mine", &[agreed])));
}

#[test]
fn an_invitation_asks_one_guest() {
    expect![[r#"
        BEGIN:VCALENDAR
        VERSION:2.0
        PRODID:-//Ombud//Embargoes//EN
        CALSCALE:GREGORIAN
        METHOD:REQUEST
        BEGIN:VEVENT
        UID:0198c0de-7aaa-7bbb-8ccc-0123456789ab@cert.example
        DTSTAMP:20261128T221500Z
        LAST-MODIFIED:20261128T221500Z
        DTSTART:20261209T140000Z
        SEQUENCE:2
        SUMMARY:VU#123456
        STATUS:TENTATIVE
        CLASS:CONFIDENTIAL
        TRANSP:TRANSPARENT
        ORGANIZER;CN="Kettle CERT":mailto:cert@cert.example
        ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
         TRUE;CN="Ann 'Lid', Acme":mailto:ann@acme.example
        END:VEVENT
        END:VCALENDAR
    "#]]
    .assert_eq(&shown(&request(&invitation())));
}

#[test]
fn what_is_called_off_is_cancelled() {
    let cancelled = shown(&cancel(&invitation()));
    assert!(cancelled.contains("\nMETHOD:CANCEL\n"), "{cancelled}");
    assert!(cancelled.contains("\nSTATUS:CANCELLED\n"), "{cancelled}");
    assert!(cancelled.contains("\nUID:0198c0de-7aaa-7bbb-8ccc-0123456789ab@cert.example\n"));
}

#[test]
fn no_name_adds_a_line_or_a_guest() {
    let mut hostile = invitation();
    let end = "\"\r\nATTENDEE:mailto:b@b.example\r\n;X=\"";
    hostile.guest.name.push_str(end);
    hostile.guest.address.push_str(end);
    let guests = unfolded(&request(&hostile));
    let guests: Vec<_> = guests.iter().filter(|line| line.starts_with("ATTENDEE")).collect();
    assert_eq!(guests.len(), 1, "{guests:?}");
}

proptest! {
    #[test]
    fn lines_are_short_and_come_back(text in "(\\PC|[\r\n\t,;:\"\\\\]){0,300}") {
        let mut writer = Writer::default();
        writer.text("COMMENT", &text);
        let written = writer.finish();
        let folded = String::from_utf8(written.clone()).unwrap();
        prop_assert!(folded.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n')));
        let lines = unfolded(&written);
        prop_assert_eq!(lines.len(), 1);
        let property = Property::parse(&lines[0]).unwrap();
        let expected = text.replace("\r\n", "\n").replace('\r', "\n");
        prop_assert_eq!(unescaped(&property.value), expected);
    }

    #[test]
    fn a_person_comes_back(name in "\\PC{0,80}", address in "[a-z.]{1,60}@[a-z.]{1,60}") {
        let mut writer = Writer::default();
        writer.person("ATTENDEE", &[("RSVP", "TRUE")], &Person { name: name.clone(), address: address.clone() });
        let lines = unfolded(&writer.finish());
        let property = Property::parse(&lines[0]).unwrap();
        prop_assert_eq!(property.parameter("RSVP"), Some("TRUE"));
        let name = crate::xml::one_line(&name).replace('"', "'");
        prop_assert_eq!(property.parameter("CN").unwrap_or_default(), name);
        prop_assert_eq!(property.value, format!("mailto:{address}"));
    }
}
