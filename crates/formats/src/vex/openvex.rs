//! OpenVEX documents of vendors, of version 0.2.0 and of the first ones, whose vulnerabilities and
//! products were plain texts.

use std::str::FromStr;

use domain::status::{Justification, ProductStatus};
use domain::version::Versions;

use super::place::Place;
use super::writing::{PRODUCT, VERSIONS};
use super::{Answer, Answers, MOST_VERSIONS, Product, justification, versions_of};
use crate::json::Unread;
use crate::purl::Purl;

pub(super) fn answers(document: &Place<'_>) -> Result<Vec<Answer>, Unread> {
    let author = document.text_at("author")?;
    let mut answers = Answers::of(document);
    for statement in document.list_at("statements")? {
        let status = status(&statement)?;
        let (vulnerability, aliases) = vulnerability(&statement.need("vulnerability")?)?;
        let said = Said::read(&statement)?;
        let vendor = statement.text_at("supplier")?.or_else(|| author.clone());
        let mut products = Vec::new();
        for place in statement.list_at("products")? {
            let (product, version) = product(&place)?;
            products.push((Some(product), version));
        }
        if products.is_empty() {
            products.push((None, None));
        }
        for (product, versions) in alike(products, &status, &said) {
            answers.add(Answer {
                vendor: vendor.clone(),
                product,
                versions,
                vulnerability: vulnerability.clone(),
                aliases: aliases.clone(),
                status: status.clone(),
                statement: said.words.clone(),
            })?;
        }
    }
    Ok(answers.given)
}

/// One answer for each product: its versions are those of its package URLs, or those that the
/// statement names.
fn alike(
    products: Vec<(Option<Product>, Option<String>)>,
    status: &ProductStatus,
    said: &Said,
) -> Vec<(Option<Product>, Versions)> {
    let mut answers: Vec<(Option<Product>, Versions)> = Vec::new();
    for (product, version) in products {
        let named = versions_of(status, version);
        // Statements name few products; looking back at the last one joins what belongs together.
        let joins = |(known, versions): &&mut (Option<Product>, Versions)| {
            *known == product && versions.affected.len() + versions.fixed.len() < MOST_VERSIONS
        };
        match answers.last_mut().filter(joins) {
            Some((_, versions)) => {
                versions.affected.extend(named.affected);
                versions.fixed.extend(named.fixed);
            }
            None => answers.push((product, named)),
        }
    }
    for (product, versions) in &mut answers {
        if let Some(told) = &said.versions {
            *versions = told.clone();
        }
        if let (Some(product), Some(name)) = (product, &said.product) {
            product.name = Some(name.clone());
        }
    }
    answers
}

fn status(statement: &Place<'_>) -> Result<ProductStatus, Unread> {
    let place = statement.need("status")?;
    let reason = statement.get("justification")?;
    Ok(match place.text()?.as_str() {
        "affected" => ProductStatus::Affected,
        "fixed" => ProductStatus::Fixed,
        "under_investigation" => ProductStatus::UnderInvestigation,
        "not_affected" => {
            ProductStatus::NotAffected { justification: reason.map(reason_of).transpose()? }
        }
        _ => {
            return Err(
                place.wrong("is none of not_affected, affected, fixed and under_investigation")
            );
        }
    })
}

fn reason_of(place: Place<'_>) -> Result<Justification, Unread> {
    let word = place.text()?;
    let mut known = Justification::ALL.iter().copied();
    known
        .find(|reason| justification(*reason) == word)
        .ok_or_else(|| place.wrong("is no justification of OpenVEX"))
}

fn vulnerability(place: &Place<'_>) -> Result<(String, Vec<String>), Unread> {
    if place.value.is_string() {
        return Ok((named(place, place.text()?)?, vec![]));
    }
    let name = match place.text_at("name")? {
        Some(name) => name,
        None => place.need("@id")?.text()?,
    };
    let aliases = place.list_at("aliases")?;
    let aliases = aliases.iter().map(Place::text).collect::<Result<_, _>>()?;
    Ok((named(place, name)?, aliases))
}

fn named(place: &Place<'_>, name: String) -> Result<String, Unread> {
    if name.is_empty() { Err(place.wrong("names no vulnerability")) } else { Ok(name) }
}

fn product(place: &Place<'_>) -> Result<(Product, Option<String>), Unread> {
    let (id, purl, cpe) = if place.value.is_string() {
        (Some(place.text()?), None, None)
    } else {
        let identifiers = place.get("identifiers")?;
        let one = |key: &str| match &identifiers {
            Some(identifiers) => identifiers.text_at(key),
            None => Ok(None),
        };
        // The schema and the text of the specification write these keys differently.
        let cpe = one("@cpe23")?.map_or_else(|| one("cpe23"), |cpe| Ok(Some(cpe)))?;
        (place.text_at("@id")?, one("purl")?, cpe)
    };
    if id.is_none() && purl.is_none() && cpe.is_none() {
        return Err(place.wrong("names no product by @id, purl or CPE"));
    }
    let by_id = id.as_deref().and_then(Purl::parse);
    let package = purl.as_deref().and_then(Purl::parse).or_else(|| by_id.clone());
    let name = id.filter(|_| by_id.is_none());
    let version = package.as_ref().and_then(|package| package.version.clone());
    let purl = package.map(|package| package.any()).or(purl);
    Ok((Product { name, purl, cpe }, version))
}

/// What a statement says beyond its keys. The lines that our own writer begins with name the product
/// and the versions.
struct Said {
    product: Option<String>,
    versions: Option<Versions>,
    words: Option<String>,
}

impl Said {
    fn read(statement: &Place<'_>) -> Result<Self, Unread> {
        let notes = statement.text_at("status_notes")?.unwrap_or_default();
        let (product, notes) = first_line(&notes, PRODUCT)
            .map_or((None, &*notes), |(name, rest)| (Some(name.to_owned()), rest));
        let read = first_line(notes, VERSIONS)
            .and_then(|(line, rest)| Some((Versions::from_str(line).ok()?, rest)));
        let (versions, notes) =
            read.map_or((None, notes), |(versions, rest)| (Some(versions), rest));
        let mut parts: Vec<String> =
            [notes].into_iter().filter(|notes| !notes.is_empty()).map(str::to_owned).collect();
        for key in ["impact_statement", "action_statement"] {
            parts.extend(statement.text_at(key)?.filter(|text| !parts.contains(text)));
        }
        let words = (!parts.is_empty()).then(|| parts.join("\n\n"));
        Ok(Self { product, versions, words })
    }
}

/// What stands behind the prefix in the first line, and the lines after it.
fn first_line<'a>(notes: &'a str, prefix: &str) -> Option<(&'a str, &'a str)> {
    let rest = notes.strip_prefix(prefix)?;
    let (line, rest) = rest.split_once('\n').unwrap_or((rest, ""));
    Some((line.trim(), rest.trim()))
}
