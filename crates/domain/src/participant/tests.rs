//! What vendors and others may say, and what becomes of it.

use crate::Refusal;
use crate::access::StaffRole;
use crate::case::{ObservationKind, Role};
use crate::cs::Vfd;
use crate::observation::AfterAttacks;
use crate::rm::Rm;
use crate::status::{Answers, IsAddressed, IsReal, ProductStatus};
use crate::story::{ACME, BOLT, FLAW, Story, analyst, id, member, receipt, text, who};

fn says(story: Story, n: u128, status: ProductStatus) -> Story {
    story.does(member(n), |case, me, asked| {
        case.set_status(me, who(n), (id(FLAW), None), status, asked)
    })
}

#[test]
fn s43_each_answer_moves_what_it_speaks_of() {
    let answered = |real, addressed| {
        Story::embargoed(&[ACME]).does(member(ACME), |case, me, asked| {
            let answers = Answers { real, addressed, ..Answers::default() };
            case.answer_questions(me, who(ACME), answers, asked)
        })
    };
    let yes = answered(Some(IsReal::Yes), None);
    assert_eq!((yes.them(ACME).rm, yes.them(ACME).vfd()), (Rm::Accepted, Vfd::Aware));
    let no = answered(Some(IsReal::No), None);
    assert_eq!(no.them(ACME).rm, Rm::Invalid);
    let fixed = answered(Some(IsReal::Yes), Some(IsAddressed::Released));
    assert_eq!(fixed.them(ACME).vfd(), Vfd::FixReady);
    assert_eq!(fixed.them(ACME).overall_status(), ProductStatus::Fixed);
}

#[test]
fn a_vendor_answers_only_after_it_agreed_and_only_for_itself() {
    let story = Story::embargoed(&[ACME]).with_vendors(&[BOLT]).notified(&[BOLT]);
    let early = story.refused(member(BOLT), |case, me, asked| {
        case.set_status(me, who(BOLT), (id(FLAW), None), ProductStatus::Affected, asked)
    });
    assert_eq!(early, Refusal::AgreeFirst);
    let for_another = story.refused(member(ACME), |case, me, asked| {
        case.set_status(me, who(BOLT), (id(FLAW), None), ProductStatus::Affected, asked)
    });
    assert_eq!(for_another, Refusal::NotYours);
    let reporter = story.refused(receipt(), |case, me, asked| {
        let me_too = case.reporter;
        case.set_status(me, me_too, (id(FLAW), None), ProductStatus::Affected, asked)
    });
    assert_eq!(reporter, Refusal::VendorsOnly);
}

#[test]
fn a_fix_is_no_fix_of_a_flaw_found_later() {
    let story = says(Story::embargoed(&[ACME]), ACME, ProductStatus::Fixed);
    assert_eq!(story.them(ACME).vfd(), Vfd::FixReady);
    let story = story.does(analyst(), |case, me, asked| {
        case.add_vulnerability(me, id(502), Some(text(104)), asked)
    });
    assert_eq!(story.them(ACME).vfd(), Vfd::Aware);
    assert_eq!(story.them(ACME).vfd, Vfd::FixReady);
}

#[test]
fn what_the_team_notes_of_a_vendor_who_was_not_told_does_not_tell_it() {
    let story = Story::accepted().with_vendors(&[ACME]).does(analyst(), |case, me, asked| {
        let status = ProductStatus::NotAffected { justification: None };
        case.set_status(me, who(ACME), (id(FLAW), None), status, asked)
    });
    assert_eq!((story.them(ACME).rm, story.them(ACME).vfd), (Rm::Start, Vfd::Unaware));
}

#[test]
fn i17_who_only_deploys_deploys_a_fix_of_another() {
    let story = Story::embargoed(&[ACME]).with(BOLT, &[Role::Deployer]).notified(&[BOLT]);
    let story = story.agrees(BOLT);
    let deploy = |case: &crate::Case, me: &crate::Me, asked: &crate::Asked| {
        case.declare_deployment(me, who(BOLT), asked)
    };
    assert_eq!(story.refused(member(BOLT), deploy), Refusal::NoFixYet);
    let story = says(story, ACME, ProductStatus::Fixed).does(member(BOLT), deploy);
    assert_eq!(story.them(BOLT).vfd, Vfd::FixDeployed);
    assert_eq!(story.them(ACME).vfd, Vfd::FixReady, "publishing or deploying elsewhere is not D");
}

#[test]
fn i13_a_vendor_added_once_it_is_public_is_aware() {
    let story = Story::accepted()
        .does(analyst(), |case, me, asked| {
            let seen = (asked.now, text(1));
            case.claim_observation(me, id(700), ObservationKind::PublicAware, seen, asked)
        })
        .does(analyst(), |case, me, asked| {
            case.adopt_observation(me, id(700), AfterAttacks::End, asked)
        })
        .with_vendors(&[ACME]);
    assert_eq!(story.them(ACME).vfd, Vfd::Aware);
    let story = story.notified(&[ACME]);
    assert_eq!(story.case.embargo.terms, None);
}

#[test]
fn nobody_is_reminded_of_what_they_were_never_told() {
    let story = Story::accepted().with_vendors(&[ACME]);
    let refusal = story.refused(analyst(), |case, me, asked| case.remind(me, &[who(ACME)], asked));
    assert_eq!(refusal, Refusal::NotToldYet);
}

#[test]
fn an_auditor_writes_nothing() {
    let auditor = crate::Actor::Staff(id(903), StaffRole::Auditor);
    let story = Story::embargoed(&[ACME]);
    let refusal = story.refused(auditor, |case, me, asked| case.rename_case(me, text(1), asked));
    assert_eq!(refusal, Refusal::NotYours);
}

#[test]
fn the_four_questions_leave_the_versions_that_were_named() {
    use crate::participant::Said;
    let story = Story::embargoed(&[ACME]).does(member(ACME), |case, me, asked| {
        let said = Said { status: ProductStatus::Affected, versions: Some(text(400)) };
        case.set_status(me, who(ACME), (id(FLAW), None), said, asked)
    });
    let answered = |real| {
        story.clone().does(member(ACME), |case, me, asked| {
            let answers = Answers { real: Some(real), ..Answers::default() };
            case.answer_questions(me, who(ACME), answers, asked)
        })
    };
    let versions = |story: &Story| story.them(ACME).lines[&id(FLAW)][0].versions.clone();
    assert_eq!(versions(&answered(IsReal::Yes)), Some(text(400)));
    assert_eq!(versions(&answered(IsReal::No)), None, "who is not affected names none");
}
