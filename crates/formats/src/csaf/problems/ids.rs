//! Is every product that is spoken of defined, once, and not by itself?

use std::collections::{BTreeMap, BTreeSet};

use super::{Problem, vulnerabilities};
use crate::csaf::Document;
use crate::csaf::vulnerability::{Statuses, Vulnerability};

/// Ids with the pointers to where they stand.
type Named<'a> = Vec<(String, &'a str)>;

fn put<'a>(named: &mut Named<'a>, path: &str, ids: &'a [String]) {
    named
        .extend(ids.iter().enumerate().map(|(index, id)| (format!("{path}/{index}"), id.as_str())));
}

/// 6.1.1: an id that nothing defines.
pub(super) fn missing(document: &Document) -> Vec<Problem> {
    let tree = document.product_tree.as_ref();
    let products = tree.map(crate::csaf::tree::ProductTree::products).unwrap_or_default();
    let defined: BTreeSet<&str> =
        products.iter().map(|placed| placed.product.product_id.as_str()).collect();
    let named = products_named(document).into_iter();
    named
        .filter(|(_, id)| !defined.contains(id))
        .map(|(path, id)| {
            Problem::new("6.1.1", path, format!("The product id {id} is not defined."))
        })
        .collect()
}

fn products_named(document: &Document) -> Named<'_> {
    let mut named = Named::new();
    if let Some(tree) = &document.product_tree {
        for (index, group) in tree.product_groups.iter().enumerate() {
            let path = format!("/product_tree/product_groups/{index}/product_ids");
            put(&mut named, &path, &group.product_ids);
        }
        for (index, one) in tree.relationships.iter().enumerate() {
            let path = format!("/product_tree/relationships/{index}");
            named.push((format!("{path}/product_reference"), &one.product_reference));
            let whole = &one.relates_to_product_reference;
            named.push((format!("{path}/relates_to_product_reference"), whole));
        }
        for (index, way) in tree.product_paths.iter().enumerate() {
            let path = format!("/product_tree/product_paths/{index}");
            let start = &way.beginning_product_reference;
            named.push((format!("{path}/beginning_product_reference"), start));
            for (step, subpath) in way.subpaths.iter().enumerate() {
                let path = format!("{path}/subpaths/{step}/next_product_reference");
                named.push((path, &subpath.next_product_reference));
            }
        }
    }
    for (index, note) in document.document.notes.iter().enumerate() {
        put(&mut named, &format!("/document/notes/{index}/product_ids"), &note.product_ids);
    }
    for (path, vulnerability) in vulnerabilities(document) {
        for (list, products, _) in lists(vulnerability) {
            put(&mut named, &format!("{path}/{list}"), products);
        }
        for (name, products) in vulnerability.product_status.iter().flat_map(Statuses::lists) {
            put(&mut named, &format!("{path}/product_status/{name}"), products);
        }
        for (index, score) in vulnerability.scores.iter().enumerate() {
            put(&mut named, &format!("{path}/scores/{index}/products"), &score.products);
        }
        for (index, metric) in vulnerability.metrics.iter().enumerate() {
            put(&mut named, &format!("{path}/metrics/{index}/products"), &metric.products);
        }
    }
    named
}

/// Everything of a vulnerability that names products and groups: where, the products, the groups.
fn lists(vulnerability: &Vulnerability) -> Vec<(String, &Vec<String>, &Vec<String>)> {
    macro_rules! of {
        ($($list:ident),*) => {{
            let mut found = vec![];
            $(for (index, one) in vulnerability.$list.iter().enumerate() {
                let path = format!("{}/{index}", stringify!($list));
                found.push((format!("{path}/product_ids"), &one.product_ids, &one.group_ids));
            })*
            found
        }};
    }
    of!(first_known_exploitation_dates, flags, ids, involvements, notes, remediations, threats)
}

/// 6.1.2: an id that two products have.
pub(super) fn defined_twice(document: &Document) -> Vec<Problem> {
    let Some(tree) = &document.product_tree else { return vec![] };
    let products = tree.products();
    let mut seen = BTreeSet::new();
    let again = products.iter().filter(|placed| !seen.insert(&placed.product.product_id));
    again
        .map(|placed| {
            let id = &placed.product.product_id;
            let path = format!("{}/product_id", placed.path);
            Problem::new("6.1.2", path, format!("The product id {id} is defined twice."))
        })
        .collect()
}

/// 6.1.3: a product that is made of itself.
pub(super) fn circular(document: &Document) -> Vec<Problem> {
    let Some(tree) = &document.product_tree else { return vec![] };
    let mut made_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for one in &tree.relationships {
        let parts = made_of.entry(&one.full_product_name.product_id).or_default();
        parts.extend([one.product_reference.as_str(), one.relates_to_product_reference.as_str()]);
    }
    for way in &tree.product_paths {
        let parts = made_of.entry(&way.full_product_name.product_id).or_default();
        parts.push(&way.beginning_product_reference);
        parts.extend(way.subpaths.iter().map(|step| step.next_product_reference.as_str()));
    }
    // Whatever is made only of things that are not made of others can be built, and then what is made of that; what remains is made of itself.
    let mut lacks: BTreeMap<&str, usize> = BTreeMap::new();
    let mut used_by: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (id, parts) in &made_of {
        let parts: BTreeSet<&str> =
            parts.iter().copied().filter(|part| made_of.contains_key(part)).collect();
        lacks.insert(id, parts.len());
        for part in parts {
            used_by.entry(part).or_default().push(id);
        }
    }
    let mut ready: Vec<&str> =
        lacks.iter().filter(|(_, lacks)| **lacks == 0).map(|(id, _)| *id).collect();
    while let Some(id) = ready.pop() {
        lacks.remove(id);
        for user in used_by.get(id).into_iter().flatten() {
            if let Some(left) = lacks.get_mut(user) {
                *left -= 1;
                if *left == 0 {
                    ready.push(user);
                }
            }
        }
    }
    let circular = lacks.into_keys();
    circular
        .map(|id| {
            Problem::new("6.1.3", "/product_tree", format!("The product {id} is made of itself."))
        })
        .collect()
}

/// 6.1.4: a group that nothing defines.
pub(super) fn missing_groups(document: &Document) -> Vec<Problem> {
    let groups = document.product_tree.iter().flat_map(|tree| &tree.product_groups);
    let defined: BTreeSet<&str> = groups.map(|group| group.group_id.as_str()).collect();
    let mut named = Named::new();
    for (index, note) in document.document.notes.iter().enumerate() {
        put(&mut named, &format!("/document/notes/{index}/group_ids"), &note.group_ids);
    }
    for (path, vulnerability) in vulnerabilities(document) {
        for (list, _, groups) in lists(vulnerability) {
            put(
                &mut named,
                &format!("{path}/{}", list.replace("product_ids", "group_ids")),
                groups,
            );
        }
    }
    let named = named.into_iter().filter(|(_, id)| !defined.contains(id));
    named
        .map(|(path, id)| Problem::new("6.1.4", path, format!("The group {id} is not defined.")))
        .collect()
}

/// 6.1.5: an id that two groups have.
pub(super) fn groups_defined_twice(document: &Document) -> Vec<Problem> {
    let Some(tree) = &document.product_tree else { return vec![] };
    let mut seen = BTreeSet::new();
    let groups = tree.product_groups.iter().enumerate();
    let again = groups.filter(|(_, group)| !seen.insert(&group.group_id));
    again
        .map(|(index, group)| {
            let path = format!("/product_tree/product_groups/{index}/group_id");
            Problem::new("6.1.5", path, format!("The group {} is defined twice.", group.group_id))
        })
        .collect()
}

/// The groups of a document by their ids.
pub(crate) struct Groups<'a>(BTreeMap<&'a str, &'a [String]>);

impl<'a> Groups<'a> {
    pub(crate) fn of(document: &'a Document) -> Self {
        let groups = document.product_tree.iter().flat_map(|tree| &tree.product_groups);
        Self(groups.map(|group| (group.group_id.as_str(), group.product_ids.as_slice())).collect())
    }

    /// The products of a list of products and groups.
    pub(crate) fn expanded(
        &self,
        products: &'a [String],
        groups: &'a [String],
    ) -> BTreeSet<&'a str> {
        let known = groups.iter().filter_map(|group| self.0.get(group.as_str()));
        let known = known.flat_map(|products| products.iter());
        products.iter().chain(known).map(String::as_str).collect()
    }

    /// How many products all references to groups come to.
    pub(crate) fn references(&self, document: &Document) -> usize {
        let lists = document.vulnerabilities.iter().flat_map(lists);
        let groups = lists.flat_map(|(_, _, groups)| groups);
        groups.filter_map(|group| self.0.get(group.as_str())).map(|products| products.len()).sum()
    }
}
