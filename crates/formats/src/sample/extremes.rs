//! Notes at the edges of what a note can be, each by name.

use domain::status::ProductStatus;
use jiff::Timestamp;

use super::{at, flaw, of, product, said, score, small, vendor};
use crate::public_note::{
    Credit, PublicNote, PublicStatus, PublicVendor, PublicVulnerability, Section, TimelineEntry,
};

/// Notes as they should not be, and are.
pub(crate) fn extremes() -> Vec<(&'static str, PublicNote)> {
    use ProductStatus::{Fixed, Unknown, WillNotFix};
    let acme = |statuses| vec![vendor("Acme", statuses)];
    let of_one = |statuses| note(flaws(1), acme(statuses));
    let twice =
        vec![affected(1), on(1, Fixed, ""), on(1, WillNotFix, ""), on(9, Fixed, "; fixed 1")];
    let one_number = vec![flaw(1, Some("CVE-1900-0001")), flaw(2, Some("CVE-1900-0001"))];
    vec![
        ("nothing at all", PublicNote { title: String::new(), ..note(vec![], vec![]) }),
        ("no vendors", small(vec![])),
        ("no CVE id", note(vec![flaw(1, None), flaw(2, None)], acme(vec![affected(1)]))),
        ("no statuses", of_one(vec![])),
        ("only unknown", note(flaws(2), acme(vec![on(1, Unknown, "")]))),
        ("no vulnerabilities", note(vec![], acme(vec![affected(1)]))),
        ("one of two stated", note(flaws(2), acme(vec![affected(1)]))),
        ("only fixed", of_one(vec![on(1, Fixed, "; fixed 2")])),
        ("fixed without a version", of_one(vec![on(1, Fixed, "")])),
        ("fixed in no version", of_one(vec![on(1, Fixed, "< 2")])),
        (
            "contradicting",
            note(flaws(1), vec![vendor("Acme", twice.clone()), vendor(" Acme ", twice)]),
        ),
        ("1,643 vendors", note(flaws(1), many(1643, 1))),
        ("20 vulnerabilities", note(flaws(20), many(30, 20))),
        ("20 vulnerabilities at length", at_length()),
        ("one number twice", note(one_number, acme(vec![affected(1), affected(2)]))),
        ("odd texts", odd_texts()),
        ("odd values", odd_values()),
        ("long names", long_names()),
        ("marks upon marks", marks()),
        ("back in time", back_in_time()),
        ("first and last days", first_and_last_days()),
    ]
}

fn note(vulnerabilities: Vec<PublicVulnerability>, vendors: Vec<PublicVendor>) -> PublicNote {
    PublicNote { vulnerabilities, ..small(vendors) }
}

fn flaws(n: u32) -> Vec<PublicVulnerability> {
    (1..=n).map(|local| flaw(local, Some(&format!("CVE-1900-{local:04}")))).collect()
}

fn on(vulnerability: u32, status: ProductStatus, versions: &str) -> PublicStatus {
    PublicStatus { vulnerability, ..said(status, versions) }
}

fn affected(vulnerability: u32) -> PublicStatus {
    on(vulnerability, ProductStatus::Affected, "")
}

/// So many vendors, each with its word on every vulnerability.
fn many(n: usize, flaws: u32) -> Vec<PublicVendor> {
    use ProductStatus::{Affected, NotAffected, UnderInvestigation, Unknown};
    let kinds = [Affected, NotAffected { justification: None }, UnderInvestigation, Unknown];
    let statuses = |kind: &ProductStatus| {
        (1..=flaws).map(|local| on(local, kind.clone(), "")).collect::<Vec<_>>()
    };
    let kinds = kinds.iter().cycle().take(n).enumerate();
    kinds.map(|(index, kind)| vendor(&format!("Vendor {index}"), statuses(kind))).collect()
}

fn at_length() -> PublicNote {
    let spoken = |local: u32| PublicStatus {
        statement: Some("very long ".repeat(5000)),
        ..on(local, ProductStatus::Affected, "< 2; fixed 2")
    };
    let mut long = note(flaws(20), vec![vendor("Long", (1..=20).map(spoken).collect())]);
    long.vulnerabilities[0].description = "| a | b |\n|---|---|\n| קומקום | رغوة |\n".repeat(900);
    long.sections = vec![(Section::Solution, "long ".repeat(9000))];
    long.title = "ك".repeat(2000);
    long
}

fn odd_texts() -> PublicNote {
    let table = "| a | b |\n|:--|--:|\n| `1` | \"2\" |\n\n\u{0}\u{1f600}";
    let references = ["", "https://exa mple.org", "ftp://x.example", "http://x.example/\u{7f}"];
    PublicNote {
        title: "ثغرة أمنية في منتج \u{202e}txt".to_owned(),
        number: " \n".to_owned(),
        sections: vec![
            (Section::Overview, String::new()),
            (Section::Solution, table.to_owned()),
            (Section::Impact, "x".repeat(300_000)),
        ],
        credits: vec![Credit { name: " ".to_owned(), role: None }],
        references: references.map(str::to_owned).to_vec(),
        ..note(
            vec![flaw(1, None)],
            vec![vendor("", vec![affected(1)]), vendor("ב \n ג", vec![affected(1)])],
        )
    }
}

fn odd_values() -> PublicNote {
    let mut strange = flaw(1, Some("CVE-19-1"));
    strange.cwe = Some("CWE-598".to_owned());
    strange.description = " ".to_owned();
    strange.scores = vec![score("none"), score("AV:N/AC:L/Au:N/C:N/I:N/A:N")];
    let words = "4.2 and later, before 3, all of 2, 1.x; fixed v5";
    note(vec![strange], vec![vendor("Acme", vec![on(1, ProductStatus::Affected, words)])])
}

/// Names as long as nothing is called.
fn long_names() -> PublicNote {
    let name = "Kettle & Söhne \u{1f372} ".repeat(150);
    let of_product = of(product(&name, Some("pkg:npm/kettle")), affected(1));
    let version = format!("< {}", "1.".repeat(30));
    let mut note = note(
        flaws(1),
        vec![vendor(&name, vec![of_product, on(1, ProductStatus::Affected, &version)])],
    );
    note.credits = vec![Credit { name: name.clone(), role: Some(name.clone()) }];
    note.references = vec![format!("https://kettle.example/{}", "a".repeat(4000))];
    note.title = name;
    note
}

/// Marks that combine, letters that join, and what the eye does not see.
fn marks() -> PublicNote {
    let text = "e\u{301}\u{323}\u{489}".repeat(50) + "\u{200d}\u{fe0f}👩\u{200d}👧\u{200b}\u{ad}";
    let mut note = note(flaws(1), vec![vendor(&text, vec![affected(1)])]);
    note.vendors[0].statement = Some(format!("\u{301}{text}\n\n# {text}\n\n- {text}"));
    note.timeline = vec![TimelineEntry { at: at("2026-01-01T00:00:00Z"), words: text.clone() }];
    note.title = text;
    note
}

fn back_in_time() -> PublicNote {
    PublicNote {
        updated_at: at("1999-01-01T00:00:00Z"),
        revision: 3,
        attacks_seen_at: Some(at("2030-01-01T00:00:00Z")),
        exploit_public_at: Some(at("2030-01-01T00:00:00Z")),
        public_at: Some(at("2030-01-01T00:00:00Z")),
        ..note(flaws(1), vec![vendor("Acme", vec![affected(1)])])
    }
}

/// The first and the last day that a note can have, and what somebody may have told beyond them.
fn first_and_last_days() -> PublicNote {
    let (first, last) = (at("1988-01-01T00:00:00Z"), at("2999-12-31T23:59:59.999999999Z"));
    let (early, late) = (at("0001-01-01T00:00:00Z"), Timestamp::MAX);
    let mut vendor = vendor("Acme", vec![affected(1)]);
    (vendor.contacted_at, vendor.statement_at) = (Some(early), Some(late));
    let event = |at| TimelineEntry { at, words: "It happened.".to_owned() };
    PublicNote {
        first_published_at: first,
        updated_at: last,
        created_at: Some(early),
        public_at: Some(early),
        exploit_public_at: Some(early),
        attacks_seen_at: Some(early),
        timeline: [early, first, last, late].map(event).to_vec(),
        ..note(flaws(1), vec![vendor])
    }
}
