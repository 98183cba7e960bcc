//! All 3,053 notes of the archive, read from beside the project where they are present; nothing of them is in the project.

use std::{collections::BTreeMap, path::PathBuf, process::Command, time::Instant};

use crate::{
    html::{
        self,
        tests::{said, seen},
    },
    public_note::Section,
    vulnote::{reading::normal_cve, *},
};
use serde_json::Value;

/// The lines of the archive, or `None` and a word about it where it is missing.
pub(crate) fn lines() -> Option<Vec<String>> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared");
    let shared = std::env::var_os("OMBUD_SHARED").map_or(PathBuf::from(beside), PathBuf::from);
    let file = shared.join("data/vulnerability-notes.jsonl.xz");
    if !file.exists() {
        println!("skipped: the archive of notes is not beside the project (set OMBUD_SHARED)");
        return None;
    }
    let Ok(output) = Command::new("xz").args(["-dc"]).arg(&file).output() else {
        println!("skipped: the program xz, which opens the archive of notes, is missing");
        return None;
    };
    assert!(output.status.success(), "xz could not open the archive");
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), 3053);
    Some(lines)
}

#[test]
fn every_archived_note_comes_back_as_it_was() {
    let Some(lines) = lines() else { return };
    let start = Instant::now();
    let notes: Vec<Archived> =
        lines.iter().map(|line| Archived::parse(line.as_bytes()).unwrap()).collect();
    let parsed = start.elapsed();
    let readings: Vec<Reading> = notes.iter().map(Archived::reading).collect();
    println!(
        "parsed {} notes in {} ms, read them in {} ms more (unoptimised build)",
        readings.len(),
        parsed.as_millis(),
        start.elapsed().saturating_sub(parsed).as_millis()
    );
    for (line, note) in lines.iter().zip(&notes) {
        let original: Value = serde_json::from_str(line).unwrap();
        let again: Value = serde_json::from_str(&note.to_json()).unwrap();
        assert!(again == original, "{} came back changed", note.id);
        assert!(note.other.is_empty(), "{}", note.id);
    }
}

#[test]
fn no_word_of_the_archive_is_lost_on_the_way_to_markdown() {
    let Some(lines) = lines() else { return };
    let (mut texts, mut marked) = (0, 0);
    for line in lines {
        let note = Archived::parse(line.as_bytes()).unwrap();
        let own = Section::ALL.map(|section| note.section(section));
        let theirs = note.vendors.iter().flat_map(|vendor| {
            [&vendor.vendor_statement, &vendor.vendor_information, &vendor.addendum]
        });
        for text in own.into_iter().chain(theirs.map(String::as_str)).chain([note.title.as_str()]) {
            let markdown = html::to_markdown(text);
            assert_eq!(seen(&markdown), Ok(said(text)), "{}: {markdown}", note.id);
            texts += usize::from(!text.is_empty());
            marked += usize::from(html::has_tags(text));
        }
    }
    println!("{texts} texts kept every word; {marked} of them carry formatting tags");
    assert!(marked > 20);
}

#[test]
fn a_note_survives_the_way_to_our_shape_and_out_of_it() {
    let Some(lines) = lines() else { return };
    for line in lines {
        let reading = Archived::parse(line.as_bytes()).unwrap().reading();
        let note = reading.to_public_note().unwrap();
        let served = ServedNote::parse(&write(&note)).unwrap();
        let id = &reading.number;
        assert_eq!((&served.vuid, &served.name), (id, &reading.title));
        assert_eq!(served.cveids, reading.cves, "{id}");
        let words: Vec<_> = reading.references.iter().map(|reference| &reference.words).collect();
        assert_eq!(served.public.iter().collect::<Vec<_>>(), words, "{id}");
        assert_eq!(Some(served.revision), reading.revision, "{id}");
        for (date, said) in [
            (&served.datecreated, &reading.created_at),
            (&served.datefirstpublished, &reading.first_published_at),
            (&served.dateupdated, &reading.updated_at),
        ] {
            let date = date.as_ref().and_then(|date| date.parse().ok());
            assert_eq!(date, said.as_ref().map(|said| said.at), "{id}");
        }
        let told: String = reading
            .sections
            .iter()
            .map(|(section, text)| {
                let heading = if *section == Section::Author { "" } else { section.heading() };
                html::tests::squeezed(heading) + &said(text)
            })
            .collect();
        assert_eq!(seen(served.overview.as_deref().unwrap()), Ok(told), "{id}");

        let rows: Vec<Value> = serde_json::from_slice(&write_statuses(&note)).unwrap();
        assert_eq!(rows.len(), reading.vendors.len() * reading.cves.len().max(1), "{id}");
        let rows: Vec<Value> = serde_json::from_slice(&write_vendors(&note)).unwrap();
        for (row, vendor) in rows.iter().zip(&reading.vendors) {
            assert_eq!(row["vendor"], vendor.name.as_str());
            let instant = row["contact_date"].as_str().map(|date| date.parse().unwrap());
            assert_eq!(instant, vendor.notified_at.as_ref().map(|said| said.at));
        }
        assert_eq!(rows.len(), reading.vendors.len());
    }
}

/// What became of a value.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Fate {
    Read,
    LeftOut,
    Kept,
}

#[test]
fn every_value_of_the_archive_is_accounted_for() {
    let Some(lines) = lines() else { return };
    let mut fates: BTreeMap<(String, Fate), usize> = BTreeMap::new();
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    for line in lines {
        let raw: Value = serde_json::from_str(&line).unwrap();
        let reading = Archived::parse(line.as_bytes()).unwrap().reading();
        for (key, value) in raw.as_object().unwrap() {
            if key == "_vendors" {
                for (index, (record, vendor)) in
                    value.as_array().unwrap().iter().zip(&reading.vendors).enumerate()
                {
                    for (key, value) in
                        record.as_object().unwrap().iter().filter(|(_, value)| !is_empty(value))
                    {
                        let place = format!("_vendors[{index}].{key}");
                        let fate = vendor_fate(&place, key, value, &reading, vendor);
                        *fates.entry((format!("vendor {key}"), fate)).or_default() += 1;
                    }
                }
            } else if !is_empty(value) {
                *fates.entry((key.clone(), fate(key, value, &reading))).or_default() += 1;
            }
        }
        for left in &reading.left_out {
            let key = left.key.split('.').next_back().unwrap();
            *reasons.entry(format!("{key}: {}", left.why)).or_default() += 1;
        }
    }
    for ((key, fate), times) in &fates {
        println!("{times:6} {fate:?} {key}");
    }
    for (reason, times) in &reasons {
        println!("{times:6} left out, {reason}");
    }
    assert!(
        reasons.keys().all(|reason| !reason.contains("contradict") && !reason.contains("CVE id"))
    );
}

fn is_empty(value: &Value) -> bool {
    value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty)
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(texts) => texts.iter().map(|text| text.as_str().unwrap()).collect(),
        other => panic!("{other}"),
    }
}

fn fate(key: &str, value: &Value, reading: &Reading) -> Fate {
    let is_section =
        |section| reading.sections.contains(&(section, value.as_str().unwrap().to_owned()));
    let read = match key {
        "ID" => reading.number == texts(value)[0],
        "IDNumber" => reading.number == format!("VU#{}", texts(value)[0]),
        "Title" => reading.title == html::decode_entities(texts(value)[0]),
        "Overview" => is_section(Section::Overview),
        "Description" => is_section(Section::Description),
        "Impact" => is_section(Section::Impact),
        "Resolution" => is_section(Section::Solution),
        "Workarounds" => is_section(Section::Workarounds),
        "SystemsAffectedPreamble" => is_section(Section::SystemsAffected),
        "ThanksAndCredit" => is_section(Section::Acknowledgements),
        "Author" => is_section(Section::Author),
        "Keywords" => texts(value) == reading.keywords,
        "CERTAdvisory" | "US-CERTTechnicalAlert" => {
            texts(value).iter().all(|text| reading.advisories.iter().any(|known| known == text))
        }
        "References" => {
            let words = texts(value).into_iter().map(str::trim).filter(|text| !text.is_empty());
            words.eq(reading.references.iter().map(|reference| reference.words.as_str()))
        }
        "CVEIDs" => texts(value)
            .iter()
            .all(|id| normal_cve(id).is_some_and(|id| reading.cves.contains(&id))),
        "Revision" => reading.revision == value.as_i64(),
        "VulnerabilityCount" => reading.vulnerability_count == value.as_i64(),
        "DateCreated" => is_said(reading.created_at.as_ref(), value),
        "DatePublic" => is_said(reading.public_at.as_ref(), value),
        "DateFirstPublished" => is_said(reading.first_published_at.as_ref(), value),
        "DateLastUpdated" => is_said(reading.updated_at.as_ref(), value),
        _ if key.starts_with("CVSS_") => return cvss_fate(key, value, reading),
        _ => {
            assert!(KEPT_NOT_READ.iter().any(|(kept, _)| *kept == key), "{key} is nowhere");
            return Fate::Kept;
        }
    };
    if read { Fate::Read } else { left_out(key, reading) }
}

fn left_out(place: &str, reading: &Reading) -> Fate {
    assert!(reading.left_out.iter().any(|left| left.key == place), "{} {place}", reading.number);
    Fate::LeftOut
}

fn is_said(said: Option<&Said>, value: &Value) -> bool {
    said.is_some_and(|said| Some(said.words.as_str()) == value.as_str())
}

/// Single metrics are read as parts of their group's vector.
fn cvss_fate(key: &str, value: &Value, reading: &Reading) -> Fate {
    let (group, name) = match key {
        "CVSS_AccessVector" => ("CVSS_BaseVector", "AV"),
        "CVSS_AccessComplexity" => ("CVSS_BaseVector", "AC"),
        "CVSS_Authenication" => ("CVSS_BaseVector", "Au"),
        "CVSS_ConfidentialityImpact" => ("CVSS_BaseVector", "C"),
        "CVSS_IntegrityImpact" => ("CVSS_BaseVector", "I"),
        "CVSS_AvailabilityImpact" => ("CVSS_BaseVector", "A"),
        "CVSS_BaseVector" | "CVSS_BaseScore" => ("CVSS_BaseVector", ""),
        "CVSS_Exploitability" => ("CVSS_TemporalVector", "E"),
        "CVSS_RemediationLevel" => ("CVSS_TemporalVector", "RL"),
        "CVSS_ReportConfidence" => ("CVSS_TemporalVector", "RC"),
        "CVSS_TemporalVector" | "CVSS_TemporalScore" => ("CVSS_TemporalVector", ""),
        "CVSS_CollateralDamagePotential" => ("CVSS_EnvironmentalVector", "CDP"),
        "CVSS_TargetDistribution" => ("CVSS_EnvironmentalVector", "TD"),
        "CVSS_SecurityRequirementsCR" => ("CVSS_EnvironmentalVector", "CR"),
        "CVSS_SecurityRequirementsIR" => ("CVSS_EnvironmentalVector", "IR"),
        "CVSS_SecurityRequirementsAR" => ("CVSS_EnvironmentalVector", "AR"),
        "CVSS_EnvironmentalVector" | "CVSS_EnvironmentalScore" => ("CVSS_EnvironmentalVector", ""),
        other => panic!("{other} is nowhere"),
    };
    let Some(cvss) = &reading.cvss else { return left_out(group, reading) };
    let vector = format!("/{}/", cvss.vector);
    let said = value.as_str().map(|text| text.replace("Not Defined (ND)", "ND"));
    let read = match key {
        "CVSS_BaseScore" => cvss.base == value.as_f64(),
        "CVSS_TemporalScore" => cvss.temporal == value.as_f64(),
        "CVSS_EnvironmentalScore" => cvss.environmental == value.as_f64(),
        _ if name.is_empty() => vector.contains(&format!("/{}/", said.unwrap())),
        _ => vector.contains(&format!("/{name}:{}/", said.unwrap())),
    };
    if read { Fate::Read } else { left_out(group, reading) }
}

fn vendor_fate(
    place: &str,
    key: &str,
    value: &Value,
    reading: &Reading,
    vendor: &ReadVendor,
) -> Fate {
    let text = value.as_str().unwrap_or_default();
    let is = |read: &Option<String>| read.as_deref() == Some(text);
    let read = match key {
        "ID" => text == reading.number,
        "Vendor" => text == vendor.name,
        "VendorRecordID" => text == vendor.record,
        "Revision" => {
            vendor.revision.is_some() && vendor.revision == value.as_i64().or(text.parse().ok())
        }
        "Status" => {
            use crate::public_note::VendorStatus::{Affected, NotAffected, Unknown};
            let word = [
                (Affected, "Affected Vulnerable"),
                (NotAffected, "Not Affected Not Vulnerable"),
                (Unknown, "Unknown"),
            ];
            word.iter().any(|(status, words)| vendor.status == *status && words.contains(text))
        }
        "VendorStatement" => is(&vendor.statement),
        "VendorInformation" => is(&vendor.information),
        "Addendum" => is(&vendor.addendum),
        "VendorReferences" => {
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            lines.eq(vendor.references.iter().map(|reference| reference.words.as_str()))
        }
        "DateNotified" => is_said(vendor.notified_at.as_ref(), value),
        "DateResponded" => is_said(vendor.responded_at.as_ref(), value),
        "DateLastUpdated" => is_said(vendor.updated_at.as_ref(), value),
        other => panic!("{other} is nowhere"),
    };
    if read { Fate::Read } else { left_out(place, reading) }
}
