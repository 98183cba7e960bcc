//! What is foreseen is what will be read.

use super::Foreseen;
use crate::note::{Published, When, Words};
use crate::story::{ACME, REPORTER, Story, analyst, day, id, lead};
use crate::{Actor, Case, Instant, Rule};

fn words() -> Words {
    let texts = (100..700).map(|n| (id(n), format!("words {n}"))).collect();
    let names = [(id(ACME + 7000), "Acme".to_owned())];
    Words { texts, names: names.into(), ..Words::default() }
}

fn anyway(story: Story) -> Story {
    Rule::ALL.iter().fold(story, |story, rule| story.because(*rule))
}

/// A note that two people approved for an instant.
fn armed(when: When) -> Story {
    let story = Story::embargoed(&[ACME]).drafted().draft_shown_to(&[ACME, REPORTER]).numbered();
    let approve = |case: &Case, me: &crate::Me, asked: &crate::Asked| {
        case.approve_publication(me, 1, when.clone(), asked)
    };
    anyway(anyway(story).does(analyst(), approve)).does(lead(), approve)
}

fn read(story: &Story) -> Published {
    Published::of(&story.case, story.case.embargo.free().unwrap(), &words()).unwrap()
}

#[test]
fn what_an_armed_note_will_say_is_what_it_says() {
    let story = armed(When::EmbargoEnds);
    let foreseen = Foreseen::of_armed(&story.case, &words()).unwrap();
    assert!(story.case.embargo.free().is_none(), "nothing has ended by looking ahead");
    let note = read(&story.on_day(45).does(Actor::Server, Case::publish));
    assert_eq!(*foreseen, *note);
    assert_eq!(note.published_at(), day(45));
}

#[test]
fn what_is_not_armed_is_not_foreseen_at_any_instant_of_its_own() {
    let story = Story::embargoed(&[ACME]).drafted();
    assert_eq!(Foreseen::of_armed(&story.case, &words()), None);
    let seen = Foreseen::of(&story.case, 1, day(60), &words()).unwrap();
    assert_eq!((seen.published_at(), seen.revision()), (day(60), 1));
    assert_eq!(Foreseen::of(&story.case, 2, day(60), &words()), None);
}

#[test]
fn a_note_carries_the_instant_that_was_agreed_unless_it_is_late() {
    let story = armed(When::At(Instant::utc(day(45))));
    let out = |seconds: i64| {
        let late = jiff::SignedDuration::from_secs(seconds);
        let mut story = story.clone();
        story.now = day(45).checked_add(late).unwrap();
        read(&story.does(Actor::Server, Case::publish)).published_at()
    };
    assert_eq!([out(0), out(1), out(60)], [day(45); 3]);
    let late = day(45).checked_add(jiff::SignedDuration::from_secs(61)).unwrap();
    assert_eq!(out(61), late, "who was down says when it was up");
}

#[test]
fn a_note_that_is_approved_after_its_instant_goes_out_when_it_was_approved() {
    let story = armed(When::At(Instant::utc(day(0))));
    let due = story.case.publishes_at().unwrap();
    assert!(due > day(0));
    assert_eq!(Some(due), story.case.note.armed.as_ref().map(|armed| armed.since));
}
