//! Does the document keep what its profile asks (6.1.27, section 4)?

use std::collections::{BTreeMap, BTreeSet};

use super::ids::Groups;
use super::{Problem, vulnerabilities};
use crate::csaf::document::Document;
use crate::csaf::shape::{Note, NoteCategory, ReferenceCategory};
use crate::csaf::tree::{BranchCategory, Placed, RelationshipCategory};
use crate::csaf::vulnerability::{Statuses, ThreatCategory, Vulnerability};
use crate::csaf::{Version, document};

/// 6.1.27.1 to 6.1.27.19: what the profile that the document names asks of it.
pub(crate) fn of_profile(document: &Document) -> Vec<Problem> {
    let new = document.version() == Version::V2_1;
    match document.document.category.as_str() {
        "csaf_security_incident_response" => [told(document), referred(document)].concat(),
        "csaf_informational_advisory" => {
            [told(document), referred(document), no_vulnerabilities(document)].concat()
        }
        "csaf_security_advisory" if new => [
            advisory(document),
            identified(document),
            each(document, "6.1.27.12", "known_affected", |one| {
                one.product_status.as_ref().is_some_and(|one| !one.known_affected.is_empty())
            }),
            corresponding(document),
        ]
        .concat(),
        "csaf_security_advisory" => advisory(document),
        "csaf_deprecated_security_advisory" if new => advisory(document),
        "csaf_vex" => vex(document),
        "csaf_withdrawn" | "csaf_superseded" if new => replaced(document),
        _ => vec![],
    }
}

fn asked(test: &'static str, path: &str, kept: bool, words: &str) -> Vec<Problem> {
    if kept { vec![] } else { vec![Problem::new(test, path, words)] }
}

/// 6.1.27.1: an advisory without vulnerabilities has something to say.
fn told(document: &Document) -> Vec<Problem> {
    let telling = |note: &Note| match note.category {
        NoteCategory::Description
        | NoteCategory::Details
        | NoteCategory::General
        | NoteCategory::Summary => true,
        NoteCategory::Faq | NoteCategory::LegalDisclaimer | NoteCategory::Other => false,
    };
    let kept = document.document.notes.iter().any(telling);
    asked("6.1.27.1", "/document/notes", kept, "The profile asks for a note.")
}

/// 6.1.27.2: and somewhere to read more.
fn referred(document: &Document) -> Vec<Problem> {
    let mut references = document.document.references.iter();
    let kept = references.any(|one| one.category == Some(ReferenceCategory::External));
    asked("6.1.27.2", "/document/references", kept, "The profile asks for a reference elsewhere.")
}

/// 6.1.27.3: no vulnerabilities where the profile has none.
fn no_vulnerabilities(document: &Document) -> Vec<Problem> {
    let kept = document.vulnerabilities.is_empty();
    asked("6.1.27.3", "/vulnerabilities", kept, "The profile has no vulnerabilities.")
}

/// 6.1.27.4, 6.1.27.5 and 6.1.27.11: products and vulnerabilities, and each is told.
fn of_products(document: &Document) -> Vec<Problem> {
    let tree = document.product_tree.is_some();
    let some = !document.vulnerabilities.is_empty();
    [
        asked("6.1.27.4", "/product_tree", tree, "The profile asks for products."),
        each(document, "6.1.27.5", "notes", |one| !one.notes.is_empty()),
        asked("6.1.27.11", "/vulnerabilities", some, "The profile asks for a vulnerability."),
    ]
    .concat()
}

fn each(
    document: &Document,
    test: &'static str,
    key: &str,
    kept: impl Fn(&Vulnerability) -> bool,
) -> Vec<Problem> {
    let broken = vulnerabilities(document).filter(|(_, one)| !kept(one));
    let words = format!("The profile asks for {key} of every vulnerability.");
    broken.map(|(path, _)| Problem::new(test, format!("{path}/{key}"), words.as_str())).collect()
}

/// 6.1.27.6: an advisory says of every vulnerability which products have it.
fn advisory(document: &Document) -> Vec<Problem> {
    let stated = each(document, "6.1.27.6", "product_status", |one| one.product_status.is_some());
    [of_products(document), stated].concat()
}

/// 6.1.27.8: every vulnerability has a number, which counts for every product that is spoken of.
fn identified(document: &Document) -> Vec<Problem> {
    let groups = Groups::of(document);
    each(document, "6.1.27.8", "ids", |one| {
        let general = one.ids.iter().any(|id| id.product_ids.is_empty() && id.group_ids.is_empty());
        if one.cve.is_some() || general {
            return true;
        }
        let ids = one.ids.iter();
        let covered: BTreeSet<&str> =
            ids.flat_map(|id| groups.expanded(&id.product_ids, &id.group_ids)).collect();
        let mut products = one.product_status.iter().flat_map(Statuses::lists);
        !one.ids.is_empty()
            && products.all(|(_, list)| list.iter().all(|id| covered.contains(id.as_str())))
    })
}

/// 6.1.27.7, 6.1.27.9 and 6.1.27.10: VEX says what to do, or why not.
fn vex(document: &Document) -> Vec<Problem> {
    let groups = Groups::of(document);
    let stated = each(document, "6.1.27.7", "product_status", |one| {
        one.product_status.as_ref().is_some_and(|one| {
            let words = [
                &one.fixed,
                &one.known_affected,
                &one.known_not_affected,
                &one.under_investigation,
            ];
            words.iter().any(|list| !list.is_empty())
        })
    });
    let mut found = [of_products(document), stated, identified(document)].concat();
    for (path, one) in vulnerabilities(document) {
        let Some(statuses) = &one.product_status else { continue };
        let impacts = one.threats.iter().filter(|one| one.category == ThreatCategory::Impact);
        let impacts = impacts.flat_map(|one| groups.expanded(&one.product_ids, &one.group_ids));
        let flags = one.flags.iter();
        let flags = flags.flat_map(|one| groups.expanded(&one.product_ids, &one.group_ids));
        let why: BTreeSet<&str> = impacts.chain(flags).collect();
        let remedies = one.remediations.iter();
        let what: BTreeSet<&str> =
            remedies.flat_map(|one| groups.expanded(&one.product_ids, &one.group_ids)).collect();
        for id in statuses.known_not_affected.iter().filter(|id| !why.contains(id.as_str())) {
            let path = format!("{path}/product_status/known_not_affected");
            found.push(Problem::new(
                "6.1.27.9",
                path,
                format!("It is not said why {id} is not affected."),
            ));
        }
        for id in statuses.known_affected.iter().filter(|id| !what.contains(id.as_str())) {
            let path = format!("{path}/product_status/known_affected");
            found.push(Problem::new(
                "6.1.27.10",
                path,
                format!("It is not said what to do about {id}."),
            ));
        }
    }
    found
}

/// 6.1.27.13: what is fixed was affected, in another version of the same product.
fn corresponding(document: &Document) -> Vec<Problem> {
    let Some(tree) = &document.product_tree else { return vec![] };
    let products = tree.products();
    let mut families: BTreeMap<&str, String> =
        products.iter().map(|one| (one.product.product_id.as_str(), family(one))).collect();
    for way in &tree.product_paths {
        let begin = way.beginning_product_reference.as_str();
        let beside = way.subpaths.first().map(|step| step.category);
        // What is installed with something is not affected without it, under its own id.
        let family = if beside == Some(RelationshipCategory::InstalledWith) {
            begin.to_owned()
        } else {
            format!("{:?}{:?}", families.get(begin), way.subpaths)
        };
        families.insert(&way.full_product_name.product_id, family);
    }
    let mut found = vec![];
    for (path, vulnerability) in vulnerabilities(document) {
        let Some(statuses) = &vulnerability.product_status else { continue };
        let affected =
            [&statuses.first_affected, &statuses.known_affected, &statuses.last_affected];
        let affected = affected.iter().flat_map(|list| list.iter());
        let affected: BTreeSet<&str> = affected
            .flat_map(|id| [Some(id.as_str()), families.get(id.as_str()).map(String::as_str)])
            .flatten()
            .collect();
        for (index, id) in statuses.fixed.iter().enumerate() {
            let family = families.get(id.as_str());
            if family.is_some_and(|family| !affected.contains(family.as_str())) {
                let path = format!("{path}/product_status/fixed/{index}");
                let words = format!("No affected version of the fixed product {id} is named.");
                found.push(Problem::new("6.1.27.13", path, words));
            }
        }
    }
    found
}

/// Products stand together below one branch of a name, or in the list that has no branches.
fn family(placed: &Placed<'_>) -> String {
    let names: Vec<_> = placed.way.iter().map(|one| (one.category, &one.name)).collect();
    let end = names.iter().rposition(|(category, _)| *category == BranchCategory::ProductName);
    let kept = end.map_or(names.len().saturating_sub(1), |end| end + 1);
    format!("{:?}", names.get(..kept).unwrap_or_default())
}

/// 6.1.27.14 to 6.1.27.19: a document that was withdrawn or replaced says why, and says nothing else.
fn replaced(document: &Document) -> Vec<Problem> {
    let about = &document.document;
    let english = about.lang.as_ref().is_none_or(|lang| lang.to_lowercase().starts_with("en"));
    let described = about.notes.iter().any(|note| note.category == NoteCategory::Description);
    let history = about.tracking.revision_history.len() > 1;
    let superseded = about.category == "csaf_superseded";
    let mut found = [
        no_vulnerabilities(document),
        asked("6.1.27.14", "/document/notes", described, "The profile asks for a description."),
        asked(
            "6.1.27.15",
            "/product_tree",
            document.product_tree.is_none(),
            "The profile has no products.",
        ),
        asked(
            "6.1.27.16",
            "/document/tracking/revision_history",
            history,
            "There was an earlier version.",
        ),
    ]
    .concat();
    if superseded {
        found.extend(referred(document));
    }
    if english {
        found.extend(reasoned(about, superseded));
    }
    found
}

fn reasoned(about: &document::About, superseded: bool) -> Vec<Problem> {
    let (test, title) = if superseded {
        ("6.1.27.18", "Reasoning for Supersession")
    } else {
        ("6.1.27.17", "Reasoning for Withdrawal")
    };
    let notes = about.notes.iter().filter(|note| note.title.as_deref() == Some(title));
    let categories: Vec<_> = notes.map(|note| note.category).collect();
    let kept = categories == [NoteCategory::Description];
    let mut found = asked(test, "/document/notes", kept, "The reason is missing.");
    if superseded {
        let new =
            about.references.iter().filter(|one| one.summary.starts_with("Superseding Document"));
        let new: Vec<_> = new.map(|one| one.category).collect();
        let kept = !new.is_empty()
            && new.iter().all(|category| *category == Some(ReferenceCategory::External));
        let words = "The document that stands in its place is missing.";
        found.extend(asked("6.1.27.19", "/document/references", kept, words));
    }
    found
}
