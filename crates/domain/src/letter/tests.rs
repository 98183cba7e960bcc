//! Who is told what: each event on its own, and whole decisions.

use expect_test::{Expect, expect};

use super::*;
use crate::access::admit;
use crate::case::ObservationKind;
use crate::embargo::{EndCause, ProposalReason};
use crate::observation::AfterAttacks;
use crate::plan::{Asked, Decision};
use crate::story::{ACME, BOLT, CRANE, REPORTER, Story, analyst, id, lead, member, on, text, who};
use crate::{Actor, Rule};

fn named(to: Recipient) -> &'static str {
    match to {
        Recipient::Team => "team",
        Recipient::Participant(id) if id == who(REPORTER) => "reporter",
        Recipient::Participant(id) if id == who(ACME) => "acme",
        Recipient::Participant(id) if id == who(BOLT) => "bolt",
        Recipient::Participant(id) if id == who(CRANE) => "crane",
        Recipient::Participant(_) => "?",
    }
}

/// The letters of the next decision, whichever rules it sets aside.
fn check(
    story: &Story,
    actor: Actor,
    step: impl Fn(&Case, &crate::Me, &Asked) -> Decision,
    expect: &Expect,
) {
    let me = admit(actor, &story.case).unwrap();
    let overrides = Rule::ALL.iter().map(|rule| (*rule, text(199))).collect();
    let events = step(&story.case, &me, &Asked { overrides, ..Asked::at(story.now) }).unwrap();
    let mut story = story.clone();
    story.keep(me.hand(), events.clone());
    let letters = letters_of(&story.case, &me.hand(), &events);
    let mut lines: Vec<_> = letters
        .iter()
        .map(|letter| {
            let matter = serde_json::to_value(&letter.matter).unwrap();
            format!("{:<9} {}\n", named(letter.to), matter["about"].as_str().unwrap())
        })
        .collect();
    lines.sort();
    expect.assert_eq(&lines.concat());
}

fn standing() -> Story {
    Story::embargoed(&[ACME, BOLT])
}

#[test]
fn the_first_vendors_are_told_once_and_of_the_date_with_it() {
    let story = Story::accepted().with_vendors(&[ACME, BOLT]);
    let both = [ACME, BOLT].map(crate::story::approach);
    check(
        &story,
        analyst(),
        |case, me, asked| case.notify(me, &both, id(600), asked),
        &expect![[r"
            acme      vendor_notified
            bolt      vendor_notified
            reporter  embargo_agreed
        "]],
    );
}

#[test]
fn a_vendor_told_later_is_the_only_one_who_is_told() {
    let story = standing().with_vendors(&[CRANE]);
    check(
        &story,
        analyst(),
        |case, me, asked| case.notify(me, &[crate::story::approach(CRANE)], id(601), asked),
        &expect![[r"
            crane     vendor_notified
        "]],
    );
}

#[test]
fn s97_a_date_is_proposed() {
    check(
        &standing().with_vendors(&[CRANE]),
        member(ACME),
        |case, me, asked| {
            case.propose_embargo(me, id(602), on(60), ProposalReason::FixTiming, asked)
        },
        &expect![[r"
            bolt      embargo_proposed
            reporter  embargo_proposed
            team      party_answered
        "]],
    );
}

#[test]
fn s97_a_date_is_agreed_turned_down_or_taken_back() {
    let story = standing().proposes(member(ACME), 602, 60);
    check(
        &story,
        analyst(),
        |case, me, asked| case.accept_proposal(me, id(602), asked),
        &expect![[r"
            acme      embargo_agreed
            bolt      embargo_agreed
            reporter  embargo_agreed
        "]],
    );
    check(
        &story,
        analyst(),
        |case, me, asked| case.reject_proposal(me, id(602), asked),
        &expect![[r"
            acme      proposal_rejected
            bolt      proposal_rejected
            reporter  proposal_rejected
        "]],
    );
    check(
        &story,
        member(ACME),
        |case, me, asked| case.withdraw_proposal(me, id(602), asked),
        &expect![[r"
            acme      proposal_rejected
            bolt      proposal_rejected
            reporter  proposal_rejected
            team      party_answered
        "]],
    );
}

#[test]
fn s58_the_embargo_ends_early() {
    check(
        &standing(),
        analyst(),
        |case, me, asked| case.end_embargo(me, EndCause::Other, asked),
        &expect![[r"
            acme      embargo_ended
            bolt      embargo_ended
            reporter  embargo_ended
        "]],
    );
    let story = standing().does(member(ACME), |case, me, asked| {
        let seen = (asked.now, text(1));
        case.claim_observation(me, id(700), ObservationKind::ExploitPublic, seen, asked)
    });
    check(
        &story,
        analyst(),
        |case, me, asked| case.adopt_observation(me, id(700), AfterAttacks::End, asked),
        &expect![[r"
            acme      embargo_ended
            bolt      embargo_ended
            reporter  embargo_ended
        "]],
    );
}

#[test]
fn s82_the_note_is_published_and_everyone_hears_once() {
    let set_aside = |story: Story| Rule::ALL.iter().fold(story, |story, rule| story.because(*rule));
    let approve = |story: Story, actor| {
        set_aside(story).does(actor, |case, me, asked| {
            case.approve_publication(me, 1, crate::note::When::EmbargoEnds, asked)
        })
    };
    let story = approve(standing().drafted(), analyst());
    check(
        &story,
        lead(),
        |case, me, asked| case.approve_publication(me, 1, crate::note::When::EmbargoEnds, asked),
        &expect![[r"
            acme      publication_planned
            bolt      publication_planned
            reporter  publication_planned
        "]],
    );
    let story = approve(story, lead()).on_day(45);
    check(
        &story,
        Actor::Server,
        Case::publish,
        &expect![[r"
        acme      note_published
        bolt      note_published
        reporter  note_published
    "]],
    );
}

#[test]
fn everyone_who_was_told_hears_that_the_note_was_taken_back_and_that_it_is_back() {
    let anyway = |story: Story| Rule::ALL.iter().fold(story, |story, rule| story.because(*rule));
    let approved = |story: Story, revision| {
        [analyst(), lead()].into_iter().fold(story, |story, actor| {
            anyway(story).does(actor, |case, me, asked| {
                let when = crate::note::When::EmbargoEnds;
                case.approve_publication(me, revision, when, asked)
            })
        })
    };
    let sections = || BTreeMap::from([(crate::note::Section::Overview, text(230))]);
    let wants = |case: &Case, me: &crate::Me, asked: &Asked| {
        case.propose_withdrawal(me, crate::note::Remains::Nothing, text(450), asked)
    };
    let story = approved(standing().with_vendors(&[CRANE]).drafted(), 1);
    let story = story.on_day(45).does(Actor::Server, Case::publish);
    let story = story.does(member(BOLT), |case, me, asked| case.leave(me, who(BOLT), asked));
    check(&story, analyst(), wants, &expect![""]);
    let story = story.does(analyst(), wants);
    let told = expect![[r"
        acme      note_withdrawn
        reporter  note_withdrawn
    "]];
    check(&story, lead(), Case::agree_to_withdrawal, &told);

    let back = story
        .does(lead(), Case::agree_to_withdrawal)
        .on_day(60)
        .does(analyst(), |case, me, asked| case.write_draft(me, text(231), sections(), asked));
    let back = approved(back, 2);
    let told = expect![[r"
        acme      note_published
        reporter  note_published
    "]];
    check(&back, Actor::Server, Case::publish, &told);
    let mended = back
        .does(Actor::Server, Case::publish)
        .on_day(61)
        .does(analyst(), |case, me, asked| case.write_draft(me, text(232), sections(), asked));
    check(&approved(mended, 3), Actor::Server, Case::publish, &expect![""]);
}

#[test]
fn who_left_or_was_never_told_gets_no_letter() {
    let story = standing()
        .with_vendors(&[CRANE])
        .does(member(BOLT), |case, me, asked| case.leave(me, who(BOLT), asked));
    check(
        &story,
        analyst(),
        |case, me, asked| {
            let all = Audience::Some([who(ACME), who(BOLT), who(CRANE)].into());
            case.post_message(me, id(1), all, text(2), asked)
        },
        &expect![[r"
            acme      message_posted
        "]],
    );
    let gone =
        story.does(crate::story::receipt(), |case, me, asked| case.leave(me, case.reporter, asked));
    let letters = letters(&gone.case, &Event::ReportAcknowledged { report: gone.case.report.id });
    assert_eq!(letters, vec![]);
}

#[test]
fn the_team_hears_of_what_a_party_does() {
    let story = standing();
    check(
        &story,
        member(ACME),
        |case, me, asked| case.state_fix_date(me, who(ACME), on(20), asked),
        &expect![[r"
            team      party_answered
        "]],
    );
    check(
        &story,
        member(ACME),
        |case, me, asked| case.leave(me, who(ACME), asked),
        &expect![[r"
            team      party_answered
        "]],
    );
}
