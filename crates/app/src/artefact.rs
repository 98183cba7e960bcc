//! The files that are made of a note, one for each format. They are made when the note is armed, and
//! public in the transaction that makes the note public: none of them is read before it.

use domain::note::{Assigner, Content};
use formats::public_note::Publisher;
use formats::{PublicNote, csaf, cve, osv, plain, vex, vulnote};
use serde::Serialize;
use store::Artefact;

use crate::service_key::Signer;
use crate::site::Settings;
use crate::{Error, Result};

const JSON: &str = "application/json";
const SIGNATURE: &str = "application/pgp-signature";
const TEXT: &str = "text/plain; charset=utf-8";

/// VINCE's JSON.
pub const VULNOTE: &str = "vulnote.json";
/// CSAF 2.0.
pub const CSAF_2_0: &str = "csaf-2.0.json";
/// CSAF 2.1.
pub const CSAF_2_1: &str = "csaf-2.1.json";
/// The text with the signature of the house around it.
pub const SIGNED: &str = "note.asc";
/// OpenVEX.
pub const OPENVEX: &str = "openvex.json";
/// Plain text.
pub const PLAIN: &str = "note.txt";

/// The OSV record of a vulnerability, by its number within the note.
pub fn osv_of(ordinal: u32) -> String {
    format!("osv-{ordinal}.json")
}

/// The CVE record of a vulnerability, by its number within the note.
pub fn cve_of(ordinal: u32) -> String {
    format!("cve-{ordinal}.json")
}

/// Who publishes, as every format says it. Notes of one server may have numbers with different
/// letters before them, so these are taken from the note.
pub fn publisher(settings: &Settings, number_prefix: &str) -> Publisher {
    let contact = settings.team_address.clone().unwrap_or_else(|| settings.from_address.clone());
    Publisher {
        name: settings.site_name.clone(),
        base_url: settings.base_url.clone(),
        contact,
        number_prefix: format!("{number_prefix}#"),
    }
}

/// The signature that lies beside a file.
pub fn beside(format: &str) -> String {
    format!("{format}.asc")
}

/// The last part of the address under which a file of a note is served, if it has one.
pub fn last_part(format: &str) -> Option<String> {
    let part = match format {
        VULNOTE => "json",
        CSAF_2_0 => "csaf",
        CSAF_2_1 => "csaf-2.1",
        OPENVEX => "openvex",
        SIGNED => "signed",
        PLAIN => "text",
        other => {
            let (kind, ordinal) = other.strip_suffix(".json")?.split_once('-')?;
            let ordinal: u32 = ordinal.parse().ok()?;
            let is_one = [cve_of(ordinal), osv_of(ordinal)].iter().any(|name| name == other);
            return is_one.then(|| format!("{kind}-{ordinal}"));
        }
    };
    Some(part.to_owned())
}

/// Every file of a note, with signatures beside those that are to be checked.
pub(crate) fn artefacts(
    content: &Content,
    settings: &Settings,
    signer: Option<&Signer>,
) -> Result<Vec<Artefact>> {
    let mut artefacts = rendered(content, settings)?;
    let Some(signer) = signer else { return Ok(artefacts) };
    let mut signed = vec![];
    for file in &artefacts {
        match file.format.as_str() {
            CSAF_2_0 | CSAF_2_1 => {
                let signature = signer.beside(&file.bytes)?;
                signed.push(artefact(&beside(&file.format), SIGNATURE, signature.into_bytes()));
            }
            PLAIN => {
                let text = signer.around(&String::from_utf8_lossy(&file.bytes))?;
                signed.push(artefact(SIGNED, TEXT, text.into_bytes()));
            }
            _ => {}
        }
    }
    artefacts.append(&mut signed);
    Ok(artefacts)
}

/// Every file of a note, without signatures.
pub fn rendered(content: &Content, settings: &Settings) -> Result<Vec<Artefact>> {
    let note = PublicNote::from(content);
    let publisher = publisher(settings, content.number().prefix());
    let mut artefacts = vec![
        artefact(VULNOTE, JSON, vulnote::write(&note)),
        artefact(CSAF_2_0, JSON, csaf::write(&note, &publisher, csaf::Version::V2_0)),
        artefact(CSAF_2_1, JSON, csaf::write(&note, &publisher, csaf::Version::V2_1)),
        artefact(PLAIN, TEXT, plain::write(&note, &publisher).into_bytes()),
    ];
    if let Some(document) = vex::write(&note, &publisher) {
        artefacts.push(artefact(OPENVEX, JSON, json(&document)?));
    }
    for (flaw, record) in note.vulnerabilities.iter().zip(osv::write(&note, &publisher)) {
        artefacts.push(artefact(&osv_of(flaw.local), JSON, json(&record)?));
    }
    artefacts.extend(cve_records(content, &note, &publisher, settings)?);
    Ok(artefacts)
}

/// The records of the CVE IDs that the team assigned, if it is a CNA (S85).
fn cve_records(
    content: &Content,
    note: &PublicNote,
    publisher: &Publisher,
    settings: &Settings,
) -> Result<Vec<Artefact>> {
    let Some(cna) = settings.cna.as_ref().filter(|_| content.withdrawn().is_none()) else {
        return Ok(vec![]);
    };
    let flaws = note.vulnerabilities.iter().zip(content.vulnerabilities());
    let ours = flaws.filter(|(_, flaw)| flaw.assigner == Assigner::Team);
    let records = ours.filter_map(|(flaw, _)| {
        let record = cve::record(note, flaw, publisher, &cna.organisation)?;
        Some((cve_of(flaw.local), record))
    });
    records.map(|(name, record)| Ok(artefact(&name, JSON, json(&record)?))).collect()
}

fn artefact(format: &str, media_type: &str, bytes: Vec<u8>) -> Artefact {
    Artefact { format: format.to_owned(), media_type: media_type.to_owned(), bytes }
}

fn json(document: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(document).map_err(|error| Error::broken("a file was not made", error))
}
