//! A note is taken back by as many as publish one, and comes back by a new revision alone.

use crate::note::{Foreseen, Published, Remains, Section, When, Words};
use crate::story::{ACME, REPORTER, Story, analyst, day, id, lead, member, text};
use crate::{Actor, Case, Me, Refusal, Rule};

use crate::plan::{Asked, Decision};

const REASON: u128 = 450;

fn words() -> Words {
    let texts = (100..700).map(|n| (id(n), format!("canary {n}"))).collect();
    let names = [(id(ACME + 7000), "Acme Canary".to_owned())];
    Words {
        texts,
        names: names.into(),
        reporter: Some("Robin Canary".to_owned()),
        ..Words::default()
    }
}

fn anyway(story: Story) -> Story {
    Rule::ALL.iter().fold(story, |story, rule| story.because(*rule))
}

fn approved(story: Story, revision: u32) -> Story {
    let approve = |case: &Case, me: &Me, asked: &Asked| {
        case.approve_publication(me, revision, When::EmbargoEnds, asked)
    };
    anyway(anyway(story).does(analyst(), approve)).does(lead(), approve)
}

fn public() -> Story {
    let story = Story::embargoed(&[ACME]).drafted().draft_shown_to(&[ACME, REPORTER]).numbered();
    approved(story, 1).on_day(45).does(Actor::Server, Case::publish).on_day(50)
}

fn wants(remains: Remains) -> impl Fn(&Case, &Me, &Asked) -> Decision {
    move |case, me, asked| case.propose_withdrawal(me, remains, text(REASON), asked)
}

fn withdrawn(remains: Remains) -> Story {
    public().does(analyst(), wants(remains)).does(lead(), Case::agree_to_withdrawal)
}

fn read(story: &Story) -> Published {
    Published::of(&story.case, story.case.embargo.free().unwrap(), &words()).unwrap()
}

#[test]
fn two_people_take_a_note_back_a_lead_among_them() {
    let story = public();
    assert_eq!(story.refused(lead(), Case::agree_to_withdrawal), Refusal::NothingToWithdraw);
    assert_eq!(story.refused(member(ACME), wants(Remains::Words)), Refusal::NotYours);
    let story = story.does(analyst(), wants(Remains::Words));
    assert_eq!(story.case.note.withdrawn, None, "one alone takes nothing back");
    assert_eq!(story.refused(analyst(), Case::agree_to_withdrawal), Refusal::ApprovedAlready);
    let held = story.clone().does(lead(), Case::hold_publication);
    assert_eq!(held.case.note.withdrawing, None, "the first may think again");
    let story = story.does(lead(), Case::agree_to_withdrawal);
    assert!(story.case.note.withdrawn.is_some());
    assert_eq!(story.refused(lead(), wants(Remains::Words)), Refusal::Withdrawn);
    story.is_sound();
}

#[test]
fn what_is_not_public_is_not_taken_back() {
    let story = Story::embargoed(&[ACME]).drafted();
    assert_eq!(story.refused(lead(), wants(Remains::Nothing)), Refusal::NotPublished);
}

#[test]
fn a_note_whose_words_stay_says_first_that_it_was_withdrawn_and_why() {
    let note = read(&withdrawn(Remains::Words));
    let before = read(&public());
    assert_eq!(note.title(), format!("Withdrawn: {}", before.title()));
    let overview = &note.sections()[&Section::Overview];
    assert!(overview.starts_with("This note was withdrawn on "), "{overview}");
    assert!(overview.contains("canary 450") && overview.contains("canary 202"), "{overview}");
    assert_eq!(note.vendors(), before.vendors());
    assert_eq!((note.revision(), note.updated_at()), (2, day(50)));
    assert_eq!(note.released_at(), [day(45), day(50)]);
    assert_eq!(note.withdrawn().map(|told| told.at), Some(day(50)));
}

#[test]
fn of_a_note_whose_words_must_go_nothing_stays_but_number_dates_and_reason() {
    let note = read(&withdrawn(Remains::Nothing));
    let before = read(&public());
    let written = serde_json::to_string(&note).unwrap().replace("canary 450", "");
    assert!(!written.to_lowercase().contains("canary"), "{written}");
    let told = (note.number(), note.published_at(), note.vulnerabilities().len());
    assert_eq!(told, (before.number(), before.published_at(), before.vulnerabilities().len()));
    assert_eq!(note.vulnerabilities()[0].cve, None);
}

#[test]
fn a_new_revision_undoes_it() {
    let sections = [(Section::Overview, text(230))].into();
    let story = withdrawn(Remains::Nothing).on_day(60);
    assert!(!story.case.note.is_ahead());
    let story =
        story.does(analyst(), |case, me, asked| case.write_draft(me, text(231), sections, asked));
    let foreseen = Foreseen::of(&story.case, 2, day(60), &words()).unwrap();
    assert_eq!(foreseen.withdrawn(), None, "what is prepared is the note, not the notice");
    assert!(read(&story).withdrawn().is_some(), "a draft changes nothing that is public");
    let note = read(&approved(story, 2).does(Actor::Server, Case::publish));
    assert_eq!((note.withdrawn(), note.title(), note.revision()), (None, "canary 231", 3));
    assert_eq!(note.released_at(), [day(45), day(50), day(60)]);
}
