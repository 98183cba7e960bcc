//! When work on a case may end.

use super::Settled;
use crate::case::ClosingReason;
use crate::note::{Section, When};
use crate::status::ProductStatus;
use crate::story::{ACME, FLAW, REPORTER, Story, analyst, id, lead, member, text, who};
use crate::{Actor, Case, Me, Refusal, Rule};

/// A note with these sections is out, of a vendor that is affected and has no fix.
fn published(sections: &[Section]) -> Story {
    let sections = sections.iter().map(|section| (*section, text(120))).collect();
    let story = Story::embargoed(&[ACME]).does(member(ACME), |case, me, asked| {
        case.set_status(me, who(ACME), (id(FLAW), None), ProductStatus::Affected, asked)
    });
    let story =
        story.does(analyst(), |case, me, asked| case.write_draft(me, text(119), sections, asked));
    let story = story.draft_shown_to(&[ACME, REPORTER]);
    let story = Rule::ALL.iter().fold(story, |story, rule| story.because(*rule));
    let approve = |case: &Case, me: &Me, asked: &crate::Asked| {
        case.approve_publication(me, 1, When::EmbargoEnds, asked)
    };
    let story = story.does(analyst(), approve).does(lead(), approve);
    story.on_day(45).does(Actor::Server, Case::publish)
}

fn settled(story: &Story) -> Vec<Settled> {
    Settled::ALL.iter().copied().filter(|what| story.case.is_settled(*what)).collect()
}

fn close(case: &Case, me: &Me, asked: &crate::Asked) -> crate::Decision {
    case.close_case(me, ClosingReason::Published, asked)
}

#[test]
fn s89_what_is_settled_by_the_end_is_seen_one_by_one() {
    let bare = published(&[Section::Overview]);
    assert_eq!(settled(&bare), []);
    assert_eq!(settled(&bare.clone().numbered()), [Settled::Identified]);
    assert_eq!(settled(&published(&[Section::Solution])), [Settled::Told]);
    assert_eq!(settled(&published(&[Section::Workarounds])), [Settled::Addressed, Settled::Told]);
    let cleared = bare.does(member(ACME), |case, me, asked| {
        let status = ProductStatus::NotAffected { justification: None };
        case.set_status(me, who(ACME), (id(FLAW), None), status, asked)
    });
    assert_eq!(settled(&cleared), [Settled::Addressed]);
}

#[test]
fn s89_what_is_not_settled_is_closed_with_a_reason_alone() {
    let bare = published(&[Section::Overview]);
    let me = crate::admit(analyst(), &bare.case).unwrap();
    let asked = crate::Asked::at(bare.now);
    let refused = close(&bare.case, &me, &asked);
    assert_eq!(refused, Err(Refusal::NeedsReason(Rule::CloseUnsettled)));
    let whole = published(&[Section::Workarounds]).numbered();
    assert_eq!(close(&whole.case, &me, &asked).map(drop), Ok(()));
    let anyway = bare.because(Rule::CloseUnsettled).asks(analyst(), close);
    assert_eq!(anyway.map(|events| events.len()), Ok(2), "the reason and the end");
}

#[test]
fn s90_an_accepted_case_may_close_without_a_note() {
    let story = Story::accepted()
        .does(analyst(), |case, me, asked| case.close_case(me, ClosingReason::WithoutNote, asked));
    assert_eq!(story.case.closed.map(|(_, reason)| reason), Some(ClosingReason::WithoutNote));
    assert_eq!(story.case.note.published, None);
}
