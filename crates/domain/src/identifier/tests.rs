use std::collections::BTreeSet;

use super::{Identifier, IdentifiersError};
use crate::access::{Actor, Me, View, admit};
use crate::event::{Answer, Event};
use crate::plan::{Asked, Decision};
use crate::story::{ACME, FLAW, Story, analyst, id, member, receipt};
use crate::{Case, Refusal, Rule};

fn told(text: &str) -> String {
    match text.parse::<Identifier>() {
        Ok(read) => format!("{} | {} | {read}", read.scheme(), read.id()),
        Err(error) => error.to_string(),
    }
}

#[test]
fn an_identifier_that_says_whose_it_is_is_read_as_it_is_written_there() {
    for (typed, expected) in [
        ("GHSA-jfh8-c2jp-5v3q", "GHSA | GHSA-jfh8-c2jp-5v3q | GHSA-jfh8-c2jp-5v3q"),
        (" ghsa-JFH8-C2JP-5V3Q ", "GHSA | GHSA-jfh8-c2jp-5v3q | GHSA-jfh8-c2jp-5v3q"),
        ("ghsa: jfh8-c2jp-5v3q", "GHSA | GHSA-jfh8-c2jp-5v3q | GHSA-jfh8-c2jp-5v3q"),
        ("euvd-2026-1", "EUVD | EUVD-2026-1 | EUVD-2026-1"),
        ("GCVE-1-2026-0001", "GCVE | GCVE-1-2026-0001 | GCVE-1-2026-0001"),
        ("CNVD-2026-12345", "CNVD | CNVD-2026-12345 | CNVD-2026-12345"),
        ("CNVD-C-2026-12345", "CNVD | CNVD-C-2026-12345 | CNVD-C-2026-12345"),
        ("CNNVD-202611-1234", "CNNVD | CNNVD-202611-1234 | CNNVD-202611-1234"),
        ("JVNVU#91234567", "JVN | JVNVU#91234567 | JVNVU#91234567"),
        ("jvn#12345678", "JVN | JVN#12345678 | JVN#12345678"),
        ("JVNDB-2026-000123", "JVNDB | JVNDB-2026-000123 | JVNDB-2026-000123"),
        ("BDU:2026-01234", "BDU | BDU:2026-01234 | BDU:2026-01234"),
        ("bdu: 2026-01234", "BDU | BDU:2026-01234 | BDU:2026-01234"),
        ("RUSTSEC-2026-0001", "OSV | RUSTSEC-2026-0001 | RUSTSEC-2026-0001"),
        ("OSV: DSA-5123-1", "OSV | DSA-5123-1 | OSV: DSA-5123-1"),
        ("Acme: SA-2026-17", "Acme | SA-2026-17 | Acme: SA-2026-17"),
        ("Cisco Bug ID:CSCso66472", "Cisco Bug ID | CSCso66472 | Cisco Bug ID: CSCso66472"),
        ("CERT/CC: VU#123456", "CERT/CC | VU#123456 | CERT/CC: VU#123456"),
        ("GO-live: 17", "GO-live | 17 | GO-live: 17"),
        ("Acme: GHSA-jfh8-c2jp-5v3q", "Acme | GHSA-jfh8-c2jp-5v3q | Acme: GHSA-jfh8-c2jp-5v3q"),
    ] {
        assert_eq!(told(typed), expected, "{typed}");
        let read: Identifier = typed.parse().unwrap();
        assert_eq!(read.to_string().parse(), Ok(read), "what is shown is read again: {typed}");
    }
}

#[test]
fn what_is_no_identifier_is_refused_with_what_one_looks_like() {
    let ghsa = "one of GHSA looks like GHSA-jfh8-c2jp-5v3q";
    let whose = "say who numbers it, with a colon behind: Acme: SA-2026-17";
    let long = format!("Acme: {}", "x".repeat(101));
    let hidden = format!("Acme: SA{}17", '\u{202e}');
    for (typed, expected) in [
        ("GHSA-jfh8-c2jp", ghsa),
        ("GHSA-aaaa-c2jp-5v3q", ghsa),
        ("GHSA: nonsense", ghsa),
        ("EUVD-26-1", "one of EUVD looks like EUVD-2026-12345"),
        ("GCVE-2026-0001", "one of GCVE looks like GCVE-1-2026-0001"),
        ("JVN#1234", "one of JVN looks like JVNVU#91234567"),
        ("BDU:2026", "one of BDU looks like BDU:2026-01234"),
        ("CVE-2026-12345", "a CVE ID has a field of its own"),
        ("cve: 2026-12345", "a CVE ID has a field of its own"),
        ("Acme: CVE-2026-12345", "a CVE ID has a field of its own"),
        ("SA-2026-17", whose),
        (": 17", whose),
        ("Acme:", whose),
        ("", whose),
        (&long, "a numbering has up to 40 letters, and an identifier up to 100"),
        (&hidden, "it holds signs that cannot be seen"),
        ("Äcme", whose),
    ] {
        assert_eq!(told(typed), expected, "{typed}");
    }
}

#[test]
fn a_list_is_read_line_by_line_and_names_the_line_that_is_wrong() {
    let read =
        Identifier::read_lines("\r\n GHSA-jfh8-c2jp-5v3q\r\n\nghsa-jfh8-c2jp-5v3q\nAcme: 17\n");
    let told: Vec<_> = read.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(told, ["Acme: 17", "GHSA-jfh8-c2jp-5v3q"]);
    assert!(Identifier::read_lines(" \n").unwrap().is_empty());
    let error = Identifier::read_lines("Acme: 17\nEUVD-1").unwrap_err();
    assert_eq!(error.to_string(), "EUVD-1: one of EUVD looks like EUVD-2026-12345.");
    let acme = |most: u32| (1..=most).map(|n| format!("Acme: {n}")).collect::<Vec<_>>().join("\n");
    assert_eq!(Identifier::read_lines(&acme(21)), Err(IdentifiersError::TooMany));
    assert_eq!(Identifier::read_lines(&acme(20)).unwrap().len(), 20);
}

#[test]
fn what_documents_of_others_tell_is_taken_whatever_its_form() {
    let told = |scheme: &str, id: &str| {
        Identifier::told(scheme, id).map(|read| format!("{} | {}", read.scheme(), read.id()))
    };
    assert_eq!(told("GitHub Issue", "#23").as_deref(), Some("GitHub Issue | #23"));
    assert_eq!(told("GHSA", "an odd one").as_deref(), Some("GHSA | an odd one"));
    assert_eq!(told("ghsa", "ghsa-jfh8-c2jp-5v3q").as_deref(), Some("GHSA | GHSA-jfh8-c2jp-5v3q"));
    for (scheme, id) in [("CVE", "CVE-2026-1234"), ("", "1"), ("Acme", ""), ("Acme", "a\nb")] {
        assert_eq!(told(scheme, id), None, "{scheme} {id}");
    }
    assert_eq!(told("Acme", &"x".repeat(101)), None);
}

#[test]
fn of_which_database_an_identifier_is_says_only_one_of_a_database() {
    for (typed, expected) in [
        ("GHSA-jfh8-c2jp-5v3q", true),
        ("EUVD-2026-1", true),
        ("OSV: DSA-5123-1", true),
        ("JVN#12345678", false),
        ("BDU:2026-01234", false),
        ("Acme: SA-2026-17", false),
    ] {
        let read: Identifier = typed.parse().unwrap();
        assert_eq!(read.names_its_database(), expected, "{typed}");
    }
    assert!(!Identifier::told("GHSA", "an odd one").unwrap().names_its_database());
}

fn named(those: &[&str]) -> BTreeSet<Identifier> {
    those.iter().map(|text| text.parse().unwrap()).collect()
}

fn called(case: &Case, me: &Me, those: &[&str], asked: &Asked) -> Decision {
    case.set_identifiers(me, id(FLAW), named(those), asked)
}

#[test]
fn the_team_says_what_a_flaw_is_called_elsewhere_and_takes_it_back() {
    let both = ["GHSA-jfh8-c2jp-5v3q", "Acme: 17"];
    let story = Story::accepted().does(analyst(), |case, me, asked| called(case, me, &both, asked));
    assert_eq!(story.case.vulnerabilities[&id(FLAW)].identifiers, named(&both));
    let again = story.asks(analyst(), |case, me, asked| called(case, me, &both, asked));
    assert_eq!(again, Ok(vec![]), "the second click changes nothing");
    let none = story.does(analyst(), |case, me, asked| called(case, me, &[], asked));
    assert!(none.case.vulnerabilities[&id(FLAW)].identifiers.is_empty());
    let other = none
        .asks(analyst(), |case, me, asked| case.set_identifiers(me, id(9999), named(&both), asked));
    assert_eq!(other, Err(Refusal::NoSuchVulnerability));
    none.is_sound();
    let party = Story::embargoed(&[ACME]);
    let theirs = party.asks(member(ACME), |case, me, asked| called(case, me, &both, asked));
    assert_eq!(theirs, Err(Refusal::NotYours));
}

#[test]
fn an_identifier_that_names_somebody_who_hides_needs_a_reason() {
    let story = Story::accepted();
    let found =
        |asked: &Asked| Asked { objections: [Rule::NamesTheHidden].into(), ..asked.clone() };
    let tells =
        |case: &Case, me: &Me, asked: &Asked| called(case, me, &["Acme: 17"], &found(asked));
    let refused = story.refused(analyst(), tells);
    assert_eq!(refused, Refusal::NeedsReason(Rule::NamesTheHidden));
    let events = story.because(Rule::NamesTheHidden).asks(analyst(), tells).unwrap();
    assert!(matches!(events[0], Event::PolicyOverridden { rule: Rule::NamesTheHidden, .. }));
}

#[test]
fn a_party_reads_what_a_flaw_is_called_when_it_reads_what_the_flaw_is() {
    let story = Story::accepted().with_vendors(&[ACME]).notified(&[ACME]);
    let story = story.does(analyst(), |case, me, asked| called(case, me, &["Acme: 17"], asked));
    let seen = |story: &Story, actor: Actor| -> usize {
        match admit(actor, &story.case).unwrap().view(story.case.clone()) {
            View::Party(view) => view.vulnerabilities.iter().map(|f| f.identifiers.len()).sum(),
            View::Reporter(view) => view.identifiers.len(),
            View::Staff(_) => panic!("a party"),
        }
    };
    assert_eq!(seen(&story, member(ACME)), 0, "it did not agree to the embargo yet");
    assert_eq!(seen(&story, receipt()), 1);
    let story = story.answers(ACME, Answer::Agree);
    assert_eq!(seen(&story, member(ACME)), 1);
    // Who has not agreed to another date yet reads on what it was told, and nothing that came later.
    let story = story.on_day(3).proposes(analyst(), 700, 60).takes(700);
    assert_eq!(seen(&story, member(ACME)), 1);
    let story = story.on_day(4).does(analyst(), |case, me, asked| {
        called(case, me, &["Acme: 17", "GHSA-jfh8-c2jp-5v3q"], asked)
    });
    assert_eq!(seen(&story, member(ACME)), 0);
    assert_eq!(seen(&story, receipt()), 2);
}
