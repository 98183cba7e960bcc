//! The revisions of a published note, and what changed between two of them (S103).

use std::fmt::Write as _;

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Redirect, Response};
use domain::Published;
use domain::note::PublishedVendor;
use serde::Deserialize;

use super::cached::{Freshness, for_everyone};
use super::{Moment, slug_of};
use crate::Failure;
use crate::actor::Visitor;
use crate::chrome::Page;
use crate::compare::{Compared, compared};

#[derive(Template)]
#[template(path = "public/history.html")]
struct HistoryPage {
    page: Page,
    number: String,
    slug: String,
    title: String,
    revisions: Vec<Listed>,
    between: Option<(u32, u32)>,
    parts: Vec<Compared>,
}

struct Listed {
    number: u32,
    at: Moment,
    before: Option<u32>,
}

/// Which two revisions are compared.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Between {
    from: Option<u32>,
    to: Option<u32>,
}

/// `GET /vuls/{slug}/history`
pub(crate) async fn history(
    visitor: Visitor,
    Path(typed): Path<String>,
    Query(asked): Query<Between>,
) -> Result<Response, Failure> {
    let slug = slug_of(&visitor, &typed).await?;
    if slug != typed {
        return Ok(Redirect::permanent(&format!("/vuls/{slug}/history")).into_response());
    }
    let door = visitor.public();
    let known = app::public::revisions(&door, slug.clone()).await?;
    let note = app::public::note(&door, slug.clone()).await?;
    let (between, parts) = match (asked.from, asked.to) {
        (Some(from), Some(to)) => {
            let before = app::public::revision(&door, slug.clone(), from).await?;
            let after = app::public::revision(&door, slug.clone(), to).await?;
            (Some((from, to)), compared(&parts_of(&before), &parts_of(&after)))
        }
        _ => (None, vec![]),
    };
    let listed = |(index, (number, at)): (usize, &(u32, domain::Timestamp))| Listed {
        number: *number,
        at: Moment::new(*at, visitor.now()),
        before: known.get(index + 1).map(|(before, _)| *before),
    };
    let template = HistoryPage {
        page: Page::of(&visitor, "/vuls/"),
        number: note.number().to_string(),
        title: note.title().to_owned(),
        revisions: known.iter().enumerate().map(listed).collect(),
        slug,
        between,
        parts,
    };
    Ok(for_everyone(&visitor, Freshness::AMinute, &template))
}

/// The words of a note, part by part as people read them.
fn parts_of(note: &Published) -> Vec<(String, String)> {
    let mut parts = vec![("Title".to_owned(), note.title().to_owned())];
    let sections = note.sections().iter();
    parts.extend(sections.map(|(section, words)| (section.label().to_owned(), words.clone())));
    for flaw in note.vulnerabilities() {
        let cve = flaw.cve.as_ref().map_or_else(|| "No CVE ID".to_owned(), ToString::to_string);
        let cwe = flaw.cwe.map(|number| format!("CWE-{number}")).unwrap_or_default();
        let called: Vec<_> = flaw.identifiers.iter().map(ToString::to_string).collect();
        let said = [cve, called.join(", "), cwe, flaw.description.clone()];
        let words = [said.as_slice(), flaw.vectors.as_slice()].concat();
        parts.push((format!("Vulnerability {}", flaw.ordinal), lines(words)));
    }
    parts.extend(note.vendors().iter().map(|them| (format!("Vendor: {}", them.name), said(them))));
    parts
}

fn said(vendor: &PublishedVendor) -> String {
    let mut words = String::new();
    for (ordinal, status) in &vendor.statuses {
        let _ = writeln!(words, "Vulnerability {ordinal}: {}", status.label());
    }
    for line in &vendor.lines {
        let product = line.product.as_ref().map_or("All products", |product| product.name.as_str());
        let _ = writeln!(words, "{product}: {} {}", line.status.label(), line.versions);
    }
    let texts = [&vendor.statement, &vendor.information, &vendor.addendum];
    let texts = texts.into_iter().flatten().chain(&vendor.references);
    lines(std::iter::once(words.trim_end().to_owned()).chain(texts.cloned()))
}

fn lines(words: impl IntoIterator<Item = String>) -> String {
    let words = words.into_iter().filter(|line| !line.is_empty());
    words.collect::<Vec<_>>().join("\n")
}
