//! Shall we take this report on, and shall we publish? The two decisions of a coordinator in
//! SSVC, the Stakeholder-Specific Vulnerability Categorization (certcc.github.io/SSVC).
//!
//! Each decision is a table over a few questions, written out below as data. What was answered
//! is kept with the versions of the questions, so that an old decision stays readable when the
//! questions change. A table advises: nothing here stops a coordinator who decides otherwise.

mod point;
mod selection;

#[cfg(test)]
mod tests;

pub use point::{
    Automatable, Coordinate, DecisionPoint, Exploitation, Id, Point, PointValue,
    PublicSafetyImpact, PublicValueAdded, Publish, ReportCredibility, ReportPublic,
    SupplierCardinality, SupplierContacted, SupplierEngagement, SupplierInvolvement, Utility,
    ValueDensity,
};
pub use selection::{Answer, LONGEST_LIST, Selection, SsvcError};

/// How useful a vulnerability is to an attacker (table `ssvc:DT_U:1.0.0`).
pub fn utility(automatable: Automatable, density: ValueDensity) -> Utility {
    match (automatable, density) {
        (Automatable::No, ValueDensity::Diffuse) => Utility::Laborious,
        (Automatable::No, ValueDensity::Concentrated)
        | (Automatable::Yes, ValueDensity::Diffuse) => Utility::Efficient,
        (Automatable::Yes, ValueDensity::Concentrated) => Utility::SuperEffective,
    }
}

/// A coordinator's decision that SSVC has a table for: questions, and what follows.
pub trait Decision: Sized + Copy {
    /// What follows.
    type Outcome: DecisionPoint;

    /// The key of the table.
    const TABLE: &'static str;

    /// The version of the table.
    const VERSION: &'static str;

    /// The questions, in the order of the table.
    const POINTS: &'static [&'static Point];

    /// Reads the answers; `answer` tells the key of the value chosen for a question, if any.
    fn read<'a>(answer: impl Fn(&Point) -> Option<&'a str>) -> Result<Self, SsvcError>;

    /// The keys of the answers, in the order of [`Self::POINTS`].
    fn keys(self) -> Vec<&'static str>;

    /// What the table says.
    fn decide(self) -> Self::Outcome;
}

/// What is known when a coordinator decides whether to take a report on
/// (table `ssvc:DT_COORD_TRIAGE:1.0.0`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Triage {
    /// Is it out already?
    pub report_public: ReportPublic,
    /// Was the supplier asked first?
    pub supplier_contacted: SupplierContacted,
    /// Is there reason to believe it?
    pub report_credibility: ReportCredibility,
    /// How many suppliers must act?
    pub supplier_cardinality: SupplierCardinality,
    /// Does the supplier take part?
    pub supplier_engagement: SupplierEngagement,
    /// What is it worth to an attacker?
    pub utility: Utility,
    /// Can people come to harm?
    pub public_safety_impact: PublicSafetyImpact,
}

/// One block of the triage table: a line for each supplier cardinality and engagement, in it
/// the outcome for each utility and public safety impact.
type TriageBlock = [[Coordinate; 6]; 4];

/// The triage table: its eight blocks are three.
mod triage_table {
    use super::{Coordinate, TriageBlock};

    const D: Coordinate = Coordinate::Decline;
    const T: Coordinate = Coordinate::Track;
    const C: Coordinate = Coordinate::Coordinate;

    /// The report is public, or the supplier was not contacted; credible or not.
    pub(super) const PUBLIC_OR_SUPPLIER_UNAWARE: TriageBlock = [
        // utility: laborious, efficient, super effective; safety impact: minimal, significant
        [D, D, D, D, D, D], // one supplier, active
        [D, D, D, D, D, D], // one supplier, unresponsive
        [D, D, D, D, D, C], // multiple suppliers, active
        [D, D, D, D, D, C], // multiple suppliers, unresponsive
    ];

    /// The report is not public, the supplier was contacted, the report is not credible.
    pub(super) const NOT_CREDIBLE: TriageBlock = [
        [D, D, D, T, D, T], // one supplier, active
        [D, D, D, T, D, T], // one supplier, unresponsive
        [D, T, D, T, T, C], // multiple suppliers, active
        [D, T, D, T, T, C], // multiple suppliers, unresponsive
    ];

    /// The report is not public, the supplier was contacted, the report is credible.
    pub(super) const CREDIBLE: TriageBlock = [
        [D, D, D, T, D, T], // one supplier, active
        [T, C, C, C, C, C], // one supplier, unresponsive
        [D, T, D, T, C, C], // multiple suppliers, active
        [C, C, C, C, C, C], // multiple suppliers, unresponsive
    ];
}

impl Triage {
    fn block(self) -> TriageBlock {
        match (self.report_public, self.supplier_contacted, self.report_credibility) {
            (
                ReportPublic::Yes,
                SupplierContacted::No | SupplierContacted::Yes,
                ReportCredibility::NotCredible | ReportCredibility::Credible,
            )
            | (
                ReportPublic::No,
                SupplierContacted::No,
                ReportCredibility::NotCredible | ReportCredibility::Credible,
            ) => triage_table::PUBLIC_OR_SUPPLIER_UNAWARE,
            (ReportPublic::No, SupplierContacted::Yes, ReportCredibility::NotCredible) => {
                triage_table::NOT_CREDIBLE
            }
            (ReportPublic::No, SupplierContacted::Yes, ReportCredibility::Credible) => {
                triage_table::CREDIBLE
            }
        }
    }
}

impl Decision for Triage {
    type Outcome = Coordinate;

    const TABLE: &'static str = "DT_COORD_TRIAGE";
    const VERSION: &'static str = "1.0.0";
    const POINTS: &'static [&'static Point] = &[
        ReportPublic::POINT,
        SupplierContacted::POINT,
        ReportCredibility::POINT,
        SupplierCardinality::POINT,
        SupplierEngagement::POINT,
        Utility::POINT,
        PublicSafetyImpact::POINT,
    ];

    fn read<'a>(answer: impl Fn(&Point) -> Option<&'a str>) -> Result<Self, SsvcError> {
        Ok(Self {
            report_public: read_point(&answer)?,
            supplier_contacted: read_point(&answer)?,
            report_credibility: read_point(&answer)?,
            supplier_cardinality: read_point(&answer)?,
            supplier_engagement: read_point(&answer)?,
            utility: read_point(&answer)?,
            public_safety_impact: read_point(&answer)?,
        })
    }

    fn keys(self) -> Vec<&'static str> {
        vec![
            self.report_public.key(),
            self.supplier_contacted.key(),
            self.report_credibility.key(),
            self.supplier_cardinality.key(),
            self.supplier_engagement.key(),
            self.utility.key(),
            self.public_safety_impact.key(),
        ]
    }

    fn decide(self) -> Coordinate {
        let [one_active, one_silent, many_active, many_silent] = self.block();
        let line = match (self.supplier_cardinality, self.supplier_engagement) {
            (SupplierCardinality::One, SupplierEngagement::Active) => one_active,
            (SupplierCardinality::One, SupplierEngagement::Unresponsive) => one_silent,
            (SupplierCardinality::Multiple, SupplierEngagement::Active) => many_active,
            (SupplierCardinality::Multiple, SupplierEngagement::Unresponsive) => many_silent,
        };
        let [laborious, laborious_harm, efficient, efficient_harm, effective, effective_harm] =
            line;
        match (self.utility, self.public_safety_impact) {
            (Utility::Laborious, PublicSafetyImpact::Minimal) => laborious,
            (Utility::Laborious, PublicSafetyImpact::Significant) => laborious_harm,
            (Utility::Efficient, PublicSafetyImpact::Minimal) => efficient,
            (Utility::Efficient, PublicSafetyImpact::Significant) => efficient_harm,
            (Utility::SuperEffective, PublicSafetyImpact::Minimal) => effective,
            (Utility::SuperEffective, PublicSafetyImpact::Significant) => effective_harm,
        }
    }
}

/// What is known when a coordinator decides whether to publish: after the embargo, on a case
/// that was taken on (table `ssvc:DT_COORD_PUBLISH:1.0.0`). "Do not publish" means not now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Publication {
    /// How far is the supplier?
    pub supplier_involvement: SupplierInvolvement,
    /// Is it used in attacks?
    pub exploitation: Exploitation,
    /// What would a note add to what is known?
    pub public_value_added: PublicValueAdded,
}

impl Decision for Publication {
    type Outcome = Publish;

    const TABLE: &'static str = "DT_COORD_PUBLISH";
    const VERSION: &'static str = "1.0.0";
    const POINTS: &'static [&'static Point] =
        &[SupplierInvolvement::POINT, Exploitation::POINT, PublicValueAdded::POINT];

    fn read<'a>(answer: impl Fn(&Point) -> Option<&'a str>) -> Result<Self, SsvcError> {
        Ok(Self {
            supplier_involvement: read_point(&answer)?,
            exploitation: read_point(&answer)?,
            public_value_added: read_point(&answer)?,
        })
    }

    fn keys(self) -> Vec<&'static str> {
        vec![
            self.supplier_involvement.key(),
            self.exploitation.key(),
            self.public_value_added.key(),
        ]
    }

    #[expect(clippy::match_same_arms, reason = "each line is a line of the table")]
    fn decide(self) -> Publish {
        const N: Publish = Publish::DoNotPublish;
        const P: Publish = Publish::Publish;
        // Each line: value added limited, ampliative, precedence.
        let [limited, ampliative, precedence] = match (self.supplier_involvement, self.exploitation)
        {
            (SupplierInvolvement::FixReady, Exploitation::None) => [N, N, P],
            (SupplierInvolvement::FixReady, Exploitation::PublicProof) => [N, N, P],
            (SupplierInvolvement::FixReady, Exploitation::Active) => [N, P, P],
            (SupplierInvolvement::Cooperative, Exploitation::None) => [N, N, P],
            (SupplierInvolvement::Cooperative, Exploitation::PublicProof) => [N, N, P],
            (SupplierInvolvement::Cooperative, Exploitation::Active) => [N, P, P],
            (SupplierInvolvement::Uncooperative, Exploitation::None) => [N, N, P],
            (SupplierInvolvement::Uncooperative, Exploitation::PublicProof) => [N, P, P],
            (SupplierInvolvement::Uncooperative, Exploitation::Active) => [P, P, P],
        };
        match self.public_value_added {
            PublicValueAdded::Limited => limited,
            PublicValueAdded::Ampliative => ampliative,
            PublicValueAdded::Precedence => precedence,
        }
    }
}

/// Reads the answer to one question.
fn read_point<'a, P: DecisionPoint>(
    answer: &impl Fn(&Point) -> Option<&'a str>,
) -> Result<P, SsvcError> {
    let point = P::POINT;
    let key = answer(point).ok_or(SsvcError::NotAnswered { point })?;
    P::from_key(key).ok_or_else(|| SsvcError::UnknownValue { point, given: quote(key) })
}

/// Repeats a little of somebody's text, without what could break a line.
fn quote(text: &str) -> String {
    text.chars().take(24).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
