//! What should not stand there is found, and what may is left alone.

use proptest::prelude::*;

use super::{Guarded, Leak, Place, leaks};
use crate::Rule;
use crate::note::Section;

const THERE: Place = Place::Section(Section::Description);

fn look(text: &str, guarded: &Guarded) -> Vec<Leak> {
    leaks([(THERE, text)], guarded)
}

fn rules(text: &str) -> Vec<Rule> {
    look(text, &Guarded::default()).into_iter().map(|leak| leak.rule).collect()
}

fn guarded() -> Guarded {
    Guarded::default()
        .hiding("Zélia Okonkwo-Marsh")
        .hiding("zelia@quiet.example")
        .hiding("X")
        .not_thanking("Canary Finch")
        .confiding("We will not ship a fix before the spring release of the product line.")
        .confiding("No comment.")
}

#[test]
fn who_is_hidden_is_found_by_name_and_by_address() {
    for text in [
        "Found by Zélia Okonkwo-Marsh.",
        "found by ZÉLIA  okonkwo marsh",
        "Write to Zelia@Quiet.example!",
    ] {
        let found = look(text, &guarded());
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(found[0].rule, Rule::NamesTheHidden);
    }
    for text in ["Zélia said so.", "Okonkwo Marsh", "X is a letter", "Zéliana Okonkwo-Marshall"] {
        assert_eq!(look(text, &guarded()), [], "{text}");
    }
}

#[test]
fn thanks_to_who_does_not_want_any_are_found() {
    let found = look("We thank Canary Finch.", &guarded());
    let expected = Leak {
        rule: Rule::ThanksUnasked,
        place: THERE,
        paragraph: 1,
        excerpt: "We thank Canary Finch.".to_owned(),
    };
    assert_eq!(found, [expected]);
}

#[test]
fn a_statement_in_confidence_is_found_when_eight_words_of_it_are_quoted() {
    let quoted = "Acme says it will not ship a fix before the spring release, alas.";
    assert_eq!(look(quoted, &guarded())[0].rule, Rule::QuotesInConfidence);
    for text in ["They ship a fix before the spring.", "Acme had no comment."] {
        assert_eq!(look(text, &guarded()), [], "{text}");
    }
    let short = Guarded::default().confiding("It is fixed in 4.2.");
    assert_eq!(look("Acme: it is fixed in 4.2, they say", &short).len(), 1, "a whole short one");
}

#[test]
fn places_inside_a_house_are_found() {
    for text in [
        "Log in at jira.acme.internal.",
        "see http://build01.corp:8080/job",
        "on files.local, port 445",
        "at 10.1.2.3:8443",
        "(192.168.7.20)",
        "via 172.31.0.9/24",
        "[fd12:3456::1]:80",
    ] {
        assert_eq!(rules(text), [Rule::ShowsTheInside], "{text}");
    }
    for text in [
        "It listens on 127.0.0.1.",
        "In version 10.1.2 and 192.168",
        "acme.example and local.example",
        "the internal API",
        "172.32.0.1",
        "2001:db8::1",
        "a.b.c:::..-[]",
    ] {
        assert_eq!(rules(text), [], "{text}");
    }
}

#[test]
fn marks_for_fewer_readers_are_found() {
    for text in ["TLP:AMBER+STRICT", "This is tlp: red.", "TLP-Green", "(TLP AMBER)"] {
        assert_eq!(rules(text), [Rule::MarkedForFewer], "{text}");
    }
    for text in ["TLP:CLEAR", "TLP:WHITE", "tlpred", "the TLP of FIRST", "tlp"] {
        assert_eq!(rules(text), [], "{text}");
    }
}

#[test]
fn whole_attacks_are_found_and_short_examples_are_not() {
    let base64 = "QUFB".repeat(60);
    let hex = "ab".repeat(80);
    let shell = "\\x90".repeat(12);
    for text in [
        "```\n#!/usr/bin/env python3\nimport os\n```",
        "class MetasploitModule < Msf::Exploit::Remote",
        "curl -X POST https://t.example/api -d '{\"cmd\":\"id\"}'",
        base64.as_str(),
        hex.as_str(),
        shell.as_str(),
        "Send `${jndi:ldap://x}`",
    ] {
        assert_eq!(rules(text), [Rule::ShowsTheAttack], "{text}");
    }
    let sha512 = "ab".repeat(64);
    for text in [
        "A header of `\\x00\\x01` confuses it. \\x and \\xz",
        sha512.as_str(),
        "Fetch it with curl https://vendor.example/fix.zip",
        "CVE-2026-12345",
    ] {
        assert_eq!(rules(text), [], "{text}");
    }
}

#[test]
fn keys_and_passwords_are_found() {
    for text in [
        "-----BEGIN RSA PRIVATE KEY-----",
        "AKIAIOSFODNN7EXAMPLE",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "The password: hunter2hunter2",
        "api_key = \"9f8e7d6c5b4a\"",
    ] {
        assert_eq!(rules(text), [Rule::HoldsASecret], "{text}");
    }
    for text in [
        "-----BEGIN PGP PUBLIC KEY BLOCK-----",
        "The password is sent in the clear.",
        "token: none",
        "secret: letters-only",
    ] {
        assert_eq!(rules(text), [], "{text}");
    }
}

#[test]
fn a_leak_is_told_by_its_part_and_paragraph() {
    let text = "One.\r\n\r\nTwo.\n\n\n\nThree at 10.0.0.1.";
    let parts = [(Place::Title, "TLP:RED Tally"), (Place::Vulnerability(2), text)];
    let found = leaks(parts, &Guarded::default());
    let told: Vec<_> = found.iter().map(|leak| (leak.place, leak.paragraph)).collect();
    assert_eq!(told, [(Place::Title, 1), (Place::Vulnerability(2), 3)]);
    assert_eq!(found[1].excerpt, "Three at 10.0.0.1.");
}

proptest! {
    #[test]
    fn a_canary_is_found_wherever_it_sits(
        before in "[a-z ,.\n]{0,200}", after in "[a-z ,.\n]{0,200}", name in "[A-Z][a-z]{4,9} [A-Z][a-z]{4,9}"
    ) {
        let guarded = Guarded::default().hiding(&name);
        let text = format!("{before} {name} {after}");
        let found = look(&text, &guarded);
        prop_assert!(found.iter().any(|leak| leak.rule == Rule::NamesTheHidden), "{text}");
        let glued = format!("{before} q{name}q {after}");
        // What is around it may be a finding of its own: `a.lan` is a machine inside a house.
        let found = look(&glued, &guarded);
        prop_assert!(found.iter().all(|leak| leak.rule != Rule::NamesTheHidden), "{glued}");
    }

    #[test]
    fn whatever_is_written_it_is_looked_at(text in any::<String>(), name in any::<String>()) {
        let guarded = Guarded::default().hiding(&name).confiding(&text).not_thanking(&text);
        for leak in look(&text, &guarded) {
            prop_assert!(leak.paragraph >= 1);
        }
    }
}
