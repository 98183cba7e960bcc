use std::collections::BTreeSet;

use crate::case::{ClosingReason, ObservationKind};
use crate::observation::AfterAttacks;
use crate::plan::{Asked, Decision};
use crate::story::{ACME, BOLT, FLAW, Story, analyst, id, lead, member, text, who};
use crate::{Case, CveId, Event, Me, ParticipantId, Refusal, Rule};

fn cnas(those: &[u128]) -> BTreeSet<ParticipantId> {
    those.iter().map(|n| who(*n)).collect()
}

fn reserves(story: &Story, cnas: &BTreeSet<ParticipantId>) -> Decision {
    story.asks(analyst(), |case, me, asked| case.reserve_cve(me, id(FLAW), cnas, asked))
}

fn requests(story: Story, of: u128) -> Story {
    story.does(analyst(), |case, me, asked| case.request_cve(me, id(FLAW), who(of), asked))
}

#[test]
fn an_id_is_reserved_only_for_a_case_that_was_taken_on() {
    let report = Story::begins().does(analyst(), |case, me, asked| {
        case.add_vulnerability(me, id(FLAW), Some(text(103)), asked)
    });
    assert_eq!(reserves(&report, &BTreeSet::new()), Err(Refusal::NotAccepted));
    let asked = reserves(&Story::accepted(), &BTreeSet::new());
    assert_eq!(asked, Ok(vec![Event::CveReservationAsked { vulnerability: id(FLAW) }]));
    let party = Story::embargoed(&[ACME]);
    let theirs = party.asks(member(ACME), |case, me, asked| {
        case.reserve_cve(me, id(FLAW), &BTreeSet::new(), asked)
    });
    assert_eq!(theirs, Err(Refusal::NotYours));
}

#[test]
fn one_flaw_is_reserved_for_once() {
    let none = BTreeSet::new();
    let story = Story::accepted()
        .does(analyst(), |case, me, asked| case.reserve_cve(me, id(FLAW), &none, asked));
    assert_eq!(reserves(&story, &none), Ok(vec![]), "the second click changes nothing");
    let numbered = story.numbered();
    assert_eq!(reserves(&numbered, &none), Err(Refusal::HasCve));
    let rejected = numbered
        .does(lead(), |case, me, asked| case.reject_cve(me, id(FLAW), text(1), vec![], asked));
    assert_eq!(reserves(&rejected, &none), Err(Refusal::CveWasRejected));
    rejected.is_sound();
}

#[test]
fn an_id_is_rejected_in_favour_of_others_and_not_of_itself() {
    let story = Story::accepted().numbered();
    let ours = story.case.vulnerabilities[&id(FLAW)].our_cve().unwrap().clone();
    let other: CveId = "CVE-2026-77777".parse().unwrap();
    let rejects = |replaced_by: Vec<CveId>| {
        move |case: &Case, me: &Me, asked: &Asked| {
            case.reject_cve(me, id(FLAW), text(1), replaced_by.clone(), asked)
        }
    };
    let both = vec![other.clone(), ours];
    assert_eq!(story.refused(lead(), rejects(both)), Refusal::ReplacesItself);
    let rejected = story.does(lead(), rejects(vec![other.clone()]));
    let known = &rejected.case.vulnerabilities[&id(FLAW)].cve_rejected[0];
    assert_eq!(known.replaced_by, [other]);
    rejected.is_sound();
}

#[test]
fn a_vendor_that_assigns_its_own_ids_is_asked_first() {
    let needs = Err(Refusal::NeedsReason(Rule::VendorAssigns));
    let told = Story::embargoed(&[ACME, BOLT]);
    assert_eq!(reserves(&told, &cnas(&[])).map(|events| events.len()), Ok(1));
    assert_eq!(reserves(&told, &cnas(&[ACME])), needs);
    let reason = told.clone().because(Rule::VendorAssigns);
    let events = reserves(&reason, &cnas(&[ACME])).unwrap();
    assert!(matches!(events[0], Event::PolicyOverridden { rule: Rule::VendorAssigns, .. }));
    // It has the seven days that the policy gives for an answer.
    let asked = requests(told, ACME);
    assert_eq!(reserves(&asked.clone().on_day(7), &cnas(&[ACME])), needs);
    assert_eq!(reserves(&asked.clone().on_day(8), &cnas(&[ACME])).map(|all| all.len()), Ok(1));
    assert_eq!(reserves(&asked.on_day(8), &cnas(&[ACME, BOLT])), needs, "the other was not asked");
}

#[test]
fn once_the_flaw_is_public_a_vendor_has_three_days() {
    let asked = requests(Story::embargoed(&[ACME]), ACME);
    let public = asked.on_day(2).does(analyst(), |case, me, asked| {
        let seen = (asked.now, text(2));
        case.claim_observation(me, id(801), ObservationKind::PublicAware, seen, asked)
    });
    let public = public.does(lead(), |case, me, asked| {
        case.adopt_observation(me, id(801), AfterAttacks::End, asked)
    });
    let flaw = &public.case.vulnerabilities[&id(FLAW)];
    assert_eq!(public.case.vendor_assigns_by(flaw), Some(crate::story::day(5)));
}

#[test]
fn a_vendor_is_asked_once_and_not_for_what_there_is() {
    let told = Story::embargoed(&[ACME]);
    let asked = requests(told.clone(), ACME);
    let again =
        asked.asks(analyst(), |case, me, asked| case.request_cve(me, id(FLAW), who(ACME), asked));
    assert_eq!(again, Ok(vec![]));
    let numbered = told.numbered();
    let refused = numbered
        .refused(analyst(), |case, me, asked| case.request_cve(me, id(FLAW), who(ACME), asked));
    assert_eq!(refused, Refusal::HasCve);
}

#[test]
fn only_an_id_of_ours_is_rejected() {
    let theirs = Story::embargoed(&[ACME]).does(analyst(), |case, me, asked| {
        let cve = "CVE-1900-0001".parse().unwrap();
        case.assign_cve(me, id(FLAW), cve, Some(who(ACME)), asked)
    });
    let rejects = |story: &Story| {
        story.asks(analyst(), |case, me, asked| {
            case.reject_cve(me, id(FLAW), text(3), vec![], asked)
        })
    };
    assert_eq!(rejects(&theirs), Err(Refusal::NotOurCve));
    assert_eq!(rejects(&Story::accepted()), Err(Refusal::NotOurCve));
    let ours = Story::accepted().numbered();
    let rejected = ours
        .does(analyst(), |case, me, asked| case.reject_cve(me, id(FLAW), text(3), vec![], asked));
    let flaw = &rejected.case.vulnerabilities[&id(FLAW)];
    assert_eq!((flaw.cve.clone(), flaw.cve_rejected.len()), (None, 1));
    rejected.is_sound();
}

#[test]
fn a_case_with_an_unused_id_is_not_closed_in_silence() {
    let closes = |story: &Story| {
        story.asks(lead(), |case, me, asked| case.close_case(me, ClosingReason::WithoutNote, asked))
    };
    let numbered = Story::accepted().numbered();
    assert_eq!(closes(&numbered), Err(Refusal::NeedsReason(Rule::UnusedCve)));
    let rejected = numbered
        .does(analyst(), |case, me, asked| case.reject_cve(me, id(FLAW), text(3), vec![], asked));
    assert!(closes(&rejected).is_ok());
}
