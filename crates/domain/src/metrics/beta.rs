//! The beta distribution, as far as credible intervals need it: its distribution function by the continued fraction
//! (DLMF 8.17.22) and its quantiles by halving. Made for parameters of one half and more.

/// The value below which a Beta(a, b) lies with the given probability.
pub(super) fn quantile(probability: f64, a: f64, b: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    loop {
        let middle = f64::midpoint(low, high);
        // No number lies between the two any more.
        if middle <= low || middle >= high {
            return middle;
        }
        if distribution(middle, a, b) < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
}

/// The probability that a Beta(a, b) lies below `x`: the regularized incomplete beta function.
pub(super) fn distribution(x: f64, a: f64, b: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    // The fraction converges fast on the left of the mean; the right is the left of the mirror image.
    if x < (a + 1.0) / (a + b + 2.0) { left_part(x, a, b) } else { 1.0 - left_part(1.0 - x, b, a) }
}

fn left_part(x: f64, a: f64, b: f64) -> f64 {
    let logarithm = ln_gamma(a + b) - ln_gamma(a) - ln_gamma(b) + a * x.ln() + b * (-x).ln_1p();
    logarithm.exp() * continued_fraction(x, a, b) / a
}

/// Lentz's method; the number of terms grows with the root of the larger parameter.
#[expect(clippy::many_single_char_names, reason = "the letters of the cited formula")]
fn continued_fraction(x: f64, a: f64, b: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const TERMS: u32 = 20_000;
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };

    let mut c = 1.0;
    let mut d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
    let mut product = d;
    for term in 1..TERMS {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        let mut last = 1.0;
        for coefficient in [even, odd] {
            d = 1.0 / away_from_zero(1.0 + coefficient * d);
            c = away_from_zero(1.0 + coefficient / c);
            last = c * d;
            product *= last;
        }
        if (last - 1.0).abs() < 1e-16 {
            break;
        }
    }
    product
}

/// The logarithm of the gamma function for positive numbers: Stirling's series (DLMF 5.11.1), reached by recurrence.
fn ln_gamma(x: f64) -> f64 {
    let mut shifted = x;
    let mut product = 1.0;
    while shifted < 15.0 {
        product *= shifted;
        shifted += 1.0;
    }
    let inverse_square = 1.0 / (shifted * shifted);
    let series = [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0]
        .into_iter()
        .rev()
        .fold(0.0, |sum, coefficient| sum * inverse_square + coefficient)
        / shifted;
    let half_ln_two_pi = 0.5 * (2.0 * std::f64::consts::PI).ln();
    (shifted - 0.5) * shifted.ln() - shifted + half_ln_two_pi + series - f64::ln(product)
}
