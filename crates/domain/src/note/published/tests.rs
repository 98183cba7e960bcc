//! What of a case the public reads, once it may.

use std::collections::BTreeMap;

use super::{Published, PublishedProduct, PublishedVendor, Words};
use crate::access::{View, admit};
use crate::case::ObservationKind;
use crate::event::StatementAudience;
use crate::note::When;
use crate::observation::AfterAttacks;
use crate::participant::{Said, Wording};
use crate::status::ProductStatus;
use crate::story::{ACME, BOLT, FLAW, REPORTER, Story, analyst, day, id, lead, member, text, who};
use crate::{Actor, Case, Rule, VulnerabilityId};

/// Words for every text of a story: its number, or what a test needs.
fn words(known: &[(u128, &str)]) -> Words {
    let mut texts: BTreeMap<_, _> = (100..700).map(|n| (id(n), format!("words {n}"))).collect();
    texts.extend(known.iter().map(|(n, words)| (id(*n), (*words).to_owned())));
    let names = [(id(ACME + 7000), "Acme".to_owned()), (id(BOLT + 7000), "Bolt".to_owned())];
    Words { texts, names: names.into(), ..Words::default() }
}

fn anyway(story: Story) -> Story {
    Rule::ALL.iter().fold(story, |story, rule| story.because(*rule))
}

fn published(story: Story, words: &Words) -> Published {
    read(&public(story), words)
}

fn read(story: &Story, words: &Words) -> Published {
    Published::of(&story.case, story.case.embargo.free().unwrap(), words).unwrap()
}

fn public(story: Story) -> Story {
    let story = story.drafted().draft_shown_to(&[ACME, REPORTER]).numbered();
    let approve = |case: &Case, me: &crate::Me, asked: &crate::Asked| {
        case.approve_publication(me, 1, When::EmbargoEnds, asked)
    };
    let story = anyway(anyway(story).does(analyst(), approve)).does(lead(), approve);
    story.on_day(45).does(Actor::Server, Case::publish)
}

fn vendor<'a>(note: &'a Published, name: &str) -> &'a PublishedVendor {
    note.vendors().iter().find(|vendor| vendor.name == name).unwrap()
}

fn scored(story: Story, flaw: Option<VulnerabilityId>, vector: &str) -> Story {
    story.does(analyst(), |case, me, asked| {
        case.record_score(me, flaw, vector.parse().unwrap(), asked)
    })
}

fn says(story: Story, n: u128, product: Option<u128>, said: (ProductStatus, u128)) -> Story {
    let said = Said { status: said.0, versions: Some(text(said.1)) };
    story.does(member(n), |case, me, asked| {
        case.set_status(me, who(n), (id(FLAW), product.map(id)), said, asked)
    })
}

#[test]
fn of_each_version_of_cvss_the_newest_score_is_public() {
    let (old, new) = ("AV:N/AC:L/Au:N/C:P/I:P/A:P", "AV:L/AC:L/Au:N/C:P/I:P/A:P");
    let three = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    let other = "CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H";
    let flaw = Some(id(FLAW));
    let given = [(None, old), (None, three), (None, new), (flaw, three), (flaw, other)];
    let story = Story::embargoed(&[ACME]);
    let story = given.into_iter().fold(story, |story, (of, vector)| scored(story, of, vector));
    let note = published(story, &words(&[]));
    assert_eq!(note.scores(), [new, three]);
    assert_eq!(note.vulnerabilities()[0].vectors, [other]);
}

#[test]
fn attacks_and_exploits_are_told_once_the_coordinator_holds_them_to_be_true() {
    let claim = |story: Story, n: u128, kind: ObservationKind| {
        story.does(analyst(), |case, me, asked| {
            case.claim_observation(me, id(n), kind, (day(2), text(350)), asked)
        })
    };
    let adopt = |story: Story, n: u128| {
        anyway(story).does(lead(), |case, me, asked| {
            case.adopt_observation(me, id(n), AfterAttacks::Keep, asked)
        })
    };
    let story = Story::embargoed(&[ACME]).on_day(3);
    let story = claim(story, 701, ObservationKind::AttacksObserved);
    let quiet = published(story.clone(), &words(&[]));
    assert_eq!((quiet.attacks_seen_at(), quiet.exploit_public_at()), (None, None));
    let loud = published(adopt(story, 701), &words(&[]));
    assert_eq!((loud.attacks_seen_at(), loud.exploit_public_at()), (Some(day(2)), None));
}

#[test]
fn products_and_versions_are_told_line_by_line() {
    let mut words = words(&[(400, ">= 3.0 < 4.2; fixed 4.2"), (401, "no < grammar"), (402, "5")]);
    let router = PublishedProduct {
        id: id(801),
        name: "Router".to_owned(),
        purl: Some("pkg:generic/router".to_owned()),
        cpe: None,
    };
    words.products.insert(id(801), router.clone());
    let story = says(Story::embargoed(&[ACME]), ACME, Some(801), (ProductStatus::Affected, 400));
    let story = says(story, ACME, None, (ProductStatus::UnderInvestigation, 401));
    // A product that the directory does not know says nothing of all the others.
    let story = says(story, ACME, Some(802), (ProductStatus::Affected, 402));
    let note = published(story, &words);
    let acme = vendor(&note, "Acme");
    assert_eq!(acme.status, ProductStatus::Affected);
    let [first, second] = acme.lines.as_slice() else { panic!("{:?}", acme.lines) };
    assert_eq!((first.product.as_ref(), first.ordinal), (Some(&router), 1));
    assert_eq!(first.versions.to_string(), ">= 3.0 < 4.2; fixed 4.2");
    assert_eq!((second.product.as_ref(), second.versions.is_empty()), (None, true));
}

#[test]
fn what_a_vendor_wants_to_be_read_is_told_in_its_parts() {
    let wording = Wording {
        text: Some(text(410)),
        information: Some(text(411)),
        references: Some(text(412)),
    };
    let story = Story::embargoed(&[ACME, BOLT]).does(member(ACME), |case, me, asked| {
        case.give_statement(me, who(ACME), wording, StatementAudience::Coordinator, asked)
    });
    let lines = "https://acme.example/1\n\n A bulletin ";
    let note = published(story, &words(&[(410, "Update."), (411, " "), (412, lines)]));
    let acme = vendor(&note, "Acme");
    assert_eq!((acme.statement.as_deref(), acme.information.as_deref()), (Some("Update."), None));
    assert_eq!(acme.references, ["https://acme.example/1", "A bulletin"]);
    let bolt = vendor(&note, "Bolt");
    assert_eq!((bolt.statement.as_deref(), bolt.references.len()), (None, 0));
}

#[test]
fn what_the_coordinator_adds_is_the_teams_until_it_is_the_publics() {
    let add = |story: Story, n: Option<u128>| {
        story.does(analyst(), |case, me, asked| {
            case.write_addendum(me, who(ACME), n.map(text), asked)
        })
    };
    let story = add(Story::embargoed(&[ACME, BOLT]), Some(420));
    for (actor, reads) in [(member(ACME), false), (member(BOLT), false), (analyst(), true)] {
        let view = admit(actor, &story.case).unwrap().view(story.case.clone());
        assert_eq!(view.texts().contains(&id(420)), reads, "{actor:?}");
        if let View::Party(view) = view {
            assert_eq!(view.me.addendum, None);
        }
    }
    let again = story.asks(analyst(), |case, me, asked| {
        case.write_addendum(me, who(ACME), Some(text(420)), asked)
    });
    assert_eq!(again, Ok(vec![]));
    let note = published(story.clone(), &words(&[]));
    assert_eq!(vendor(&note, "Acme").addendum.as_deref(), Some("words 420"));
    let note = published(add(story, None), &words(&[]));
    assert_eq!(vendor(&note, "Acme").addendum, None);
}

#[test]
fn a_mended_note_says_when_it_first_came_and_when_it_was_mended() {
    let story = public(Story::embargoed(&[ACME]));
    let note = read(&story, &words(&[]));
    assert_eq!((note.revision(), note.updated_at()), (1, day(45)));
    let sections = [(crate::note::Section::Overview, text(220))].into();
    let story = story
        .on_day(50)
        .does(analyst(), |case, me, asked| case.write_draft(me, text(221), sections, asked));
    assert_eq!(read(&story, &words(&[])), note, "a draft changes nothing that is public");
    let approve = |case: &Case, me: &crate::Me, asked: &crate::Asked| {
        case.approve_publication(me, 2, When::EmbargoEnds, asked)
    };
    let story = anyway(anyway(story).does(analyst(), approve)).does(lead(), approve);
    let mended = read(&story.does(Actor::Server, Case::publish), &words(&[]));
    assert_eq!((mended.title(), mended.revision()), ("words 221", 2));
    assert_eq!((mended.published_at(), mended.updated_at()), (day(45), day(50)));
}

#[test]
fn s83_what_a_named_vendor_published_is_linked_once_it_is_out() {
    let words = words(&[(400, "https://acme.example/1"), (401, "https://acme.example/2")]);
    let story = Story::embargoed(&[ACME, BOLT]);
    let tell = |story: Story, n: u128, advisory: u128, address: u128| {
        story.does(member(n), |case, me, asked| {
            let told = (id(advisory), text(address), asked.now);
            case.record_advisory(me, who(n), told, asked)
        })
    };
    let announce = |story: Story| {
        story.does(member(ACME), |case, me, asked| {
            let told = (id(2801), crate::story::on(80), Some(text(401)));
            case.announce_advisory(me, who(ACME), told, asked)
        })
    };
    let story = announce(tell(story, ACME, 2800, 400));
    let note = published(story.clone(), &words);
    assert_eq!(vendor(&note, "Acme").references, ["https://acme.example/1"]);
    assert!(vendor(&note, "Bolt").references.is_empty());
    // Who does not wish to be named is not linked either.
    let hides = |case: &Case, me: &crate::Me, asked: &crate::Asked| {
        case.change_visibility(me, who(ACME), crate::case::Visibility::Hidden, asked)
    };
    let hidden = format!("{:?}", published(story.does(member(ACME), hides), &words));
    assert!(!hidden.contains("acme.example"), "{hidden}");
}

#[test]
fn s83_a_reporter_is_linked_only_where_thanked_by_name() {
    let mut words = words(&[(400, "https://finder.example/blog")]);
    let story = Story::embargoed(&[ACME]).does(crate::story::receipt(), |case, me, asked| {
        case.record_advisory(me, case.reporter, (id(2800), text(400), asked.now), asked)
    });
    let quiet = format!("{:?}", published(story.clone(), &words));
    assert!(!quiet.contains("finder.example"), "{quiet}");
    words.reporter = Some("Robin".to_owned());
    let note = published(story, &words);
    let references = &note.sections()[&crate::note::Section::References];
    assert!(references.lines().any(|line| line == "https://finder.example/blog"), "{references}");
}

#[test]
fn s93_credit_is_given_as_the_reporter_wishes() {
    let mut words = words(&[]);
    words.reporter = Some("Robin".to_owned());
    let thanked = |wish: crate::report::Credit| {
        let mut story = Story::embargoed(&[ACME]);
        story.case.report.submission.credit = wish;
        published(story, &words).credit().map(str::to_owned)
    };
    assert_eq!(thanked(crate::report::Credit::Named).as_deref(), Some("Robin"));
    assert_eq!(thanked(crate::report::Credit::Pseudonym).as_deref(), Some("Robin"));
    assert_eq!(thanked(crate::report::Credit::None), None);
}
