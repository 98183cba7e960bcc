//! The metrics of every CVSS version as data: names, groups and allowed values, in the order
//! in which the specification writes them (v2 section 2.4, v3.1 section 6, v4.0 section 7).

use std::fmt;

/// One question that a vector answers.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Metric {
    /// Its name in a vector: `AV`.
    pub name: &'static str,
    /// Its name in full: `Attack Vector`.
    pub label: &'static str,
    /// What it is a question about. Base metrics must be answered, the others may be.
    pub group: Group,
    /// The answers.
    pub choices: &'static [Choice],
}

impl Metric {
    /// The answers, for a sentence: `N (Network), A (Adjacent) or L (Local)`.
    pub fn allowed(&self) -> String {
        let all: Vec<String> = self.choices.iter().map(ToString::to_string).collect();
        match all.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} or {last}", others.join(", ")),
            None => String::new(),
        }
    }
}

impl fmt::Display for Metric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.label, self.name)
    }
}

/// One answer to a metric.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Choice {
    /// Its key in a vector: `N`.
    pub key: &'static str,
    /// Its name in full: `Network`.
    pub label: &'static str,
}

impl Choice {
    /// Whether it says anything: `X`, in version 2 `ND`, is the same as not answering.
    pub fn is_defined(&self) -> bool {
        self.key != "X" && self.key != "ND"
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.key == self.label {
            return f.write_str(self.key);
        }
        write!(f, "{} ({})", self.key, self.label)
    }
}

/// What a metric is a question about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Group {
    /// The vulnerability itself.
    Base,
    /// Exploits and fixes at this time; called temporal before version 4.
    Threat,
    /// The place where the product is used.
    Environmental,
    /// More to know, without a part in the score (version 4).
    Supplemental,
}

const fn metric(
    group: Group,
    name: &'static str,
    label: &'static str,
    choices: &'static [Choice],
) -> Metric {
    Metric { name, label, group, choices }
}

const fn to(key: &'static str, label: &'static str) -> Choice {
    Choice { key, label }
}

use Group::{Base, Environmental, Supplemental, Threat};

const X: Choice = to("X", "Not Defined");
const ND: Choice = to("ND", "Not Defined");

#[rustfmt::skip] // a table is read across
pub(super) static V2: &[Metric] = &[
    metric(Base, "AV", "Access Vector", &[to("L", "Local"), to("A", "Adjacent Network"), to("N", "Network")]),
    metric(Base, "AC", "Access Complexity", &[to("H", "High"), to("M", "Medium"), to("L", "Low")]),
    metric(Base, "Au", "Authentication", &[to("M", "Multiple"), to("S", "Single"), to("N", "None")]),
    metric(Base, "C", "Confidentiality Impact", V2_IMPACT),
    metric(Base, "I", "Integrity Impact", V2_IMPACT),
    metric(Base, "A", "Availability Impact", V2_IMPACT),
    metric(Threat, "E", "Exploitability", &[to("U", "Unproven"), to("POC", "Proof of Concept"), to("F", "Functional"), to("H", "High"), ND]),
    metric(Threat, "RL", "Remediation Level", &[to("OF", "Official Fix"), to("TF", "Temporary Fix"), to("W", "Workaround"), to("U", "Unavailable"), ND]),
    metric(Threat, "RC", "Report Confidence", &[to("UC", "Unconfirmed"), to("UR", "Uncorroborated"), to("C", "Confirmed"), ND]),
    metric(Environmental, "CDP", "Collateral Damage Potential", &[to("N", "None"), to("L", "Low"), to("LM", "Low-Medium"), to("MH", "Medium-High"), to("H", "High"), ND]),
    metric(Environmental, "TD", "Target Distribution", &[to("N", "None"), to("L", "Low"), to("M", "Medium"), to("H", "High"), ND]),
    metric(Environmental, "CR", "Confidentiality Requirement", V2_REQUIREMENT),
    metric(Environmental, "IR", "Integrity Requirement", V2_REQUIREMENT),
    metric(Environmental, "AR", "Availability Requirement", V2_REQUIREMENT),
];

const V2_IMPACT: &[Choice] = &[to("N", "None"), to("P", "Partial"), to("C", "Complete")];
const V2_REQUIREMENT: &[Choice] = &[to("L", "Low"), to("M", "Medium"), to("H", "High"), ND];

#[rustfmt::skip] // a table is read across
pub(super) static V3: &[Metric] = &[
    metric(Base, "AV", "Attack Vector", VECTOR),
    metric(Base, "AC", "Attack Complexity", COMPLEXITY),
    metric(Base, "PR", "Privileges Required", PRIVILEGES),
    metric(Base, "UI", "User Interaction", &[to("N", "None"), to("R", "Required")]),
    metric(Base, "S", "Scope", &[to("U", "Unchanged"), to("C", "Changed")]),
    metric(Base, "C", "Confidentiality Impact", IMPACT),
    metric(Base, "I", "Integrity Impact", IMPACT),
    metric(Base, "A", "Availability Impact", IMPACT),
    metric(Threat, "E", "Exploit Code Maturity", &[X, to("H", "High"), to("F", "Functional"), to("P", "Proof of Concept"), to("U", "Unproven")]),
    metric(Threat, "RL", "Remediation Level", &[X, to("U", "Unavailable"), to("W", "Workaround"), to("T", "Temporary Fix"), to("O", "Official Fix")]),
    metric(Threat, "RC", "Report Confidence", &[X, to("C", "Confirmed"), to("R", "Reasonable"), to("U", "Unknown")]),
    metric(Environmental, "CR", "Confidentiality Requirement", REQUIREMENT),
    metric(Environmental, "IR", "Integrity Requirement", REQUIREMENT),
    metric(Environmental, "AR", "Availability Requirement", REQUIREMENT),
    metric(Environmental, "MAV", "Modified Attack Vector", MODIFIED_VECTOR),
    metric(Environmental, "MAC", "Modified Attack Complexity", MODIFIED_COMPLEXITY),
    metric(Environmental, "MPR", "Modified Privileges Required", MODIFIED_PRIVILEGES),
    metric(Environmental, "MUI", "Modified User Interaction", &[X, to("N", "None"), to("R", "Required")]),
    metric(Environmental, "MS", "Modified Scope", &[X, to("U", "Unchanged"), to("C", "Changed")]),
    metric(Environmental, "MC", "Modified Confidentiality", MODIFIED_IMPACT),
    metric(Environmental, "MI", "Modified Integrity", MODIFIED_IMPACT),
    metric(Environmental, "MA", "Modified Availability", MODIFIED_IMPACT),
];

const VECTOR: &[Choice] =
    &[to("N", "Network"), to("A", "Adjacent"), to("L", "Local"), to("P", "Physical")];
const MODIFIED_VECTOR: &[Choice] =
    &[X, to("N", "Network"), to("A", "Adjacent"), to("L", "Local"), to("P", "Physical")];
const COMPLEXITY: &[Choice] = &[to("L", "Low"), to("H", "High")];
const MODIFIED_COMPLEXITY: &[Choice] = &[X, to("L", "Low"), to("H", "High")];
const PRIVILEGES: &[Choice] = &[to("N", "None"), to("L", "Low"), to("H", "High")];
const MODIFIED_PRIVILEGES: &[Choice] = &[X, to("N", "None"), to("L", "Low"), to("H", "High")];
const IMPACT: &[Choice] = &[to("H", "High"), to("L", "Low"), to("N", "None")];
const MODIFIED_IMPACT: &[Choice] = &[X, to("H", "High"), to("L", "Low"), to("N", "None")];
const REQUIREMENT: &[Choice] = &[X, to("H", "High"), to("M", "Medium"), to("L", "Low")];

#[rustfmt::skip] // a table is read across
pub(super) static V4: &[Metric] = &[
    metric(Base, "AV", "Attack Vector", VECTOR),
    metric(Base, "AC", "Attack Complexity", COMPLEXITY),
    metric(Base, "AT", "Attack Requirements", &[to("N", "None"), to("P", "Present")]),
    metric(Base, "PR", "Privileges Required", PRIVILEGES),
    metric(Base, "UI", "User Interaction", &[to("N", "None"), to("P", "Passive"), to("A", "Active")]),
    metric(Base, "VC", "Confidentiality of the Vulnerable System", IMPACT),
    metric(Base, "VI", "Integrity of the Vulnerable System", IMPACT),
    metric(Base, "VA", "Availability of the Vulnerable System", IMPACT),
    metric(Base, "SC", "Confidentiality of Subsequent Systems", IMPACT),
    metric(Base, "SI", "Integrity of Subsequent Systems", IMPACT),
    metric(Base, "SA", "Availability of Subsequent Systems", IMPACT),
    metric(Threat, "E", "Exploit Maturity", &[X, to("A", "Attacked"), to("P", "Proof of Concept"), to("U", "Unreported")]),
    metric(Environmental, "CR", "Confidentiality Requirement", REQUIREMENT),
    metric(Environmental, "IR", "Integrity Requirement", REQUIREMENT),
    metric(Environmental, "AR", "Availability Requirement", REQUIREMENT),
    metric(Environmental, "MAV", "Modified Attack Vector", MODIFIED_VECTOR),
    metric(Environmental, "MAC", "Modified Attack Complexity", MODIFIED_COMPLEXITY),
    metric(Environmental, "MAT", "Modified Attack Requirements", &[X, to("N", "None"), to("P", "Present")]),
    metric(Environmental, "MPR", "Modified Privileges Required", MODIFIED_PRIVILEGES),
    metric(Environmental, "MUI", "Modified User Interaction", &[X, to("N", "None"), to("P", "Passive"), to("A", "Active")]),
    metric(Environmental, "MVC", "Modified Confidentiality of the Vulnerable System", MODIFIED_IMPACT),
    metric(Environmental, "MVI", "Modified Integrity of the Vulnerable System", MODIFIED_IMPACT),
    metric(Environmental, "MVA", "Modified Availability of the Vulnerable System", MODIFIED_IMPACT),
    metric(Environmental, "MSC", "Modified Confidentiality of Subsequent Systems", &[X, to("H", "High"), to("L", "Low"), to("N", "Negligible")]),
    metric(Environmental, "MSI", "Modified Integrity of Subsequent Systems", MODIFIED_SUBSEQUENT),
    metric(Environmental, "MSA", "Modified Availability of Subsequent Systems", MODIFIED_SUBSEQUENT),
    metric(Supplemental, "S", "Safety", &[X, to("N", "Negligible"), to("P", "Present")]),
    metric(Supplemental, "AU", "Automatable", &[X, to("N", "No"), to("Y", "Yes")]),
    metric(Supplemental, "R", "Recovery", &[X, to("A", "Automatic"), to("U", "User"), to("I", "Irrecoverable")]),
    metric(Supplemental, "V", "Value Density", &[X, to("D", "Diffuse"), to("C", "Concentrated")]),
    metric(Supplemental, "RE", "Vulnerability Response Effort", &[X, to("L", "Low"), to("M", "Moderate"), to("H", "High")]),
    metric(Supplemental, "U", "Provider Urgency", &[X, to("Clear", "Clear"), to("Green", "Green"), to("Amber", "Amber"), to("Red", "Red")]),
];

const MODIFIED_SUBSEQUENT: &[Choice] =
    &[X, to("S", "Safety"), to("H", "High"), to("L", "Low"), to("N", "Negligible")];
