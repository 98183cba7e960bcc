//! Branches: versions and ranges of versions in their places, not too deep, not twice the same kind.

use super::Problem;
use crate::csaf::Document;
use crate::csaf::tree::{Branch, BranchCategory, ProductTree};

/// Every branch, with the pointer to it and the branches above it.
fn branches(document: &Document) -> Vec<(String, Vec<&Branch>)> {
    fn walk<'a>(
        below: &'a [Branch],
        path: &str,
        way: &mut Vec<&'a Branch>,
        found: &mut Vec<(String, Vec<&'a Branch>)>,
    ) {
        for (index, branch) in below.iter().enumerate() {
            let path = format!("{path}/branches/{index}");
            way.push(branch);
            found.push((path.clone(), way.clone()));
            walk(&branch.branches, &path, way, found);
            way.pop();
        }
    }
    let mut found = vec![];
    if let Some(tree) = &document.product_tree {
        walk(&tree.branches, "/product_tree", &mut vec![], &mut found);
    }
    found
}

fn broken(
    document: &Document,
    test: &'static str,
    words: &str,
    is_broken: impl Fn(&Branch, &[&Branch]) -> bool,
) -> Vec<Problem> {
    let mut found = vec![];
    for (path, way) in branches(document) {
        if let Some((branch, above)) = way.split_last()
            && is_broken(branch, above)
        {
            found.push(Problem::new(test, path, words));
        }
    }
    found
}

/// Words and signs of a range; the words count as words, the signs anywhere (6.1.31).
const RANGE_SIGNS: [&str; 2] = ["<", ">"];
const RANGE_WORDS: [&str; 7] = ["after", "all", "before", "earlier", "later", "prior", "versions"];

/// 6.1.31: a range in the place of a version.
pub(super) fn range_as_version(document: &Document) -> Vec<Problem> {
    let words = "A range of versions stands where one version belongs.";
    broken(document, "6.1.31", words, |branch, _| {
        let name = branch.name.to_lowercase();
        branch.category == BranchCategory::ProductVersion
            && (RANGE_SIGNS.iter().any(|sign| name.contains(sign))
                || name
                    .split(|sign: char| !sign.is_alphanumeric() && sign != '-')
                    .any(|word| RANGE_WORDS.contains(&word)))
    })
}

/// 6.1.34: more than thirty branches above one another.
pub(super) fn too_deep(document: &Document) -> Vec<Problem> {
    let words = "At most thirty branches may stand above one another.";
    broken(document, "6.1.34", words, |_, above| above.len() == 30)
}

/// 6.1.43, 6.1.44 and 6.1.61: several stars in the number of a model, a device or an article.
pub(super) fn stars(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for placed in document.product_tree.iter().flat_map(ProductTree::products) {
        let Some(helper) = &placed.product.product_identification_helper else { continue };
        for (test, key, numbers) in [
            ("6.1.43", "model_numbers", &helper.model_numbers),
            ("6.1.44", "serial_numbers", &helper.serial_numbers),
            ("6.1.61", "skus", &helper.skus),
        ] {
            for (index, number) in numbers.iter().enumerate().filter(|(_, one)| stars_in(one) > 1) {
                let path = format!("{}/product_identification_helper/{key}/{index}", placed.path);
                found.push(Problem::new(test, path, format!("{number} has several stars.")));
            }
        }
    }
    found
}

/// How many stars there are that are not escaped.
fn stars_in(number: &str) -> usize {
    let mut escaped = false;
    let mut stars = 0;
    for letter in number.chars() {
        stars += usize::from(letter == '*' && !escaped);
        escaped = letter == '\\' && !escaped;
    }
    stars
}

/// 6.1.50 and 6.1.59: a range follows the grammar of `vers`, or of its forerunner without a scheme, and is no single version.
pub(super) fn range_rules(document: &Document) -> Vec<Problem> {
    let mut found = vec![];
    for (path, way) in branches(document) {
        let Some(branch) = way.last() else { continue };
        if branch.category != BranchCategory::ProductVersionRange {
            continue;
        }
        let schemed = branch.name.strip_prefix("vers:").and_then(|rest| rest.split_once('/'));
        let schemed = schemed.filter(|(scheme, _)| is_scheme(scheme));
        let list = schemed.map_or(branch.name.as_str(), |(_, list)| list);
        let everything = schemed.is_some() && list == "*";
        let of_all = schemed.is_some_and(|(scheme, _)| scheme == "all");
        if !everything && (of_all || !list.split('|').all(is_bound)) {
            let words = "The range does not follow the notation vers.";
            found.push(Problem::new("6.1.50", format!("{path}/name"), words));
        }
        if !list.contains(['<', '>', '*', '|', '!', ' ']) {
            let words = "A single version stands where a range belongs.";
            found.push(Problem::new("6.1.59", format!("{path}/name"), words));
        }
    }
    found
}

fn is_scheme(scheme: &str) -> bool {
    let fine = |letter: char| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || matches!(letter, '.' | '+' | '-')
    };
    scheme.starts_with(|letter: char| letter.is_ascii_lowercase()) && scheme.chars().all(fine)
}

/// A version with a sign of comparison before it, or without.
fn is_bound(part: &str) -> bool {
    let signs = ["<=", ">=", "!=", "<", ">", "="];
    let version = signs.iter().find_map(|sign| part.strip_prefix(sign)).unwrap_or(part);
    let fine =
        |letter: char| letter.is_ascii_graphic() && !matches!(letter, '<' | '>' | '=' | '!' | '*');
    !version.is_empty() && version.chars().all(fine)
}

/// 6.1.57: a branch below another of its own kind.
pub(super) fn stacked(document: &Document) -> Vec<Problem> {
    let words = "A branch stands below one of its own kind.";
    broken(document, "6.1.57", words, |branch, above| {
        branch.category != BranchCategory::ProductFamily
            && above.iter().any(|one| one.category == branch.category)
    })
}

/// 6.1.58: a version and a range of versions above one another.
pub(super) fn mixed(document: &Document) -> Vec<Problem> {
    use BranchCategory::{ProductVersion, ProductVersionRange};
    let words = "A version and a range of versions stand above one another.";
    broken(document, "6.1.58", words, |branch, above| {
        let has = |category| above.iter().any(|one| one.category == category);
        branch.category == ProductVersion && has(ProductVersionRange)
            || branch.category == ProductVersionRange && has(ProductVersion)
    })
}
