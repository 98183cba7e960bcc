//! Serves our notes in the shapes of VINCE's public API, for programs that read VINCE (VINCE 2.2).
//! A note of ours fills the keys that VINCE fills for its own notes: the whole note is Markdown in `overview`, the keys of the CVSS v2 era are null.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Map, Value};

use super::{ServedNote, ServedStatus, ServedVendor, ServedVulnerability, VendorOfMonth};
use crate::public_note::{PublicNote, PublicVendor, PublicVulnerability, Section, VendorStatus};

/// What VINCE answers, with HTTP status 200, for a note that is not there (VINCE 2.2).
pub const NOT_HERE: &str = r#"{"error":"Content requested either does not exist or you do not have permissions to view it!"}"#;

/// The note as `/vuls/api/{id}/` serves it.
pub fn write(note: &PublicNote) -> Vec<u8> {
    served_note(note).to_json().into_bytes()
}

/// Notes as `/vuls/api/{yyyy}/{mm}/` serves them.
pub fn write_notes<'a>(notes: impl IntoIterator<Item = &'a PublicNote>) -> Vec<u8> {
    list(notes.into_iter().map(|note| served_note(note).to_json()))
}

/// The note's vulnerabilities as `/vuls/api/{id}/vuls/` serves them.
pub fn write_vulnerabilities(note: &PublicNote) -> Vec<u8> {
    let vulnerabilities = note.vulnerabilities.iter();
    list(vulnerabilities.map(|one| served_vulnerability(note, one).to_json()))
}

/// The note's vendors as `/vuls/api/{id}/vendors/` serves them.
pub fn write_vendors(note: &PublicNote) -> Vec<u8> {
    let vendors = note.vendors.iter();
    list(vendors.map(|vendor| served_vendor(note, vendor).to_json()))
}

/// Every vendor's status on every vulnerability as `/vuls/api/{id}/vendors/vuls/` serves them.
pub fn write_statuses(note: &PublicNote) -> Vec<u8> {
    list(statuses(note, None).map(|status| status.to_json()))
}

/// The note with one of its vulnerabilities as `/vuls/api/vuls/cve/{year}-{number}/` serves them; [`NOT_HERE`] if the note has no such CVE id.
pub fn write_cve(note: &PublicNote, cve: &str) -> Vec<u8> {
    let found = note.vulnerabilities.iter().find(|one| one.cve.as_deref() == Some(cve));
    let Some(one) = found else {
        return NOT_HERE.into();
    };
    let vendors: Vec<String> =
        statuses(note, Some(one.local)).map(|status| status.to_json()).collect();
    format!(
        r#"{{"vulnerability":{},"note":{},"vendors":[{}]}}"#,
        served_vulnerability(note, one).to_json(),
        served_note(note).to_json(),
        vendors.join(",")
    )
    .into_bytes()
}

/// Numbers of notes as `/vuls/api/{yyyy}/summary/` and `/vuls/api/{yyyy}/{mm}/summary/` serve them.
pub fn write_summary<'a>(notes: impl IntoIterator<Item = &'a PublicNote>) -> Vec<u8> {
    summary("notes", notes.into_iter().map(vuid).collect())
}

/// Names of vendors as `/vuls/api/vendors/{yyyy}/{mm}/summary/` serves them, one for each entry that [`write_vendors_of_month`] lists.
pub fn write_vendor_summary<'a>(notes: impl IntoIterator<Item = &'a PublicNote>) -> Vec<u8> {
    let vendors = notes.into_iter().flat_map(|note| &note.vendors);
    summary("vendors", vendors.map(|vendor| vendor.name.clone()).collect())
}

/// Vendors of a month's notes as `/vuls/api/vendors/{yyyy}/{mm}/` serves them.
pub fn write_vendors_of_month<'a>(notes: impl IntoIterator<Item = &'a PublicNote>) -> Vec<u8> {
    let vendors = notes.into_iter().flat_map(served_vendors_of_month);
    list(vendors.map(|vendor| vendor.to_json()))
}

/// The note's keys and values; those of the CVSS v2 era stay null (VINCE 2.2).
pub fn served_note(note: &PublicNote) -> ServedNote {
    let cves = note.vulnerabilities.iter().filter_map(|one| one.cve.clone());
    ServedNote {
        vuid: vuid(note),
        idnumber: note.number.clone(),
        name: note.title.clone(),
        overview: Some(whole_note(note)),
        public: note.references.iter().map(|line| line.trim_end().to_owned()).collect(),
        cveids: cves.collect(),
        datecreated: Some(instant(note.created_at.unwrap_or(note.first_published_at))),
        publicdate: Some(instant(note.public_at.unwrap_or(note.first_published_at))),
        datefirstpublished: Some(instant(note.first_published_at)),
        dateupdated: Some(instant(note.updated_at)),
        revision: note.revision,
        keywords: None,
        clean_desc: None,
        impact: None,
        resolution: None,
        workarounds: None,
        sysaffected: None,
        thanks: None,
        author: None,
        certadvisory: None,
        uscerttechnicalalert: None,
        vrda_d1_directreport: None,
        vrda_d1_population: None,
        vrda_d1_impact: None,
        cam_widelyknown: None,
        cam_exploitation: None,
        cam_internetinfrastructure: None,
        cam_population: None,
        cam_impact: None,
        cam_easeofexploitation: None,
        cam_attackeraccessrequired: None,
        cam_scorecurrent: None,
        cam_scorecurrentwidelyknown: None,
        cam_scorecurrentwidelyknownexploited: None,
        ipprotocol: None,
        cvss_accessvector: None,
        cvss_accesscomplexity: None,
        cvss_authentication: None,
        cvss_confidentialityimpact: None,
        cvss_integrityimpact: None,
        cvss_availabilityimpact: None,
        cvss_exploitablity: None,
        cvss_remediationlevel: None,
        cvss_reportconfidence: None,
        cvss_collateraldamagepotential: None,
        cvss_targetdistribution: None,
        cvss_securityrequirementscr: None,
        cvss_securityrequirementsir: None,
        cvss_securityrequirementsar: None,
        cvss_basescore: None,
        cvss_basevector: None,
        cvss_temporalscore: None,
        cvss_environmentalscore: None,
        cvss_environmentalvector: None,
        metric: None,
        vulnote: None,
        other: Map::new(),
    }
}

/// The note's vendors in the shape of a month's list.
pub fn served_vendors_of_month(note: &PublicNote) -> Vec<VendorOfMonth> {
    let row = |vendor: &PublicVendor| VendorOfMonth {
        vuid: vuid(note),
        idnumber: note.number.clone(),
        vendor: vendor.name.clone(),
        status: match vendor.overall() {
            VendorStatus::Affected => "Affected",
            // The public model says it with another word than the case (VINCE 3.1).
            VendorStatus::NotAffected => "Unaffected",
            VendorStatus::Unknown => "Unknown",
        }
        .to_owned(),
        statement: statement(vendor).unwrap_or_default(),
        vendorurls: vendor.references.join("\n"),
        addendum: vendor.addendum.clone().unwrap_or_default(),
        datenotified: vendor.contacted_at.map(instant).unwrap_or_default(),
        datelastupdated: instant(vendor.updated_at),
        other: Map::new(),
    };
    note.vendors.iter().map(row).collect()
}

fn served_vulnerability(note: &PublicNote, one: &PublicVulnerability) -> ServedVulnerability {
    ServedVulnerability {
        note: note.number.clone(),
        cve: one.cve.as_deref().map(|cve| cve.trim_start_matches("CVE-").to_owned()),
        description: one.description.clone(),
        uid: uid(note, one),
        case_increment: one.local.into(),
        date_added: instant(one.added_at),
        dateupdated: instant(one.updated_at),
        other: Map::new(),
    }
}

fn served_vendor(note: &PublicNote, vendor: &PublicVendor) -> ServedVendor {
    ServedVendor {
        note: note.number.clone(),
        contact_date: vendor.contacted_at.map(instant),
        vendor: vendor.name.clone(),
        references: (!vendor.references.is_empty()).then(|| vendor.references.join("\n")),
        statement: statement(vendor),
        dateupdated: instant(vendor.updated_at),
        statement_date: vendor.statement_at.map(instant),
        addendum: vendor.addendum.clone(),
        other: Map::new(),
    }
}

/// The statuses of all vendors, or only those on one vulnerability: what a vendor says of its
/// products is one row here.
fn statuses(note: &PublicNote, only: Option<u32>) -> impl Iterator<Item = ServedStatus> {
    let pairs = note
        .vendors
        .iter()
        .flat_map(|vendor| note.vulnerabilities.iter().map(move |one| (vendor, one)));
    pairs.filter(move |(_, one)| only.is_none_or(|only| only == one.local)).filter_map(
        |(vendor, one)| {
            let said = || vendor.statuses.iter().filter(|said| said.vulnerability == one.local);
            let first = said().next()?;
            let words: Vec<_> = said().filter_map(|said| said.statement.as_deref()).collect();
            Some(ServedStatus {
                vul: uid(note, one),
                vendor: vendor.name.clone(),
                status: match VendorStatus::overall(said().map(|said| (&said.status).into())) {
                    VendorStatus::Affected => "Affected",
                    VendorStatus::NotAffected => "Not Affected",
                    VendorStatus::Unknown => "Unknown",
                }
                .to_owned(),
                date_added: instant(
                    said().map(|said| said.added_at).min().unwrap_or(first.added_at),
                ),
                dateupdated: instant(
                    said().map(|said| said.updated_at).max().unwrap_or(first.updated_at),
                ),
                references: said()
                    .flat_map(|said| said.references.iter().map(String::as_str))
                    .collect::<Vec<_>>()
                    .join("\n"),
                statement: words.join("\n\n"),
                other: Map::new(),
            })
        },
    )
}

/// The whole note as Markdown, a heading for each section; the author signs without one.
fn whole_note(note: &PublicNote) -> String {
    let parts = note.sections.iter().map(|(section, text)| match section {
        Section::Author => text.clone(),
        Section::Overview
        | Section::Description
        | Section::Impact
        | Section::Solution
        | Section::Workarounds
        | Section::SystemsAffected
        | Section::Acknowledgements => format!("### {}\n\n{text}", section.heading()),
    });
    parts.collect::<Vec<_>>().join("\n\n")
}

/// The statement, and below it the information that only archived vendors have.
fn statement(vendor: &PublicVendor) -> Option<String> {
    let parts: Vec<&str> =
        [&vendor.statement, &vendor.information].into_iter().filter_map(Option::as_deref).collect();
    (!parts.is_empty()).then(|| parts.join("\n\n"))
}

fn vuid(note: &PublicNote) -> String {
    format!("VU#{}", note.number)
}

/// The CVE id, or the number of the note with the place in it (VINCE 3.2).
fn uid(note: &PublicNote, one: &PublicVulnerability) -> String {
    one.cve.clone().unwrap_or_else(|| format!("VU#{}.{}", note.number, one.local))
}

/// ISO 8601 in UTC, six digits of a second where it has a fraction (VINCE 2.0).
fn instant(at: Timestamp) -> String {
    let at = TimeZone::UTC.to_datetime(at);
    let micros = at.subsec_nanosecond() / 1000;
    let form = if micros == 0 { "%Y-%m-%dT%H:%M:%SZ" } else { "%Y-%m-%dT%H:%M:%S.%6fZ" };
    at.strftime(form).to_string()
}

fn list(objects: impl Iterator<Item = String>) -> Vec<u8> {
    format!("[{}]", objects.collect::<Vec<_>>().join(",")).into_bytes()
}

fn summary(key: &str, names: Vec<String>) -> Vec<u8> {
    format!(r#"{{"count":{},"{key}":{}}}"#, names.len(), Value::from(names)).into_bytes()
}
