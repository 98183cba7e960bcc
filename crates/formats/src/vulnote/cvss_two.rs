//! The CVSS v2 score of an archived note, where its assessor finished it.
//! A vector that leaves a metric open is not a vector; the temporal and the environmental group join only when complete.

use super::{Archived, reading::Why};

/// A CVSS v2 vector with the scores that the archive gives for it.
#[derive(Clone, Debug, PartialEq)]
pub struct CvssTwo {
    /// Base metrics, then the temporal and environmental ones where complete.
    pub vector: String,
    /// The base score.
    pub base: Option<f64>,
    /// The temporal score.
    pub temporal: Option<f64>,
    /// The environmental score.
    pub environmental: Option<f64>,
}

type Group = &'static [(&'static str, &'static [&'static str])];

const BASE: Group = &[
    ("AV", &["L", "A", "N"]),
    ("AC", &["H", "M", "L"]),
    ("Au", &["M", "S", "N"]),
    ("C", &["N", "P", "C"]),
    ("I", &["N", "P", "C"]),
    ("A", &["N", "P", "C"]),
];
const TEMPORAL: Group = &[
    ("E", &["U", "POC", "F", "H", "ND"]),
    ("RL", &["OF", "TF", "W", "U", "ND"]),
    ("RC", &["UC", "UR", "C", "ND"]),
];
const ENVIRONMENTAL: Group = &[
    ("CDP", &["N", "L", "LM", "MH", "H", "ND"]),
    ("TD", &["N", "L", "M", "H", "ND"]),
    ("CR", &["L", "M", "H", "ND"]),
    ("IR", &["L", "M", "H", "ND"]),
    ("AR", &["L", "M", "H", "ND"]),
];

/// The score, and the keys of the groups that were left out with the reason.
pub(super) fn read(note: &Archived) -> (Option<CvssTwo>, Vec<(&'static str, Why)>) {
    let mut left_out = Vec::new();
    let mut complete = |key, vector: &str, group, metrics: &[&String]| {
        if vector.is_empty() {
            return None;
        }
        let vector = vector.replace("Not Defined (ND)", "ND");
        let given = metrics.iter().map(|metric| metric.replace("Not Defined (ND)", "ND"));
        let said =
            vector.split('/').map(|part| part.split_once(':').unwrap_or_default().1.to_owned());
        let why = if !is_complete(&vector, group) {
            Why::NotFullyAssessed
        } else if given.ne(said) {
            Why::Contradicts
        } else {
            return Some(vector);
        };
        left_out.push((key, why));
        None
    };
    let base = complete("CVSS_BaseVector", &note.cvss_base_vector, BASE, &base_metrics(note));
    let temporal = complete(
        "CVSS_TemporalVector",
        &note.cvss_temporal_vector,
        TEMPORAL,
        &temporal_metrics(note),
    );
    let environmental = complete(
        "CVSS_EnvironmentalVector",
        &note.cvss_environmental_vector,
        ENVIRONMENTAL,
        &environmental_metrics(note),
    );
    let Some(base) = base else {
        // Without base metrics the other groups say nothing.
        for (key, group) in
            [("CVSS_TemporalVector", temporal), ("CVSS_EnvironmentalVector", environmental)]
        {
            left_out.extend(group.map(|_| (key, Why::NotFullyAssessed)));
        }
        return (None, left_out);
    };
    let score = CvssTwo {
        base: note.cvss_base_score.number(),
        temporal: temporal.as_ref().and_then(|_| note.cvss_temporal_score.number()),
        environmental: environmental.as_ref().and_then(|_| note.cvss_environmental_score.number()),
        vector: [Some(base), temporal, environmental]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("/"),
    };
    (Some(score), left_out)
}

fn is_complete(vector: &str, group: Group) -> bool {
    let parts: Vec<_> = vector.split('/').collect();
    parts.len() == group.len()
        && parts.iter().zip(group).all(|(part, (name, values))| {
            part.split_once(':')
                .is_some_and(|(said, value)| said == *name && values.contains(&value))
        })
}

fn base_metrics(note: &Archived) -> [&String; 6] {
    [
        &note.cvss_access_vector,
        &note.cvss_access_complexity,
        &note.cvss_authenication,
        &note.cvss_confidentiality_impact,
        &note.cvss_integrity_impact,
        &note.cvss_availability_impact,
    ]
}

fn temporal_metrics(note: &Archived) -> [&String; 3] {
    [&note.cvss_exploitability, &note.cvss_remediation_level, &note.cvss_report_confidence]
}

fn environmental_metrics(note: &Archived) -> [&String; 5] {
    [
        &note.cvss_collateral_damage_potential,
        &note.cvss_target_distribution,
        &note.cvss_security_requirements_cr,
        &note.cvss_security_requirements_ir,
        &note.cvss_security_requirements_ar,
    ]
}
