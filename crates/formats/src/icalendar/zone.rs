//! Times as calendars write them. A program that names a zone sends its rules along (RFC 5545,
//! 3.6.5), under any name it likes; so the rules it sent are what counts, and no table of zones
//! is asked.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::tz::Offset;

use super::lines::Property;
use super::reading::Refused;

/// A zone by the name that the message gives it.
#[derive(Debug, Default)]
pub(super) struct Zone {
    pub(super) name: String,
    pub(super) observances: Vec<Vec<Property>>,
}

/// When standard time or summer time begins, and how far it is from UTC.
struct Observance {
    first: DateTime,
    offset: Offset,
    every_year: Option<Rule>,
}

/// A day of the year such as the last Sunday of March.
struct Rule {
    month: i8,
    nth: i8,
    weekday: Weekday,
}

/// The instant that a property names. A date without a time is never an embargo (E1), and a
/// time without a zone is another instant for everyone.
pub(super) fn instant_of(property: &Property, zones: &[Zone]) -> Result<Timestamp, Refused> {
    let value = property.value.trim();
    let (local, is_utc) = match value.strip_suffix(['Z', 'z']) {
        Some(local) => (local, true),
        None => (value, false),
    };
    if !local.contains(['T', 't']) {
        return Err(Refused::NoTime);
    }
    let at = DateTime::strptime("%Y%m%dT%H%M%S", local.to_ascii_uppercase());
    let at = at.map_err(|_| Refused::NotATime)?;
    let offset = match property.parameter("TZID") {
        _ if is_utc => Offset::UTC,
        Some("UTC" | "Etc/UTC" | "GMT" | "Etc/GMT") => Offset::UTC,
        Some(name) => {
            let zone = zones.iter().find(|zone| zone.name == name);
            zone.and_then(|zone| zone.offset_at(at)).ok_or(Refused::UnknownZone)?
        }
        None => return Err(Refused::NoZone),
    };
    offset.to_timestamp(at).map_err(|_| Refused::NotATime)
}

impl Zone {
    /// How far the zone is from UTC at a local time; in the hour that comes twice, the later.
    fn offset_at(&self, at: DateTime) -> Option<Offset> {
        let observances = self.observances.iter().map(|one| Observance::parse(one));
        let observances = observances.collect::<Option<Vec<_>>>()?;
        let begun = observances.iter().filter_map(|one| Some((one.last_onset(at)?, one.offset)));
        let current = begun.max_by_key(|(onset, _)| *onset).map(|(_, offset)| offset);
        current.or_else(|| observances.first().map(|one| one.offset))
    }
}

impl Observance {
    fn parse(properties: &[Property]) -> Option<Self> {
        let value = |name: &str| {
            let found = properties.iter().find(|property| property.name == name);
            found.map(|property| property.value.trim())
        };
        Some(Self {
            first: DateTime::strptime("%Y%m%dT%H%M%S", value("DTSTART")?).ok()?,
            offset: offset(value("TZOFFSETTO")?)?,
            every_year: match value("RRULE") {
                Some(rule) => Some(Rule::parse(rule)?),
                None => None,
            },
        })
    }

    /// The last time that it began, at or before a local time.
    fn last_onset(&self, at: DateTime) -> Option<DateTime> {
        let Some(rule) = &self.every_year else {
            return (self.first <= at).then_some(self.first);
        };
        let years = [at.year(), at.year() - 1];
        let onsets = years.into_iter().filter_map(|year| rule.day(year));
        let mut onsets = onsets.map(|day| day.to_datetime(self.first.time()));
        onsets.find(|onset| *onset <= at && *onset >= self.first)
    }
}

impl Rule {
    fn parse(rule: &str) -> Option<Self> {
        let rule = rule.to_ascii_uppercase();
        let part = |name: &str| {
            let mut parts = rule.split(';').filter_map(|part| part.split_once('='));
            parts.find(|(known, _)| *known == name).map(|(_, value)| value)
        };
        let day = part("BYDAY")?;
        let (nth, weekday) = day.split_at_checked(day.len().checked_sub(2)?)?;
        let yearly = part("FREQ")? == "YEARLY" && part("INTERVAL").is_none_or(|n| n == "1");
        yearly.then_some(Self {
            month: part("BYMONTH")?.parse().ok()?,
            nth: nth.trim_start_matches('+').parse().ok()?,
            weekday: match weekday {
                "MO" => Weekday::Monday,
                "TU" => Weekday::Tuesday,
                "WE" => Weekday::Wednesday,
                "TH" => Weekday::Thursday,
                "FR" => Weekday::Friday,
                "SA" => Weekday::Saturday,
                "SU" => Weekday::Sunday,
                _ => return None,
            },
        })
    }

    fn day(&self, year: i16) -> Option<Date> {
        let month = Date::new(year, self.month, 1).ok()?;
        month.nth_weekday_of_month(self.nth, self.weekday).ok()
    }
}

/// `+0100`, `-053000`.
fn offset(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let two = |from: usize| digits.get(from..from + 2).map(str::parse::<i32>);
    let (hours, minutes) = (two(0)?.ok()?, two(2)?.ok()?);
    let seconds = two(4).transpose().ok()?.unwrap_or(0);
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60 + seconds)).ok()
}
