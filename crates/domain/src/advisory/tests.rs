//! What parties publish of their own.

use crate::story::{ACME, BOLT, REPORTER, Story, analyst, day, id, member, on, receipt, text, who};
use crate::{AdvisoryId, Refusal};

fn one() -> AdvisoryId {
    id(2800)
}

fn announced(story: Story, on_day: i64) -> Story {
    story.does(member(ACME), |case, me, asked| {
        case.announce_advisory(me, who(ACME), (one(), on(on_day), None), asked)
    })
}

#[test]
fn s83_an_advisory_is_announced_moved_and_out() {
    let story = announced(announced(Story::embargoed(&[ACME]), 44), 46).on_day(47);
    let known = story.case.advisory(who(ACME), one()).unwrap();
    assert_eq!((known.expected.clone(), known.published_at), (Some(on(46)), None));
    let story = story.does(member(ACME), |case, me, asked| {
        case.record_advisory(me, who(ACME), (one(), text(300), day(46)), asked)
    });
    let known = story.case.advisory(who(ACME), one()).unwrap();
    assert_eq!((known.published_at, known.address.clone()), (Some(day(46)), Some(text(300))));
    let again = story.asks(member(ACME), |case, me, asked| {
        case.announce_advisory(me, who(ACME), (one(), on(60), None), asked)
    });
    assert_eq!(again, Err(Refusal::AlreadyPublished));
}

#[test]
fn s83_what_will_not_come_is_forgotten() {
    let story = announced(Story::embargoed(&[ACME]), 44);
    let drop = |case: &crate::Case, me: &crate::Me, asked: &crate::Asked| {
        case.drop_advisory(me, who(ACME), one(), asked)
    };
    let story = story.does(analyst(), drop);
    assert_eq!(story.case.advisory(who(ACME), one()), None);
    assert_eq!(story.asks(analyst(), drop), Err(Refusal::NoSuchAdvisory));
}

#[test]
fn nobody_speaks_of_the_advisories_of_another() {
    let story = Story::embargoed(&[ACME, BOLT]);
    for actor in [member(BOLT), receipt()] {
        let told = story.asks(actor, |case, me, asked| {
            case.record_advisory(me, who(ACME), (one(), text(300), day(0)), asked)
        });
        assert_eq!(told, Err(Refusal::NotYours));
    }
    let ours = story.asks(analyst(), |case, me, asked| {
        case.record_advisory(me, case.coordinator, (one(), text(300), day(0)), asked)
    });
    assert_eq!(ours, Err(Refusal::NotYours), "what we publish is the note");
}

#[test]
fn what_is_announced_lies_ahead_and_what_is_out_does_not() {
    let story = Story::embargoed(&[ACME]).on_day(5);
    let late = story.asks(member(ACME), |case, me, asked| {
        case.announce_advisory(me, who(ACME), (one(), on(5), None), asked)
    });
    assert_eq!(late, Err(Refusal::DateHasPassed));
    let story = story.does(receipt(), |case, me, asked| {
        case.record_advisory(me, case.reporter, (one(), text(300), day(9)), asked)
    });
    let known = story.case.advisory(who(REPORTER), one()).unwrap();
    assert_eq!(known.published_at, Some(day(5)), "nobody has published tomorrow");
}
