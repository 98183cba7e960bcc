//! Notes for tests: one that says a little of everything, odd ones, and the programs that judge
//! what is made from them.

pub(crate) mod judge;

use domain::Identifier;
use domain::status::{Justification, ProductStatus};
use domain::version::{Until, VersionRange, Versions};
use jiff::Timestamp;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::cve::Organisation;
use crate::public_note::{
    Credit, PublicNote, PublicProduct, PublicStatus, PublicVendor, PublicVulnerability, Publisher,
    Score, Section, TimelineEntry,
};

pub(crate) fn publisher() -> Publisher {
    Publisher {
        name: "Kettle Response Team".to_owned(),
        base_url: "https://notes.kettle.example".to_owned(),
        contact: "team@kettle.example".to_owned(),
        number_prefix: "VU#".to_owned(),
    }
}

pub(crate) fn organisation() -> Organisation {
    Organisation::new("7f3e5a2c-0b1d-4e6f-8a9b-1c2d3e4f5a6b", "kettle").unwrap()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn product(name: &str, purl: Option<&str>) -> PublicProduct {
    PublicProduct {
        id: format!("id {name}"),
        name: name.to_owned(),
        purl: purl.map(str::to_owned),
        cpe: None,
    }
}

pub(crate) fn said(status: ProductStatus, versions: &str) -> PublicStatus {
    PublicStatus {
        vulnerability: 1,
        product: None,
        status,
        versions: versions.parse().unwrap(),
        statement: None,
        references: vec![],
        added_at: at("2026-10-02T08:00:00Z"),
        updated_at: at("2026-10-20T08:00:00Z"),
    }
}

pub(crate) fn of(product: PublicProduct, said: PublicStatus) -> PublicStatus {
    PublicStatus { product: Some(product), ..said }
}

pub(crate) fn vendor(name: &str, statuses: Vec<PublicStatus>) -> PublicVendor {
    PublicVendor {
        name: name.to_owned(),
        statuses,
        statement: None,
        information: None,
        references: vec![],
        addendum: None,
        contacted_at: Some(at("2026-10-01T08:00:00Z")),
        statement_at: None,
        updated_at: at("2026-10-20T08:00:00Z"),
    }
}

/// A note with one vulnerability and these vendors.
pub(crate) fn small(vendors: Vec<PublicVendor>) -> PublicNote {
    PublicNote {
        number: "257161".to_owned(),
        title: "Kettle boils over when asked twice".to_owned(),
        sections: vec![],
        vulnerabilities: vec![flaw(1, Some("CVE-1900-0001"))],
        vendors,
        references: vec![],
        keywords: vec![],
        credits: vec![],
        scores: vec![],
        created_at: None,
        public_at: None,
        first_published_at: at("2026-11-01T12:00:00Z"),
        updated_at: at("2026-11-05T12:30:00Z"),
        revision: 2,
        timeline: vec![],
        exploit_public_at: None,
        attacks_seen_at: None,
        revised_at: vec![],
        withdrawn: None,
    }
}

pub(crate) fn flaw(local: u32, cve: Option<&str>) -> PublicVulnerability {
    PublicVulnerability {
        local,
        cve: cve.map(str::to_owned),
        identifiers: vec![],
        description: "A second request makes the kettle boil *over*.".to_owned(),
        cwe: Some("CWE-362".to_owned()),
        scores: vec![score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H")],
        added_at: at("2026-10-01T08:00:00Z"),
        updated_at: at("2026-10-02T08:00:00Z"),
    }
}

/// What a flaw may be called elsewhere, in order; some of it odd.
pub(crate) fn identifiers() -> Vec<Identifier> {
    let typed = "<Acme> & Söhne: № 17 *bold*\nAcme: SA-2026-17\nEUVD-2026-12345\nGCVE-1-2026-0001\n\
                 GHSA-jfh8-c2jp-5v3q\nJVNVU#91234567\nOSV: DSA-5123-1\nשרון: א-7";
    Identifier::read_lines(typed).unwrap().into_iter().collect()
}

pub(crate) fn score(vector: &str) -> Score {
    Score { vector: vector.to_owned(), base: None, given_by: None }
}

/// A note that says a little of everything.
pub(crate) fn full() -> PublicNote {
    let kettle = product("Kettle", Some("pkg:npm/%40acme/kettle"));
    let pot = PublicProduct {
        cpe: Some("cpe:2.3:h:acme:pot:1.0:*:*:*:*:*:*:*".to_owned()),
        ..product("Pot", None)
    };
    let reason =
        ProductStatus::NotAffected { justification: Some(Justification::VulnerableCodeNotPresent) };
    let mut acme = vendor(
        "Acme",
        vec![
            of(kettle, said(ProductStatus::Fixed, ">= 3.0 < 4.2.1, 5.0-beta; fixed 4.2.1, 5.0")),
            of(pot, said(reason, "")),
        ],
    );
    acme.statement = Some("We **mended** it.".to_owned());
    acme.references = vec!["https://acme.example/advisories/7".to_owned()];
    let mut brew = vendor("Brew & Söhne", vec![said(ProductStatus::WillNotFix, "<= 2.0")]);
    brew.statuses[0].statement = Some("The product is no longer sold.".to_owned());
    let silent = vendor("Cup Co", vec![]);
    let looking = vendor("Dish", vec![said(ProductStatus::UnderInvestigation, "")]);
    let not = ProductStatus::NotAffected { justification: None };
    let sure = vendor("Ewer", vec![said(not, "")]);
    let mut note = small(vec![acme, brew, silent, looking, sure]);
    let text = |text: &str| text.to_owned();
    note.sections = vec![
        (Section::Overview, text("Kettles boil over.")),
        (Section::Impact, text("An attacker may flood the kitchen.")),
        (Section::Solution, text("Update to 4.2.1, see [Acme](https://acme.example/fix).")),
        (Section::Workarounds, text("- Ask once.\n- Wait.")),
        (Section::Acknowledgements, text("Thanks to Ada Finder.")),
    ];
    note.vulnerabilities.push(PublicVulnerability {
        description: text("The lid opens."),
        cwe: None,
        scores: vec![],
        ..flaw(2, None)
    });
    note.references = vec![
        text("https://kettle.example/blog?a=1&b=2"),
        text("A book about kettles"),
        text("https://www.cve.org/CVERecord?id=CVE-1900-0001"),
    ];
    note.credits = vec![
        Credit { name: text("Ada Finder"), role: Some(text("finder")) },
        Credit { name: text("Bo Helper"), role: Some(text("barista")) },
    ];
    note.timeline =
        vec![TimelineEntry { at: at("2026-09-30T07:00:00Z"), words: text("The report came in.") }];
    note.public_at = Some(at("2026-10-31T09:00:00Z"));
    note.exploit_public_at = Some(at("2026-11-03T00:00:00Z"));
    note.attacks_seen_at = Some(at("2026-11-04T00:00:00Z"));
    note
}

/// The same odd notes in every run.
pub(crate) fn odd_notes(count: usize) -> Vec<PublicNote> {
    let mut runner = TestRunner::deterministic();
    let notes = odd_note();
    let mut made: Vec<PublicNote> =
        (0..count).map(|_| notes.new_tree(&mut runner).unwrap().current()).collect();
    made.push(small(vec![]));
    made.push(small((0..1643).map(|n| vendor(&format!("Vendor {n}"), vec![])).collect()));
    let spoken = |n: u32| {
        let mut one = said(ProductStatus::Affected, "< 2; fixed 2");
        one.vulnerability = n;
        one.statement = Some("very long ".repeat(5000));
        one
    };
    let mut many = small(vec![vendor("Long", (1..=20).map(spoken).collect())]);
    many.vulnerabilities = (1..=20).map(|n| flaw(n, Some(&format!("CVE-1900-{n:04}")))).collect();
    many.vulnerabilities[0].description = "| a | b |\n|---|---|\n| קומקום | رغوة |\n".repeat(900);
    many.sections = vec![(Section::Solution, "long ".repeat(9000))];
    many.title = "ك".repeat(2000);
    made.push(many);
    made
}

/// A text of any letters, most often none that anybody would expect.
fn odd_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("  \n\u{0}\t".to_owned()),
        "[a-zA-Z ]{1,40}",
        "\\PC{0,60}",
        Just("קומקום רותח \u{202e}gnp.exe".to_owned()),
        Just("| a | b |\n|---|---|\n| 1 | <script>x</script> |".to_owned()),
        Just("a".repeat(5000)),
        Just("word ".repeat(4000)),
        any::<String>(),
    ]
}

fn odd_version() -> impl Strategy<Value = String> {
    prop_oneof!["[0-9]{1,2}(\\.[0-9]{1,2}){0,2}", "[a-z0-9 ._+-]{1,20}", Just("α|β%".to_owned())]
}

fn odd_range() -> impl Strategy<Value = VersionRange> {
    let until =
        prop_oneof![odd_version().prop_map(Until::Before), odd_version().prop_map(Until::Through)];
    prop_oneof![
        Just(VersionRange::All),
        odd_version().prop_map(|version| VersionRange::Only { version }),
        (option::of(odd_version()), option::of(until))
            .prop_map(|(from, until)| VersionRange::Between { from, until }),
    ]
}

fn odd_status() -> impl Strategy<Value = ProductStatus> {
    prop_oneof![
        Just(ProductStatus::Unknown),
        Just(ProductStatus::UnderInvestigation),
        Just(ProductStatus::Affected),
        Just(ProductStatus::Fixed),
        Just(ProductStatus::WillNotFix),
        option::of(proptest::sample::select(Justification::ALL))
            .prop_map(|justification| ProductStatus::NotAffected { justification }),
    ]
}

fn odd_product() -> impl Strategy<Value = PublicProduct> {
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
}

fn odd_reference() -> impl Strategy<Value = String> {
    prop_oneof![
        odd_text(),
        "https?://[a-z]{1,8}\\.example/\\PC{0,20}",
        Just("https://www.cve.org/CVERecord?id=CVE-1900-0001".to_owned()),
        Just("see (http://kettle.example/a) and ftp://kettle.example/b".to_owned()),
    ]
}

fn odd_said() -> impl Strategy<Value = PublicStatus> {
    let versions = (vec(odd_range(), 0..4), vec(odd_version(), 0..3));
    let place = (1..4_u32, option::of(odd_product()), odd_status(), versions);
    (place, option::of(odd_text()), vec(odd_reference(), 0..3)).prop_map(
        |((vulnerability, product, status, (affected, fixed)), statement, references)| {
            PublicStatus {
                vulnerability,
                product,
                versions: Versions { affected, fixed },
                statement,
                references,
                ..said(status, "")
            }
        },
    )
}

fn odd_vendor() -> impl Strategy<Value = PublicVendor> {
    let said = (vec(odd_said(), 0..6), option::of(odd_text()), vec(odd_reference(), 0..3));
    (odd_text(), said).prop_map(|(name, (statuses, statement, references))| PublicVendor {
        statement,
        references,
        ..vendor(&name, statuses)
    })
}

fn odd_flaw(local: u32) -> impl Strategy<Value = PublicVulnerability> {
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
    let cwe = prop_oneof![
        Just("CWE-79".to_owned()),
        Just("CWE-99999".to_owned()),
        Just("CWE-0".to_owned()),
        odd_text()
    ];
    let cve = prop_oneof![Just("CVE-1900-12345".to_owned()), Just("CVE-1900-7777".to_owned())];
    let identifiers = proptest::sample::subsequence(identifiers(), 0..=identifiers().len());
    (option::of(cve), identifiers, odd_text(), option::of(cwe), vec(vector, 0..4)).prop_map(
        move |(cve, identifiers, description, cwe, vectors)| PublicVulnerability {
            cve,
            identifiers,
            description,
            cwe,
            scores: vectors.iter().map(|vector| score(vector)).collect(),
            ..flaw(local, None)
        },
    )
}

/// A note in which anything may be missing, empty, far too long or in letters of any script.
pub(crate) fn odd_note() -> impl Strategy<Value = PublicNote> {
    let flaws = (0..4_u32).prop_flat_map(|n| (1..=n).map(odd_flaw).collect::<Vec<_>>());
    let sections = vec((proptest::sample::select(&Section::ALL[..]), odd_text()), 0..5);
    let credit = (odd_text(), option::of(odd_text()));
    let credits = vec(credit.prop_map(|(name, role)| Credit { name, role }), 0..4);
    let events = vec(odd_text(), 0..4);
    (
        odd_text(),
        sections,
        flaws,
        vec(odd_vendor(), 0..5),
        credits,
        vec(odd_reference(), 0..5),
        events,
    )
        .prop_map(
            |(title, sections, vulnerabilities, vendors, credits, references, events)| {
                let entry = |words| TimelineEntry { at: at("2026-01-01T00:00:00Z"), words };
                PublicNote {
                    title,
                    sections,
                    vulnerabilities,
                    credits,
                    references,
                    timeline: events.into_iter().map(entry).collect(),
                    ..small(vendors)
                }
            },
        )
}

/// The notes of the archive, or `None` and a word about it where it is missing: a sample of them,
/// or all where `OMBUD_ALL_NOTES` is set.
pub(crate) fn archived() -> Option<Vec<PublicNote>> {
    let lines = crate::vulnote::tests::archive::lines()?;
    let step = if std::env::var_os("OMBUD_ALL_NOTES").is_some() { 1 } else { 61 };
    let notes = lines.iter().step_by(step).map(|line| {
        let archived = crate::vulnote::Archived::parse(line.as_bytes()).unwrap();
        archived.reading().to_public_note().unwrap()
    });
    Some(notes.collect())
}
