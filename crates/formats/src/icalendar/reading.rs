//! What a guest's calendar answers: yes, no, perhaps, or another time (RFC 5546, 3.2.3 and 3.2.7).
//! Who really sent it is for the caller to find out; nothing here is believed.

use jiff::Timestamp;

use super::lines::{Property, unescaped, unfolded};
use super::zone::{Zone, instant_of};

/// An answer with more bytes than this is refused before it is read.
pub const LARGEST: usize = 256 * 1024;

/// How many lines an answer may have.
const MOST_LINES: usize = 5_000;

/// How deep components may lie in each other.
const DEEPEST: usize = 8;

/// The longest identifier or address that is kept, in bytes.
const LONGEST_NAME: usize = 1_000;

/// The longest comment that is kept, in characters.
const LONGEST_COMMENT: usize = 4_000;

/// The answer of one guest about one entry.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// The entry.
    pub uid: String,
    /// The version of the entry that the guest saw.
    pub sequence: u32,
    /// The guest's mail address, in small letters, as the calendar gives it.
    pub guest: String,
    /// The answer.
    pub choice: Choice,
    /// What the guest wrote beside it.
    pub comment: Option<String>,
    /// When the guest's calendar says that it answered.
    pub answered_at: Option<Timestamp>,
}

/// What a guest may answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Choice {
    /// Yes.
    Accepted,
    /// No.
    Declined,
    /// Not decided.
    Tentative,
    /// No, but at another time.
    Counter {
        /// The time that the guest proposes.
        ends_at: Timestamp,
    },
}

/// Why an answer is not read, in a sentence for its sender.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// Too many bytes or lines.
    #[error("The calendar file is too large to be an answer.")]
    TooLarge,
    /// It does not hold one calendar.
    #[error("The file is not a calendar.")]
    NotACalendar,
    /// Neither a reply nor a counter-proposal.
    #[error("The calendar file is not an answer to an invitation.")]
    NotAnAnswer,
    /// No entry, or more than one.
    #[error("The answer must be about exactly one calendar entry.")]
    NotOneEntry,
    /// An entry without its identifier.
    #[error("The answer does not say which calendar entry it is about.")]
    NoIdentifier,
    /// No guest, or several who answered.
    #[error("The answer must name exactly one guest who answers.")]
    NotOneGuest,
    /// A state that is none of the four.
    #[error("The answer is neither yes, no, perhaps nor another time.")]
    NoChoice,
    /// A day only.
    #[error("A date without a time cannot be the end of an embargo; please propose a time of day.")]
    NoTime,
    /// A time that cannot be.
    #[error("The proposed time cannot be read.")]
    NotATime,
    /// A time that is another instant for everyone.
    #[error("The proposed time names no time zone.")]
    NoZone,
    /// A zone without its rules.
    #[error("The time zone of the proposed time cannot be read.")]
    UnknownZone,
}

/// Reads an answer as a calendar program sends it.
pub fn read(bytes: &[u8]) -> Result<Answer, Refused> {
    if bytes.len() > LARGEST {
        return Err(Refused::TooLarge);
    }
    let lines = unfolded(bytes);
    if lines.len() > MOST_LINES {
        return Err(Refused::TooLarge);
    }
    let calendar = Calendar::parse(&lines)?;
    let [event] = calendar.events.as_slice() else {
        return Err(Refused::NotOneEntry);
    };
    let uid = value(event, "UID").filter(|uid| !uid.is_empty() && uid.len() <= LONGEST_NAME);
    let guest = guest(event)?;
    Ok(Answer {
        uid: unescaped(uid.ok_or(Refused::NoIdentifier)?),
        sequence: value(event, "SEQUENCE").and_then(|text| text.parse().ok()).unwrap_or(0),
        guest: address(guest).ok_or(Refused::NotOneGuest)?,
        choice: calendar.choice(event, guest)?,
        comment: comment(event),
        answered_at: find(event, "DTSTAMP").and_then(|at| instant_of(at, &[]).ok()),
    })
}

#[derive(Debug, Default)]
struct Calendar {
    method: Option<String>,
    events: Vec<Vec<Property>>,
    zones: Vec<Zone>,
}

impl Calendar {
    /// Sorts the lines by the component they stand in. What stands deeper, such as the alarm of
    /// an entry, is passed over; so is a line that makes no sense.
    fn parse(lines: &[String]) -> Result<Self, Refused> {
        let mut calendar = Self::default();
        let mut open: Vec<String> = vec![];
        let mut began = false;
        for property in lines.iter().filter_map(|line| Property::parse(line)) {
            let word = property.value.trim().to_ascii_uppercase();
            match property.name.as_str() {
                "BEGIN" if open.len() == DEEPEST => return Err(Refused::NotACalendar),
                "BEGIN" => {
                    began |= open.is_empty() && word == "VCALENDAR";
                    open.push(word);
                    calendar.begin(&open);
                }
                "END" => {
                    if open.pop() != Some(word) {
                        return Err(Refused::NotACalendar);
                    }
                }
                _ => calendar.take(&open, property),
            }
        }
        if began && open.is_empty() { Ok(calendar) } else { Err(Refused::NotACalendar) }
    }

    fn begin(&mut self, open: &[String]) {
        match within(open).as_slice() {
            ["VCALENDAR", "VEVENT"] => self.events.push(vec![]),
            ["VCALENDAR", "VTIMEZONE"] => self.zones.push(Zone::default()),
            ["VCALENDAR", "VTIMEZONE", "STANDARD" | "DAYLIGHT"] => {
                if let Some(zone) = self.zones.last_mut() {
                    zone.observances.push(vec![]);
                }
            }
            _ => {}
        }
    }

    fn take(&mut self, open: &[String], property: Property) {
        match within(open).as_slice() {
            ["VCALENDAR"] if property.name == "METHOD" => {
                self.method = Some(property.value.trim().to_ascii_uppercase());
            }
            ["VCALENDAR", "VEVENT"] => {
                if let Some(event) = self.events.last_mut() {
                    event.push(property);
                }
            }
            ["VCALENDAR", "VTIMEZONE"] if property.name == "TZID" => {
                if let Some(zone) = self.zones.last_mut() {
                    zone.name = property.value;
                }
            }
            ["VCALENDAR", "VTIMEZONE", "STANDARD" | "DAYLIGHT"] => {
                let observances = self.zones.last_mut().map(|zone| &mut zone.observances);
                if let Some(observance) = observances.and_then(|all| all.last_mut()) {
                    observance.push(property);
                }
            }
            _ => {}
        }
    }

    fn choice(&self, event: &[Property], guest: &Property) -> Result<Choice, Refused> {
        match self.method.as_deref() {
            Some("COUNTER") => {
                let start = find(event, "DTSTART").ok_or(Refused::NotATime)?;
                Ok(Choice::Counter { ends_at: instant_of(start, &self.zones)? })
            }
            Some("REPLY") => match state(guest).as_str() {
                "ACCEPTED" => Ok(Choice::Accepted),
                "DECLINED" => Ok(Choice::Declined),
                "TENTATIVE" => Ok(Choice::Tentative),
                _ => Err(Refused::NoChoice),
            },
            _ => Err(Refused::NotAnAnswer),
        }
    }
}

fn within(open: &[String]) -> Vec<&str> {
    open.iter().map(String::as_str).collect()
}

fn find<'a>(event: &'a [Property], name: &str) -> Option<&'a Property> {
    event.iter().find(|property| property.name == name)
}

fn value<'a>(event: &'a [Property], name: &str) -> Option<&'a str> {
    find(event, name).map(|property| property.value.trim())
}

/// The one guest; where a program repeats the whole list of guests, the one who has answered.
fn guest(event: &[Property]) -> Result<&Property, Refused> {
    let guests = event.iter().filter(|property| property.name == "ATTENDEE");
    let guests: Vec<&Property> = guests.collect();
    let has_answered = |guest: &&Property| !["", "NEEDS-ACTION"].contains(&state(guest).as_str());
    let answered: Vec<&Property> = guests.iter().copied().filter(has_answered).collect();
    match (guests.as_slice(), answered.as_slice()) {
        ([guest], _) | (_, [guest]) => Ok(guest),
        _ => Err(Refused::NotOneGuest),
    }
}

fn state(guest: &Property) -> String {
    guest.parameter("PARTSTAT").unwrap_or_default().to_ascii_uppercase()
}

/// The address behind `mailto:`, or in the parameter that Apple's calendar puts it in.
fn address(guest: &Property) -> Option<String> {
    let value = guest.value.trim();
    let after = value.split_at_checked("mailto:".len());
    let mailto = after.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("mailto:"));
    let address = mailto.map(|(_, address)| address).or_else(|| guest.parameter("EMAIL"))?;
    let address = address.trim().to_lowercase();
    let plausible = address.contains('@') && address.len() <= LONGEST_NAME;
    (plausible && !address.contains(char::is_whitespace)).then_some(address)
}

fn comment(event: &[Property]) -> Option<String> {
    let comment = unescaped(value(event, "COMMENT")?);
    let comment: String = comment.trim().chars().take(LONGEST_COMMENT).collect();
    (!comment.is_empty()).then_some(comment)
}
