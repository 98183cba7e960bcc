//! What a document says, put beside what is known of a case: lines that can be taken over as they
//! are, lines that may be, and what has no place here, each with the reason. Pure.

use std::collections::{BTreeMap, BTreeSet};

use domain::status::ProductStatus;
use domain::version::Versions;
use domain::{ProductId, VulnerabilityId};
use formats::vex::{Answer, Given};
use formats::words::cut;
use store::{Product, normalised_name};

use super::{MOST_LINES, TakenLine};

/// How many things that were left out are told one by one, and how long a name of one may be.
const MOST_LEFT_OUT: usize = 50;
const LONGEST_NAME: usize = 100;

/// The longest statement that is made of a document, in characters.
const LONGEST_STATEMENT: usize = 20_000;

/// What a document says of a case.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    /// Its format, as people call it.
    pub format: &'static str,
    /// What it is about, where it says so.
    pub title: Option<String>,
    /// What may be taken over, in the order of the flaws.
    pub offers: Vec<Offer>,
    /// What has no place here, each thing once.
    pub left_out: Vec<LeftOut>,
    /// How many more things there were.
    pub more_left_out: usize,
    /// What it says in words of what may be taken over.
    pub statement: String,
    /// The web addresses it leads to, one a line.
    pub references: String,
    /// Rules of its standard that it breaks.
    pub broken: Vec<String>,
}

/// A line that may be taken over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The line.
    pub line: TakenLine,
    /// The flaw, as it is called.
    pub flaw: String,
    /// The product by its name; absent for all of them.
    pub product: Option<String>,
    /// Why somebody should look before it is taken over.
    pub doubt: Option<String>,
    /// What of the document is not in the line, a sentence each.
    pub lost: Vec<String>,
    /// Whether it stands already.
    pub stands: bool,
}

/// Something that has no place in the case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// What.
    pub what: String,
    /// Why.
    pub why: &'static str,
}

/// A flaw of the case and the names it goes by, in capitals.
pub(super) struct Flaw {
    pub(super) id: VulnerabilityId,
    pub(super) label: String,
    pub(super) names: Vec<String>,
}

/// What a vendor said so far: the status and the line of versions.
pub(super) type Standing = BTreeMap<(VulnerabilityId, Option<ProductId>), (ProductStatus, String)>;

/// Of whom and of what a document may speak.
pub(super) struct Subject {
    pub(super) vendor: String,
    pub(super) flaws: Vec<Flaw>,
    pub(super) products: Vec<Product>,
    pub(super) standing: Standing,
}

const NOT_IN_CASE: &str = "It is not in this case.";
const OTHER_VENDOR: &str = "It is said of another vendor.";
const SAYS_NOTHING: &str = "The document says that nothing is known.";
const TOO_MANY: &str = "There are too many lines for one step.";

/// A flaw by its place, and a product by its place or a product that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Of {
    Every,
    One(usize),
    Stranger,
}

pub(super) fn understand(given: Given, subject: &Subject) -> Understood {
    let known = Known::of(subject);
    let mut found: BTreeMap<(usize, Of), Vec<&Answer>> = BTreeMap::new();
    let mut left_out = BTreeSet::new();
    for answer in &given.answers {
        match known.place(answer) {
            Ok(place) => found.entry(place).or_default().push(answer),
            Err(left) => {
                left_out.insert(left);
            }
        }
    }
    let statement = statement(subject, &found);
    let mut offers: Vec<_> =
        found.iter().filter_map(|(place, said)| offer(subject, *place, said)).collect();
    for beyond in offers.drain(MOST_LINES.min(offers.len())..) {
        let what = format!("{}, {}", beyond.flaw, beyond.product.unwrap_or_default());
        left_out.insert(LeftOut { what, why: TOO_MANY });
    }
    let more_left_out = left_out.len().saturating_sub(MOST_LEFT_OUT);
    Understood {
        format: given.format,
        title: given.title,
        offers,
        left_out: left_out.into_iter().take(MOST_LEFT_OUT).collect(),
        more_left_out,
        statement,
        references: given.references.join("\n"),
        broken: given.broken,
    }
}

/// The names of everything that a document may speak of.
struct Known {
    vendor: String,
    flaws: BTreeMap<String, usize>,
    products: BTreeMap<String, usize>,
}

impl Known {
    fn of(subject: &Subject) -> Self {
        let mut known = Self {
            vendor: normalised_name(&subject.vendor),
            flaws: BTreeMap::new(),
            products: BTreeMap::new(),
        };
        for (place, flaw) in subject.flaws.iter().enumerate() {
            known.flaws.extend(flaw.names.iter().map(|name| (name.clone(), place)));
        }
        for (place, product) in subject.products.iter().enumerate() {
            let Product { name, purl, cpe, .. } = product.clone();
            let named = formats::vex::Product { name: Some(name), purl, cpe };
            for key in named.keys() {
                known.products.entry(key).or_insert(place);
            }
        }
        known
    }

    /// Where an answer belongs, or why it has no place.
    fn place(&self, answer: &Answer) -> Result<(usize, Of), LeftOut> {
        let mut names = std::iter::once(&answer.vulnerability).chain(&answer.aliases);
        let flaw = names.find_map(|name| self.flaws.get(&name.trim().to_uppercase()));
        let left = |what: &str, why| LeftOut { what: shown(what), why };
        let flaw = *flaw.ok_or_else(|| left(&answer.vulnerability, NOT_IN_CASE))?;
        if answer.status == ProductStatus::Unknown {
            return Err(left(&answer.vulnerability, SAYS_NOTHING));
        }
        let of = match &answer.product {
            Some(product) => match product.keys().iter().find_map(|key| self.products.get(key)) {
                Some(known) => return Ok((flaw, Of::One(*known))),
                None => Of::Stranger,
            },
            None => Of::Every,
        };
        let vendor = answer.vendor.as_deref().unwrap_or_default();
        let named = normalised_name(vendor);
        if named.is_empty() || named.contains(&self.vendor) || self.vendor.contains(&named) {
            return Ok((flaw, of));
        }
        let product = answer.product.as_ref().map_or("all its products", |it| it.called());
        Err(left(&format!("{vendor}: {product}"), OTHER_VENDOR))
    }
}

fn shown(name: &str) -> String {
    let kept: String = name.chars().filter(|letter| !letter.is_control()).collect();
    let kept = cut(kept.trim(), LONGEST_NAME);
    if kept.is_empty() { "A vulnerability without a name".to_owned() } else { kept }
}

/// The line that answers of one flaw and one product come to.
fn offer(subject: &Subject, (flaw, of): (usize, Of), said: &[&Answer]) -> Option<Offer> {
    let flaw = subject.flaws.get(flaw)?;
    let product = match of {
        Of::One(product) => Some(subject.products.get(product)?),
        Of::Every | Of::Stranger => None,
    };
    let (status, versions, mut lost) = joined(said)?;
    let mut versions = written(&versions).unwrap_or_else(|| {
        lost.push("Its versions do not fit into a line.".to_owned());
        String::new()
    });
    let strangers = strangers(said);
    let doubt = (of == Of::Stranger).then(|| {
        if strangers.len() > 1 {
            versions.clear();
        }
        let are = if strangers.len() > 1 { "are" } else { "is" };
        format!(
            "The document speaks of {}, which {are} not on our list of products. Tick it if it may \
             be said of all products.",
            listed(&strangers)
        )
    });
    let line = TakenLine { flaw: flaw.id, product: product.map(|it| it.id), status, versions };
    let stands = subject.standing.get(&(line.flaw, line.product));
    let stands = stands
        .is_some_and(|(status, versions)| *status == line.status && *versions == line.versions);
    let product = product.map(|product| product.name.clone());
    Some(Offer { line, flaw: flaw.label.clone(), product, doubt, lost, stands })
}

/// One status for what may be several: a fix for what was affected is a fix; else the gravest stands,
/// and what else was said is told.
fn joined(said: &[&Answer]) -> Option<(ProductStatus, Versions, Vec<String>)> {
    let gravest = said.iter().map(|answer| &answer.status).max_by_key(|status| status.gravity())?;
    let fix = said.iter().find(|answer| answer.status == ProductStatus::Fixed);
    let status = match (gravest, fix) {
        (ProductStatus::Affected, Some(fix)) => &fix.status,
        (gravest, _) => gravest,
    };
    let joins = |answer: &&&Answer| match (status, &answer.status) {
        (
            ProductStatus::Fixed | ProductStatus::WillNotFix,
            ProductStatus::Affected | ProductStatus::Fixed,
        ) => true,
        (status, said) => status == said,
    };
    let mut versions = Versions::default();
    for answer in said.iter().filter(joins) {
        for range in &answer.versions.affected {
            if !versions.affected.contains(range) {
                versions.affected.push(range.clone());
            }
        }
        for fixed in &answer.versions.fixed {
            if !versions.fixed.contains(fixed) {
                versions.fixed.push(fixed.clone());
            }
        }
    }
    let others = said.iter().filter(|answer| !joins(answer)).map(|answer| {
        let versions = written(&answer.versions).unwrap_or_default();
        format!("“{}” {versions}", answer.status.label()).trim_end().to_owned()
    });
    let others: BTreeSet<_> = others.collect();
    let others: Vec<_> = others.into_iter().take(5).collect();
    let lost = format!("It also says {}; only the gravest status is kept.", others.join(", "));
    let lost = if others.is_empty() { vec![] } else { vec![lost] };
    Some((status.clone(), versions, lost))
}

/// Versions in one line, if they are the same when they are read again.
fn written(versions: &Versions) -> Option<String> {
    let line = versions.to_string().trim().to_owned();
    (line.parse().as_ref() == Ok(versions)).then_some(line)
}

fn strangers<'a>(said: &[&'a Answer]) -> Vec<&'a str> {
    let mut names: Vec<&str> = said
        .iter()
        .filter_map(|answer| answer.product.as_ref())
        .map(formats::vex::Product::called)
        .collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// A few names, and how many more there are.
fn listed(names: &[&str]) -> String {
    let few: Vec<_> = names.iter().take(3).map(|name| format!("“{}”", shown(name))).collect();
    match names.len() - few.len() {
        0 => few.join(", "),
        more => format!("{} and {more} more", few.join(", ")),
    }
}

/// What the document says in words, each thing once; of several flaws, of each under its name.
fn statement(subject: &Subject, found: &BTreeMap<(usize, Of), Vec<&Answer>>) -> String {
    let mut flaws: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for ((flaw, _), said) in found {
        for words in said.iter().filter_map(|answer| answer.statement.as_deref()) {
            let known = flaws.entry(*flaw).or_default();
            let words = words.trim();
            if !words.is_empty() && !known.contains(&words) && known.len() < MOST_LINES {
                known.push(words);
            }
        }
    }
    flaws.retain(|_, words| !words.is_empty());
    let several = flaws.len() > 1;
    let parts = flaws.into_iter().map(|(flaw, words)| {
        let label = subject.flaws.get(flaw).map_or("", |flaw| flaw.label.as_str());
        let words = words.join("\n\n");
        if several { format!("{label}: {words}") } else { words }
    });
    let whole: String = parts.collect::<Vec<_>>().join("\n\n");
    let kept = |letter: &char| !letter.is_control() || matches!(letter, '\n' | '\t');
    cut(&whole.chars().filter(kept).collect::<String>(), LONGEST_STATEMENT)
}

#[cfg(test)]
mod tests;
