//! Notes to write: an ordinary one, and any that chance makes whose vendors and products can be told apart.

use domain::status::{Justification, ProductStatus};
use domain::version::Versions;
use jiff::Timestamp;
use proptest::prelude::*;

use crate::public_note::*;
use crate::sample::identifiers;

pub(super) fn publisher() -> Publisher {
    Publisher {
        name: "Example Coordination Center".to_owned(),
        base_url: "https://cert.example.org".to_owned(),
        contact: "cert@example.org".to_owned(),
        number_prefix: "VU#".to_owned(),
    }
}

pub(super) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(super) fn empty() -> PublicNote {
    PublicNote {
        number: "257161".to_owned(),
        title: String::new(),
        sections: vec![],
        vulnerabilities: vec![],
        vendors: vec![],
        references: vec![],
        keywords: vec![],
        credits: vec![],
        scores: vec![],
        created_at: None,
        public_at: None,
        first_published_at: at("2026-06-16T12:00:00Z"),
        updated_at: at("2026-06-16T12:00:00Z"),
        revision: 1,
        timeline: vec![],
        exploit_public_at: None,
        attacks_seen_at: None,
        revised_at: vec![],
        withdrawn: None,
    }
}

/// A note that was revised, and then taken back.
pub(super) fn withdrawn() -> PublicNote {
    let (second, third) = (at("2026-07-01T08:00:00Z"), at("2026-08-01T08:00:00Z"));
    PublicNote {
        updated_at: third,
        revision: 3,
        revised_at: vec![second, third],
        withdrawn: Some(crate::public_note::Withdrawn {
            at: third,
            reason: "The vendor showed that the fault was in the test.".to_owned(),
        }),
        ..full()
    }
}

/// A vulnerability for every weakness whose name we know, where all is judged, and for some that the list advises against else.
pub(super) fn every_weakness() -> PublicNote {
    let all = crate::sample::judges_all();
    let some = ["CWE-20", "CWE-119", "CWE-200", "CWE-365", "CWE-701"];
    let known = (1..2000).map(|number| format!("CWE-{number}"));
    let known = known.filter(|id| crate::csaf::cwe::name(id).is_some());
    let chosen = known.filter(|id| all || some.contains(&id.as_str()));
    let flaws = chosen.zip(1..).map(|(id, local)| PublicVulnerability {
        cwe: Some(id),
        ..flaw(local, Some(&format!("CVE-1900-{local:04}")))
    });
    PublicNote { title: "Every weakness".to_owned(), vulnerabilities: flaws.collect(), ..empty() }
}

pub(super) fn flaw(local: u32, cve: Option<&str>) -> PublicVulnerability {
    PublicVulnerability {
        local,
        cve: cve.map(str::to_owned),
        identifiers: vec![],
        description: "The parser writes past the end of its buffer.".to_owned(),
        cwe: Some("CWE-787".to_owned()),
        scores: vec![],
        added_at: at("2026-05-01T00:00:00Z"),
        updated_at: at("2026-05-01T00:00:00Z"),
    }
}

pub(super) fn vendor(name: &str, statuses: Vec<PublicStatus>) -> PublicVendor {
    PublicVendor {
        name: name.to_owned(),
        statuses,
        statement: None,
        information: None,
        references: vec![],
        addendum: None,
        contacted_at: Some(at("2026-05-02T08:00:00Z")),
        statement_at: None,
        updated_at: at("2026-06-01T00:00:00Z"),
    }
}

pub(super) fn status(vulnerability: u32, status: ProductStatus, versions: &str) -> PublicStatus {
    PublicStatus {
        vulnerability,
        product: None,
        status,
        versions: versions.parse().unwrap(),
        statement: None,
        references: vec![],
        added_at: at("2026-05-03T00:00:00Z"),
        updated_at: at("2026-05-03T00:00:00Z"),
    }
}

fn product(id: &str, name: &str) -> PublicProduct {
    PublicProduct { id: id.to_owned(), name: name.to_owned(), purl: None, cpe: None }
}

fn score(vector: &str, given_by: Option<&str>) -> Score {
    Score { vector: vector.to_owned(), base: None, given_by: given_by.map(str::to_owned) }
}

/// A note with everything that a note can have.
pub(super) fn full() -> PublicNote {
    use ProductStatus::*;
    let not = NotAffected { justification: Some(Justification::VulnerableCodeNotInExecutePath) };
    let mut router = status(1, Affected, ">= 3.0 < 4.2.1, 5.0-beta; fixed 4.2.1, 5.0");
    router.product = Some(PublicProduct {
        purl: Some("pkg:generic/acme/router".to_owned()),
        cpe: Some("cpe:2.3:o:acme:router:*:*:*:*:*:*:*:*".to_owned()),
        ..product("p-1", "Router 9")
    });
    router.statement = Some("Update as soon as you can.".to_owned());
    router.references = vec!["https://acme.example.com/a?b=c#d".to_owned()];
    let mut modem = status(1, not.clone(), "all");
    modem.product = Some(product("p-2", "Modem"));
    modem.statement = Some("We compile without the parser.".to_owned());
    let mut acme = vendor("Acme Corp.", vec![router, modem, status(2, UnderInvestigation, "")]);
    acme.statement_at = Some(at("2026-05-20T08:00:00Z"));
    acme.statement = Some("We thank the reporter.\n\n| a | b |\n|---|---|\n| 1 | 2 |".to_owned());
    acme.references = vec!["https://acme.example.com/psirt".to_owned(), "our shelf".to_owned()];
    let bravo = vendor("Bravo Ltd", vec![status(1, WillNotFix, "<= 2.0"), status(2, Unknown, "")]);
    let charly = vendor("Charly", vec![status(1, Unknown, ""), status(2, not, "")]);
    let delta = vendor("Delta", vec![status(1, Fixed, "< 7; fixed 7"), status(2, Affected, "1.0")]);
    let mut first = flaw(1, Some("CVE-1900-0001"));
    first.scores = vec![
        score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P", None),
        score("AV:N/AC:L/Au:N/C:C/I:C/A:C/CDP:ND/TD:H/CR:ND/IR:ND/AR:ND", None),
        score("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:A", None),
        score("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some("Somebody else")),
    ];
    PublicNote {
        title: "Acme routers write past the end of a buffer".to_owned(),
        sections: Section::ALL
            .map(|section| (section, format!("The *{}*.", section.heading())))
            .to_vec(),
        vulnerabilities: vec![first, flaw(2, Some("CVE-1900-0002"))],
        vendors: vec![acme, bravo, charly, delta, vendor("Echo", vec![])],
        references: vec!["https://example.org/paper".to_owned(), "A book, page 7".to_owned()],
        keywords: vec!["router".to_owned()],
        credits: vec![Credit { name: "Robin Ng".to_owned(), role: Some("finder".to_owned()) }],
        scores: vec![score("AV:N/AC:L/Au:N/C:C/I:C/A:C", None)],
        created_at: Some(at("2026-05-01T00:00:00Z")),
        public_at: Some(at("2026-06-16T12:00:00Z")),
        updated_at: at("2026-07-01T09:30:00Z"),
        revision: 4,
        timeline: vec![TimelineEntry {
            at: at("2026-05-01T00:00:00Z"),
            words: "Reported.".to_owned(),
        }],
        exploit_public_at: Some(at("2026-06-20T00:00:00Z")),
        attacks_seen_at: Some(at("2026-06-25T00:00:00Z")),
        ..empty()
    }
}

fn any_status() -> impl Strategy<Value = ProductStatus> {
    let reason = prop_oneof![
        Just(None),
        Just(Some(Justification::ComponentNotPresent)),
        Just(Some(Justification::VulnerableCodeNotPresent)),
        Just(Some(Justification::VulnerableCodeCannotBeControlled)),
        Just(Some(Justification::InlineMitigationsExist)),
    ];
    prop_oneof![
        Just(ProductStatus::Unknown),
        Just(ProductStatus::UnderInvestigation),
        Just(ProductStatus::Affected),
        reason.prop_map(|justification| ProductStatus::NotAffected { justification }),
        Just(ProductStatus::Fixed),
        Just(ProductStatus::WillNotFix),
    ]
}

/// Versions that go with a status: only what has or had the flaw names a version that mends it.
fn any_stated() -> impl Strategy<Value = (ProductStatus, Versions)> {
    let affected = prop_oneof![
        Just(""),
        Just("all"),
        Just("1.0"),
        Just("< 2"),
        Just(">= 1.0 < 2, 3.1"),
        Just("<= 2 beta"),
        Just(">= 4|5"),
    ];
    let fixed = prop_oneof![Just(""), Just("; fixed 2"), Just("; fixed 2, 3.2")];
    (any_status(), affected, fixed).prop_map(|(status, affected, fixed)| {
        let mends = matches!(status, ProductStatus::Affected | ProductStatus::Fixed);
        let line = if mends { format!("{affected}{fixed}") } else { affected.to_owned() };
        (status, line.parse().unwrap())
    })
}

/// Any note with vendors and products of different names.
pub(super) fn any_note() -> impl Strategy<Value = PublicNote> {
    let stated = proptest::collection::vec((1_u32..4, 0_usize..3, any_stated(), ".{0,8}"), 0..6);
    let vendors = proptest::collection::vec((stated, ".{0,12}"), 0..5);
    (".{0,20}", vendors, 0_u32..4, any::<bool>(), 0_i64..6).prop_map(
        |(title, vendors, flaws, numbered, revision)| {
            let vendors = vendors.into_iter().enumerate().map(|(index, (stated, name))| {
                let mut statuses: Vec<PublicStatus> = vec![];
                for (local, product_index, (said, versions), statement) in stated {
                    let product = (product_index > 0).then(|| {
                        product(&format!("p-{product_index}"), &format!("Product {product_index}"))
                    });
                    if statuses
                        .iter()
                        .all(|one| one.vulnerability != local || one.product != product)
                    {
                        statuses.push(PublicStatus {
                            product,
                            versions,
                            statement: Some(statement),
                            ..status(local, said, "")
                        });
                    }
                }
                vendor(&format!("{index} {name}"), statuses)
            });
            let cve = |local| numbered.then(|| format!("CVE-1900-{local:04}"));
            PublicNote {
                title,
                vendors: vendors.collect(),
                vulnerabilities: (1..=flaws)
                    .map(|local| PublicVulnerability {
                        identifiers: if numbered { identifiers() } else { vec![] },
                        ..flaw(local, cve(local).as_deref())
                    })
                    .collect(),
                revision,
                ..empty()
            }
        },
    )
}
