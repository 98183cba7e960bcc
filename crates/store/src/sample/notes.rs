//! Published notes of the sizes that notes have: a few thousand characters, mostly a handful of
//! vendors, now and then hundreds.

use domain::{CaseId, Published};
use serde_json::{Value, json};
use uuid::Uuid;

const WORDS: &str = "The service reads a length from the packet and copies as many bytes into a \
    buffer of fixed size, without a look at how large that is. An attacker on the network who \
    sends one long option can overwrite what lies behind it, and run code of their own with the \
    rights of the service. ";

/// The note of a number from 0 on, in a revision; the same for the same numbers.
pub fn note(n: u32, revision: u32) -> Option<Published> {
    let number = 100_000 + n;
    let (year, month, day) = (2000 + n % 26, 1 + n % 12, 1 + n % 28);
    let at = format!("{year}-{month:02}-{day:02}T12:00:00Z");
    let n_vendors = match n % 200 {
        0 => 200,
        1..=8 => 30,
        _ => 3,
    };
    let cve = format!("CVE-{year}-{number}");
    let text = |times: usize| WORDS.repeat(times);
    let document = json!({
        "number": format!("VU#{number}"),
        "title": format!("Product {n} overwrites memory"),
        "sections": {
            "overview": text(1), "description": text(4), "impact": text(1),
            "solution": "Install the newest version.",
            "references": "https://vendor.example/advisory\nhttps://cwe.mitre.org/data/definitions/787.html",
        },
        "vulnerabilities": [{
            "ordinal": 1, "cve": cve, "cwe": 787, "description": text(2),
            "vectors": ["CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"],
        }],
        "scores": [],
        "vendors": (0..n_vendors).map(|vendor| vendor_of(n, vendor, &at)).collect::<Vec<_>>(),
        "credit": "Robin Reporter", "reported_at": at, "first_contact_at": at,
        "published_at": at, "updated_at": later(&at, revision), "revision": revision,
    });
    serde_json::from_value(document).ok()
}

/// The case that a note is of.
pub fn case_of(n: u32) -> CaseId {
    CaseId::from(Uuid::from_u128(u128::from(n) + 1))
}

fn later(at: &str, revision: u32) -> String {
    at.replace("T12:00", &format!("T12:{:02}", revision.saturating_sub(1) % 60))
}

fn vendor_of(n: u32, vendor: u32, at: &str) -> Value {
    let status = match vendor % 4 {
        0 => json!({ "is": "affected" }),
        1 => json!({ "is": "fixed" }),
        2 => json!({ "is": "under_investigation" }),
        _ => json!({ "is": "unknown" }),
    };
    let statement = vendor.is_multiple_of(3).then(|| WORDS.to_owned());
    json!({
        "name": format!("Vendor {}", (n * 7 + vendor) % 1500),
        "status": status, "statuses": { "1": status },
        "notified_at": at, "updated_at": at, "statement": statement, "lines": [],
        "references": ["https://vendor.example/advisory"],
    })
}
