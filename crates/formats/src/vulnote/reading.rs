//! What does an archived note say, in our words?
//! Every value of the archive is either read here, or is left out with a reason that a person can read, or belongs to [`KEPT_NOT_READ`]. Nothing is guessed:
//! a sentence that says that a vendor said nothing does not become the vendor's statement.

use super::{
    Archived, ArchivedVendor, CvssTwo, cvss_two,
    said::{NoDate, Said},
};
use crate::{
    html,
    public_note::{Section, VendorStatus},
};

/// Keys of the archive that are kept in [`Archived`] and deliberately not read, each with the reason.
pub const KEPT_NOT_READ: &[(&str, &str)] = &[
    ("CAM_AttackerAccessRequired", CAM),
    ("CAM_EaseOfExploitation", CAM),
    ("CAM_Exploitation", CAM),
    ("CAM_Impact", CAM),
    ("CAM_InternetInfrastructure", CAM),
    ("CAM_Population", CAM),
    ("CAM_ScoreCurrent", CAM),
    ("CAM_ScoreCurrentWidelyKnown", CAM),
    ("CAM_ScoreCurrentWidelyKnownExploited", CAM),
    ("CAM_WidelyKnown", CAM),
    ("IPProtocol", "A port and protocol whose first port number the archive lost."),
    ("VRDA_D1_DirectReport", VRDA),
    ("VRDA_D1_Impact", VRDA),
    ("VRDA_D1_Population", VRDA),
];
const CAM: &str = "CERT/CC's own metric from before CVSS; no reader of today uses it.";
const VRDA: &str = "An internal triage answer without a published meaning.";

/// An archived note in our words; texts stand as the archive has them.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// The number with its prefix, such as `VU#2558`.
    pub number: String,
    /// The title, with character references decoded.
    pub title: String,
    /// The sections that are not empty, in reading order, verbatim.
    pub sections: Vec<(Section, String)>,
    /// Search words.
    pub keywords: Vec<String>,
    /// Public references.
    pub references: Vec<Reference>,
    /// CVE ids in the form `CVE-YYYY-NNNN…`.
    pub cves: Vec<String>,
    /// CERT advisories and US-CERT technical alerts on the same matter.
    pub advisories: Vec<String>,
    /// How many vulnerabilities the note says that it covers.
    pub vulnerability_count: Option<i64>,
    /// When the note was begun.
    pub created_at: Option<Said>,
    /// When the vulnerability became public.
    pub public_at: Option<Said>,
    /// When the note was published.
    pub first_published_at: Option<Said>,
    /// When the note was last changed.
    pub updated_at: Option<Said>,
    /// The revision.
    pub revision: Option<i64>,
    /// The CVSS v2 score, where it was finished.
    pub cvss: Option<CvssTwo>,
    /// The vendors.
    pub vendors: Vec<ReadVendor>,
    /// Values that were looked at and left out.
    pub left_out: Vec<LeftOut>,
}

/// A vendor record in our words.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadVendor {
    /// The vendor's name.
    pub name: String,
    /// The id of the record, such as `ABCD-1EFGHJ`; a few records share one.
    pub record: String,
    /// The status, Unknown where the archive's word is not known to us.
    pub status: VendorStatus,
    /// The vendor's statement, if it made one.
    pub statement: Option<String>,
    /// Further information from the vendor.
    pub information: Option<String>,
    /// References that the vendor gave.
    pub references: Vec<Reference>,
    /// What CERT/CC added.
    pub addendum: Option<String>,
    /// When the vendor was told.
    pub notified_at: Option<Said>,
    /// When the vendor answered.
    pub responded_at: Option<Said>,
    /// When the record was last changed.
    pub updated_at: Option<Said>,
    /// The revision of the record.
    pub revision: Option<i64>,
}

/// A reference as it is printed, and the web addresses in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reference {
    /// The words, without white space around them.
    pub words: String,
    /// The addresses; none if the reference is a title, and more than one where two share a line.
    pub links: Vec<String>,
}

/// A value that was looked at and left out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LeftOut {
    /// The key, with the record's place for a vendor's.
    pub key: String,
    /// The value.
    pub words: String,
    /// The reason.
    pub why: Why,
}

/// Why a value was left out.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, thiserror::Error)]
pub enum Why {
    /// A form's sentence for "nothing".
    #[error("It is a set phrase that says that there is nothing to say.")]
    SetPhrase,
    /// Unreadable date.
    #[error("It is not a date.")]
    NotADate,
    /// A date before there was a CERT.
    #[error("The year is before 1988, when CERT/CC began.")]
    TooEarly,
    /// Unreadable CVE id.
    #[error("It is not a CVE id.")]
    NotACve,
    /// An open metric.
    #[error("The assessor left a metric open, so there is no CVSS vector.")]
    NotFullyAssessed,
    /// Vector and metrics differ.
    #[error("The vector and the single metrics contradict each other.")]
    Contradicts,
    /// Unreadable number.
    #[error("It is not a whole number.")]
    NotANumber,
    /// An unknown status.
    #[error("It is not a status that we know.")]
    NotAStatus,
    /// The record belongs to another note.
    #[error("The record names another note than the one that holds it.")]
    OtherNote,
}

impl Archived {
    /// What the note says in our words.
    pub fn reading(&self) -> Reading {
        let mut left_out = LeftOuts(Vec::new());
        let (cvss, open) = cvss_two::read(self);
        for (key, why) in open {
            left_out.add(key, self.vector(key), why);
        }
        if self.id != format!("VU#{}", self.id_number) {
            left_out.add("IDNumber", &self.id_number, Why::OtherNote);
        }
        let alerts = self.us_cert_technical_alert.texts();
        Reading {
            number: self.id.clone(),
            title: html::decode_entities(&self.title),
            sections: self.sections(),
            keywords: self.keywords.texts().map(str::to_owned).collect(),
            references: self.references.texts().filter_map(Reference::read).collect(),
            cves: left_out.cves(self.cve_ids.texts()),
            advisories: present(&self.cert_advisory)
                .into_iter()
                .chain(alerts.map(str::to_owned))
                .collect(),
            vulnerability_count: left_out.whole("VulnerabilityCount", &self.vulnerability_count),
            created_at: left_out.date("DateCreated", &self.date_created),
            public_at: left_out.date("DatePublic", &self.date_public),
            first_published_at: left_out.date("DateFirstPublished", &self.date_first_published),
            updated_at: left_out.date("DateLastUpdated", &self.date_last_updated),
            revision: left_out.whole("Revision", &self.revision),
            cvss,
            vendors: self.read_vendors(&mut left_out),
            left_out: left_out.0,
        }
    }

    fn sections(&self) -> Vec<(Section, String)> {
        let sections = Section::ALL.map(|section| (section, self.section(section)));
        let written = sections.into_iter().filter(|(_, text)| !text.is_empty());
        written.map(|(section, text)| (section, text.to_owned())).collect()
    }

    pub(super) fn section(&self, section: Section) -> &str {
        match section {
            Section::Overview => &self.overview,
            Section::Description => &self.description,
            Section::Impact => &self.impact,
            Section::Solution => &self.resolution,
            Section::Workarounds => &self.workarounds,
            Section::SystemsAffected => &self.systems_affected_preamble,
            Section::Acknowledgements => &self.thanks_and_credit,
            Section::Author => &self.author,
        }
    }

    fn vector(&self, key: &str) -> &str {
        match key {
            "CVSS_TemporalVector" => &self.cvss_temporal_vector,
            "CVSS_EnvironmentalVector" => &self.cvss_environmental_vector,
            _ => &self.cvss_base_vector,
        }
    }

    fn read_vendors(&self, left_out: &mut LeftOuts) -> Vec<ReadVendor> {
        let numbered = self.vendors.iter().enumerate();
        numbered
            .map(|(index, vendor)| {
                let place = format!("_vendors[{index}].");
                if vendor.id != self.id {
                    left_out.add(&format!("{place}ID"), &vendor.id, Why::OtherNote);
                }
                vendor.read(&place, left_out)
            })
            .collect()
    }
}

impl ArchivedVendor {
    fn read(&self, place: &str, left_out: &mut LeftOuts) -> ReadVendor {
        let key = |name: &str| format!("{place}{name}");
        ReadVendor {
            name: self.vendor.clone(),
            record: self.vendor_record_id.clone(),
            status: left_out.status(&key("Status"), &self.status),
            statement: left_out.words(&key("VendorStatement"), &self.vendor_statement),
            information: left_out.words(&key("VendorInformation"), &self.vendor_information),
            references: left_out.references(&key("VendorReferences"), &self.vendor_references),
            addendum: left_out.words(&key("Addendum"), &self.addendum),
            notified_at: left_out.date(&key("DateNotified"), &self.date_notified),
            responded_at: left_out.date(&key("DateResponded"), &self.date_responded),
            updated_at: left_out.date(&key("DateLastUpdated"), &self.date_last_updated),
            revision: left_out.whole(&key("Revision"), &self.revision),
        }
    }
}

impl Reference {
    pub(super) fn read(text: &str) -> Option<Self> {
        let words = text.trim().to_owned();
        let links = html::addresses(&words).into_iter().map(str::to_owned).collect();
        (!words.is_empty()).then_some(Self { words, links })
    }
}

/// The values that were left out so far.
struct LeftOuts(Vec<LeftOut>);

impl LeftOuts {
    fn add(&mut self, key: &str, words: &str, why: Why) {
        self.0.push(LeftOut { key: key.to_owned(), words: words.to_owned(), why });
    }

    fn date(&mut self, key: &str, words: &str) -> Option<Said> {
        if words.is_empty() {
            return None;
        }
        let why = match Said::parse(words) {
            Ok(said) => return Some(said),
            Err(NoDate::NotADate) => Why::NotADate,
            Err(NoDate::TooEarly) => Why::TooEarly,
        };
        self.add(key, words, why);
        None
    }

    fn whole(&mut self, key: &str, figure: &super::Figure) -> Option<i64> {
        let whole = figure.whole();
        if whole.is_none() {
            self.add(key, &format!("{figure:?}"), Why::NotANumber);
        }
        whole
    }

    fn words(&mut self, key: &str, text: &str) -> Option<String> {
        if is_set_phrase(text) {
            self.add(key, text, Why::SetPhrase);
            return None;
        }
        present(text)
    }

    fn references(&mut self, key: &str, text: &str) -> Vec<Reference> {
        let mut references = Vec::new();
        for line in text.lines() {
            if matches!(line, "None" | "None.") {
                self.add(key, line, Why::SetPhrase);
            } else {
                references.extend(Reference::read(line));
            }
        }
        references
    }

    fn status(&mut self, key: &str, word: &str) -> VendorStatus {
        match word {
            "Affected" | "Vulnerable" => VendorStatus::Affected,
            "Not Affected" | "Not Vulnerable" | "Unaffected" => VendorStatus::NotAffected,
            "Unknown" => VendorStatus::Unknown,
            _ => {
                self.add(key, word, Why::NotAStatus);
                VendorStatus::Unknown
            }
        }
    }

    fn cves<'a>(&mut self, ids: impl Iterator<Item = &'a str>) -> Vec<String> {
        let mut cves = Vec::new();
        for id in ids {
            match normal_cve(id) {
                Some(cve) if cves.contains(&cve) => {}
                Some(cve) => cves.push(cve),
                None => self.add("CVEIDs", id, Why::NotACve),
            }
        }
        cves
    }
}

fn present(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text.to_owned())
}

/// The archive's form filled an empty field with a sentence of its own. A longer text may begin or end like one and say more.
fn is_set_phrase(text: &str) -> bool {
    let sentence = text.trim().trim_end_matches('.');
    let begins = [
        "No statement is currently available",
        "No statement from the vendor is available",
        "There is no statement available from the vendor",
        "We are not aware of further vendor information",
        "The vendor has not provided us with any further information",
    ];
    begins.iter().any(|begin| sentence.starts_with(begin)) && sentence.len() < 100
        || sentence.ends_with("no additional comments at this time") && sentence.len() < 60
}

/// A CVE id in capitals with plain hyphens; the archive has spaces, small letters and a dash in a few.
pub(super) fn normal_cve(id: &str) -> Option<String> {
    let id = id.trim().to_uppercase().replace(['\u{2013}', '\u{2011}', ' '], "-");
    let (year, number) = id.strip_prefix("CVE-")?.split_once('-')?;
    let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    (year.len() == 4 && is_number(year) && (4..=19).contains(&number.len()) && is_number(number))
        .then_some(id)
}
