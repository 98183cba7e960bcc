use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Dated, Desideratum, Outcome, Ratio, Source, histories, met_by, rank, weight};
use crate::cs::{CaseState, CsEvent};

fn event(letter: char) -> CsEvent {
    CsEvent::ALL.into_iter().find(|event| event.letter() == letter).unwrap()
}

fn order(word: &str) -> Vec<CsEvent> {
    word.chars().map(event).collect()
}

fn word(order: &[CsEvent]) -> String {
    order.iter().map(|event| event.letter()).collect()
}

fn name(desideratum: Desideratum) -> String {
    word(&[desideratum.first(), desideratum.second()])
}

/// How likely a history is when every event that may come next is equally likely: one over this number.
fn odds(history: &[CsEvent]) -> u64 {
    let mut state = CaseState::default();
    let mut odds = 1;
    for &event in history {
        odds *= u64::try_from(state.enabled().len()).unwrap();
        state = state.step(event).unwrap();
    }
    odds
}

#[test]
fn the_baselines_are_what_the_model_itself_yields() {
    // 1/144, 1/216 and 1/384 are the awkward shares; this many parts hold them all.
    const PARTS: u64 = 3456;
    let histories = histories();
    assert!(histories.iter().all(|history| PARTS.is_multiple_of(odds(history))));
    assert_eq!(histories.iter().map(|history| PARTS / odds(history)).sum::<u64>(), PARTS);
    for desideratum in Desideratum::ALL {
        let lucky: u64 = histories
            .iter()
            .filter(|history| met_by(history).contains(&desideratum))
            .map(|history| PARTS / odds(history))
            .sum();
        let baseline = desideratum.baseline();
        assert_eq!(
            lucky * u64::from(baseline.denominator()),
            u64::from(baseline.numerator()) * PARTS,
            "{} is met in {lucky} of {PARTS}",
            name(desideratum)
        );
    }
}

#[test]
fn the_twelve_desiderata_are_written_as_in_the_model() {
    let written: Vec<_> =
        Desideratum::ALL.into_iter().map(|d| format!("{} {}", name(d), d.baseline())).collect();
    assert_eq!(
        written,
        [
            "DP 1/27", "FP 1/9", "DX 1/6", "DA 3/16", "VP 1/3", "FX 1/3", "FA 3/8", "PX 1/2",
            "XA 1/2", "VX 2/3", "PA 2/3", "VA 3/4"
        ]
    );
}

/// The published ranks. From 41 on they are one higher than ours, for VFPAXD (40) and VFXPAD (41) weigh the same.
const PUBLISHED: &str = "AXPVFD 1 APVXFD 2 AVXPFD 3 XPVAFD 4 VAXPFD 5 PVAXFD 6 AVPXFD 7 APVFXD 7 XPVFAD 8 \
    VAPXFD 9 PVXAFD 10 VPAXFD 11 PVAFXD 11 VXPAFD 11 AVPFXD 12 APVFDX 13 VAPFXD 14 XPVFDA 15 PVXFAD 16 \
    AVFXPD 17 VPXAFD 18 PVFAXD 19 VXPFAD 19 VPAFXD 20 VAFXPD 21 PVAFDX 22 AVPFDX 23 AVFPXD 24 PVFXAD 25 \
    VPXFAD 25 VAPFDX 26 VAFPXD 27 PVXFDA 28 VPFAXD 29 VFAXPD 30 VXPFDA 31 PVFADX 32 VPAFDX 33 VPFXAD 34 \
    AVFPDX 35 VFAPXD 36 VPXFDA 37 PVFXDA 37 VAFPDX 38 VPFADX 39 VFPAXD 40 VFXPAD 41 AVFDXP 42 PVFDAX 43 \
    VAFDXP 44 VPFXDA 45 VFAPDX 46 VFPXAD 46 AVFDPX 47 PVFDXA 48 VPFDAX 49 VFXPDA 50 VFPADX 51 VAFDPX 52 \
    VFADXP 53 VPFDXA 54 VFPXDA 55 VFADPX 56 VFPDAX 57 VFDAXP 58 VFPDXA 59 VFDAPX 60 VFDXPA 61 VFDPAX 61 \
    VFDPXA 62";

#[test]
fn the_ranks_are_the_published_ones_without_the_pair_that_rounding_split() {
    let words: Vec<&str> = PUBLISHED.split_whitespace().collect();
    let published: BTreeMap<&str, usize> =
        words.chunks(2).map(|pair| (pair[0], pair[1].parse().unwrap())).collect();
    assert_eq!(published.len(), 70);
    for (word, published) in published {
        let expected = if published > 40 { published - 1 } else { published };
        assert_eq!(rank(&order(word)), Some(expected), "{word}");
    }
}

#[test]
fn seventy_histories_have_sixty_one_weights() {
    let weights: BTreeSet<Ratio> = histories().iter().map(|h| weight(met_by(h))).collect();
    assert_eq!(weights.len(), 61);
    assert_eq!(weight(met_by(&order("AXPVFD"))), Ratio::ZERO);
    assert_eq!(weight(met_by(&order("VFPAXD"))), Ratio::new(307, 72));
    assert_eq!(weight(met_by(&order("VFXPAD"))), Ratio::new(307, 72));
    assert_eq!(weight(met_by(&order("VFDPXA"))), Ratio::new(3185, 432));
}

#[test]
fn what_is_no_complete_history_has_no_rank() {
    assert_eq!(rank(&order("VFDPX")), None);
    assert_eq!(rank(&order("FVDPXA")), None);
    assert_eq!(rank(&[]), None);
}

/// A story such as `V1 P5 X5?`: letters with hours, a question mark for what was inferred, in the order of the log.
fn story(text: &str) -> Vec<Dated> {
    text.split_whitespace()
        .map(|token| {
            let (source, token) = match token.strip_suffix('?') {
                Some(token) => (Source::Inferred, token),
                None => (Source::Observed, token),
            };
            let hours = token[1..].parse().unwrap();
            let at = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours);
            Dated { event: event(token.chars().next().unwrap()), at, source }
        })
        .collect()
}

#[test]
fn an_outcome_is_known_as_soon_as_one_of_the_two_has_happened() {
    let fix_before_public = |text| Desideratum::FixBeforePublic.outcome(&story(text));
    assert_eq!(fix_before_public(""), Outcome::Open);
    assert_eq!(fix_before_public("V1 A2"), Outcome::Open);
    assert_eq!(fix_before_public("V1 F2"), Outcome::Met);
    assert_eq!(fix_before_public("V1 F2 P3"), Outcome::Met);
    assert_eq!(fix_before_public("V1 P3"), Outcome::Failed);
    assert_eq!(fix_before_public("V1 P3 F4"), Outcome::Failed);
}

#[test]
fn what_counts_is_when_it_happened_not_when_it_was_written_down() {
    assert_eq!(Desideratum::FixBeforePublic.outcome(&story("V1 P3 F2")), Outcome::Met);
    assert_eq!(Desideratum::FixBeforePublic.outcome(&story("V1 F2 P3 P1")), Outcome::Failed);
}

#[test]
fn of_one_instant_the_order_of_the_log_decides() {
    assert_eq!(Desideratum::FixBeforePublic.outcome(&story("V1 F3 P3")), Outcome::Met);
    assert_eq!(Desideratum::FixBeforePublic.outcome(&story("V1 P3 F3")), Outcome::Failed);
    assert_eq!(Desideratum::VendorBeforePublic.outcome(&story("V3 P3")), Outcome::Met);
}

#[test]
fn a_vendor_that_learns_from_the_public_did_not_know_before_it() {
    assert_eq!(Desideratum::VendorBeforePublic.outcome(&story("P3 V3?")), Outcome::Failed);
    assert_eq!(Desideratum::VendorBeforePublic.outcome(&story("V3? P3")), Outcome::Failed);
}

#[test]
fn a_publication_inferred_from_an_exploit_did_not_come_before_it() {
    assert_eq!(Desideratum::PublicBeforeExploit.outcome(&story("V1 X3 P3?")), Outcome::Failed);
    assert_eq!(Desideratum::VendorBeforeExploit.outcome(&story("X3 P3? V3?")), Outcome::Failed);
}

#[test]
fn dated_and_undated_histories_agree() {
    for history in histories() {
        let dated: Vec<Dated> = (1..)
            .zip(&history)
            .map(|(hours, &event)| Dated {
                event,
                at: Timestamp::UNIX_EPOCH + SignedDuration::from_hours(hours),
                source: Source::Observed,
            })
            .collect();
        let met: Vec<_> = Desideratum::ALL
            .into_iter()
            .filter(|desideratum| desideratum.outcome(&dated) == Outcome::Met)
            .collect();
        assert_eq!(met, met_by(&history), "{}", word(&history));
    }
}
