use crate::access::Me;
use crate::event::{Answer, Event};
use crate::pec::{Pec, PecStep};
use crate::plan::Asked;
use crate::policy::Silence;
use crate::story::{ACME, BOLT, REPORTER, Story, analyst, day, member, who};
use crate::{Actor, Case, Policy, Refusal};

fn counted(case: &Case, me: &Me, asked: &Asked) -> crate::Decision {
    case.count_silence(me, asked)
}

/// Acme and Bolt were asked on day 0 to keep the embargo, and have not answered.
fn asked() -> Story {
    let story = Story::accepted().with_vendors(&[ACME, BOLT]).notified(&[ACME, BOLT]);
    assert_eq!(story.them(ACME).pec, Pec::Invited);
    story
}

#[test]
fn silence_counts_as_a_no_after_the_days_to_answer_and_not_before() {
    let story = asked().on_day(1).agrees(BOLT).on_day(7);
    assert_eq!(story.clone().later(-1).case.silent_on_embargo(day(7)), [who(ACME)]);
    let early = story.clone().later(-1);
    assert_eq!(early.asks(Actor::Server, counted), Ok(vec![]));
    let step = PecStep::Decline;
    let moved = Event::ConsentMoved { participant: who(ACME), step };
    assert_eq!(story.asks(Actor::Server, counted), Ok(vec![moved]));
    let story = story.does(Actor::Server, counted);
    assert_eq!((story.them(ACME).pec, story.them(BOLT).pec), (Pec::Declined, Pec::Signatory));
    assert_eq!(story.them(REPORTER).pec, Pec::Signatory, "it agreed by sending the report");
    assert_eq!(story.asks(Actor::Server, counted), Ok(vec![]), "once is enough");
    story.is_sound();
}

#[test]
fn who_was_silent_may_still_agree() {
    let story = asked().on_day(8).does(Actor::Server, counted).on_day(9).agrees(ACME);
    assert_eq!(story.them(ACME).pec, Pec::Signatory);
    assert!(story.case.silent_on_embargo(day(40)).iter().all(|silent| *silent == who(BOLT)));
}

#[test]
fn who_answered_is_not_silent_and_who_is_asked_again_has_the_time_again() {
    let story = asked().on_day(1).answers(ACME, Answer::Disagree).on_day(6).notified(&[BOLT]);
    assert_eq!(story.case.silent_on_embargo(day(12)), []);
    assert_eq!(story.case.silent_on_embargo(day(13)), [who(BOLT)]);
}

#[test]
fn a_policy_may_leave_the_question_open() {
    let mut policy = Policy::default();
    policy.embargo.silence = Silence::Waits;
    let story = Story::under(policy).is_accepted().with_vendors(&[ACME]).notified(&[ACME]);
    assert_eq!(story.on_day(40).case.silent_on_embargo(day(40)), []);
}

#[test]
fn without_an_embargo_nobody_is_silent_about_it() {
    let story = asked().on_day(3).ended(crate::embargo::EndCause::Other).on_day(20);
    assert_eq!(story.case.silent_on_embargo(day(20)), []);
}

#[test]
fn only_the_server_counts_silence() {
    let story = asked().on_day(8);
    for actor in [analyst(), member(ACME)] {
        assert_eq!(story.refused(actor, counted), Refusal::NotYours);
    }
}

#[test]
fn a_policy_from_before_the_choice_is_read_and_written_as_it_was() {
    let written = serde_json::to_string(&Policy::default()).unwrap();
    assert!(!written.contains("silence"), "{written}");
    assert_eq!(serde_json::from_str::<Policy>(&written).unwrap(), Policy::default());
}
