//! Each rule is kept by one record or story and broken by another.

use std::collections::BTreeSet;

use super::*;
use crate::cve::{Status, Words, container, reject};
use crate::public_note::PublicNote;
use crate::sample::{at, full, odd_notes, organisation, publisher, small};

/// A record that breaks no rule.
fn good() -> Container {
    let mut note: PublicNote = full();
    note.vulnerabilities.truncate(1);
    container(&note, &note.vulnerabilities[0], &publisher(), &organisation())
}

fn now() -> Timestamp {
    at("2026-11-10T12:00:00Z")
}

/// The rules that are broken, with how much they insist.
fn broken(container: &Container, facts: &Facts) -> Vec<(&'static str, Level)> {
    problems(container, facts).into_iter().map(|one| (one.rule, one.level)).collect()
}

/// Kept by the facts as they are known at first and by those that `kept` makes of them; broken by
/// those that `wrong` makes of them, and no other rule with it.
fn story(rule: &'static str, level: Level, kept: impl Fn(&mut Facts), wrong: impl Fn(&mut Facts)) {
    let told = |change: &dyn Fn(&mut Facts)| {
        let mut facts = Facts::at(now());
        change(&mut facts);
        broken(&good(), &facts)
    };
    assert_eq!(told(&|_| {}), []);
    assert_eq!(told(&kept), [], "{rule} kept");
    assert_eq!(told(&wrong), [(rule, level)], "{rule} broken");
}

/// Kept by the good record, broken by the changed one, and no other rule with it.
fn record(rule: &'static str, level: Level, change: impl Fn(&mut Container)) {
    let mut told = good();
    assert_eq!(broken(&told, &Facts::at(now())), []);
    change(&mut told);
    assert_eq!(broken(&told, &Facts::at(now())), [(rule, level)], "{rule}");
}

use Level::{Must, Should};

#[test]
fn the_cna_with_the_better_right_is_asked_first() {
    let right = |right| move |facts: &mut Facts| facts.first_right = right;
    story("4.2.1.1", Must, right(FirstRight::Declined), right(FirstRight::NotAsked));
    let asked = FirstRight::Asked { at: at("2026-10-01T12:00:00Z") };
    story("4.2.1.1", Must, right(FirstRight::Ours), right(asked));
}

#[test]
fn it_has_three_days_once_the_vulnerability_is_public() {
    let asked = |day: &'static str| {
        move |facts: &mut Facts| {
            facts.page_public_at = Some(at("2026-11-01T12:00:00Z"));
            facts.first_right = FirstRight::Asked { at: at(day) };
        }
    };
    story("4.2.1.2", Must, asked("2026-11-07T12:00:00Z"), asked("2026-11-07T12:00:01Z"));
}

#[test]
fn an_id_that_is_left_over_is_rejected() {
    let left = |facts: &mut Facts| facts.left_over = vec!["CVE-1900-0009".to_owned()];
    story("4.5.3.5", Must, |facts| facts.left_over = vec![], left);
}

#[test]
fn one_flaw_in_shared_code_has_one_id() {
    let ids = |ids: &'static [&'static str]| {
        move |facts: &mut Facts| {
            facts.id = Some("CVE-2026-0001".to_owned());
            facts.same_code = ids.iter().map(|id| (*id).to_owned()).collect();
        }
    };
    story("4.2.13", Must, ids(&["CVE-2026-0001"]), ids(&["CVE-2026-0001", "CVE-2026-0002"]));
}

#[test]
fn the_scope_is_looked_at() {
    let scope = |scope| move |facts: &mut Facts| facts.scope = scope;
    story("4.2.16.1", Must, scope(Scope::Within), scope(Scope::Outside));
    story("4.2.16.1", Must, scope(Scope::Within), scope(Scope::NotChecked));
}

#[test]
fn whoever_asks_is_asked_back() {
    let asked = |asked| move |facts: &mut Facts| facts.requester = asked;
    let agreed = Requester::AskedElsewhereAndAgreed;
    story("4.2.16.8", Should, asked(agreed), asked(Requester::NotSaid));
    story("4.2.16.8", Should, asked(agreed), asked(Requester::AskedElsewhere));
}

#[test]
fn the_year_of_an_id_is_one_in_which_something_happened() {
    let id = |id: &'static str| {
        move |facts: &mut Facts| {
            facts.id = Some(id.to_owned());
            facts.reserved_at = Some(at("2025-12-30T00:00:00Z"));
            facts.page_public_at = Some(at("2026-11-01T00:00:00Z"));
        }
    };
    story("4.2.19", Should, id("CVE-2025-0001"), id("CVE-2024-0001"));
    story("4.2.19", Should, id("CVE-2026-0001"), id("CVE-2027-0001"));
}

#[test]
fn suppliers_and_reporters_are_told() {
    story("4.3.2", Should, |_| {}, |facts| facts.supplier = Supplier::NotTold);
    let reporter = |reporter| move |facts: &mut Facts| facts.reporter = reporter;
    story("4.3.3", Must, reporter(Reporter::HasTheId), reporter(Reporter::HasNotTheId));
}

#[test]
fn a_record_goes_out_within_a_day_and_within_three_at_the_latest() {
    let told = |time: &'static str| move |facts: &mut Facts| facts.disclosed_at = Some(at(time));
    story("4.5.1.3", Should, told("2026-11-09T12:00:00Z"), told("2026-11-09T11:59:59Z"));
    story("4.5.1.3", Should, told("2026-11-09T12:00:00Z"), told("2026-11-07T12:00:00Z"));
    story("4.5.1.4", Must, told("2026-11-09T12:00:00Z"), told("2026-11-07T11:59:59Z"));
    let elsewhere =
        |time: &'static str| move |facts: &mut Facts| facts.told_elsewhere_at = Some(at(time));
    story("4.5.1.6", Should, elsewhere("2026-11-07T12:00:00Z"), elsewhere("2026-11-07T11:59:59Z"));
    let in_time = |facts: &mut Facts| {
        facts.disclosed_at = Some(at("2026-01-01T00:00:00Z"));
        facts.record_published_at = Some(at("2026-01-01T01:00:00Z"));
    };
    story("4.5.1.4", Must, in_time, told("2026-01-01T00:00:00Z"));
}

#[test]
fn a_record_is_never_the_first_to_tell() {
    let page = |time: &'static str| move |facts: &mut Facts| facts.page_public_at = Some(at(time));
    story("5.3.1", Must, page("2026-11-10T12:00:00Z"), page("2026-11-10T12:00:01Z"));
}

#[test]
fn ids_for_tests_stay_in_tests() {
    let id = |id: &'static str, purpose| {
        move |facts: &mut Facts| {
            facts.id = Some(id.to_owned());
            facts.purpose = purpose;
        }
    };
    let test = id("CVE-1900-0001", Purpose::Test);
    story("5.4.2", Must, id("CVE-2026-0001", Purpose::Live), id("CVE-1900-0001", Purpose::Live));
    story("5.4.1", Should, test, id("CVE-2026-0001", Purpose::Test));
}

#[test]
fn products_that_receive_no_fixes_any_more_are_tagged() {
    let mut told = good();
    let facts = Facts { support: Support::None, ..Facts::at(now()) };
    assert_eq!(broken(&told, &facts), [("4.2.17.1", Must)]);
    told.tags.push("unsupported-when-assigned".to_owned());
    assert_eq!(broken(&told, &facts), []);
}

#[test]
fn a_dispute_is_tagged_and_explained() {
    let mut told = good();
    let facts = Facts { dispute: Dispute::Disputed, ..Facts::at(now()) };
    assert_eq!(broken(&told, &facts), [("4.5.3.10", Must)]);
    told.tags.push("disputed".to_owned());
    assert_eq!(broken(&told, &facts), [("4.5.3.10", Must)]);
    told.descriptions[0]
        .value
        .push_str(" NOTE: this is disputed, because kettles are meant to boil.");
    assert_eq!(broken(&told, &facts), []);
}

#[test]
fn a_rejection_is_explained() {
    let mut rejection = reject("It is the same flaw.", &[], &organisation()).unwrap();
    assert_eq!(rejection_problems(&rejection), []);
    rejection.reasons[0].value = " ".to_owned();
    let problems = rejection_problems(&rejection);
    assert_eq!((problems[0].rule, problems[0].level), ("4.5.3.7", Must));
}

#[test]
fn a_product_is_named_and_may_be_affected() {
    record("5.1.3", Must, |told| {
        told.affected = container(
            &small(vec![]),
            &small(vec![]).vulnerabilities[0],
            &publisher(),
            &organisation(),
        )
        .affected;
    });
    record("5.1.4", Must, |told| {
        for one in &mut told.affected {
            one.default_status = None;
            one.versions.clear();
        }
    });
    record("5.1.8", Must, |told| {
        told.affected.truncate(1);
        told.affected[0].default_status = Some(Status::Unaffected);
        told.affected[0].versions.retain(|one| one.status == Status::Unaffected);
    });
}

#[test]
fn an_unnamed_product_that_may_be_affected_does_not_save_a_record() {
    let mut told = good();
    told.affected.truncate(2);
    told.affected.remove(0);
    told.affected.extend(
        container(&small(vec![]), &small(vec![]).vulnerabilities[0], &publisher(), &organisation())
            .affected,
    );
    assert_eq!(broken(&told, &Facts::at(now())), [("5.1.8", Must)]);
}

#[test]
fn the_kind_of_weakness_is_said_or_owed() {
    record("5.1.7", Must, |told| told.problem_types.clear());
    record("5.1.7", Should, |told| told.problem_types[0].descriptions[0].cwe = None);
    let mut told = good();
    told.problem_types.clear();
    let facts = Facts { weakness: Weakness::NotYetDeterminable, ..Facts::at(now()) };
    assert_eq!(broken(&told, &facts), [("5.1.7.1", Should)]);
}

#[test]
fn a_description_is_there_in_english_and_credits_nobody() {
    record("5.1.9", Must, |told| told.descriptions[0].value = "\n".to_owned());
    record("5.2.5", Must, |told| told.descriptions[0].lang = "es".to_owned());
    for words in
        ["Discovered by a guest.", "This was found; thanks to Bo.", "Ada finder saw it boil."]
    {
        record("5.2.4", Must, |told| told.descriptions[0].value = words.to_owned());
    }
    let mut told = good();
    for words in ["An undiscovered bypass.", "Granada Finders are affected.", "A thankless kettle."]
    {
        told.descriptions.push(Words::english(words.to_owned()));
    }
    assert_eq!(broken(&told, &Facts::at(now())), []);
}

#[test]
fn a_description_names_cve_ids_alone() {
    for id in ["VU#257161", "GHSA-2xpx-vcmq-5f72", "ZDI-CAN-1234", "gcve-1-2026-0001"] {
        record("5.2.11", Should, |told| {
            told.descriptions[0].value = format!("The flaw ({id}) boils.");
        });
        let mut told = good();
        told.descriptions[0].value = format!("The flaw {id}.");
        let words = problems(&told, &Facts::at(now()))[0].words.clone();
        assert!(words.contains(&format!("“{id}”")), "{words}");
    }
    let mut told = good();
    told.descriptions[0].value = "See CVE-1900-0002, DSA-keys and the VU# of the note.".to_owned();
    assert_eq!(broken(&told, &Facts::at(now())), []);
}

#[test]
fn a_page_other_than_a_record_is_referred_to() {
    record("5.1.10", Must, |told| told.references.clear());
    record("5.3.3.5", Must, |told| {
        told.references.truncate(1);
        told.references[0].url = "https://www.cve.org/CVERecord?id=CVE-1900-0001".to_owned();
    });
}

#[test]
fn hosted_services_are_tagged_and_nothing_else_is() {
    let tag = |told: &mut Container| told.tags.push("exclusively-hosted-service".to_owned());
    record("5.1.11.1", Must, tag);
    let facts = Facts { hosting: Hosting::Exclusive, ..Facts::at(now()) };
    let mut told = good();
    assert_eq!(broken(&told, &facts), [("5.1.11.1", Must)]);
    tag(&mut told);
    assert_eq!(broken(&told, &facts), []);
}

#[test]
fn the_container_of_a_full_note_keeps_every_rule() {
    assert_eq!(problems(&good(), &Facts::at(now())), []);
}

/// What the words of a note may break: it names no product, no kind of weakness, nothing that has
/// the flaw, or in its description somebody who is thanked.
const OF_THE_WORDS: [&str; 4] = ["5.1.3", "5.1.7", "5.1.8", "5.2.4"];

#[test]
fn what_is_written_of_an_odd_note_breaks_no_rule_but_those_of_its_words() {
    let mut found = BTreeSet::new();
    for note in odd_notes(150) {
        for one in &note.vulnerabilities {
            let told = container(&note, one, &publisher(), &organisation());
            let facts = Facts::at(at("3000-01-01T00:00:00Z"));
            found.extend(problems(&told, &facts).into_iter().map(|one| one.rule));
        }
    }
    assert_eq!(found.into_iter().collect::<Vec<_>>(), OF_THE_WORDS);
}
