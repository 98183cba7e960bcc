//! Do the statuses of a product agree with one another, with the flags and with the remedies?

use std::collections::{BTreeMap, BTreeSet};

use super::ids::Groups;
use super::{Problem, vulnerabilities};
use crate::csaf::Document;
use crate::csaf::vulnerability::{RemediationCategory, Statuses, Vulnerability};

/// What the lists of statuses come to.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Kind {
    Affected,
    NotAffected,
    Fixed,
    UnderInvestigation,
    Unknown,
}

fn kind(list: &str) -> Option<Kind> {
    match list {
        "first_affected" | "known_affected" | "last_affected" => Some(Kind::Affected),
        "known_not_affected" => Some(Kind::NotAffected),
        "first_fixed" | "fixed" => Some(Kind::Fixed),
        "under_investigation" => Some(Kind::UnderInvestigation),
        "unknown" => Some(Kind::Unknown),
        // What is recommended may be fixed or never have been affected.
        _ => None,
    }
}

fn kinds(vulnerability: &Vulnerability) -> BTreeMap<&str, BTreeSet<Kind>> {
    let mut found: BTreeMap<&str, BTreeSet<Kind>> = BTreeMap::new();
    for (list, products) in vulnerability.product_status.iter().flat_map(Statuses::lists) {
        let Some(kind) = kind(list) else { continue };
        for product in products {
            found.entry(product).or_default().insert(kind);
        }
    }
    found
}

/// 6.1.6: a product with two statuses.
pub(super) fn contradicting(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, vulnerability) in vulnerabilities(document) {
        for (product, kinds) in kinds(vulnerability) {
            if kinds.len() > 1 {
                let words = format!("The product {product} has contradicting statuses.");
                found.push(Problem::new("6.1.6", format!("{path}/product_status"), words));
            }
        }
    }
    found
}

/// 6.1.29: a remedy for no product.
pub(super) fn remediation_of_nothing(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, vulnerability) in vulnerabilities(document) {
        for (index, one) in vulnerability.remediations.iter().enumerate() {
            if one.product_ids.is_empty() && one.group_ids.is_empty() {
                let path = format!("{path}/remediations/{index}");
                found.push(Problem::new("6.1.29", path, "The remediation names no product."));
            }
        }
    }
    found
}

/// 6.1.32: a flag for no product.
pub(super) fn flag_of_nothing(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, vulnerability) in vulnerabilities(document) {
        for (index, one) in vulnerability.flags.iter().enumerate() {
            if one.product_ids.is_empty() && one.group_ids.is_empty() {
                let path = format!("{path}/flags/{index}");
                found.push(Problem::new("6.1.32", path, "The flag names no product."));
            }
        }
    }
    found
}

/// 6.1.33: a product that is not affected for two reasons.
pub(super) fn several_flags(document: &Document) -> Vec<Problem> {
    let groups = Groups::of(document);
    let mut found = vec![];
    for (path, vulnerability) in vulnerabilities(document) {
        let mut seen = BTreeSet::new();
        for (index, flag) in vulnerability.flags.iter().enumerate() {
            for product in groups.expanded(&flag.product_ids, &flag.group_ids) {
                if !seen.insert(product) {
                    let words = format!("The product {product} has more than one reason.");
                    found.push(Problem::new("6.1.33", format!("{path}/flags/{index}"), words));
                }
            }
        }
    }
    found
}

fn remedies<'a>(
    groups: &Groups<'a>,
    vulnerability: &'a Vulnerability,
) -> BTreeMap<&'a str, BTreeSet<RemediationCategory>> {
    let mut found: BTreeMap<&str, BTreeSet<RemediationCategory>> = BTreeMap::new();
    for remedy in &vulnerability.remediations {
        for product in groups.expanded(&remedy.product_ids, &remedy.group_ids) {
            found.entry(product).or_default().insert(remedy.category);
        }
    }
    found
}

/// 6.1.35: remedies that exclude each other.
pub(super) fn contradicting_remediations(document: &Document) -> Vec<Problem> {
    use RemediationCategory as Is;
    let helps = [Is::VendorFix, Is::Workaround, Is::Mitigation, Is::FixPlanned];
    let fails = [Is::NoneAvailable, Is::NoFixPlanned];
    let groups = Groups::of(document);
    let mut found = vec![];
    for (path, vulnerability) in vulnerabilities(document) {
        for (product, remedies) in remedies(&groups, vulnerability) {
            let any = |these: &[Is]| these.iter().any(|one| remedies.contains(one));
            let optional = remedies.contains(&Is::OptionalPatch) && remedies.len() > 1;
            let fix_twice = any(&[Is::VendorFix]) && any(&[Is::FixPlanned]);
            let none = remedies.contains(&Is::NoneAvailable) && any(&helps);
            let none_planned =
                remedies.contains(&Is::NoFixPlanned) && any(&[Is::VendorFix, Is::FixPlanned]);
            let both = fails.iter().all(|one| remedies.contains(one));
            if optional || fix_twice || none || none_planned || both {
                let words = format!("The remediations of the product {product} contradict.");
                found.push(Problem::new("6.1.35", format!("{path}/remediations"), words));
            }
        }
    }
    found
}

/// 6.1.36: a remedy that does not go with the status.
pub(super) fn remediation_against_status(document: &Document) -> Vec<Problem> {
    use RemediationCategory as Is;
    let groups = Groups::of(document);
    let mut found = vec![];
    for (path, vulnerability) in vulnerabilities(document) {
        let kinds = kinds(vulnerability);
        for (product, remedies) in remedies(&groups, vulnerability) {
            let kinds = kinds.get(product).into_iter().flatten();
            let against = kinds.flat_map(|kind| match kind {
                Kind::Affected => [Is::OptionalPatch].as_slice(),
                Kind::NotAffected => &[
                    Is::VendorFix,
                    Is::Workaround,
                    Is::Mitigation,
                    Is::FixPlanned,
                    Is::NoneAvailable,
                    Is::NoFixPlanned,
                ],
                Kind::Fixed => &[
                    Is::NoneAvailable,
                    Is::NoFixPlanned,
                    Is::FixPlanned,
                    Is::Mitigation,
                    Is::Workaround,
                ],
                Kind::UnderInvestigation | Kind::Unknown => &[],
            });
            if against.into_iter().any(|one| remedies.contains(one)) {
                let words =
                    format!("A remediation of the product {product} contradicts its status.");
                found.push(Problem::new("6.1.36", format!("{path}/remediations"), words));
            }
        }
    }
    found
}
