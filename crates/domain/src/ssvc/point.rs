//! The questions of SSVC that a coordinator answers, with what may be answered, in our words.
//!
//! A question is known by namespace, key and version, an answer by its key; names are for
//! people and may change.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The namespace of the questions and tables that SSVC itself defines.
pub(super) const NAMESPACE: &str = "ssvc";

/// The full name of a question, an outcome or a table: `ssvc:RP:1.0.0`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Id {
    /// Who defines it.
    pub namespace: String,
    /// Its short name there.
    pub key: String,
    /// Its version.
    pub version: String,
}

impl Id {
    pub(super) fn new(namespace: &str, key: &str, version: &str) -> Self {
        Self { namespace: namespace.into(), key: key.into(), version: version.into() }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.namespace, self.key, self.version)
    }
}

impl FromStr for Id {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.split(':').collect();
        match parts.as_slice() {
            [namespace, key, version] if parts.iter().all(|part| !part.is_empty()) => {
                Ok(Self::new(namespace, key, version))
            }
            _ => Err("an SSVC name has a namespace, a key and a version: ssvc:RP:1.0.0"),
        }
    }
}

impl TryFrom<String> for Id {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Id> for String {
    fn from(id: Id) -> Self {
        id.to_string()
    }
}

/// A question as a page shows it.
#[derive(Debug, PartialEq, Eq)]
pub struct Point {
    /// Its key: `RP`.
    pub key: &'static str,
    /// Its version: `1.0.0`.
    pub version: &'static str,
    /// Its name.
    pub label: &'static str,
    /// The question in one line.
    pub help: &'static str,
    /// What may be answered.
    pub values: &'static [PointValue],
}

impl Point {
    /// Its full name.
    pub fn id(&self) -> Id {
        Id::new(NAMESPACE, self.key, self.version)
    }

    /// What may be answered, for a sentence: `Y (Yes) or N (No)`.
    pub fn allowed(&self) -> String {
        let one = |value: &PointValue| format!("{} ({})", value.key, value.label);
        match self.values.split_last() {
            Some((last, [])) => one(last),
            Some((last, others)) => {
                let others: Vec<String> = others.iter().map(one).collect();
                format!("{} or {}", others.join(", "), one(last))
            }
            None => String::new(),
        }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "“{}” ({})", self.label, self.key)
    }
}

/// An answer as a page shows it.
#[derive(Debug, PartialEq, Eq)]
pub struct PointValue {
    /// Its key: `Y`.
    pub key: &'static str,
    /// Its name.
    pub label: &'static str,
    /// What it means, in one line.
    pub help: &'static str,
}

/// A question whose answers are a type.
pub trait DecisionPoint: Sized + Copy + 'static {
    /// The question.
    const POINT: &'static Point;

    /// The answers, in the order of [`Point::values`].
    const ALL: &'static [Self];

    /// The key of this answer.
    fn key(self) -> &'static str;

    /// This answer as a page shows it.
    fn value(self) -> &'static PointValue;

    /// The answer with a key.
    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|answer| answer.key() == key)
    }
}

/// Writes the type of a question and its data from one list, so that they cannot differ.
macro_rules! decision_point {
    (
        $name:ident $key:literal $version:literal $label:literal $help:literal
        $($variant:ident $value:literal $value_label:literal $value_help:literal)+
    ) => {
        #[doc = $help]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $(#[doc = $value_help] $variant,)+
        }

        impl DecisionPoint for $name {
            const POINT: &'static Point = &Point {
                key: $key,
                version: $version,
                label: $label,
                help: $help,
                values: &[$(PointValue { key: $value, label: $value_label, help: $value_help }),+],
            };
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn key(self) -> &'static str {
                self.value().key
            }

            fn value(self) -> &'static PointValue {
                match self {
                    $(Self::$variant => {
                        &PointValue { key: $value, label: $value_label, help: $value_help }
                    })+
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.value().label)
            }
        }
    };
}

decision_point! {
    ReportPublic "RP" "1.0.0" "Report public"
    "Can anyone already read enough about the vulnerability to understand it?"
    Yes "Y" "Yes" "A report with the details is out in public."
    No "N" "No" "The details are not public."
}

decision_point! {
    SupplierContacted "SCON" "1.0.0" "Supplier contacted"
    "Has the reporter honestly tried to reach the supplier, by a way that should work?"
    No "N" "No" "The supplier has not been contacted."
    Yes "Y" "Yes" "The supplier has been contacted."
}

decision_point! {
    ReportCredibility "RC" "1.0.0" "Report credibility"
    "Is there reason to believe the report? Begin by believing it; bad grammar is no evidence."
    NotCredible "NC" "Not credible" "What speaks against the report outweighs what speaks for it."
    Credible "C" "Credible" "Somebody confirmed it, or nothing weighty speaks against it."
}

decision_point! {
    SupplierCardinality "SC" "1.0.0" "Supplier cardinality"
    "How many suppliers have to repair it or say how to live with it?"
    One "O" "One" "A single supplier is responsible."
    Multiple "M" "Multiple" "Two or more suppliers are responsible."
}

decision_point! {
    SupplierEngagement "SE" "1.0.0" "Supplier engagement"
    "Does the supplier answer the reporter and work along?"
    Active "A" "Active" "The supplier answers and takes part."
    Unresponsive "U" "Unresponsive" "The supplier does not answer or does not take part."
}

decision_point! {
    Utility "U" "1.0.1" "Utility"
    "How useful is the vulnerability to an attacker? It follows from automatable and value density."
    Laborious "L" "Laborious" "Each attack is work, and each target yields little."
    Efficient "E" "Efficient" "Attacks can be automated, or each target yields much, but not both."
    SuperEffective "S" "Super effective" "Attacks can be automated, and each target yields much."
}

decision_point! {
    PublicSafetyImpact "PSI" "2.0.1" "Public safety impact"
    "How badly can people be harmed when it is exploited?"
    Minimal "M" "Minimal" "Any harm to people is negligible."
    Significant "S" "Significant" "Harm to people is more than negligible, up to loss of life."
}

decision_point! {
    Automatable "A" "2.0.0" "Automatable"
    "Can an attacker automate finding targets and attacking them, from first look to exploit?"
    No "N" "No" "At least one step needs an attacker's attention for each target."
    Yes "Y" "Yes" "All steps can be automated reliably."
}

decision_point! {
    ValueDensity "VD" "1.0.0" "Value density"
    "How much does an attacker gain from one successful attack?"
    Diffuse "D" "Diffuse" "Each system holds little, as a phone or a home router does."
    Concentrated "C" "Concentrated" "Each system holds much, as a central server with its own operators does."
}

decision_point! {
    SupplierInvolvement "SINV" "1.0.0" "Supplier involvement"
    "How far is the supplier with its repair?"
    FixReady "FR" "Fix ready" "The supplier has delivered a fix."
    Cooperative "C" "Cooperative" "The supplier is working on a fix; there may be a workaround meanwhile."
    Uncooperative "UU" "Uncooperative or unresponsive" "The supplier is silent, refuses to repair it, or is no more."
}

decision_point! {
    Exploitation "E" "1.1.0" "Exploitation"
    "Is the vulnerability used in attacks, or is it known how it could be?"
    None "N" "None" "No sign of attacks, and no public way to exploit it."
    PublicProof "P" "Public proof of concept" "Code to exploit it is public, or the method is well known."
    Active "A" "Active" "Reliable evidence shows that real attackers use it."
}

decision_point! {
    PublicValueAdded "PVA" "1.0.0" "Public value added"
    "What would our note add to what the public already knows? Over time this only goes down."
    Limited "L" "Limited" "Little: good information is already available in several places."
    Ampliative "A" "Ampliative" "Some: it adds details, corrects errors or reaches more people."
    Precedence "P" "Precedence" "Much: it would be the first to tell, or appear with the first."
}

decision_point! {
    Coordinate "COORDINATE" "1.0.1" "Triage decision"
    "Shall the coordinator take the report on?"
    Decline "D" "Decline" "Leave the report to others."
    Track "T" "Track" "Take notice and watch, without acting."
    Coordinate "C" "Coordinate" "Take the case on and act."
}

decision_point! {
    Publish "PUBLISH" "1.0.0" "Publication decision"
    "Shall the coordinator publish a note?"
    DoNotPublish "N" "Do not publish" "Not now; look again when something changes."
    Publish "P" "Publish" "Publish a note."
}
