//! The arithmetic of CVSS 3.0 and 3.1, in whole numbers.
//!
//! Everything but one power is exact: weights are hundredths, and products keep every digit.
//! The power is cut at eighteen places. Of all sums that the weights allow, none but ten is a
//! whole number of tenths, and none lies within 10⁻⁶ of one, so rounding up cannot go wrong; and the
//! `Roundup` of 3.0 (the plain ceiling) and that of 3.1 (a ceiling that forgives floating
//! point) give the same, so that both are one function here.

use super::{CvssVersion, Score, Scores};

/// One, in the fixed point that sums are made in: eighteen decimal places.
const ONE: i128 = 1_000_000_000_000_000_000;

/// Weights in hundredths (v3.1 section 7.4); a value that is not listed weighs one.
type Weights = [(&'static str, i128)];

const ATTACK_VECTOR: &Weights = &[("N", 85), ("A", 62), ("L", 55), ("P", 20)];
const ATTACK_COMPLEXITY: &Weights = &[("L", 77), ("H", 44)];
const PRIVILEGES_WITHIN_SCOPE: &Weights = &[("N", 85), ("L", 62), ("H", 27)];
const PRIVILEGES_ACROSS_SCOPES: &Weights = &[("N", 85), ("L", 68), ("H", 50)];
const USER_INTERACTION: &Weights = &[("N", 85), ("R", 62)];
const IMPACT: &Weights = &[("H", 56), ("L", 22), ("N", 0)];
const EXPLOIT_MATURITY: &Weights = &[("H", 100), ("F", 97), ("P", 94), ("U", 91)];
const REMEDIATION_LEVEL: &Weights = &[("U", 100), ("W", 97), ("T", 96), ("O", 95)];
const REPORT_CONFIDENCE: &Weights = &[("C", 100), ("R", 96), ("U", 92)];
const REQUIREMENT: &Weights = &[("H", 150), ("M", 100), ("L", 50)];

/// Whether the harm stays with the component that has the flaw.
#[derive(Clone, Copy)]
enum Scope {
    Unchanged,
    Changed,
}

/// The power in the impact of a changed scope; 3.1 has another for the environmental score.
#[derive(Clone, Copy)]
enum Curve {
    Fifteenth,
    Thirteenth,
}

/// All three scores; `of` tells the key of a metric that the vector defines.
pub(super) fn scores(version: CvssVersion, of: impl Fn(&str) -> Option<&'static str>) -> Scores {
    let weight = |name: &str, weights| weigh(of(name), weights);
    let modified = |name: &str, base: &str, weights| weigh(of(name).or(of(base)), weights);
    let scope = scope(of("S"));
    let modified_scope = self::scope(of("MS").or(of("S")));

    let base = rounded_up(
        impact(
            missing_part([weight("C", IMPACT), weight("I", IMPACT), weight("A", IMPACT)], [100; 3]),
            scope,
            Curve::Fifteenth,
        ),
        [
            weight("AV", ATTACK_VECTOR),
            weight("AC", ATTACK_COMPLEXITY),
            weight("PR", privileges(scope)),
            weight("UI", USER_INTERACTION),
        ],
        scope,
    );
    let curve = match version {
        CvssVersion::V2 | CvssVersion::V3_0 => Curve::Fifteenth,
        CvssVersion::V3_1 | CvssVersion::V4_0 => Curve::Thirteenth,
    };
    let here = rounded_up(
        impact(
            missing_part(
                [
                    modified("MC", "C", IMPACT),
                    modified("MI", "I", IMPACT),
                    modified("MA", "A", IMPACT),
                ],
                [weight("CR", REQUIREMENT), weight("IR", REQUIREMENT), weight("AR", REQUIREMENT)],
            )
            .min(9_150_000_000_000),
            modified_scope,
            curve,
        ),
        [
            modified("MAV", "AV", ATTACK_VECTOR),
            modified("MAC", "AC", ATTACK_COMPLEXITY),
            modified("MPR", "PR", privileges(modified_scope)),
            modified("MUI", "UI", USER_INTERACTION),
        ],
        modified_scope,
    );
    let by_now = |score: Score| {
        let millionths = i128::from(score.tenths())
            * weight("E", EXPLOIT_MATURITY)
            * weight("RL", REMEDIATION_LEVEL)
            * weight("RC", REPORT_CONFIDENCE);
        Score::at_least(ceiling(millionths, 1_000_000))
    };
    Scores { base, temporal: Some(by_now(base)), environmental: Some(by_now(here)) }
}

fn weigh(key: Option<&str>, weights: &Weights) -> i128 {
    weights.iter().find(|(listed, _)| Some(*listed) == key).map_or(100, |(_, weight)| *weight)
}

fn scope(key: Option<&str>) -> Scope {
    if key == Some("C") { Scope::Changed } else { Scope::Unchanged }
}

fn privileges(scope: Scope) -> &'static Weights {
    match scope {
        Scope::Unchanged => PRIVILEGES_WITHIN_SCOPE,
        Scope::Changed => PRIVILEGES_ACROSS_SCOPES,
    }
}

/// The impact sub-score 1 − ∏(1 − impact × requirement), in units of 10⁻¹³; exact,
/// since each factor has four decimal places and the product twelve.
fn missing_part(impacts: [i128; 3], requirements: [i128; 3]) -> i128 {
    let left = impacts
        .into_iter()
        .zip(requirements)
        .fold(10, |left, (impact, requirement)| left * (10_000 - impact * requirement));
    10_000_000_000_000 - left
}

/// The impact (v3.1 sections 7.1 and 7.3), in fixed point.
fn impact(missing_part: i128, scope: Scope, curve: Curve) -> i128 {
    let missing = missing_part * 100_000;
    match scope {
        Scope::Unchanged => missing * 642 / 100,
        Scope::Changed => {
            let bent = match curve {
                Curve::Fifteenth => power(missing - ONE / 50, 15),
                Curve::Thirteenth => power(missing * 9_731 / 10_000 - ONE / 50, 13),
            };
            (missing - ONE * 29 / 1_000) * 752 / 100 - bent * 325 / 100
        }
    }
}

fn power(number: i128, exponent: u8) -> i128 {
    (0..exponent).fold(ONE, |product, _| product * number / ONE)
}

/// The score of an impact and the four weights of exploitability: `Roundup(min(sum, 10))`.
fn rounded_up(impact: i128, exploitability: [i128; 4], scope: Scope) -> Score {
    if impact <= 0 {
        return Score::at_least(0);
    }
    let ease = 822 * exploitability.into_iter().product::<i128>() * (ONE / 10_000_000_000);
    let sum = match scope {
        Scope::Unchanged => impact + ease,
        Scope::Changed => (impact + ease) * 108 / 100,
    };
    Score::at_least(ceiling(sum, ONE / 10))
}

/// How many whole units are needed to reach an amount that is not negative.
fn ceiling(amount: i128, unit: i128) -> i128 {
    (amount + unit - 1) / unit
}
