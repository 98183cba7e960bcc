//! A flaw is known to the team from the report on, and to others once an analyst described it.

use std::fmt::Write;

use expect_test::expect;

use crate::access::{View, admit};
use crate::event::Event;
use crate::note::When;
use crate::status::{Answers, IsAddressed, IsReal};
use crate::story::{
    ACME, BOLT, FLAW, REPORTER, Story, analyst, approach, id, lead, member, text, who,
};
use crate::{Refusal, Rule, Text};

/// Everything that tells others of flaws, tried at a stage.
fn tried(story: &Story) -> String {
    let story = Rule::ALL.iter().fold(story.clone(), |story, rule| story.because(*rule));
    let tells =
        story.asks(analyst(), |case, me, asked| case.notify(me, &[approach(ACME)], id(600), asked));
    let story = story.drafted();
    let shares = story
        .asks(analyst(), |case, me, asked| case.share_draft(me, [who(REPORTER)].into(), asked));
    let story = Rule::ALL.iter().fold(story, |story, rule| story.because(*rule));
    let approves = story
        .asks(lead(), |case, me, asked| case.approve_publication(me, 1, When::EmbargoEnds, asked));
    let mut table = String::new();
    for (what, decision) in [("tell", tells), ("share", shares), ("approve", approves)] {
        let said = decision.map_or_else(|no| format!("no: {no}"), |_| "yes".to_owned());
        writeln!(table, "{what:<8}{said}").unwrap();
    }
    table
}

fn undescribed() -> Story {
    Story::accepted()
        .with_vendors(&[ACME])
        .does(analyst(), |case, me, asked| case.add_vulnerability(me, id(502), None, asked))
}

fn describes(story: Story, flaw: u128, n: u128) -> Story {
    story.does(analyst(), |case, me, asked| {
        case.describe_vulnerability(me, id(flaw), text(n), asked)
    })
}

/// The descriptions that a vendor sees.
fn seen_by(story: &Story, n: u128) -> Vec<Text> {
    let me = admit(member(n), &story.case).unwrap();
    let View::Party(view) = me.view(story.case.clone()) else { panic!("not a party") };
    view.vulnerabilities.into_iter().map(|flaw| flaw.description).collect()
}

#[test]
fn nobody_outside_learns_of_a_flaw_before_an_analyst_described_it() {
    expect![[r"
        tell    no: describe every vulnerability first: others read your words, never the reporter's
        share   no: describe every vulnerability first: others read your words, never the reporter's
        approve no: describe every vulnerability first: others read your words, never the reporter's
    "]]
    .assert_eq(&tried(&undescribed()));
    expect![[r"
        tell    yes
        share   yes
        approve yes
    "]]
    .assert_eq(&tried(&describes(undescribed(), 502, 104)));
}

#[test]
fn a_flaw_that_came_later_is_seen_once_it_is_described() {
    let story = Story::embargoed(&[ACME])
        .does(analyst(), |case, me, asked| case.add_vulnerability(me, id(502), None, asked));
    assert_eq!(seen_by(&story, ACME), vec![text(103)]);
    let story = story.does(member(ACME), |case, me, asked| {
        let answers = Answers {
            real: Some(IsReal::Yes),
            addressed: Some(IsAddressed::Released),
            ..Answers::default()
        };
        case.answer_questions(me, who(ACME), answers, asked)
    });
    assert_eq!(story.them(ACME).lines.keys().collect::<Vec<_>>(), vec![&id(FLAW)]);
    let later = story
        .clone()
        .does(analyst(), |case, me, asked| case.add_vulnerability(me, id(503), None, asked));
    let me = admit(member(ACME), &later.case).unwrap();
    let printed = format!("{:?}", me.view(later.case.clone()));
    assert!(!printed.contains(&id::<crate::VulnerabilityId>(503).to_string()), "{printed}");
    let story = describes(story, 502, 104);
    assert_eq!(seen_by(&story, ACME), vec![text(103), text(104)]);
    story.is_sound();
}

#[test]
fn who_is_in_reads_the_newest_words_and_who_lapsed_those_that_stood_before() {
    let story = Story::embargoed(&[ACME, BOLT]).on_day(2).proposes(member(BOLT), 660, 60);
    let story = story.on_day(3);
    let again = story.clone().agrees(ACME);
    let story = describes(story, FLAW, 104);
    assert_eq!(seen_by(&story, ACME), vec![text(103)], "the gate is shut for what is new");
    assert_eq!(seen_by(&describes(again, FLAW, 104), ACME).len(), 1);
    let story = story.takes(660).on_day(4).agrees(ACME);
    assert_eq!(seen_by(&story, ACME), vec![text(104)]);
    story.is_sound();
}

#[test]
fn the_same_words_again_change_nothing_and_other_words_take_an_approval_back() {
    let ready = Story::embargoed(&[ACME]).drafted().draft_shown_to(&[ACME, REPORTER]).numbered();
    let approved = Rule::ALL
        .iter()
        .fold(ready, |story, rule| story.because(*rule))
        .does(analyst(), |case, me, asked| {
            case.approve_publication(me, 1, When::EmbargoEnds, asked)
        });
    let same = approved.asks(analyst(), |case, me, asked| {
        case.describe_vulnerability(me, id(FLAW), text(103), asked)
    });
    assert_eq!(same, Ok(vec![]));
    let changed = describes(approved, FLAW, 104);
    assert!(changed.case.note.approvals.is_empty(), "what was approved said it otherwise");
    assert_eq!(changed.events_since(changed.journal.len() - 1), vec![&Event::PublicationHeld]);
}

#[test]
fn only_the_team_describes_and_only_flaws_that_are_there() {
    let story = Story::embargoed(&[ACME]);
    let outside = story.refused(member(ACME), |case, me, asked| {
        case.describe_vulnerability(me, id(FLAW), text(104), asked)
    });
    assert_eq!(outside, Refusal::NotYours);
    let nowhere = story.refused(analyst(), |case, me, asked| {
        case.describe_vulnerability(me, id(599), text(104), asked)
    });
    assert_eq!(nowhere, Refusal::NoSuchVulnerability);
}

#[test]
fn a_weakness_class_is_given_once_and_may_be_taken_back() {
    let set = |story: &Story, cwe| {
        story.asks(analyst(), |case, me, asked| case.set_weakness(me, id(FLAW), cwe, asked))
    };
    let story = Story::accepted();
    assert_eq!(set(&story, None), Ok(vec![]));
    let story =
        story.does(analyst(), |case, me, asked| case.set_weakness(me, id(FLAW), Some(787), asked));
    assert_eq!(story.case.vulnerabilities[&id(FLAW)].cwe, Some(787));
    assert_eq!(set(&story, Some(787)), Ok(vec![]));
    assert_eq!(set(&story, None).unwrap().len(), 1);
}
