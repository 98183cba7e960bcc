//! A note without a case is taken back by as many as publish one, and nothing of what must go stays.

use std::collections::BTreeMap;

use super::*;
use crate::note::{Assigner, Imported, PublishedVendor, PublishedVulnerability, Section};
use crate::note::{ScoreElsewhere, VendorElsewhere};
use crate::status::ProductStatus;
use crate::story::{day, id};
use crate::{CaseNumber, Refusal};

const ANA: u128 = 1;
const LEE: u128 = 2;

fn note() -> Published {
    let score = || ScoreElsewhere { base: Some("canary".to_owned()), given_by: None };
    Published::imported(Imported {
        number: CaseNumber::new("VU", 7),
        title: "A canary".to_owned(),
        sections: BTreeMap::from([(Section::Overview, "The canary sang.".to_owned())]),
        vulnerabilities: vec![PublishedVulnerability {
            ordinal: 1,
            cve: Some("CVE-2001-0001".parse().unwrap()),
            assigner: Assigner::Another,
            identifiers: vec!["Acme: canary".parse().unwrap()],
            cwe: None,
            description: "A canary.".to_owned(),
            vectors: vec!["canary".to_owned()],
        }],
        scores: vec!["canary".to_owned()],
        vendors: vec![PublishedVendor {
            name: "Canary".to_owned(),
            status: ProductStatus::Unknown,
            statuses: BTreeMap::new(),
            notified_at: None,
            updated_at: None,
            lines: vec![],
            statement: None,
            information: None,
            references: vec![],
            addendum: None,
        }],
        exploit_public_at: Some(day(1)),
        attacks_seen_at: None,
        published_at: day(1),
        updated_at: day(2),
        revision: 3,
        elsewhere: Elsewhere {
            publisher: Some("CERT/CC".to_owned()),
            called: Some("VU#7".to_owned()),
            keywords: vec!["canary".to_owned()],
            thanked: vec![("Canary".to_owned(), None)],
            timeline: vec![(day(1), "The canary sang.".to_owned())],
            scores: vec![score()],
            flaws: vec![FlawElsewhere {
                scores: vec![score()],
                added_at: day(1),
                updated_at: day(1),
            }],
            vendors: vec![VendorElsewhere { updated_at: day(1), lines: vec![] }],
            ..Elsewhere::default()
        },
    })
}

fn decided(by: u128, role: StaffRole, choice: Choice) -> Decided {
    Decided { by: id(by), role, at: day(50), choice }
}

fn wants(remains: Remains) -> Choice {
    Choice::Withdraw { remains, reason: "It was wrong.".to_owned() }
}

fn told(remains: Remains) -> Withdrawal {
    Withdrawal { at: day(50), remains, reason: "It was wrong.".to_owned() }
}

#[test]
fn as_many_take_it_back_as_publish_a_note_a_lead_among_them() {
    use StaffRole::{Analyst, Lead};
    let note = note();
    let decide = |before: &[Decided], new: &Decided, n| note.decide(before, new, n);
    let first = decided(ANA, Analyst, wants(Remains::Words));
    assert_eq!(decide(&[], &first, 2), Ok(None));
    assert_eq!(decide(&[], &first, 1), Ok(None), "without a lead it is not taken back");
    let lead = decided(LEE, Lead, wants(Remains::Words));
    assert_eq!(decide(&[], &lead, 1), Ok(Some(told(Remains::Words))));
    assert_eq!(decide(&[], &lead, 2), Ok(None));
    assert_eq!(decide(std::slice::from_ref(&first), &lead, 2), Ok(None), "another proposal");

    let again = decided(ANA, Analyst, Choice::Agree);
    let agrees = decided(LEE, Lead, Choice::Agree);
    let waits = [first.clone()];
    assert_eq!(decide(&waits, &again, 2), Err(Refusal::ApprovedAlready));
    assert_eq!(decide(&waits, &agrees, 2), Ok(Some(told(Remains::Words))));
    assert_eq!(decide(&[], &agrees, 2), Err(Refusal::NothingToWithdraw));
    let two = [first.clone(), decided(9, Analyst, Choice::Agree)];
    assert_eq!(Proposal::of(&two).unwrap().approvals.len(), 2, "two analysts wait for a lead");
    assert_eq!(decide(&waits, &decided(9, Analyst, Choice::Agree), 2), Ok(None));

    let leaves = decided(LEE, Lead, Choice::Leave);
    assert_eq!(decide(&waits, &leaves, 2), Ok(None));
    let left = [first, leaves];
    assert_eq!(decide(&left, &agrees, 2), Err(Refusal::NothingToWithdraw));
    let returns = decided(LEE, Lead, Choice::Return);
    assert_eq!(decide(&left, &returns, 2), Err(Refusal::NothingToWithdraw));
}

#[test]
fn what_was_taken_back_is_not_taken_back_again_and_a_lead_lets_it_return() {
    let note = note().with_notice(told(Remains::Words)).unwrap();
    let before = [decided(LEE, StaffRole::Lead, wants(Remains::Words))];
    let refused = |role, choice| note.decide(&before, &decided(ANA, role, choice), 1);
    assert_eq!(refused(StaffRole::Lead, wants(Remains::Nothing)), Err(Refusal::Withdrawn));
    assert_eq!(refused(StaffRole::Lead, Choice::Agree), Err(Refusal::NothingToWithdraw));
    assert_eq!(refused(StaffRole::Analyst, Choice::Return), Err(Refusal::NotYours));
    assert_eq!(refused(StaffRole::Lead, Choice::Return), Ok(None));
    assert!(!may_return(&before));
    assert!(may_return(&[before[0].clone(), decided(LEE, StaffRole::Lead, Choice::Return)]));
}

#[test]
fn the_notice_is_the_next_revision_and_of_what_must_go_no_word_stays() {
    let words = note().with_notice(told(Remains::Words)).unwrap();
    assert_eq!((words.revision(), words.updated_at(), words.published_at()), (4, day(50), day(1)));
    assert_eq!(words.title(), "Withdrawn: A canary");
    assert_eq!(words.elsewhere(), note().elsewhere(), "its words stay");

    let gone = note().with_notice(told(Remains::Nothing)).unwrap();
    let written = serde_json::to_string(&gone).unwrap().to_lowercase();
    assert!(!written.contains("canary"), "{written}");
    assert_eq!(gone.vulnerabilities().len(), gone.elsewhere().unwrap().flaws.len());
    assert_eq!(gone.elsewhere().unwrap().publisher.as_deref(), Some("CERT/CC"));
}
