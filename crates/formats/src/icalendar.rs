//! Embargoes as calendar entries (RFC 5545), and the answers that calendars send back (RFC 5546).
//! An entry says a case's number and an instant, in UTC, and nothing else: its type has no room
//! for a title, a vendor or a word about the flaw (E24). An invitation names one guest, so that
//! no vendor learns of another. Reading takes untrusted bytes, and caps them first.

use domain::{CaseNumber, Timestamp};

mod lines;
mod reading;
mod zone;

pub use reading::{Answer, Choice, LARGEST, Refused, read};

use lines::{Writer, instant};

/// What a server or a mail calls a calendar; the method goes with it in a mail (RFC 6047, 2.4).
pub const MEDIA_TYPE: &str = "text/calendar; charset=utf-8";

/// The end of an embargo, as a calendar shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EmbargoEnd {
    /// What the entry is known by for good, in every message about it; made by the caller from
    /// random bits, never from what the case is about.
    pub uid: String,
    /// How often the entry was changed; a calendar believes the highest.
    pub sequence: u32,
    /// The case, the only thing that is shown.
    pub number: CaseNumber,
    /// When the embargo ends.
    pub ends_at: Timestamp,
    /// When the entry was last changed.
    pub changed_at: Timestamp,
    /// How certain it is.
    pub standing: Standing,
}

/// How certain an entry of a calendar is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// The end is proposed.
    Proposed,
    /// The end is agreed.
    Agreed,
    /// It will not take place: the embargo ended before, or the proposal was withdrawn.
    CalledOff,
}

/// Somebody who sends or gets an invitation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    /// The name that is shown.
    pub name: String,
    /// The mail address.
    pub address: String,
}

/// The question whether one guest accepts the end of an embargo.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Invitation {
    /// The end in question.
    pub event: EmbargoEnd,
    /// Who asks, and where the answer goes.
    pub organizer: Person,
    /// Who is asked.
    pub guest: Person,
}

/// A calendar to subscribe to, with the embargoes that its reader may know of (RFC 5546, 3.2.1).
pub fn publish(name: &str, events: &[EmbargoEnd]) -> Vec<u8> {
    let mut calendar = begun("PUBLISH");
    calendar.text("NAME", name);
    calendar.text("X-WR-CALNAME", name);
    for event in events {
        calendar.property("BEGIN", "VEVENT");
        entry(&mut calendar, event);
        calendar.property("END", "VEVENT");
    }
    ended(calendar)
}

/// The invitation to accept the end of an embargo (RFC 5546, 3.2.2).
pub fn request(invitation: &Invitation) -> Vec<u8> {
    message("REQUEST", invitation, &invitation.event)
}

/// Takes the entry out of the guest's calendar (RFC 5546, 3.2.5).
pub fn cancel(invitation: &Invitation) -> Vec<u8> {
    let event = EmbargoEnd { standing: Standing::CalledOff, ..invitation.event.clone() };
    message("CANCEL", invitation, &event)
}

fn message(method: &str, invitation: &Invitation, event: &EmbargoEnd) -> Vec<u8> {
    let mut calendar = begun(method);
    calendar.property("BEGIN", "VEVENT");
    entry(&mut calendar, event);
    calendar.person("ORGANIZER", &[], &invitation.organizer);
    let asked = [
        ("CUTYPE", "INDIVIDUAL"),
        ("ROLE", "REQ-PARTICIPANT"),
        ("PARTSTAT", "NEEDS-ACTION"),
        ("RSVP", "TRUE"),
    ];
    calendar.person("ATTENDEE", &asked, &invitation.guest);
    calendar.property("END", "VEVENT");
    ended(calendar)
}

fn begun(method: &str) -> Writer {
    let mut calendar = Writer::default();
    calendar.property("BEGIN", "VCALENDAR");
    calendar.property("VERSION", "2.0");
    calendar.property("PRODID", "-//Ombud//Embargoes//EN");
    calendar.property("CALSCALE", "GREGORIAN");
    calendar.property("METHOD", method);
    calendar
}

fn ended(mut calendar: Writer) -> Vec<u8> {
    calendar.property("END", "VCALENDAR");
    calendar.finish()
}

/// An instant without length: whoever looks at the day sees that nothing is to be told before.
fn entry(calendar: &mut Writer, event: &EmbargoEnd) {
    calendar.text("UID", &event.uid);
    calendar.property("DTSTAMP", &instant(event.changed_at));
    calendar.property("LAST-MODIFIED", &instant(event.changed_at));
    calendar.property("DTSTART", &instant(event.ends_at));
    calendar.property("SEQUENCE", &event.sequence.to_string());
    calendar.text("SUMMARY", &String::from(event.number.clone()));
    let status = match event.standing {
        Standing::Proposed => "TENTATIVE",
        Standing::Agreed => "CONFIRMED",
        Standing::CalledOff => "CANCELLED",
    };
    calendar.property("STATUS", status);
    calendar.property("CLASS", "CONFIDENTIAL");
    calendar.property("TRANSP", "TRANSPARENT");
}

#[cfg(test)]
mod tests;
