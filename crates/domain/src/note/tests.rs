//! What must be before a note goes out, and that it goes out neither early nor twice.

use crate::embargo::EndCause;
use crate::letter::letters;
use crate::note::When;
use crate::plan::{Asked, Decision};
use crate::status::ProductStatus;
use crate::story::{ACME, FLAW, REPORTER, Story, analyst, id, lead, member, on, text, who};
use crate::{Actor, Case, Me, Refusal, Rule};

fn approve(when: When) -> impl Fn(&Case, &Me, &Asked) -> Decision {
    move |case, me, asked| case.approve_publication(me, 1, when.clone(), asked)
}

fn ready() -> Story {
    Story::embargoed(&[ACME]).drafted().draft_shown_to(&[ACME, REPORTER]).numbered()
}

/// Reminded in time, so that nothing speaks against the end of the embargo.
fn spotless() -> Story {
    ready().on_day(20).does(analyst(), |case, me, asked| case.remind(me, &[who(ACME)], asked))
}

#[test]
fn a_note_goes_out_at_the_end_and_not_before() {
    let story = spotless().does(analyst(), approve(When::EmbargoEnds));
    assert_eq!(story.case.note.armed, None, "one alone does not arm it");
    let story = story.does(lead(), approve(When::EmbargoEnds)).on_day(44);
    assert_eq!(story.refused(Actor::Server, Case::publish), Refusal::TooEarly);
    let story = story.on_day(45).does(Actor::Server, Case::publish);
    assert!(story.case.note.published.is_some() && story.case.pxa.public);
    assert_eq!(story.case.embargo.ended.map(|(_, cause)| cause), Some(EndCause::Expiry));
    assert_eq!(story.refused(Actor::Server, Case::publish), Refusal::NotArmed);
    story.is_sound();
}

#[test]
fn every_rule_that_speaks_against_publication_is_named() {
    let against = |story: &Story, day| story.case.speaks_against_publication(on(day).at);
    assert_eq!(against(&spotless(), 45), vec![]);
    assert_eq!(against(&spotless(), 44), vec![Rule::PublishInEmbargo]);
    assert_eq!(against(&ready(), 45), vec![Rule::NoReminder], "S52");
    let unnumbered = spotless().does(analyst(), |case, me, asked| {
        case.add_vulnerability(me, id(502), Some(text(104)), asked)
    });
    assert_eq!(against(&unnumbered, 45), vec![Rule::NoCveId], "S75");
    let unread = Story::embargoed(&[ACME]).numbered().drafted().on_day(40);
    let unread = unread.draft_shown_to(&[ACME, REPORTER]);
    assert!(against(&unread, 45).contains(&Rule::ShortDraftLead), "S78");
    let unshown = Story::embargoed(&[ACME]).numbered().drafted().draft_shown_to(&[ACME]);
    assert!(against(&unshown, 45).contains(&Rule::ShortDraftLead), "the reporter reads it too");
    let unfixed = spotless().does(member(ACME), |case, me, asked| {
        case.set_status(me, who(ACME), (id(FLAW), None), ProductStatus::WillNotFix, asked)
    });
    assert!(against(&unfixed, 45).contains(&Rule::PublishWithoutFix), "S62");
    let remarked = spotless()
        .does(member(ACME), |case, me, asked| case.comment_on_draft(me, id(710), text(110), asked));
    assert_eq!(against(&remarked, 45), vec![Rule::OpenRemark], "S79");
    let settled =
        remarked.does(analyst(), |case, me, asked| case.resolve_comment(me, id(710), asked));
    assert_eq!(against(&settled, 45), vec![]);
}

#[test]
fn who_approves_later_approves_the_same_moment() {
    let story = spotless().does(analyst(), approve(When::EmbargoEnds));
    let now = When::At(on(21));
    assert_eq!(story.refused(lead(), approve(now)), Refusal::OtherInstant);
}

#[test]
fn a_reason_for_publishing_early_holds_for_that_approval_only() {
    let early = When::At(on(30));
    let story = spotless().because(Rule::PublishInEmbargo).does(analyst(), approve(early.clone()));
    let story = story.does(analyst(), Case::hold_publication);
    assert_eq!(
        story.refused(analyst(), approve(early)),
        Refusal::NeedsReason(Rule::PublishInEmbargo)
    );
}

#[test]
fn what_was_approved_is_held_when_the_case_changes_under_it() {
    let armed = || {
        let story = spotless().does(analyst(), approve(When::EmbargoEnds));
        story.does(lead(), approve(When::EmbargoEnds))
    };
    let flaw = armed().does(analyst(), |case, me, asked| {
        case.add_vulnerability(me, id(502), Some(text(104)), asked)
    });
    assert_eq!(flaw.case.note.armed, None);
    let deferred = armed().does(analyst(), Case::defer_case);
    assert_eq!(deferred.case.note.armed, None);
    let rewritten = armed().drafted();
    assert_eq!(rewritten.case.note.armed, None);
}

#[test]
fn e18_an_approved_note_goes_out_when_the_embargo_ends_early() {
    let story = spotless().does(analyst(), approve(When::EmbargoEnds));
    let story = story.does(lead(), approve(When::EmbargoEnds)).ended(EndCause::Other);
    assert_eq!(story.case.publishes_at(), Some(story.now));
}

#[test]
fn while_a_first_date_is_only_proposed_nobody_knows_when_the_note_goes_out() {
    let story = Story::accepted().drafted().proposes(analyst(), 601, 60);
    assert_eq!(story.case.publication_instant(&When::EmbargoEnds), None);
}

#[test]
fn s81_a_decision_not_to_publish_has_a_reason_and_may_be_taken_back() {
    let story =
        spotless().does(analyst(), |case, me, asked| case.decline_publication(me, text(1), asked));
    assert!(story.case.note.declined.is_some());
    let story = story.does(analyst(), approve(When::EmbargoEnds));
    assert_eq!(story.case.note.declined, None);
}

#[test]
fn s103_a_public_note_is_mended_by_the_same_rules_and_keeps_its_day() {
    let story = spotless().does(analyst(), approve(When::EmbargoEnds));
    let story = story.does(lead(), approve(When::EmbargoEnds)).on_day(45);
    let story = story.does(Actor::Server, Case::publish);
    let same = story.refused(lead(), approve(When::EmbargoEnds));
    assert_eq!(same, Refusal::AlreadyPublished);

    let story = story.on_day(50).drafted();
    assert_eq!(story.case.note.published, Some((on(45).at, 1)), "what is public stays");
    let second = |case: &Case, me: &Me, asked: &Asked| {
        case.approve_publication(me, 2, When::EmbargoEnds, asked)
    };
    let story = story.does(analyst(), second);
    assert_eq!(story.refused(Actor::Server, Case::publish), Refusal::NotArmed);
    let length = story.journal.len();
    let story = story.does(lead(), second).does(Actor::Server, Case::publish);
    assert_eq!(story.case.note.published, Some((on(45).at, 2)));
    assert_eq!(story.case.note.revised_at, vec![on(50).at]);
    let since = story.events_since(length).into_iter();
    let told: Vec<_> = since.flat_map(|event| letters(&story.case, event)).collect();
    assert_eq!(told, vec![], "who was told of the note reads it where it was");
    assert_eq!(story.refused(Actor::Server, Case::publish), Refusal::NotArmed);
    story.is_sound();
}

#[test]
fn what_was_approved_is_held_when_a_flaw_is_called_something_else() {
    let called = |case: &Case, me: &Me, asked: &Asked| {
        let identifiers = [crate::Identifier::new("Acme", "17").unwrap()].into();
        case.set_identifiers(me, id(crate::story::FLAW), identifiers, asked)
    };
    let story = spotless().does(analyst(), approve(When::EmbargoEnds));
    let story = story.does(lead(), approve(When::EmbargoEnds));
    assert!(story.case.note.armed.is_some());
    let story = story.does(analyst(), called);
    assert_eq!(story.case.note.armed, None);
    story.is_sound();
}

/// Somebody looked at the words and found these.
fn found(rules: &[Rule], asked: &Asked) -> Asked {
    Asked { objections: rules.iter().copied().collect(), ..asked.clone() }
}

#[test]
fn words_that_should_not_be_read_stop_a_draft_from_being_shown_unless_there_is_a_reason() {
    let rules = [Rule::NamesTheHidden, Rule::HoldsASecret];
    let share = |case: &Case, me: &Me, asked: &Asked| {
        case.share_draft(me, [who(ACME)].into(), &found(&rules, asked))
    };
    let story = Story::embargoed(&[ACME]).drafted();
    let refused = story.refused(analyst(), share);
    assert_eq!(refused, Refusal::NeedsReason(Rule::NamesTheHidden));
    let story = story.because(Rule::NamesTheHidden);
    assert_eq!(story.refused(analyst(), share), Refusal::NeedsReason(Rule::HoldsASecret));
    let story = story.because(Rule::HoldsASecret).does(analyst(), share);
    let kept = story.case.overrides.iter().filter(|(_, rule, _)| rule.is_of_words()).count();
    assert_eq!(kept, 2, "both reasons are kept");
    assert!(story.case.note.set_aside.is_empty(), "everyone is asked about again");
}

#[test]
fn words_that_should_not_be_read_stop_an_approval_and_a_reason_holds_for_the_next() {
    let approve = |case: &Case, me: &Me, asked: &Asked| {
        let asked = found(&[Rule::ShowsTheAttack], asked);
        case.approve_publication(me, 1, When::EmbargoEnds, &asked)
    };
    let story = spotless();
    assert_eq!(story.refused(analyst(), approve), Refusal::NeedsReason(Rule::ShowsTheAttack));
    let story = story.because(Rule::ShowsTheAttack).does(analyst(), approve).does(lead(), approve);
    assert!(story.case.note.armed.is_some());
    let kept = story.case.overrides.iter().filter(|(_, rule, _)| rule.is_of_words()).count();
    assert_eq!(kept, 1);
}
