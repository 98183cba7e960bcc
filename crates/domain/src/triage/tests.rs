//! Every step of triage against every state of our own handling of the report.

use expect_test::{Expect, expect};

use crate::case::{CaseKind, ClosingReason};
use crate::plan::{Asked, Decision};
use crate::policy::{Days, Policy};
use crate::report::DeclineReason;
use crate::story::{ACME, Story, analyst, id, on, receipt, text, who};
use crate::{Case, CaseNumber, Me, Refusal, Rule};

fn stages() -> Vec<(&'static str, Story)> {
    let decline = |story: Story, reason| {
        story.does(analyst(), |case, me, asked| {
            case.decline_case(me, [reason].into(), text(1), asked)
        })
    };
    let begins = Story::begins;
    let close = |story: Story| {
        story.does(analyst(), |case, me, asked| {
            case.close_case(me, ClosingReason::WithoutNote, asked)
        })
    };
    vec![
        ("received", begins()),
        ("invalid", decline(begins(), DeclineReason::NotCredible)),
        ("valid", begins().does(analyst(), Case::validate_report)),
        ("accepted", Story::accepted()),
        ("deferred", Story::accepted().does(analyst(), Case::defer_case)),
        ("declined", decline(begins(), DeclineReason::ResourceLimits)),
        ("closed", close(Story::accepted())),
    ]
}

fn check(step: impl Fn(&Case, &Me, &Asked) -> Decision, expect: &Expect) {
    let mut rows = String::new();
    for (stage, story) in stages() {
        let mut story = story.because(Rule::NoScore);
        let outcome = match story.asks(analyst(), &step) {
            Ok(events) => {
                story.keep(crate::journal::Hand::Staff(id(901)), events);
                story.is_sound();
                let ours = story.case.participants[&story.case.coordinator].rm;
                format!("{} {}", ours.letter(), story.case.phase().label())
            }
            Err(refusal) => format!("no: {refusal}"),
        };
        rows += &format!("{stage:<9} {outcome}\n");
    }
    expect.assert_eq(&rows);
}

#[test]
fn validate() {
    check(
        Case::validate_report,
        &expect![[r"
        received  V Report
        invalid   V Report
        valid     no: that step does not follow from where the report stands now
        accepted  no: that step does not follow from where the report stands now
        deferred  no: that step does not follow from where the report stands now
        declined  no: that step does not follow from where the report stands now
        closed    no: the case is closed; reopen it first
    "]],
    );
}

#[test]
fn set_aside() {
    check(
        |case, me, asked| case.set_aside(me, [DeclineReason::LackOfEvidence].into(), asked),
        &expect![[r"
            received  I Report
            invalid   no: that step does not follow from where the report stands now
            valid     no: that step does not follow from where the report stands now
            accepted  no: that step does not follow from where the report stands now
            deferred  no: that step does not follow from where the report stands now
            declined  no: that step does not follow from where the report stands now
            closed    no: the case is closed; reopen it first
        "]],
    );
}

#[test]
fn accept() {
    check(
        |case, me, asked| {
            case.accept_case(me, CaseNumber::new("VU", 7), CaseKind::Coordinate, asked)
        },
        &expect![[r"
            received  A Validate
            invalid   A Validate
            valid     A Validate
            accepted  no: the case has been accepted already
            deferred  A Validate
            declined  A Validate
            closed    no: the case is closed; reopen it first
        "]],
    );
}

#[test]
fn decline_for_doubt() {
    check(
        |case, me, asked| {
            case.decline_case(me, [DeclineReason::NotCredible].into(), text(1), asked)
        },
        &expect![[r"
            received  I Declined
            invalid   I Declined
            valid     D Declined
            accepted  D Declined
            deferred  D Declined
            declined  D Declined
            closed    no: the case is closed; reopen it first
        "]],
    );
}

#[test]
fn decline_for_lack_of_people() {
    check(
        |case, me, asked| {
            case.decline_case(me, [DeclineReason::ResourceLimits].into(), text(1), asked)
        },
        &expect![[r"
            received  D Declined
            invalid   D Declined
            valid     D Declined
            accepted  D Declined
            deferred  D Declined
            declined  D Declined
            closed    no: the case is closed; reopen it first
        "]],
    );
}

#[test]
fn defer() {
    check(
        Case::defer_case,
        &expect![[r"
        received  no: that step does not follow from where the report stands now
        invalid   no: that step does not follow from where the report stands now
        valid     D Report
        accepted  D Validate
        deferred  no: that step does not follow from where the report stands now
        declined  no: that step does not follow from where the report stands now
        closed    no: the case is closed; reopen it first
    "]],
    );
}

#[test]
fn resume() {
    check(
        Case::resume_case,
        &expect![[r"
        received  no: that step does not follow from where the report stands now
        invalid   no: that step does not follow from where the report stands now
        valid     no: that step does not follow from where the report stands now
        accepted  no: that step does not follow from where the report stands now
        deferred  A Validate
        declined  no: that step does not follow from where the report stands now
        closed    no: the case is closed; reopen it first
    "]],
    );
}

#[test]
fn close() {
    check(
        |case, me, asked| case.close_case(me, ClosingReason::WithoutNote, asked),
        &expect![[r"
            received  no: that step does not follow from where the report stands now
            invalid   C Closed
            valid     no: that step does not follow from where the report stands now
            accepted  C Closed
            deferred  C Closed
            declined  C Closed
            closed    no: the case is closed; reopen it first
        "]],
    );
}

#[test]
fn reopen() {
    check(
        Case::reopen_case,
        &expect![[r"
        received  no: the case is not closed
        invalid   no: the case is not closed
        valid     no: the case is not closed
        accepted  no: the case is not closed
        deferred  no: the case is not closed
        declined  no: the case is not closed
        closed    C Validate
    "]],
    );
}

#[test]
fn s23_a_case_is_not_accepted_without_a_score_or_a_reason() {
    let accept = |case: &Case, me: &Me, asked: &Asked| {
        case.accept_case(me, CaseNumber::new("VU", 7), CaseKind::Coordinate, asked)
    };
    let story = Story::begins();
    assert_eq!(story.refused(analyst(), accept), Refusal::NeedsReason(Rule::NoScore));
    let score = |case: &Case, me: &Me, asked: &Asked| {
        let vector = "AV:N/AC:M/Au:N/C:P/I:P/A:P/CDP:L/TD:H/CR:M/IR:M/AR:M".parse().unwrap();
        case.record_score(me, None, vector, asked)
    };
    assert!(story.does(analyst(), score).asks(analyst(), accept).is_ok());
}

#[test]
fn s17_telling_the_reporter_twice_changes_nothing() {
    let story = Story::begins().does(analyst(), Case::acknowledge_report);
    assert_eq!(story.asks(analyst(), Case::acknowledge_report), Ok(vec![]));
}

#[test]
fn s20_a_decision_not_to_take_it_on_has_a_reason() {
    let refusal = Story::begins()
        .refused(analyst(), |case, me, asked| case.decline_case(me, [].into(), text(1), asked));
    assert_eq!(refusal, Refusal::NoReason);
}

#[test]
fn s30_a_report_declined_for_lack_of_evidence_comes_back_with_more() {
    let story = Story::begins()
        .does(analyst(), |case, me, asked| {
            case.decline_case(me, [DeclineReason::LackOfEvidence].into(), text(1), asked)
        })
        .does(receipt(), |case, me, asked| case.add_to_report(me, text(2), asked))
        .is_accepted();
    assert_eq!(story.case.declined, None);
    assert_eq!(story.case.report.addenda.len(), 1);
}

#[test]
fn s16_a_case_for_advice_tells_no_vendor() {
    let story = Story::begins().because(Rule::NoScore).does(analyst(), |case, me, asked| {
        case.accept_case(me, CaseNumber::new("VU", 7), CaseKind::AdviseOnly, asked)
    });
    let refusal = story.with_vendors(&[ACME]).refused(analyst(), |case, me, asked| {
        case.notify(me, &[crate::story::approach(ACME)], id(600), asked)
    });
    assert_eq!(refusal, Refusal::AdviceOnly);
}

#[test]
fn s35_the_clock_starts_at_the_first_attempt_and_no_later_one_moves_it() {
    let story = Story::accepted().with_vendors(&[ACME]).on_day(3).notified(&[ACME]);
    let story = story.on_day(9).notified(&[ACME]);
    assert_eq!(story.case.first_contact_at, Some(crate::story::day(3)));
    assert_eq!(story.case.embargo.end(), Some(&crate::story::on(48)));
    assert_eq!(story.them(ACME).attempts.len(), 2);
    assert_eq!(
        story.case.participant(who(ACME)).map(super::super::participant::Participant::vfd),
        Some(crate::cs::Vfd::default())
    );
}

#[test]
fn s102_the_policy_in_force_when_it_is_taken_on_applies_and_no_later_one() {
    let mut later = Policy { version: 2, ..Policy::default() };
    later.embargo.default = Days(30);
    let take = |policy: Policy| {
        move |case: &Case, me: &Me, asked: &Asked| case.take_policy(me, &policy, asked)
    };
    let story = Story::begins().does(analyst(), take(later.clone())).is_accepted();
    assert_eq!(story.case.policy.version, 2);
    let story = story.with_vendors(&[ACME]).notified(&[ACME]);
    assert_eq!(story.case.embargo.end(), Some(&on(30)), "by the policy it was taken under");
    let latest = Policy { version: 3, ..later };
    let story = story.does(analyst(), take(latest));
    assert_eq!(story.case.policy.version, 2);
    story.is_sound();
}
