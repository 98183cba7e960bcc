//! Names and words: weaknesses, languages, package URLs, categories, numbers that stand twice.

use std::collections::BTreeSet;

use super::{Problem, vulnerabilities};
use crate::csaf::document::PublisherCategory;
use crate::csaf::names::names_a_package;
use crate::csaf::tree::{Hashes, ProductTree};
use crate::csaf::vulnerability::Weakness;
use crate::csaf::{Document, Version};
use crate::cwe;

/// 6.1.11: a weakness that the list does not know by this name.
pub(super) fn weakness(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, vulnerability) in vulnerabilities(document) {
        let weaknesses = vulnerability.cwe.iter().chain(&vulnerability.cwes);
        for one in weaknesses.filter(|one| !is_weakness(one)) {
            let words = format!("The weakness {} is not known by this name.", one.id);
            found.push(Problem::new("6.1.11", format!("{path}/cwe"), words));
        }
    }
    found
}

/// In 2.0 a name may be of any list; in 2.1 it is of the one that is told. A list that is newer than ours may hold anything.
fn is_weakness(one: &Weakness) -> bool {
    let name = one.name.trim();
    match one.version.as_deref() {
        None => cwe::was_called(&one.id, name),
        Some(version) if cwe::is_version(version) => cwe::name_in(&one.id, version) == Some(name),
        Some(_) => cwe::is_id(&one.id),
    }
}

/// The languages of ISO 639-1, two letters each.
const LANGUAGES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik in io is it iu iw ja ji jv jw ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mo mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu";

/// 6.1.12: a language of two letters that is none. Longer names are not looked up.
pub(super) fn language(document: &Document) -> Vec<Problem> {
    let about = &document.document;
    let mut found = vec![];
    for (key, language) in [("lang", &about.lang), ("source_lang", &about.source_lang)] {
        let Some(language) = language else { continue };
        let first = language.split('-').next().unwrap_or_default().to_lowercase();
        if first.len() == 2 && !LANGUAGES.split(' ').any(|known| known == first) {
            let words = format!("{language} is no language.");
            found.push(Problem::new("6.1.12", format!("/document/{key}"), words));
        }
    }
    found
}

/// Every package URL of a tree, with the pointer to its product.
fn package_urls(tree: &ProductTree) -> Vec<(String, Vec<&String>)> {
    let products = tree.products().into_iter();
    products
        .filter_map(|placed| {
            let helper = placed.product.product_identification_helper.as_ref()?;
            Some((placed.path, helper.purl.iter().chain(&helper.purls).collect()))
        })
        .collect()
}

/// 6.1.13: a package URL that names no package.
pub(super) fn package_url(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, urls) in document.product_tree.iter().flat_map(package_urls) {
        for url in urls.into_iter().filter(|url| !names_a_package(url)) {
            let path = format!("{path}/product_identification_helper");
            found.push(Problem::new("6.1.13", path, format!("{url} names no package.")));
        }
    }
    found
}

/// 6.1.42: package URLs of one product that differ in more than their qualifiers.
pub(super) fn package_urls_of_one_product(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, urls) in document.product_tree.iter().flat_map(package_urls) {
        let bases: BTreeSet<_> =
            urls.iter().filter_map(|url| url.split(['?', '#']).next()).collect();
        if bases.len() > 1 {
            let path = format!("{path}/product_identification_helper/purls");
            let words = "The package URLs of one product may differ in their qualifiers alone.";
            found.push(Problem::new("6.1.42", path, words));
        }
    }
    found
}

/// 6.1.15: a translation that does not say from which language.
pub(super) fn translator(document: &Document) -> Vec<Problem> {
    let about = &document.document;
    let broken =
        about.publisher.category == PublisherCategory::Translator && about.source_lang.is_none();
    let words = "A translator has to say from which language.";
    if broken { vec![Problem::new("6.1.15", "/document/source_lang", words)] } else { vec![] }
}

/// 6.1.28: a translation into the language that it is from.
pub(super) fn translation(document: &Document) -> Vec<Problem> {
    let about = &document.document;
    let broken = about.lang.is_some() && about.lang == about.source_lang;
    let words = "The document is a translation into its own language.";
    if broken { vec![Problem::new("6.1.28", "/document/lang", words)] } else { vec![] }
}

/// 6.1.23: two vulnerabilities with one number.
pub(super) fn cve_twice(document: &Document) -> Vec<Problem> {
    let mut seen = BTreeSet::new();
    let mut found = vec![];
    for (path, vulnerability) in vulnerabilities(document) {
        let Some(cve) = &vulnerability.cve else { continue };
        if !seen.insert(cve) {
            found.push(Problem::new(
                "6.1.23",
                format!("{path}/cve"),
                format!("{cve} stands twice."),
            ));
        }
    }
    found
}

/// 6.1.24: one party at one date, told twice.
pub(super) fn involved_twice(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, vulnerability) in vulnerabilities(document) {
        let mut seen = BTreeSet::new();
        for (index, one) in vulnerability.involvements.iter().enumerate() {
            let products = (&one.product_ids, &one.group_ids);
            if !seen.insert((one.party, &one.date, products)) {
                let path = format!("{path}/involvements/{index}");
                let words = "The same party is named twice with the same date.";
                found.push(Problem::new("6.1.24", path, words));
            }
        }
    }
    found
}

/// 6.1.25: two digests of one file by one algorithm.
pub(super) fn hash_twice(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    let products = document.product_tree.iter().flat_map(ProductTree::products);
    for placed in products {
        let Some(helper) = &placed.product.product_identification_helper else { continue };
        for (index, hashes) in helper.hashes.iter().enumerate().filter(|(_, one)| is_twice(one)) {
            let path = format!("{}/product_identification_helper/hashes/{index}", placed.path);
            let words = format!("{} has two digests by one algorithm.", hashes.filename);
            found.push(Problem::new("6.1.25", path, words));
        }
    }
    found
}

fn is_twice(hashes: &Hashes) -> bool {
    let mut seen = BTreeSet::new();
    !hashes.file_hashes.iter().all(|hash| seen.insert(&hash.algorithm))
}

/// The profiles of each version.
fn profiles(version: Version) -> &'static [&'static str] {
    match version {
        Version::V2_0 => &[
            "csaf_base",
            "csaf_security_incident_response",
            "csaf_informational_advisory",
            "csaf_security_advisory",
            "csaf_vex",
        ],
        Version::V2_1 => &[
            "csaf_base",
            "csaf_security_incident_response",
            "csaf_informational_advisory",
            "csaf_security_advisory",
            "csaf_vex",
            "csaf_deprecated_security_advisory",
            "csaf_withdrawn",
            "csaf_superseded",
        ],
    }
}

/// 6.1.26: a kind of document whose name is too near to a profile.
pub(super) fn category(document: &Document) -> Vec<Problem> {
    let category = &document.document.category;
    let profiles = profiles(document.version());
    if profiles.contains(&category.as_str()) {
        return vec![];
    }
    let bare = |text: &str| -> String {
        text.to_lowercase().chars().filter(|letter| letter.is_alphanumeric()).collect()
    };
    let ours = bare(category);
    let close = profiles
        .iter()
        .skip(1)
        .any(|profile| ours == bare(profile) || ours == bare(profile.trim_start_matches("csaf_")));
    let reserved = category.to_lowercase().starts_with("csaf_") || ours == "csafbase";
    if close || reserved {
        let words = format!("{category} may be mistaken for a profile of the standard.");
        return vec![Problem::new("6.1.26", "/document/category", words)];
    }
    vec![]
}
