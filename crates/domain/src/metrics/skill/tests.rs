use super::{Tally, aggregate, credible_interval, jeffreys, skill};
use crate::metrics::{Desideratum, Outcome, beta};

fn assert_close(found: f64, expected: f64) {
    let apart = (found - expected).abs();
    assert!(apart <= 1e-10 * expected.abs().max(1e-3), "{found:e} is not {expected:e}");
}

/// Successes, trials, probability, and the two ends that `SciPy` gives for Beta(S + ½, T − S + ½).
const INTERVALS: [(u32, u32, f64, f64, f64); 15] = [
    (0, 1, 0.95, 3.855_809_807_559_0e-4, 8.532_536_836_904_2e-1),
    (1, 1, 0.95, 1.467_463_163_095_8e-1, 9.996_144_190_192_4e-1),
    (0, 10, 0.95, 4.789_043_315_758_2e-5, 2.171_962_675_092_1e-1),
    (10, 10, 0.95, 7.828_037_324_907_9e-1, 9.999_521_095_668_4e-1),
    (5, 10, 0.95, 2.235_286_702_527_1e-1, 7.764_713_297_472_9e-1),
    (1, 3, 0.95, 3.874_761_778_516_5e-2, 8.232_639_028_687_4e-1),
    (12, 18, 0.95, 4.371_938_204_712_9e-1, 8.471_543_050_759_9e-1),
    (90, 100, 0.95, 8.298_760_703_478_1e-1, 9.474_153_247_093_3e-1),
    (3, 1000, 0.95, 8.456_348_018_298_3e-4, 7.984_367_358_403_4e-3),
    (500, 1000, 0.95, 4.690_477_126_991_1e-1, 5.309_522_873_008_9e-1),
    (2610, 2694, 0.95, 9.617_447_805_969_8e-1, 9.748_881_776_016_4e-1),
    (72288, 73474, 0.95, 9.829_278_532_661_0e-1, 9.847_504_996_192_3e-1),
    (0, 1, 0.90, 1.542_919_302_672_9e-3, 7.714_801_861_936_7e-1),
    (12, 18, 0.90, 4.737_452_711_450_1e-1, 8.226_660_622_945_4e-1),
    (90, 100, 0.90, 8.422_252_616_962_0e-1, 9.409_241_689_485_8e-1),
];

#[test]
fn the_interval_is_the_one_that_others_compute() {
    for (successes, trials, probability, low, high) in INTERVALS {
        let interval = jeffreys(successes, trials, probability).unwrap();
        assert_close(interval.low, low);
        assert_close(interval.high, high);
    }
}

#[test]
fn the_distribution_is_the_one_that_others_compute() {
    let vectors = [
        (0.1, 0.5, 0.5, 2.048_327_646_991_3e-1),
        (0.3, 2.0, 5.0, 5.798_25e-1),
        (0.9, 2.0, 5.0, 9.999_45e-1),
        (0.5, 50.5, 50.5, 0.5),
        (0.97, 2610.5, 84.5, 6.459_865_706_916_1e-1),
        (1e-6, 0.5, 10.5, 3.613_101_065_976_1e-3),
        (0.0, 2.0, 5.0, 0.0),
        (1.0, 2.0, 5.0, 1.0),
    ];
    for (x, a, b, expected) in vectors {
        assert_close(beta::distribution(x, a, b), expected);
    }
}

#[test]
fn all_or_nothing_still_leaves_room_for_doubt() {
    let never = credible_interval(0, 10).unwrap();
    let always = credible_interval(10, 10).unwrap();
    assert!(never.low > 0.0 && always.high < 1.0);
}

#[test]
fn without_a_trial_there_is_neither_skill_nor_interval() {
    let luck = Desideratum::FixBeforePublic.baseline();
    assert_eq!(skill(0, 0, luck), None);
    assert_eq!(skill(3, 2, luck), None);
    assert_eq!(credible_interval(0, 0), None);
    assert_eq!(credible_interval(3, 2), None);
    for probability in [0.0, 1.0, -0.5, f64::NAN] {
        assert_eq!(jeffreys(1, 2, probability), None);
    }
}

#[test]
fn the_skills_of_the_published_study_come_out_by_the_formula() {
    let vectors = [
        (Desideratum::FixBeforePublic, 2610, 2694, 0.96882, 0.96492),
        (Desideratum::FixBeforeAttacks, 2655, 2694, 0.98552, 0.97684),
        (Desideratum::PublicBeforeExploit, 72_288, 73_474, 0.98386, 0.96772),
    ];
    for (desideratum, successes, trials, share, expected) in vectors {
        let found = skill(successes, trials, desideratum.baseline()).unwrap();
        assert!((found - expected).abs() < 5e-6, "{found} is not {expected}");
        assert!((f64::from(successes) / f64::from(trials) - share).abs() < 5e-6);
    }
}

#[test]
fn always_is_one_and_what_chance_brings_is_zero() {
    for desideratum in Desideratum::ALL {
        let luck = desideratum.baseline();
        assert_close(skill(7, 7, luck).unwrap(), 1.0);
        assert_close(skill(luck.numerator(), luck.denominator(), luck).unwrap(), 0.0);
        assert!(skill(0, 7, luck).unwrap() < 0.0);
    }
}

#[test]
fn open_outcomes_are_counted_beside_the_trials() {
    let tally =
        Tally::of([Outcome::Met, Outcome::Open, Outcome::Failed, Outcome::Met, Outcome::Open]);
    assert_eq!(tally, Tally { met: 2, failed: 1, open: 2 });
    assert_eq!(tally.trials(), 3);
    assert_close(tally.skill(Desideratum::VendorBeforePublic.baseline()).unwrap(), 0.5);
}

#[test]
fn the_interval_of_a_skill_is_that_of_the_share_seen_from_luck() {
    let luck = Desideratum::FixBeforePublic.baseline();
    let interval = Tally { met: 90, failed: 10, open: 3 }.skill_interval(luck).unwrap();
    assert_close(interval.low, (0.829_876_070_347_81 - 1.0 / 9.0) / (8.0 / 9.0));
    assert_close(interval.high, (0.947_415_324_709_33 - 1.0 / 9.0) / (8.0 / 9.0));
    assert_eq!(Tally::default().skill_interval(luck), None);
}

#[test]
fn many_parties_are_seen_by_their_middle_and_their_spread() {
    let odd = aggregate(&[0.2, 0.5, 0.9, -0.4, 1.0]).unwrap();
    assert_eq!(odd.parties, 5);
    assert_close(odd.median, 0.5);
    assert_close(odd.variance, 0.2584);
    assert_close(aggregate(&[0.2, 0.9, 0.5, 1.0]).unwrap().median, 0.7);
    assert_eq!(aggregate(&[]), None);
    assert_eq!(aggregate(&[f64::NAN]), None);
}

#[test]
fn a_benchmark_asks_for_both_good_and_alike() {
    let parties = aggregate(&[0.8, 1.0, 0.9]).unwrap();
    assert!(parties.meets(0.9, 0.01));
    assert!(!parties.meets(0.95, 0.01));
    assert!(!parties.meets(0.9, 0.001));
}
