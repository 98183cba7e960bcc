use super::{CalendarEntry, CalendarStanding};
use crate::access::admit;
use crate::embargo::EndCause;
use crate::story::{ACME, BOLT, Story, analyst, day, id, lead, member};
use crate::{Actor, Case};

const LATE: u128 = 660;

/// What an actor's calendar says of the case, once it has a number.
fn seen(story: &Story, actor: Actor) -> Option<CalendarEntry> {
    let me = admit(actor, &story.case)?;
    me.calendar_entry(&story.case).map(|(_, entry)| entry)
}

fn entry(ends: i64, changed: i64, standing: CalendarStanding) -> CalendarEntry {
    CalendarEntry { ends_at: day(ends), changed_at: day(changed), standing }
}

#[test]
fn an_agreed_end_is_in_the_calendar_and_moves_when_another_is_agreed() {
    let story = Story::embargoed(&[ACME]).numbered();
    let first = seen(&story, lead()).unwrap();
    assert_eq!((first.ends_at, first.standing), (day(45), CalendarStanding::Agreed));
    assert_eq!(seen(&story, member(ACME)).unwrap().ends_at, day(45));
    let story = story.on_day(5).proposes(member(ACME), LATE, 60);
    assert_eq!(seen(&story, lead()), Some(first), "what is only proposed moves nothing");
    let story = story.on_day(6).takes(LATE);
    let moved = entry(60, 6, CalendarStanding::Agreed);
    assert_eq!(seen(&story, lead()), Some(moved));
    assert_eq!(seen(&story, member(ACME)), Some(moved));
    assert!(moved.changed_at > first.changed_at);
}

#[test]
fn what_ends_early_is_called_off_and_what_ends_on_time_stands() {
    let story = Story::embargoed(&[ACME]).numbered();
    let early = story.clone().on_day(9).ended(EndCause::Exploit);
    assert_eq!(seen(&early, lead()), Some(entry(45, 9, CalendarStanding::CalledOff)));
    let expired = story.on_day(45).does(Actor::Server, Case::expire_embargo);
    assert_eq!(seen(&expired, lead()), Some(entry(45, 45, CalendarStanding::Agreed)));
}

#[test]
fn who_may_not_enter_has_no_entry_and_who_came_later_learns_nothing_of_before() {
    let story = Story::embargoed(&[ACME]).numbered();
    assert_eq!(seen(&story, member(BOLT)), None);
    assert_eq!(seen(&story, Actor::Anyone), None);
    let story = story.on_day(9).with_vendors(&[BOLT]);
    assert_eq!(seen(&story, member(BOLT)), None, "nobody told them yet");
    let story = story.notified(&[BOLT]);
    assert_eq!(seen(&story, member(BOLT)), Some(entry(45, 9, CalendarStanding::Agreed)));
    assert!(seen(&story, member(ACME)).unwrap().changed_at < day(9));
    let of_another = admit(analyst(), &story.case).unwrap();
    let mut other = story.case.clone();
    other.id = id(4711);
    assert_eq!(of_another.calendar_entry(&other), None);
}

#[test]
fn a_case_without_a_number_or_an_embargo_is_in_no_calendar() {
    assert_eq!(seen(&Story::begins(), lead()), None);
    let mut story = Story::embargoed(&[ACME]);
    story.case.number = None;
    assert_eq!(seen(&story, lead()), None);
}
