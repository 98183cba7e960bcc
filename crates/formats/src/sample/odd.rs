//! Notes in which anything may be missing, empty, far too long or in letters of any script: the one
//! generator by which every format is tried.

use domain::status::{Justification, ProductStatus};
use domain::version::{Until, VersionRange, Versions};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::{at, extremes, flaw, identifiers, said, score, small, vendor};
use crate::public_note::{
    Credit, PublicNote, PublicProduct, PublicStatus, PublicVendor, PublicVulnerability, Score,
    Section, TimelineEntry, Withdrawn,
};

/// The same odd notes in every run: so many by chance, and the extremes.
pub(crate) fn odd_notes(count: usize) -> Vec<PublicNote> {
    let mut runner = TestRunner::deterministic();
    let notes = odd_note();
    let chance = (0..count).map(|_| notes.new_tree(&mut runner).unwrap().current());
    chance.chain(extremes().into_iter().map(|(_, note)| note)).collect()
}

/// What breaks formats: control characters, both directions of writing, marks upon marks, markup.
const BITS: [&str; 36] = [
    "\0",
    "\u{1}",
    "\u{8}",
    "\u{b}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{85}",
    "\u{fffe}",
    "\u{ffff}",
    "\r\n",
    "\t",
    "שלום",
    "مرحبا",
    "\u{202e}gnp.exe",
    "\u{2028}",
    "\u{feff}",
    "]]>",
    "<![CDATA[",
    "</script>",
    "<!--",
    "&amp;",
    "\"",
    "'",
    "\\",
    "**",
    "[a](b)",
    "> ",
    "- ",
    "\n\n",
    "```",
    "| a | b |\n|---|---|\n| 1 | 2 |\n",
    "😀",
    "👩\u{200d}👩\u{200d}👧\u{200d}👦",
    "e\u{301}\u{323}\u{489}",
    "\u{301}",
    "𠮷",
];

/// A text of any letters, most often none that anybody would expect.
fn odd_text() -> BoxedStrategy<String> {
    let bits = prop_oneof![select(&BITS[..]).prop_map(str::to_owned), "[a-z ]{0,12}", "\\PC{0,6}"];
    prop_oneof![
        4 => "[a-zA-Z ]{1,40}",
        6 => vec(bits, 0..12).prop_map(|bits| bits.concat()),
        2 => "\\PC{0,60}",
        1 => any::<String>(),
        1 => Just(String::new()),
        1 => Just("  \n\u{0}\t".to_owned()),
        1 => Just("a".repeat(5000)),
        1 => Just("word ".repeat(4000)),
        1 => Just("e\u{301}\u{323}".repeat(700)),
    ]
    .boxed()
}

/// An instant at which a note can be published: nobody did so before 1988.
fn odd_instant() -> BoxedStrategy<Timestamp> {
    prop_oneof![
        4 => (600_000_000..4_000_000_000_i64).prop_map(|second| Timestamp::from_second(second).unwrap()),
        1 => select(vec![
            at("1988-01-01T00:00:00Z"),
            at("2024-02-29T23:59:59.5Z"),
            at("2026-12-31T23:59:59.999999999Z"),
            at("2999-12-31T23:59:59.999999999Z"),
        ]),
    ]
    .boxed()
}

/// An instant that somebody told, or mistyped.
fn told_instant() -> BoxedStrategy<Timestamp> {
    let far = vec![
        at("0001-01-01T00:00:00Z"),
        at("0200-04-25T00:00:00Z"),
        at("1900-01-01T00:00:00Z"),
        Timestamp::UNIX_EPOCH,
        Timestamp::MAX,
    ];
    prop_oneof![5 => odd_instant(), 1 => select(far)].boxed()
}

fn odd_version() -> BoxedStrategy<String> {
    prop_oneof![
        "[0-9]{1,2}(\\.[0-9]{1,2}){0,2}",
        "[a-z0-9 ._+-]{1,20}",
        Just("α|β%".to_owned()),
        Just("1.0\u{202e}\u{301}😀".to_owned()),
        Just("9.".repeat(50)),
    ]
    .boxed()
}

fn odd_range() -> BoxedStrategy<VersionRange> {
    let until =
        prop_oneof![odd_version().prop_map(Until::Before), odd_version().prop_map(Until::Through)];
    prop_oneof![
        Just(VersionRange::All),
        odd_version().prop_map(|version| VersionRange::Only { version }),
        (option::of(odd_version()), option::of(until))
            .prop_map(|(from, until)| VersionRange::Between { from, until }),
    ]
    .boxed()
}

fn odd_status() -> BoxedStrategy<ProductStatus> {
    prop_oneof![
        Just(ProductStatus::Unknown),
        Just(ProductStatus::UnderInvestigation),
        Just(ProductStatus::Affected),
        Just(ProductStatus::Fixed),
        Just(ProductStatus::WillNotFix),
        option::of(select(Justification::ALL))
            .prop_map(|justification| ProductStatus::NotAffected { justification }),
    ]
    .boxed()
}

fn odd_product() -> BoxedStrategy<PublicProduct> {
    let purl = prop_oneof![
        Just("pkg:pypi/Ket_tle".to_owned()),
        Just("pkg:npm/@acme/kettle@1.0?os=linux".to_owned()),
        Just("pkg:maven/org.acme/kettle".to_owned()),
        Just("pkg:deb/debian/kettle".to_owned()),
        Just("pkg:generic/kettle".to_owned()),
        Just("not a purl".to_owned()),
        odd_text(),
    ];
    let cpe = prop_oneof![
        Just("cpe:2.3:a:acme:kettle:1.0:*:*:*:*:*:*:*".to_owned()),
        Just("cpe:2.3:a:acme:ket\\:tle:1.0:*:*:*:*:*:*:*".to_owned()),
        Just("cpe:2.3:a:acme".to_owned()),
        odd_text(),
    ];
    (0..3_u8, odd_text(), option::of(purl), option::of(cpe))
        .prop_map(|(id, name, purl, cpe)| PublicProduct { id: id.to_string(), name, purl, cpe })
        .boxed()
}

fn odd_reference() -> BoxedStrategy<String> {
    prop_oneof![
        odd_text(),
        "https?://[a-z]{1,8}\\.example/\\PC{0,20}",
        Just("https://www.cve.org/CVERecord?id=CVE-1900-0001".to_owned()),
        Just("see (http://kettle.example/a) and ftp://kettle.example/b".to_owned()),
    ]
    .boxed()
}

fn odd_said() -> BoxedStrategy<PublicStatus> {
    let versions = (vec(odd_range(), 0..4), vec(odd_version(), 0..3));
    let place = (1..4_u32, option::of(odd_product()), odd_status(), versions);
    (place, option::of(odd_text()), vec(odd_reference(), 0..3))
        .prop_map(|((vulnerability, product, status, (affected, fixed)), statement, references)| {
            PublicStatus {
                vulnerability,
                product,
                versions: Versions { affected, fixed },
                statement,
                references,
                ..said(status, "")
            }
        })
        .boxed()
}

fn odd_vendor() -> BoxedStrategy<PublicVendor> {
    let words = (option::of(odd_text()), option::of(odd_text()), option::of(odd_text()));
    let dates = (option::of(told_instant()), option::of(told_instant()));
    let said = (vec(odd_said(), 0..6), vec(odd_reference(), 0..3));
    (odd_text(), said, words, dates)
        .prop_map(|(name, said, words, dates)| {
            let (statuses, references) = said;
            let (statement, information, addendum) = words;
            let (contacted_at, statement_at) = dates;
            let vendor = vendor(&name, statuses);
            PublicVendor {
                statement,
                information,
                references,
                addendum,
                contacted_at,
                statement_at,
                ..vendor
            }
        })
        .boxed()
}

fn odd_score() -> BoxedStrategy<Score> {
    let vector = prop_oneof![
        Just("AV:N/AC:L/Au:N/C:P/I:P/A:P/E:F/RL:OF/RC:C/CDP:H/TD:H/CR:M/IR:M/AR:H".to_owned()),
        Just("CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:C/C:L/I:N/A:N/E:P".to_owned()),
        Just("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N".to_owned()),
        Just(
            "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P/U:Red".to_owned()
        ),
        Just("AV:N/AC:L".to_owned()),
        odd_text(),
    ];
    let giver = prop_oneof![odd_text(), Just("https://kettle.example/scores".to_owned())];
    (vector, option::of(0.0..10.0), option::of(giver))
        .prop_map(|(vector, base, given_by)| Score { base, given_by, ..score(&vector) })
        .boxed()
}

fn odd_flaw(local: u32) -> BoxedStrategy<PublicVulnerability> {
    let cwe = prop_oneof![
        Just("CWE-79".to_owned()),
        Just("CWE-598".to_owned()),
        Just("CWE-99999".to_owned()),
        Just("CWE-0".to_owned()),
        odd_text()
    ];
    let cve = prop_oneof![Just("CVE-1900-12345".to_owned()), Just("CVE-1900-7777".to_owned())];
    let called = subsequence(identifiers(), 0..=identifiers().len());
    (option::of(cve), called, odd_text(), option::of(cwe), vec(odd_score(), 0..4))
        .prop_map(move |(cve, identifiers, description, cwe, scores)| PublicVulnerability {
            cve,
            identifiers,
            description,
            cwe,
            scores,
            ..flaw(local, None)
        })
        .boxed()
}

/// A note with its dates alone, in any order.
fn dated() -> BoxedStrategy<PublicNote> {
    let told = vec(option::of(told_instant()), 4);
    (odd_instant(), odd_instant(), told, vec(odd_instant(), 0..4), 0..6_i64)
        .prop_map(|(first_published_at, updated_at, told, revised_at, revision)| PublicNote {
            first_published_at,
            updated_at,
            created_at: told[0],
            public_at: told[1],
            exploit_public_at: told[2],
            attacks_seen_at: told[3],
            revised_at,
            revision,
            ..small(vec![])
        })
        .boxed()
}

/// What is beside the texts: who is thanked, what happened when, words to search for, scores of the
/// whole, and whether it was taken back.
fn beside(note: PublicNote) -> BoxedStrategy<PublicNote> {
    let credit = (odd_text(), option::of(odd_text()));
    let credit = credit.prop_map(|(name, role)| Credit { name, role });
    let event = (told_instant(), odd_text()).prop_map(|(at, words)| TimelineEntry { at, words });
    let withdrawn = option::weighted(0.1, (odd_instant(), odd_text()));
    let parts =
        (vec(credit, 0..4), vec(event, 0..4), vec(odd_text(), 0..3), vec(odd_score(), 0..3));
    (parts, withdrawn)
        .prop_map(move |((credits, timeline, keywords, scores), withdrawn)| {
            let withdrawn = withdrawn.map(|(at, reason)| Withdrawn { at, reason });
            PublicNote { keywords, credits, scores, timeline, withdrawn, ..note.clone() }
        })
        .boxed()
}

/// A note in which anything may be missing, empty, far too long or in letters of any script.
pub(crate) fn odd_note() -> BoxedStrategy<PublicNote> {
    let flaws = (0..4_u32).prop_flat_map(|n| (1..=n).map(odd_flaw).collect::<Vec<_>>());
    let sections = vec((select(&Section::ALL[..]), odd_text()), 0..5);
    let told = (odd_text(), sections, flaws, vec(odd_vendor(), 0..5), vec(odd_reference(), 0..5));
    (dated().prop_flat_map(beside), told)
        .prop_map(|(note, (title, sections, vulnerabilities, vendors, references))| PublicNote {
            title,
            sections,
            vulnerabilities,
            vendors,
            references,
            ..note
        })
        .boxed()
}
