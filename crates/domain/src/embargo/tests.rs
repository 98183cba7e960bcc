//! Every verb against every stage, as one table each; then the rules E1 to E24 by name. A
//! change of the rules changes a table.

use expect_test::{Expect, expect};

use super::*;
use crate::access::Me;
use crate::case::{CaseKind, ObservationKind, Relation};
use crate::observation::AfterAttacks;
use crate::pec::Pec;
use crate::plan::{Asked, Decision};
use crate::policy::{ClockBasis, Days, DecisionRule};
use crate::story::{
    ACME, BOLT, COORDINATOR, CRANE, FLAW, REPORTER, Story, analyst, approach, day, day_of, id,
    lead, member, on, receipt, text, who,
};
use crate::{Actor, Case, Policy, Refusal, Rule};

const EARLY: u128 = 630;
const LATE: u128 = 660;

fn explicit() -> Policy {
    let mut policy = Policy::default();
    policy.embargo.basis = ClockBasis::ExplicitDate;
    policy
}

/// Acme and Bolt were told and are there; no date is on the table.
fn told() -> Story {
    let acknowledged = |story: Story, n: u128| {
        story.does(member(n), |case, me, asked| case.acknowledge(me, who(n), asked))
    };
    let story = Story::under(explicit()).is_accepted().with_vendors(&[ACME, BOLT]);
    acknowledged(acknowledged(story.notified(&[ACME, BOLT]), ACME), BOLT)
}

fn seen(story: Story, kind: ObservationKind, after: AfterAttacks) -> Story {
    claimed(story, kind)
        .because(Rule::AttacksEndEmbargo)
        .does(analyst(), |case, me, asked| case.adopt_observation(me, id(700), after, asked))
}

fn claimed(story: Story, kind: ObservationKind) -> Story {
    let now = story.now;
    story.does(analyst(), |case, me, asked| {
        case.claim_observation(me, id(700), kind, (now, text(701)), asked)
    })
}

fn stages() -> Vec<(&'static str, Story)> {
    let standing = || Story::embargoed(&[ACME, BOLT]);
    let keep = AfterAttacks::Keep;
    vec![
        ("no date", told()),
        ("60 asked", told().proposes(member(ACME), LATE, 60)),
        ("30, 60 asked", told().proposes(member(ACME), LATE, 60).proposes(analyst(), EARLY, 30)),
        ("45 stands", standing()),
        ("45, 60 asked", standing().proposes(member(ACME), LATE, 60)),
        (
            "45, 30 60 asked",
            standing().proposes(member(ACME), LATE, 60).proposes(analyst(), EARLY, 30),
        ),
        ("ended", standing().ended(EndCause::Consensus)),
        ("public", seen(told(), ObservationKind::PublicAware, keep)),
        ("attacked, 45", seen(standing(), ObservationKind::AttacksObserved, keep)),
    ]
}

/// What a step comes to at each stage, a day later.
fn check(actor: Actor, step: impl Fn(&Case, &Me, &Asked) -> Decision, expect: &Expect) {
    table(2, actor, step, expect);
}

fn table(at: i64, actor: Actor, step: impl Fn(&Case, &Me, &Asked) -> Decision, expect: &Expect) {
    let mut rows = String::new();
    for (stage, story) in stages() {
        let mut story = story.on_day(at);
        let outcome = match story.asks(actor, &step) {
            Ok(events) => {
                let hand = crate::access::admit(actor, &story.case).unwrap().hand();
                story.keep(hand, events);
                story.is_sound();
                show(&story.case)
            }
            Err(refusal) => format!("no: {refusal}"),
        };
        rows += &format!("{stage:<16} {outcome}\n");
    }
    expect.assert_eq(&rows);
}

/// The embargo's letter, its day, the days asked for; and who keeps it: reporter, Acme, Bolt.
fn show(case: &Case) -> String {
    let end = case.embargo.end().map_or("-".to_owned(), |end| day_of(end.at).to_string());
    let asked: Vec<_> =
        case.embargo.open().iter().map(|open| day_of(open.end.at).to_string()).collect();
    let pec = |n: u128| match case.participant(who(n)).map(|them| them.pec) {
        Some(Pec::NoEmbargo) | None => '.',
        Some(Pec::Invited) => 'i',
        Some(Pec::Signatory) => 'S',
        Some(Pec::Lapsed) => 'l',
        Some(Pec::Declined) => 'D',
    };
    let consents: String = [REPORTER, ACME, BOLT].into_iter().map(pec).collect();
    format!("{} {end:<2} [{}] {consents}", case.embargo.em.letter(), asked.join(" "))
}

#[test]
fn propose_another_date() {
    check(
        member(BOLT),
        |case, me, asked| {
            case.propose_embargo(me, id(650), on(50), ProposalReason::FixTiming, asked)
        },
        &expect![[r"
            no date          P -  [50] ...
            60 asked         P -  [50 60] ...
            30, 60 asked     P -  [30 50 60] ...
            45 stands        R 45 [50] lll
            45, 60 asked     R 45 [50 60] lll
            45, 30 60 asked  R 45 [30 50 60] lll
            ended            no: the embargo has ended, and a case has only one
            public           no: it is public, or being attacked: there is no embargo to agree on any more
            attacked, 45     no: it is public, or being attacked: there is no embargo to agree on any more
        "]],
    );
}

#[test]
fn take_the_later_date() {
    check(
        analyst(),
        |case, me, asked| case.accept_proposal(me, id(LATE), asked),
        &expect![[r"
            no date          no: that date is not on the table
            60 asked         A 60 [] iSi
            30, 60 asked     no: an earlier date is on the table; say why this one is taken first
            45 stands        no: that date is not on the table
            45, 60 asked     A 60 [] iSi
            45, 30 60 asked  no: an earlier date is on the table; say why this one is taken first
            ended            no: that date is not on the table
            public           no: that date is not on the table
            attacked, 45     no: that date is not on the table
        "]],
    );
}

#[test]
fn take_the_earlier_date() {
    check(
        analyst(),
        |case, me, asked| case.accept_proposal(me, id(EARLY), asked),
        &expect![[r"
            no date          no: that date is not on the table
            60 asked         no: that date is not on the table
            30, 60 asked     R 30 [60] iii
            45 stands        no: that date is not on the table
            45, 60 asked     no: that date is not on the table
            45, 30 60 asked  R 30 [60] iii
            ended            no: that date is not on the table
            public           no: that date is not on the table
            attacked, 45     no: that date is not on the table
        "]],
    );
}

#[test]
fn a_party_cannot_take_a_date() {
    check(
        member(ACME),
        |case, me, asked| case.accept_proposal(me, id(LATE), asked),
        &expect![[r"
            no date          no: this is not yours to do
            60 asked         no: this is not yours to do
            30, 60 asked     no: this is not yours to do
            45 stands        no: this is not yours to do
            45, 60 asked     no: this is not yours to do
            45, 30 60 asked  no: this is not yours to do
            ended            no: this is not yours to do
            public           no: this is not yours to do
            attacked, 45     no: this is not yours to do
        "]],
    );
}

#[test]
fn turn_the_later_date_down() {
    check(
        analyst(),
        |case, me, asked| case.reject_proposal(me, id(LATE), asked),
        &expect![[r"
            no date          no: that date is not on the table
            60 asked         N -  [] ...
            30, 60 asked     P -  [30] ...
            45 stands        no: that date is not on the table
            45, 60 asked     A 45 [] SSS
            45, 30 60 asked  R 45 [30] lll
            ended            no: that date is not on the table
            public           no: that date is not on the table
            attacked, 45     no: that date is not on the table
        "]],
    );
}

#[test]
fn take_back_ones_own_date() {
    check(
        member(ACME),
        |case, me, asked| case.withdraw_proposal(me, id(LATE), asked),
        &expect![[r"
            no date          no: that date is not on the table
            60 asked         N -  [] ...
            30, 60 asked     P -  [30] ...
            45 stands        no: that date is not on the table
            45, 60 asked     A 45 [] SSS
            45, 30 60 asked  R 45 [30] lll
            ended            no: that date is not on the table
            public           no: that date is not on the table
            attacked, 45     no: that date is not on the table
        "]],
    );
}

#[test]
fn take_back_anothers_date() {
    check(
        member(BOLT),
        |case, me, asked| case.withdraw_proposal(me, id(LATE), asked),
        &expect![[r"
            no date          no: that date is not on the table
            60 asked         no: only who proposed a date may withdraw it
            30, 60 asked     no: only who proposed a date may withdraw it
            45 stands        no: that date is not on the table
            45, 60 asked     no: only who proposed a date may withdraw it
            45, 30 60 asked  no: only who proposed a date may withdraw it
            ended            no: that date is not on the table
            public           no: that date is not on the table
            attacked, 45     no: that date is not on the table
        "]],
    );
}

#[test]
fn say_yes_to_a_date() {
    check(
        member(BOLT),
        |case, me, asked| case.answer_proposal(me, id(LATE), Answer::Agree, asked),
        &expect![[r"
            no date          no: that date is not on the table
            60 asked         P -  [60] ...
            30, 60 asked     P -  [30 60] ...
            45 stands        no: that date is not on the table
            45, 60 asked     R 45 [60] lll
            45, 30 60 asked  R 45 [30 60] lll
            ended            no: that date is not on the table
            public           no: that date is not on the table
            attacked, 45     no: that date is not on the table
        "]],
    );
}

#[test]
fn agree_to_what_stands() {
    check(
        member(BOLT),
        |case, me, asked| case.answer_embargo(me, who(BOLT), Answer::Agree, asked),
        &expect![[r"
            no date          no: no embargo is in force
            60 asked         no: no embargo is in force
            30, 60 asked     no: no embargo is in force
            45 stands        no: this participant has agreed already
            45, 60 asked     R 45 [60] llS
            45, 30 60 asked  R 45 [30 60] llS
            ended            no: no embargo is in force
            public           no: no embargo is in force
            attacked, 45     no: this participant has agreed already
        "]],
    );
}

#[test]
fn refuse_what_stands() {
    check(
        member(BOLT),
        |case, me, asked| case.answer_embargo(me, who(BOLT), Answer::Disagree, asked),
        &expect![[r"
            no date          no: no embargo is in force
            60 asked         no: no embargo is in force
            30, 60 asked     no: no embargo is in force
            45 stands        no: this participant has agreed already
            45, 60 asked     R 45 [60] llD
            45, 30 60 asked  R 45 [30 60] llD
            ended            no: no embargo is in force
            public           no: no embargo is in force
            attacked, 45     no: this participant has agreed already
        "]],
    );
}

#[test]
fn end_it_without_a_reason() {
    check(
        analyst(),
        |case, me, asked| case.end_embargo(me, EndCause::Consensus, asked),
        &expect![[r"
            no date          no: no embargo is in force
            60 asked         no: no embargo is in force
            30, 60 asked     no: no embargo is in force
            45 stands        no: ending the embargo before its time needs a reason; say what it is
            45, 60 asked     no: ending the embargo before its time needs a reason; say what it is
            45, 30 60 asked  no: ending the embargo before its time needs a reason; say what it is
            ended            no: no embargo is in force
            public           no: no embargo is in force
            attacked, 45     no: ending the embargo before its time needs a reason; say what it is
        "]],
    );
}

#[test]
fn end_it_for_an_exploit_that_nobody_has_seen() {
    check(
        analyst(),
        |case, me, asked| case.end_embargo(me, EndCause::Exploit, asked),
        &expect![[r"
            no date          no: no embargo is in force
            60 asked         no: no embargo is in force
            30, 60 asked     no: no embargo is in force
            45 stands        no: ending the embargo before its time needs a reason; say what it is
            45, 60 asked     no: ending the embargo before its time needs a reason; say what it is
            45, 30 60 asked  no: ending the embargo before its time needs a reason; say what it is
            ended            no: no embargo is in force
            public           no: no embargo is in force
            attacked, 45     no: ending the embargo before its time needs a reason; say what it is
        "]],
    );
}

#[test]
fn end_it_with_a_reason() {
    check(
        analyst(),
        |case, me, asked| {
            let overrides = vec![(Rule::EarlyEnd, text(199))];
            case.end_embargo(me, EndCause::Other, &Asked { overrides, ..asked.clone() })
        },
        &expect![[r"
            no date          no: no embargo is in force
            60 asked         no: no embargo is in force
            30, 60 asked     no: no embargo is in force
            45 stands        X -  [] ...
            45, 60 asked     X -  [] ...
            45, 30 60 asked  X -  [] ...
            ended            no: no embargo is in force
            public           no: no embargo is in force
            attacked, 45     X -  [] ...
        "]],
    );
}

#[test]
fn the_day_comes_whatever_is_on_the_table() {
    table(
        45,
        Actor::Server,
        Case::expire_embargo,
        &expect![[r"
        no date          N -  [] ...
        60 asked         P -  [60] ...
        30, 60 asked     P -  [30 60] ...
        45 stands        X -  [] ...
        45, 60 asked     X -  [] ...
        45, 30 60 asked  X -  [] ...
        ended            X -  [] ...
        public           N -  [] ...
        attacked, 45     X -  [] ...
    "]],
    );
}

#[test]
fn before_the_day_nothing_ends() {
    table(
        44,
        Actor::Server,
        Case::expire_embargo,
        &expect![[r"
        no date          N -  [] ...
        60 asked         P -  [60] ...
        30, 60 asked     P -  [30 60] ...
        45 stands        A 45 [] SSS
        45, 60 asked     R 45 [60] lll
        45, 30 60 asked  R 45 [30 60] lll
        ended            X -  [] ...
        public           N -  [] ...
        attacked, 45     A 45 [] SSS
    "]],
    );
}

#[test]
fn a_vendor_told_later_is_asked_to_keep_it() {
    check(
        analyst(),
        |case, me, asked| case.notify(me, &[approach(BOLT)], id(699), asked),
        &expect![[r"
            no date          N -  [] ...
            60 asked         P -  [60] ...
            30, 60 asked     P -  [30 60] ...
            45 stands        A 45 [] SSS
            45, 60 asked     R 45 [60] lll
            45, 30 60 asked  R 45 [30 60] lll
            ended            X -  [] ...
            public           N -  [] ...
            attacked, 45     A 45 [] SSS
        "]],
    );
}

fn adopting(kind: ObservationKind, after: AfterAttacks, expect: &Expect) {
    let mut rows = String::new();
    for (stage, story) in stages() {
        if stage == "attacked, 45" || stage == "public" {
            continue; // These adopted one already.
        }
        let story = seen(story.on_day(2), kind, after);
        story.is_sound();
        rows += &format!("{stage:<16} {}\n", show(&story.case));
    }
    expect.assert_eq(&rows);
}

#[test]
fn it_is_public() {
    adopting(
        ObservationKind::PublicAware,
        AfterAttacks::End,
        &expect![[r"
        no date          N -  [] ...
        60 asked         N -  [] ...
        30, 60 asked     N -  [] ...
        45 stands        X -  [] ...
        45, 60 asked     X -  [] ...
        45, 30 60 asked  X -  [] ...
        ended            X -  [] ...
    "]],
    );
}

#[test]
fn an_exploit_is_public() {
    adopting(
        ObservationKind::ExploitPublic,
        AfterAttacks::End,
        &expect![[r"
        no date          N -  [] ...
        60 asked         N -  [] ...
        30, 60 asked     N -  [] ...
        45 stands        X -  [] ...
        45, 60 asked     X -  [] ...
        45, 30 60 asked  X -  [] ...
        ended            X -  [] ...
    "]],
    );
}

#[test]
fn attacks_are_seen_and_end_it() {
    adopting(
        ObservationKind::AttacksObserved,
        AfterAttacks::End,
        &expect![[r"
        no date          N -  [] ...
        60 asked         N -  [] ...
        30, 60 asked     N -  [] ...
        45 stands        X -  [] ...
        45, 60 asked     X -  [] ...
        45, 30 60 asked  X -  [] ...
        ended            X -  [] ...
    "]],
    );
}

#[test]
fn attacks_are_seen_and_it_is_kept() {
    adopting(
        ObservationKind::AttacksObserved,
        AfterAttacks::Keep,
        &expect![[r"
        no date          N -  [] ...
        60 asked         N -  [] ...
        30, 60 asked     N -  [] ...
        45 stands        A 45 [] SSS
        45, 60 asked     A 45 [] SSS
        45, 30 60 asked  A 45 [] SSS
        ended            X -  [] ...
    "]],
    );
}

fn another_case(end: i64) -> Case {
    let story = told().proposes(analyst(), 690, end).takes(690);
    Case { id: id(5), ..story.case }
}

#[test]
fn merge_with_a_case_that_ends_earlier() {
    let other = another_case(20);
    check(
        analyst(),
        |case, me, asked| case.merge_case(me, &other, id(620), asked),
        &expect![[r"
            no date          A 20 [] iii
            60 asked         R 20 [60] iii
            30, 60 asked     R 20 [30 60] iii
            45 stands        A 20 [] iii
            45, 60 asked     R 20 [60] iii
            45, 30 60 asked  R 20 [30 60] iii
            ended            no: the embargo has ended, and a case has only one
            public           no: it is public, or being attacked: there is no embargo to agree on any more
            attacked, 45     no: it is public, or being attacked: there is no embargo to agree on any more
        "]],
    );
}

#[test]
fn merge_with_a_case_that_ends_later() {
    let other = another_case(80);
    check(
        analyst(),
        |case, me, asked| case.merge_case(me, &other, id(620), asked),
        &expect![[r"
            no date          A 80 [] iii
            60 asked         R 80 [60] iii
            30, 60 asked     R 80 [30 60] iii
            45 stands        A 45 [] SSS
            45, 60 asked     R 45 [60] lll
            45, 30 60 asked  R 45 [30 60] lll
            ended            no: the embargo has ended, and a case has only one
            public           no: it is public, or being attacked: there is no embargo to agree on any more
            attacked, 45     A 45 [] SSS
        "]],
    );
}

#[test]
fn e1_the_end_is_an_instant_with_a_zone() {
    let story = Story::embargoed(&[ACME]);
    let end = story.case.embargo.end().unwrap();
    assert_eq!(end.to_string(), "2024-11-18 00:00 UTC");
    let json = serde_json::to_value(end).unwrap();
    assert_eq!(json["zone"], "UTC");
    assert!(serde_json::from_str::<crate::Instant>(r#"{"at":"2024-11-18","zone":"UTC"}"#).is_err());
    assert!(serde_json::from_str::<crate::Instant>(r#"{"at":"2024-11-18T00:00:00Z"}"#).is_err());
}

#[test]
fn e2_an_embargo_begins_when_it_is_accepted() {
    let story = told().on_day(3).proposes(member(ACME), LATE, 60);
    assert!(story.case.embargo.free().is_some(), "a proposal binds nobody");
    let story = story.on_day(5).takes(LATE);
    assert_eq!(story.case.embargo.terms.as_ref().unwrap().since, day(5));
    assert_eq!(story.case.embargo.began_at, Some(day(5)));
    assert!(story.case.embargo.free().is_none());
}

#[test]
fn e3_one_embargo_at_a_time_and_none_after_it() {
    let story = Story::embargoed(&[ACME]).proposes(member(ACME), LATE, 60);
    assert_eq!(day_of(story.case.embargo.end().unwrap().at), 45, "the old date stands meanwhile");
    let story = story.takes(LATE);
    assert_eq!(day_of(story.case.embargo.end().unwrap().at), 60);
    let story = story.ended(EndCause::Other);
    let refusal = story.refused(analyst(), |case, me, asked| {
        case.propose_embargo(me, id(1), on(70), ProposalReason::Other, asked)
    });
    assert_eq!(refusal, Refusal::EmbargoEnded);
}

#[test]
fn e4_nothing_is_proposed_or_taken_once_it_is_out() {
    let kinds = [
        ObservationKind::PublicAware,
        ObservationKind::ExploitPublic,
        ObservationKind::AttacksObserved,
    ];
    for kind in kinds {
        let story = told().proposes(member(ACME), LATE, 60);
        let story = seen(story, kind, AfterAttacks::Keep);
        assert_eq!(story.case.embargo.open(), Vec::<&Proposal>::new());
        let refusal = story.refused(member(BOLT), |case, me, asked| {
            case.propose_embargo(me, id(1), on(70), ProposalReason::Other, asked)
        });
        assert_eq!(refusal, Refusal::TooLateForEmbargo);
    }
}

#[test]
fn e5_a_new_embargo_after_a_fix_needs_a_reason() {
    let story = told().proposes(analyst(), LATE, 60).does(member(ACME), |case, me, asked| {
        let answers = crate::status::Answers {
            real: Some(crate::status::IsReal::Yes),
            addressed: Some(crate::status::IsAddressed::Released),
            ..Default::default()
        };
        case.answer_questions(me, who(ACME), answers, asked)
    });
    let refusal =
        story.refused(analyst(), |case, me, asked| case.accept_proposal(me, id(LATE), asked));
    assert_eq!(refusal, Refusal::NeedsReason(Rule::NoEmbargoAfterFix));
    let story = story.because(Rule::NoEmbargoAfterFix).takes(LATE);
    assert_eq!(story.case.overrides.last().unwrap().1, Rule::NoEmbargoAfterFix);
}

#[test]
fn e6_without_a_proposal_or_a_default_there_is_no_embargo() {
    let story = told();
    assert_eq!(story.case.embargo, Embargo::default());
    assert!(story.case.embargo.free().is_some());
}

#[test]
fn e7_the_default_is_proposed_and_accepted_in_one_decision() {
    let story = Story::accepted().with_vendors(&[ACME]);
    let length = story.journal.len();
    let story = story.notified(&[ACME]);
    let embargo: Vec<_> = story
        .events_since(length)
        .into_iter()
        .filter(|event| {
            matches!(event, Event::EmbargoProposed { .. } | Event::EmbargoAccepted { .. })
        })
        .collect();
    assert_eq!(embargo.len(), 2);
    assert!(matches!(embargo[1], Event::EmbargoAccepted { how: Acceptance::ByDefault, .. }));
    assert_eq!(day_of(story.case.embargo.end().unwrap().at), 45);
    assert_eq!(story.them(REPORTER).pec, Pec::Signatory);
    assert_eq!(story.them(ACME).pec, Pec::Invited);
}

#[test]
fn e8_the_shortest_of_two_dates_comes_into_force() {
    let before_vendors = |end| {
        Story::accepted()
            .does(receipt(), |case, me, asked| {
                case.propose_embargo(me, id(LATE), on(end), ProposalReason::Conference, asked)
            })
            .with_vendors(&[ACME])
            .notified(&[ACME])
    };
    let shorter = before_vendors(20);
    expect!["R 20 [45] Si."].assert_eq(&show(&shorter.case));
    let longer = before_vendors(80);
    expect!["R 45 [80] Si."].assert_eq(&show(&longer.case));
}

#[test]
fn e8_a_date_that_has_passed_is_not_the_shortest() {
    let story = Story::accepted()
        .does(receipt(), |case, me, asked| {
            case.propose_embargo(me, id(LATE), on(5), ProposalReason::Conference, asked)
        })
        .with_vendors(&[ACME])
        .on_day(10)
        .notified(&[ACME]);
    assert_eq!(day_of(story.case.embargo.end().unwrap().at), 55);
}

#[test]
fn e9_what_is_public_ends_it_and_attacks_may_be_outweighed() {
    let story = claimed(Story::embargoed(&[ACME]), ObservationKind::AttacksObserved);
    let keep = AfterAttacks::Keep;
    let refusal = story
        .refused(analyst(), |case, me, asked| case.adopt_observation(me, id(700), keep, asked));
    assert_eq!(refusal, Refusal::NeedsReason(Rule::AttacksEndEmbargo));
    let kept = seen(Story::embargoed(&[ACME]), ObservationKind::AttacksObserved, keep);
    assert!(kept.case.pxa.attacks && kept.case.embargo.terms.is_some());
    for kind in [ObservationKind::PublicAware, ObservationKind::ExploitPublic] {
        let ended = seen(Story::embargoed(&[ACME]), kind, keep);
        assert!(ended.case.embargo.terms.is_none(), "{kind:?} ends it whatever is wished");
    }
}

#[test]
fn e10_dates_are_decided_shortest_first() {
    let story = told().proposes(member(ACME), LATE, 60).proposes(member(BOLT), EARLY, 30);
    let refusal =
        story.refused(analyst(), |case, me, asked| case.accept_proposal(me, id(LATE), asked));
    assert_eq!(refusal, Refusal::NeedsReason(Rule::ShortestFirst));
    let story = story.takes(EARLY);
    expect!["R 30 [60] iiS"].assert_eq(&show(&story.case));
    let story = story.takes(LATE);
    expect!["A 60 [] iSi"].assert_eq(&show(&story.case));
}

#[test]
fn e11_sending_the_report_is_a_yes_to_the_default() {
    let story = Story::accepted().with_vendors(&[ACME]).notified(&[ACME]);
    let default = &story.case.embargo.proposals[0];
    assert_eq!(default.answers.get(&who(REPORTER)), Some(&Answer::Agree));
}

#[test]
fn e12_a_question_is_open_for_a_week_and_never_less_than_three_days() {
    let mut policy = explicit();
    policy.embargo.answer_within = Days(1);
    let story = Story::under(policy).is_accepted().proposes(analyst(), LATE, 60);
    assert_eq!(day_of(story.case.embargo.proposals[0].answer_by), 3);
    let story = told().proposes(analyst(), LATE, 60);
    assert_eq!(day_of(story.case.embargo.proposals[0].answer_by), 7);
}

#[test]
fn e13_a_date_that_was_turned_down_binds_nobody() {
    let story = told().proposes(member(ACME), LATE, 60);
    let story = story.does(analyst(), |case, me, asked| case.reject_proposal(me, id(LATE), asked));
    assert_eq!(story.case.embargo.em, Em::None);
    assert!(story.case.embargo.free().is_some());
    assert!(story.case.participants.values().all(|them| them.pec == Pec::NoEmbargo));
}

#[test]
fn e14_who_named_a_date_may_take_it_back() {
    let story = Story::embargoed(&[ACME, BOLT]).proposes(member(ACME), LATE, 60);
    expect!["R 45 [60] lll"].assert_eq(&show(&story.case));
    let story =
        story.does(member(ACME), |case, me, asked| case.withdraw_proposal(me, id(LATE), asked));
    expect!["A 45 [] SSS"].assert_eq(&show(&story.case));
}

#[test]
fn e15_who_joins_is_asked_first_and_sees_nothing_before() {
    let story = Story::embargoed(&[ACME]).with_vendors(&[BOLT]).on_day(3).notified(&[BOLT]);
    assert_eq!(story.them(BOLT).pec, Pec::Invited);
    assert!(!story.them(BOLT).may_receive_content(story.case.embargo.em));
    let refusal =
        story.refused(analyst(), |case, me, asked| case.share_draft(me, [who(BOLT)].into(), asked));
    assert_eq!(refusal, Refusal::NoDraft);
    let story = story.agrees(BOLT);
    assert!(story.them(BOLT).may_receive_content(story.case.embargo.em));
}

#[test]
fn e16_another_signatory_changes_nothing_for_the_others() {
    let before = Story::embargoed(&[ACME]);
    let after = before.clone().with_vendors(&[BOLT]).notified(&[BOLT]).agrees(BOLT);
    assert_eq!(before.case.embargo, after.case.embargo);
    assert_eq!(before.them(ACME), after.them(ACME));
}

#[test]
fn e17_who_leaves_ends_nothing_and_hears_nothing_more() {
    let story = Story::embargoed(&[ACME, BOLT])
        .does(member(BOLT), |case, me, asked| case.leave(me, who(BOLT), asked));
    assert_eq!(story.case.embargo.em, Em::Active);
    assert!(crate::access::admit(member(BOLT), &story.case).is_none());
    let length = story.journal.len();
    let story = story.proposes(analyst(), LATE, 60);
    for event in story.events_since(length) {
        let to_bolt = |letter: &crate::letter::Letter| {
            letter.to == crate::letter::Recipient::Participant(who(BOLT))
        };
        assert!(!crate::letter::letters(&story.case, event).iter().any(to_bolt));
    }
}

#[test]
fn e17_who_left_is_not_bound_again_by_what_it_never_saw() {
    let story = Story::embargoed(&[ACME, BOLT])
        .proposes(analyst(), EARLY, 30)
        .does(member(BOLT), |case, me, asked| case.leave(me, who(BOLT), asked))
        .takes(EARLY)
        .proposes(analyst(), LATE, 60)
        .does(analyst(), |case, me, asked| case.reject_proposal(me, id(LATE), asked));
    assert_eq!(story.them(BOLT).pec, Pec::Lapsed);
}

#[test]
fn e18_the_end_of_an_embargo_publishes_nothing_by_itself() {
    let story = Story::embargoed(&[ACME]).drafted().on_day(45);
    let story = story.does(Actor::Server, Case::expire_embargo);
    assert!(story.case.note.published.is_none() && !story.case.pxa.public);
    assert_eq!(story.refused(Actor::Server, Case::publish), Refusal::NotArmed);
}

#[test]
fn e19_a_long_embargo_needs_a_reason_counted_from_its_beginning() {
    let story = Story::embargoed(&[ACME]).on_day(40).proposes(analyst(), LATE, 91);
    let take = |case: &Case, me: &Me, asked: &Asked| case.accept_proposal(me, id(LATE), asked);
    assert_eq!(story.refused(analyst(), take), Refusal::NeedsReason(Rule::LongEmbargo));
    let story = story.because(Rule::LongEmbargo).takes(LATE);
    let story = story.proposes(analyst(), EARLY, 366);
    let take = |case: &Case, me: &Me, asked: &Asked| case.accept_proposal(me, id(EARLY), asked);
    assert_eq!(story.refused(analyst(), take), Refusal::NeedsReason(Rule::VeryLongEmbargo));
}

#[test]
fn e19_ninety_days_are_not_long() {
    let story = told().proposes(analyst(), LATE, 90).takes(LATE);
    assert!(!story.case.overrides.iter().any(|(_, rule, _)| *rule == Rule::LongEmbargo));
}

#[test]
fn e20_nobody_is_asked_who_was_not_told() {
    let story = Story::embargoed(&[ACME]).with_vendors(&[BOLT]);
    let story = story.proposes(analyst(), EARLY, 30).takes(EARLY);
    assert_eq!(story.them(BOLT).pec, Pec::NoEmbargo);
}

#[test]
fn e21_where_the_policy_says_so_more_than_half_of_the_vendors_decide() {
    let mut policy = explicit();
    policy.embargo.decided_by = DecisionRule::Majority;
    let yes = |story: Story, n: u128| {
        story.does(member(n), |case, me, asked| {
            case.answer_proposal(me, id(LATE), Answer::Agree, asked)
        })
    };
    let all = [ACME, BOLT, CRANE];
    let story = Story::under(policy).is_accepted().with_vendors(&all).notified(&all);
    let story = yes(story.proposes(analyst(), LATE, 60), ACME);
    assert_eq!(story.case.embargo.em, Em::Proposed);
    let story = yes(story, CRANE);
    expect!["A 60 [] iSi"].assert_eq(&show(&story.case));
}

#[test]
fn e21_what_needs_a_reason_is_not_carried_without_one() {
    let mut policy = explicit();
    policy.embargo.decided_by = DecisionRule::Majority;
    let story = Story::under(policy).is_accepted().with_vendors(&[ACME]).notified(&[ACME]);
    let yes = |story: Story| {
        story.does(member(ACME), |case, me, asked| {
            case.answer_proposal(me, id(LATE), Answer::Agree, asked)
        })
    };
    let long = yes(story.clone().proposes(analyst(), LATE, 200));
    assert_eq!(long.case.embargo.em, Em::Proposed);
    let passed = yes(story.proposes(analyst(), LATE, 10).on_day(11));
    assert_eq!(passed.case.embargo.em, Em::Proposed);
}

#[test]
fn e22_of_two_merged_cases_the_earlier_end_holds() {
    let story = Story::embargoed(&[ACME]);
    let merged = |end| {
        let other = another_case(end);
        story.clone().does(analyst(), |case, me, asked| case.merge_case(me, &other, id(620), asked))
    };
    assert_eq!(day_of(merged(20).case.embargo.end().unwrap().at), 20);
    assert_eq!(day_of(merged(80).case.embargo.end().unwrap().at), 45);
    assert_eq!(merged(80).case.relations, vec![(Relation::MergedFrom, id(5))]);
}

#[test]
fn e22_a_case_without_an_embargo_takes_that_of_the_other() {
    let other = another_case(80);
    let story =
        told().does(analyst(), |case, me, asked| case.merge_case(me, &other, id(620), asked));
    expect!["A 80 [] iii"].assert_eq(&show(&story.case));
}

#[test]
fn e23_a_part_of_a_case_inherits_its_end_and_goes_first_with_a_reason_only() {
    let parent = Story::embargoed(&[ACME]);
    let child = Story::under(explicit()).is_accepted();
    let parent = Case { id: id(5), ..parent.case };
    let child =
        child.does(analyst(), |case, me, asked| case.inherit_embargo(me, &parent, id(620), asked));
    assert_eq!(day_of(child.case.embargo.end().unwrap().at), 45);
    assert_eq!(child.case.relations, vec![(Relation::SplitFrom, id(5))]);
    let child = child.proposes(analyst(), EARLY, 30);
    let take = |case: &Case, me: &Me, asked: &Asked| case.accept_proposal(me, id(EARLY), asked);
    assert_eq!(child.refused(analyst(), take), Refusal::NeedsReason(Rule::BeforeSibling));
    let child = child.because(Rule::BeforeSibling).takes(EARLY);
    assert_eq!(day_of(child.case.embargo.end().unwrap().at), 30);
}

#[test]
fn e23_a_case_that_was_split_knows_its_other_part() {
    let split = Story::embargoed(&[ACME])
        .does(analyst(), |case, me, asked| {
            case.add_vulnerability(me, id(502), Some(text(104)), asked)
        })
        .does(analyst(), |case, me, asked| case.split_case(me, id(6), [id(502)].into(), asked));
    assert_eq!(split.case.relations, vec![(Relation::SplitInto, id(6))]);
    assert_eq!(split.case.vulnerabilities.keys().collect::<Vec<_>>(), vec![&id(FLAW)]);
    let split = split.proposes(analyst(), EARLY, 30);
    let take = |case: &Case, me: &Me, asked: &Asked| case.accept_proposal(me, id(EARLY), asked);
    assert_eq!(split.refused(analyst(), take), Refusal::NeedsReason(Rule::BeforeSibling));
}

#[test]
fn e24_a_proposal_carries_a_date_and_a_coded_reason_and_no_words() {
    let story = Story::embargoed(&[ACME]).proposes(member(ACME), LATE, 60);
    let proposal = serde_json::to_value(&story.journal.last().unwrap().event).unwrap();
    let revision = story
        .journal
        .iter()
        .find(|entry| matches!(entry.event, Event::RevisionProposed { .. }))
        .unwrap();
    let payload = serde_json::to_value(&revision.event).unwrap();
    let mut fields: Vec<_> = payload["payload"].as_object().unwrap().keys().cloned().collect();
    fields.sort();
    assert_eq!(fields, ["answer_by", "by", "end", "proposal", "reason"], "{proposal}");
}

#[test]
fn who_agreed_to_the_old_date_while_the_new_one_was_on_the_table_is_asked_again() {
    let story = Story::embargoed(&[ACME, BOLT]).proposes(analyst(), LATE, 60).agrees(BOLT);
    expect!["R 45 [60] llS"].assert_eq(&show(&story.case));
    expect!["A 60 [] iii"].assert_eq(&show(&story.takes(LATE).case));
}

#[test]
fn the_clock_may_start_with_the_report_the_delivery_or_the_first_answer() {
    let under = |basis| {
        let mut policy = Policy::default();
        policy.embargo.basis = basis;
        Story::under(policy).is_accepted().with_vendors(&[ACME]).on_day(2).notified(&[ACME])
    };
    let end = |story: &Story| story.case.embargo.end().map(|end| day_of(end.at));
    assert_eq!(end(&under(ClockBasis::ReportReceived)), Some(45));
    assert_eq!(end(&under(ClockBasis::FirstContactAttempt)), Some(47));
    let delivered = under(ClockBasis::FirstDelivery).on_day(3);
    assert_eq!(end(&delivered), None);
    let delivered = delivered.does(Actor::Server, |case, me, asked| {
        let outcome = crate::status::Delivery::Delivered;
        case.update_delivery(me, who(ACME), id(ACME + 3000), outcome, asked)
    });
    assert_eq!(end(&delivered), Some(48));
    let answered = under(ClockBasis::VendorAcknowledged).on_day(4);
    assert_eq!(end(&answered), None);
    let answered =
        answered.does(member(ACME), |case, me, asked| case.acknowledge(me, who(ACME), asked));
    assert_eq!(end(&answered), Some(49));
    assert_eq!(answered.them(ACME).pec, Pec::Invited, "told, but not yet of what");
}

#[test]
fn the_same_proposal_twice_is_one() {
    let story = told().proposes(member(ACME), LATE, 60);
    let again = story.asks(member(ACME), |case, me, asked| {
        case.propose_embargo(me, id(LATE), on(60), ProposalReason::FixTiming, asked)
    });
    assert_eq!(again, Ok(vec![]));
}

#[test]
fn a_key_to_another_case_opens_nothing_here() {
    let story = told();
    let other = Case { id: id(5), ..story.case.clone() };
    let me = crate::access::admit(lead(), &other).unwrap();
    let asked = Asked::at(story.now);
    let decision = story.case.propose_embargo(&me, id(1), on(9), ProposalReason::Other, &asked);
    assert_eq!(decision, Err(Refusal::NotYours));
}

#[test]
fn a_case_for_advice_or_tracking_begins_no_embargo_by_itself() {
    let story = Story::begins().because(Rule::NoScore).does(analyst(), |case, me, asked| {
        case.accept_case(me, crate::CaseNumber::new("VU", 1), CaseKind::Track, asked)
    });
    let story = story.with_vendors(&[ACME]).notified(&[ACME]);
    assert_eq!(story.case.embargo.em, Em::None);
    assert_eq!(story.them(COORDINATOR).pec, Pec::NoEmbargo);
}
