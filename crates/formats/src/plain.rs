//! A note as plain text at 72 columns, for the signed mail and for whoever reads in a terminal.
//! The same note gives the same bytes. No control character comes through, so that no text can
//! command a terminal; the direction in which a script runs is left to the reader's program.

use jiff::Timestamp;

use crate::markdown;
use crate::public_note::{
    PublicNote, PublicStatus, PublicVendor, PublicVulnerability, Publisher, VendorStatus,
};
use crate::xml::one_line;

mod layout;

use layout::Page;

/// The longest line, in characters; a longer word or address is not cut.
pub const COLUMNS: usize = 72;

/// The note as plain text.
pub fn write(note: &PublicNote, publisher: &Publisher) -> String {
    let mut page = Page::new(COLUMNS);
    page.heading(&format!("{}: {}", publisher.number(note), one_line(&note.title)), '=');
    page.line(&publisher.page(note));
    page.paragraph(&dates(note));
    for (section, text) in &note.sections {
        page.heading(section.heading(), '-');
        page.markdown(text);
    }
    vulnerabilities(&mut page, note);
    vendors(&mut page, note);
    list(&mut page, "References", note.references.iter().map(|line| one_line(line)));
    list(&mut page, "Credit", note.credits.iter().map(|credit| one_line(&credit.name)));
    let timeline = note.timeline.iter();
    let timeline = timeline.map(|entry| format!("{} {}", day(entry.at), one_line(&entry.words)));
    list(&mut page, "Timeline", timeline);
    page.finish()
}

fn dates(note: &PublicNote) -> String {
    let first = minute(note.first_published_at);
    if note.updated_at <= note.first_published_at {
        return format!("Published {first}");
    }
    let last = minute(note.updated_at);
    format!("Published {first}, last changed {last} (revision {})", note.revision)
}

fn vulnerabilities(page: &mut Page, note: &PublicNote) {
    if note.vulnerabilities.is_empty() {
        return;
    }
    page.heading("Vulnerabilities", '-');
    for one in &note.vulnerabilities {
        page.paragraph(&vulnerability_line(one));
        page.indented("  ", "  ", |page| {
            if !one.identifiers.is_empty() {
                let called: Vec<_> = one.identifiers.iter().map(ToString::to_string).collect();
                page.paragraph(&format!("Also called {}", one_line(&called.join(", "))));
            }
            page.markdown(&one.description);
            for score in &one.scores {
                let base = score.base.map(|base| format!(" ({base:.1})")).unwrap_or_default();
                page.line(&format!("Score: {}{base}", one_line(&score.vector)));
            }
        });
    }
}

fn vulnerability_line(one: &PublicVulnerability) -> String {
    let cve = one.cve.as_deref().unwrap_or("no CVE ID yet");
    let weakness = one.cwe.as_ref().map(|cwe| format!(" ({})", one_line(cwe)));
    let weakness = weakness.unwrap_or_default();
    format!("{}. {}{weakness}", one.local, one_line(cve))
}

fn vendors(page: &mut Page, note: &PublicNote) {
    if note.vendors.is_empty() {
        return;
    }
    page.heading("Vendors", '-');
    for vendor in &note.vendors {
        page.indented("- ", "  ", |page| vendor_entry(page, note, vendor));
    }
}

fn vendor_entry(page: &mut Page, note: &PublicNote, vendor: &PublicVendor) {
    let told = vendor.contacted_at.map(|at| format!(", told {}", day(at))).unwrap_or_default();
    let status = match vendor.overall() {
        VendorStatus::Affected => "Affected",
        VendorStatus::NotAffected => "Not affected",
        VendorStatus::Unknown => "Unknown",
    };
    page.line(&format!("{}: {status}{told}", one_line(&vendor.name)));
    for status in vendor.statuses.iter().filter(|status| says_more(note, status)) {
        page.indented("- ", "  ", |page| page.line(&status_line(note, status)));
    }
    let words = [&vendor.statement, &vendor.information].into_iter().flatten();
    words.for_each(|words| page.indented("  ", "  ", |page| page.markdown(words)));
    for line in &vendor.references {
        page.indented("- ", "  ", |page| page.line(&one_line(line)));
    }
    if let Some(words) = &vendor.addendum {
        page.indented("  ", "  ", |page| {
            page.line("The coordinator adds:");
            page.markdown(words);
        });
    }
}

/// A single flaw without products or versions is told by the vendor's line already.
fn says_more(note: &PublicNote, status: &PublicStatus) -> bool {
    note.vulnerabilities.len() > 1 || status.product.is_some() || !status.versions.is_empty()
}

fn status_line(note: &PublicNote, status: &PublicStatus) -> String {
    let flaw = note.vulnerabilities.iter().find(|one| one.local == status.vulnerability);
    let flaw = flaw.and_then(|one| one.cve.clone());
    let flaw = flaw.unwrap_or_else(|| format!("vulnerability {}", status.vulnerability));
    let product = status.product.as_ref();
    let product = product.map(|product| format!(", {}", one_line(&product.name)));
    let versions = (!status.versions.is_empty()).then(|| format!(" {}", status.versions));
    let versions = one_line(&versions.unwrap_or_default());
    let space = if versions.is_empty() { "" } else { " " };
    let product = product.unwrap_or_default();
    format!("{}{product}{space}{versions}: {}", one_line(&flaw), status.status.label())
}

fn list(page: &mut Page, heading: &str, items: impl Iterator<Item = String>) {
    let mut items = items.peekable();
    if items.peek().is_none() {
        return;
    }
    page.heading(heading, '-');
    items.for_each(|item| page.indented("- ", "  ", |page| page.line(&item)));
}

fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}

#[cfg(test)]
mod tests;
