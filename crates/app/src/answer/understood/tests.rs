//! What of a document is offered, and what is left out and why.

use domain::OrganizationId;
use expect_test::{Expect, expect};
use formats::vex::read_any;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;

fn id<T: From<Uuid>>(n: u128) -> T {
    Uuid::from_u128(n).into()
}

fn subject() -> Subject {
    let flaw = |n, cve: &str| Flaw {
        id: id(n),
        label: cve.to_owned(),
        names: vec![cve.to_owned(), format!("VU#123456.{n}"), format!("VU-123456.{n}")],
    };
    let product = |n, name: &str, purl: Option<&str>| Product {
        id: id(n),
        organization: id::<OrganizationId>(9),
        name: name.to_owned(),
        purl: purl.map(str::to_owned),
        cpe: None,
    };
    Subject {
        vendor: "Acme".to_owned(),
        flaws: vec![flaw(1, "CVE-1900-0001"), flaw(2, "CVE-1900-0002")],
        products: vec![product(11, "Kettle", Some("pkg:npm/kettle")), product(12, "Pot", None)],
        standing: [((id(2), None), (ProductStatus::Affected, String::new()))].into(),
    }
}

fn openvex(statements: Value) -> Value {
    json!({"@context": "https://openvex.dev/ns/v0.2.0", "author": "Acme Inc.", "statements": statements})
}

fn check(document: Value, expected: &Expect) {
    let given = read_any(document.to_string().as_bytes()).unwrap();
    let understood = understand(given, &subject());
    let offers = understood.offers.iter().map(|offer| {
        let product = offer.product.as_deref().unwrap_or("all");
        let stands = if offer.stands { " (stands)" } else { "" };
        let notes = offer.doubt.iter().chain(&offer.lost);
        let notes = notes.map(|note| format!("\n    {note}")).collect::<Vec<_>>().concat();
        let TakenLine { status, versions, .. } = &offer.line;
        format!("{} {product}: {} [{versions}]{stands}{notes}\n", offer.flaw, status.label())
    });
    let left = understood.left_out.iter().map(|left| format!("- {}: {}\n", left.what, left.why));
    let told: String = offers.chain(left).collect();
    expected.assert_eq(&format!("{told}“{}”", understood.statement));
}

#[test]
fn lines_are_found_by_cve_or_our_number_and_by_package_or_name() {
    check(
        openvex(json!([
            {"vulnerability": {"name": "cve-1900-0001"}, "status": "affected",
             "products": [{"@id": "pkg:npm/kettle@1.0"}, {"@id": "pkg:npm/kettle@1.1"}],
             "action_statement": "Update to 2.0."},
            {"vulnerability": {"name": "VU#123456.1"}, "status": "fixed",
             "products": [{"@id": "pkg:npm/kettle@2.0"}]},
            {"vulnerability": {"name": "X-1", "aliases": ["CVE-1900-0002"]}, "status": "not_affected",
             "justification": "component_not_present", "products": [{"@id": "pot"}]},
            {"vulnerability": {"name": "CVE-1900-0002"}, "status": "affected"}
        ])),
        &expect![[r"
            CVE-1900-0001 Kettle: Fixed [1.0, 1.1; fixed 2.0]
            CVE-1900-0002 all: Affected [] (stands)
            CVE-1900-0002 Pot: Not affected []
            “Update to 2.0.”"]],
    );
}

#[test]
fn what_is_not_in_the_case_is_left_out_in_the_same_words_whatever_it_is() {
    check(
        openvex(json!([
            {"vulnerability": {"name": "CVE-1900-0009"}, "status": "affected"},
            {"vulnerability": {"name": "VU#999999.1"}, "status": "fixed"},
            {"vulnerability": {"name": "<b>\u{0}</b>"}, "status": "fixed"},
            {"vulnerability": {"name": "CVE-1900-0001"}, "status": "fixed", "supplier": "Brew & Co",
             "products": [{"@id": "Mug"}], "status_notes": "Not for us."}
        ])),
        &expect![[r"
            - <b></b>: It is not in this case.
            - Brew & Co: Mug: It is said of another vendor.
            - CVE-1900-0009: It is not in this case.
            - VU#999999.1: It is not in this case.
            “”"]],
    );
}

#[test]
fn a_product_that_is_not_on_the_list_is_offered_with_a_doubt() {
    check(
        openvex(json!([
            {"vulnerability": {"name": "CVE-1900-0001"}, "status": "affected",
             "products": [{"@id": "pkg:npm/lid@1"}]},
            {"vulnerability": {"name": "CVE-1900-0002"}, "status": "not_affected",
             "impact_statement": "No lids.", "products": [{"@id": "Lid"}, {"@id": "Bowl"}]}
        ])),
        &expect![[r"
            CVE-1900-0001 all: Affected [1]
                The document speaks of “pkg:npm/lid”, which is not on our list of products. Tick it if it may be said of all products.
            CVE-1900-0002 all: Not affected []
                The document speaks of “Bowl”, “Lid”, which are not on our list of products. Tick it if it may be said of all products.
            “No lids.”"]],
    );
}

#[test]
fn of_two_statuses_the_gravest_stands_and_the_other_is_told() {
    check(
        openvex(json!([
            {"vulnerability": {"name": "CVE-1900-0001"}, "status": "not_affected",
             "justification": "component_not_present", "products": [{"@id": "pkg:npm/kettle@3.0"}]},
            {"vulnerability": {"name": "CVE-1900-0001"}, "status": "under_investigation",
             "products": [{"@id": "pkg:npm/kettle@1,0"}]}
        ])),
        &expect![[r"
            CVE-1900-0001 Kettle: Under investigation []
                It also says “Not affected” 3.0; only the gravest status is kept.
                Its versions do not fit into a line.
            “”"]],
    );
}

#[test]
fn no_more_is_offered_than_is_taken() {
    let mut many = subject();
    many.products = (0..500)
        .map(|n| Product {
            id: id(1000 + n),
            organization: id::<OrganizationId>(9),
            name: format!("P{n:03}"),
            purl: None,
            cpe: None,
        })
        .collect();
    let products: Vec<_> = (0..500).map(|n| json!({"@id": format!("P{n:03}")})).collect();
    let document = openvex(json!([
        {"vulnerability": {"name": "CVE-1900-0001"}, "status": "fixed", "products": products}
    ]));
    let given = read_any(document.to_string().as_bytes()).unwrap();
    let understood = understand(given, &many);
    assert_eq!(understood.offers.len(), MOST_LINES);
    assert_eq!(understood.left_out.len() + understood.more_left_out, 500 - MOST_LINES);
    assert!(understood.left_out.iter().all(|left| left.why == TOO_MANY));
}
