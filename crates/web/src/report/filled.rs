//! What somebody filled in, read as a report, and all that is wrong with it at once.

use app::{Error, Invalid};

use super::{
    BTreeSet, Consent, ContactSharing, Credit, Evidence, Fields, Identity, Intake, Known, NewReport,
};

/// What is wrong, by field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Problems(Vec<Invalid>);

impl Problems {
    /// What is wrong with a field; empty if nothing is.
    pub(super) fn at(&self, field: &str) -> &str {
        self.0.iter().find(|known| known.field == field).map_or("", |known| known.message.as_str())
    }

    /// Every one, in the order of the form.
    pub(super) fn all(&self) -> &[Invalid] {
        &self.0
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn extend(&mut self, more: Vec<Invalid>) {
        self.0.extend(more);
        self.0.sort_by_key(|known| ORDER.iter().position(|field| *field == known.field));
        self.0.dedup_by_key(|known| known.field);
    }

    /// Notes what is wrong, and goes on with something in its place.
    fn or<T>(&mut self, read: app::Result<T>, otherwise: T) -> T {
        match read {
            Ok(value) => value,
            Err(Error::Invalid(invalid)) => {
                self.0.push(invalid);
                otherwise
            }
            Err(_) => otherwise,
        }
    }
}

/// The fields in the order of the form.
const ORDER: [&str; 18] = [
    "product",
    "description",
    "reproduction",
    "impact",
    "evidence",
    "found_by_tool",
    "public",
    "exploited",
    "vendor_told",
    "reasons",
    "plans",
    "identity",
    "name",
    "address",
    "sharing",
    "credit",
    "terms",
    "form",
];

/// Reads the form. What cannot be read is among the problems, and such a report is never sent.
pub(super) fn read(fields: &Fields) -> (NewReport, Problems) {
    let mut wrong = Problems::default();
    let plans = wrong.or(fields.optional_instant("plans"), None);
    let new = NewReport {
        product: fields.text("product"),
        description: fields.text("description"),
        reproduction: fields.text("reproduction"),
        impact: fields.text("impact"),
        identity: wrong.or(fields.choice("identity"), Identity::Anonymous),
        name: fields.optional("name"),
        address: fields.optional("address"),
        sharing: wrong.or(fields.choice("sharing"), ContactSharing::CoordinatorOnly),
        credit: wrong.or(fields.choice("credit"), Credit::None),
        reasons: fields.choices::<_, BTreeSet<_>>("reasons"),
        evidence: wrong.or(fields.choice("evidence"), Evidence::None),
        public: wrong.or(fields.choice("public"), Known::Unknown),
        exploited: wrong.or(fields.choice("exploited"), Known::Unknown),
        vendor_told_at: wrong.or(fields.optional_day("vendor_told"), None),
        plans_to_publish_at: plans.map(|instant| instant.at),
        found_by_tool: wrong.or(fields.choice("found_by_tool"), Known::Unknown),
        terms_accepted: if fields.is_ticked("terms") { Consent::Given } else { Consent::Missing },
        intake: Intake::Web,
    };
    (new, wrong)
}
