//! Notes for tests: one that says a little of everything, odd ones, and the programs that judge
//! what is made from them.

mod extremes;
pub(crate) mod judge;
mod odd;

use domain::Identifier;
use domain::status::{Justification, ProductStatus};
use jiff::Timestamp;

pub(crate) use extremes::extremes;
pub(crate) use odd::{odd_note, odd_notes};

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

/// Whether everything beside the project is to be judged, and not a sample of it.
pub(crate) fn judges_all() -> bool {
    std::env::var_os("OMBUD_TEST_ALL").is_some()
}

/// The notes of the archive, or `None` and a word about it where it is missing: a sample of them,
/// or all where `OMBUD_TEST_ALL` is set.
pub(crate) fn archived() -> Option<Vec<PublicNote>> {
    let lines = crate::vulnote::tests::archive::lines()?;
    let step = if judges_all() { 1 } else { 61 };
    let notes = lines.iter().step_by(step).map(|line| {
        let archived = crate::vulnote::Archived::parse(line.as_bytes()).unwrap();
        archived.reading().to_public_note().unwrap()
    });
    Some(notes.collect())
}
