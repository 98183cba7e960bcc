//! CycloneDX documents of vendors: `vulnerabilities[]` with their `analysis`, about the components
//! that the document lists.

use std::collections::HashMap;

use domain::status::{Justification, ProductStatus};
use domain::version::{VersionRange, Versions};

use super::place::Place;
use super::{Answer, Answers, LONGEST_VERSION, MOST_VERSIONS, Product, vers, versions_of};
use crate::json::Unread;
use crate::purl::Purl;

type Components = HashMap<String, (Product, Option<String>)>;

pub(super) fn answers(document: &Place<'_>) -> Result<Vec<Answer>, Unread> {
    let mut components = Components::new();
    let metadata = document.get("metadata")?;
    let own = metadata.as_ref().map(|place| place.get("component")).transpose()?.flatten();
    let whole = own.as_ref().map(component).transpose()?;
    if let Some(own) = &own {
        collect(own, &mut components)?;
    }
    for place in document.list_at("components")? {
        collect(&place, &mut components)?;
    }
    let vendor = vendor(metadata.as_ref(), own.as_ref())?;
    let mut answers = Answers::of(document);
    for place in document.list_at("vulnerabilities")? {
        // One without an analysis is a finding and no answer.
        let Some(analysis) = place.get("analysis")? else { continue };
        let said = Said::read(&place, &analysis)?;
        let affects = place.list_at("affects")?;
        if affects.is_empty() {
            answers.add(said.answer(vendor.clone(), whole.clone(), None))?;
        }
        for affected in affects {
            let reference = affected.need("ref")?.text()?;
            let product =
                components.get(&reference).cloned().unwrap_or_else(|| outside(&reference));
            let listed = listed(&affected, &said.status)?;
            answers.add(said.answer(vendor.clone(), Some(product), listed))?;
        }
    }
    Ok(answers.given)
}

struct Said {
    vulnerability: String,
    aliases: Vec<String>,
    status: ProductStatus,
    statement: Option<String>,
}

impl Said {
    fn read(place: &Place<'_>, analysis: &Place<'_>) -> Result<Self, Unread> {
        let id = place.need("id")?;
        let vulnerability = id.text()?;
        if vulnerability.is_empty() {
            return Err(id.wrong("names no vulnerability"));
        }
        let mut aliases = Vec::new();
        for reference in place.list_at("references")? {
            aliases.extend(reference.text_at("id")?.filter(|id| *id != vulnerability));
        }
        let (status, reason) = status(analysis)?;
        let parts = [reason, analysis.text_at("detail")?, place.text_at("recommendation")?];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let statement = (!parts.is_empty()).then(|| parts.join("\n\n"));
        Ok(Self { vulnerability, aliases, status, statement })
    }

    fn answer(
        &self,
        vendor: Option<String>,
        product: Option<(Product, Option<String>)>,
        listed: Option<Versions>,
    ) -> Answer {
        let (product, version) = product.unzip();
        let versions = listed.unwrap_or_else(|| versions_of(&self.status, version.flatten()));
        Answer {
            vendor,
            product,
            versions,
            vulnerability: self.vulnerability.clone(),
            aliases: self.aliases.clone(),
            status: self.status.clone(),
            statement: self.statement.clone(),
        }
    }
}

/// The status, and in words the reason that our list of reasons does not have.
fn status(analysis: &Place<'_>) -> Result<(ProductStatus, Option<String>), Unread> {
    let place = analysis.need("state")?;
    let mut will_not_fix = false;
    for response in analysis.list_at("response")? {
        will_not_fix |= matches!(response.text()?.as_str(), "will_not_fix" | "can_not_fix");
    }
    let status = match place.text()?.as_str() {
        "resolved" | "resolved_with_pedigree" => ProductStatus::Fixed,
        "exploitable" if will_not_fix => ProductStatus::WillNotFix,
        "exploitable" => ProductStatus::Affected,
        "in_triage" => ProductStatus::UnderInvestigation,
        "false_positive" | "not_affected" => {
            let reason = analysis.get("justification")?.map(reason_of).transpose()?;
            let (justification, words) = reason.unwrap_or((None, None));
            return Ok((ProductStatus::NotAffected { justification }, words));
        }
        _ => return Err(place.wrong("is no state of an analysis in CycloneDX")),
    };
    Ok((status, None))
}

/// Reasons that rest on how a product is set up are no reason of the product's: they are kept in
/// words.
fn reason_of(place: Place<'_>) -> Result<(Option<Justification>, Option<String>), Unread> {
    let word = place.text()?;
    let known = match word.as_str() {
        "code_not_present" => Justification::VulnerableCodeNotPresent,
        "code_not_reachable" => Justification::VulnerableCodeNotInExecutePath,
        "protected_by_compiler"
        | "protected_at_runtime"
        | "protected_at_perimeter"
        | "protected_by_mitigating_control" => Justification::InlineMitigationsExist,
        "requires_configuration" | "requires_dependency" | "requires_environment" => {
            let what = word.trim_start_matches("requires_");
            return Ok((None, Some(format!("Only exploitable with a certain {what}."))));
        }
        _ => return Err(place.wrong("is no justification of CycloneDX")),
    };
    Ok((Some(known), None))
}

/// The versions that `affects` lists; those that are unaffected carry the fix.
fn listed(affected: &Place<'_>, status: &ProductStatus) -> Result<Option<Versions>, Unread> {
    let mut found = Versions::default();
    for place in affected.list_at("versions")? {
        let kind = place.text_at("status")?;
        let runs = match (place.text_at("version")?, place.get("range")?) {
            (Some(version), _) if version.len() > LONGEST_VERSION => {
                return Err(place.wrong("names a version that is too long for one"));
            }
            (Some(version), _) => vec![VersionRange::Only { version }],
            (None, Some(range)) => vers::runs(&range.text()?)
                .ok_or_else(|| range.wrong("is no range of versions that can be read"))?,
            (None, None) => return Err(place.wrong("names neither a version nor a range")),
        };
        let mended = match kind.as_deref() {
            Some("unaffected") => !matches!(status, ProductStatus::NotAffected { .. }),
            Some("affected" | "unknown") | None => false,
            Some(_) => return Err(place.wrong("has a status that CycloneDX does not know")),
        };
        for run in runs {
            match run {
                VersionRange::Only { version } if mended => found.fixed.push(version),
                // A run of mended versions begins with the fix.
                VersionRange::Between { from: Some(from), .. } if mended => found.fixed.push(from),
                _ if mended => {}
                run => found.affected.push(run),
            }
        }
    }
    if found.affected.len() + found.fixed.len() > MOST_VERSIONS {
        return Err(affected.wrong(&format!("names more than {MOST_VERSIONS} versions")));
    }
    Ok((!found.is_empty()).then_some(found))
}

fn vendor(metadata: Option<&Place<'_>>, own: Option<&Place<'_>>) -> Result<Option<String>, Unread> {
    for place in metadata.into_iter().chain(own) {
        for key in ["supplier", "manufacturer", "manufacture"] {
            if let Some(who) = place.get(key)?
                && let Some(name) = who.text_at("name")?
            {
                return Ok(Some(name));
            }
        }
    }
    Ok(None)
}

/// A component and those within it, by their reference.
fn collect(place: &Place<'_>, components: &mut Components) -> Result<(), Unread> {
    if let Some(reference) = place.text_at("bom-ref")? {
        components.insert(reference, component(place)?);
    }
    // JSON that is nested too deeply was refused before.
    for inner in place.list_at("components")? {
        collect(&inner, components)?;
    }
    Ok(())
}

fn component(place: &Place<'_>) -> Result<(Product, Option<String>), Unread> {
    let purl = place.text_at("purl")?;
    let package = purl.as_deref().and_then(Purl::parse);
    let version = place.text_at("version")?;
    let version = version.or_else(|| package.as_ref().and_then(|one| one.version.clone()));
    let group = place.text_at("group")?;
    let name = place.text_at("name")?.map(|name| match group {
        Some(group) => format!("{group}/{name}"),
        None => name,
    });
    let purl = package.map(|package| package.any()).or(purl);
    Ok((Product { name, purl, cpe: place.text_at("cpe")? }, version))
}

/// A component of another document: all that is known is how it is called there.
fn outside(reference: &str) -> (Product, Option<String>) {
    let within = reference.rsplit_once('#').map_or(reference, |(_, within)| within);
    let package = Purl::parse(within);
    let version = package.as_ref().and_then(|package| package.version.clone());
    let product = match package {
        Some(package) => Product { purl: Some(package.any()), ..Product::default() },
        None => Product { name: Some(reference.to_owned()), ..Product::default() },
    };
    (product, version)
}
