use std::collections::BTreeSet;

use super::{CaseState, CsEvent, Pxa, Vfd};
use crate::em::{Em, EmStep};
use crate::metrics::histories;
use crate::rm::{Rm, RmStep};

fn state(text: &str) -> CaseState {
    text.parse().unwrap()
}

fn letters(events: &[CsEvent]) -> String {
    events.iter().map(|event| event.letter()).collect()
}

#[test]
fn there_are_thirty_two_states_and_each_is_written_in_its_own_way() {
    let written: BTreeSet<String> = CaseState::all().map(|state| state.to_string()).collect();
    assert_eq!(written.len(), 32);
    assert!(CaseState::all().all(|state| state.to_string().parse() == Ok(state)));
    assert_eq!(CaseState::default().to_string(), "vfdpxa");
}

#[test]
fn what_is_no_state_is_not_read_as_one() {
    for text in ["", "VFdPx", "VFdPxaa", "vFdpxa", "vfDpxa", "VfDpxa", "fvdpxa", "VFd·xa"] {
        assert!(text.parse::<CaseState>().is_err(), "{text}");
    }
}

#[test]
fn there_are_fifty_eight_edges_and_each_turns_exactly_one_letter() {
    let mut edges = 0;
    for from in CaseState::all() {
        for event in from.enabled() {
            let to = from.step(event).unwrap();
            let turned: String = from
                .to_string()
                .chars()
                .zip(to.to_string().chars())
                .filter(|(before, after)| before != after)
                .map(|(_, after)| after)
                .collect();
            assert_eq!(turned, event.letter().to_string(), "{from} to {to}");
            assert!(!from.has(event) && to.has(event));
            edges += 1;
        }
    }
    assert_eq!(edges, 58);
}

#[test]
fn a_step_is_possible_exactly_when_the_event_is_enabled() {
    for from in CaseState::all() {
        for event in CsEvent::ALL {
            assert_eq!(
                from.step(event).is_some(),
                from.enabled().contains(&event),
                "{from} {event}"
            );
        }
    }
}

#[test]
fn a_vendor_learns_what_the_public_knows_before_anything_else_happens() {
    let vendor_behind: Vec<_> =
        CaseState::all().filter(|s| s.vfd == Vfd::Unaware && s.pxa.public).collect();
    assert_eq!(vendor_behind.len(), 4);
    assert!(vendor_behind.iter().all(|s| s.enabled() == [CsEvent::VendorAware]));
}

#[test]
fn a_public_exploit_makes_the_vulnerability_public_before_anything_else_happens() {
    let exploit_ahead: Vec<_> =
        CaseState::all().filter(|s| s.pxa.exploit && !s.pxa.public).collect();
    assert_eq!(exploit_ahead.len(), 8);
    assert!(exploit_ahead.iter().all(|s| s.enabled() == [CsEvent::PublicAware]));
}

#[test]
fn the_misprinted_way_past_deployment_does_not_exist() {
    assert_eq!(state("VFdPxA").step(CsEvent::ExploitPublic), Some(state("VFdPXA")));
}

#[test]
fn seventy_histories_lead_from_nothing_to_everything() {
    let histories = histories();
    let distinct: BTreeSet<String> = histories.iter().map(|history| letters(history)).collect();
    assert_eq!((histories.len(), distinct.len()), (70, 70));
}

#[test]
fn the_histories_have_two_hundred_and_seventeen_beginnings() {
    let histories = histories();
    let beginnings = |length: usize| {
        let distinct: BTreeSet<String> = histories.iter().map(|h| letters(&h[..length])).collect();
        distinct.len()
    };
    let by_length: Vec<_> = (0..=6).map(beginnings).collect();
    assert_eq!(by_length, [1, 4, 9, 20, 43, 70, 70]);
    assert_eq!(by_length.iter().sum::<usize>(), 217);
}

#[test]
fn what_one_event_implies_is_named_in_the_order_in_which_it_follows() {
    let implied = |from: &str, event| letters(&state(from).implied(event));
    assert_eq!(implied("vfdpxa", CsEvent::PublicAware), "V");
    assert_eq!(implied("vfdpxa", CsEvent::ExploitPublic), "PV");
    assert_eq!(implied("Vfdpxa", CsEvent::ExploitPublic), "P");
    assert_eq!(implied("VfdPxa", CsEvent::ExploitPublic), "");
    assert_eq!(implied("vfdpxa", CsEvent::AttacksObserved), "");
    assert_eq!(implied("VFdpxA", CsEvent::PublicAware), "");
    assert_eq!(implied("vfdPxa", CsEvent::PublicAware), "", "it has happened already");
}

#[test]
fn with_what_it_implies_no_event_leaves_a_state_that_cannot_last() {
    for from in CaseState::all().filter(|state| state.forced().is_none()) {
        for event in from.enabled() {
            let implied = from.implied(event);
            let after = implied.iter().fold(from.step(event), |s, &e| s.and_then(|s| s.step(e)));
            assert_eq!(after.and_then(CaseState::forced), None, "{from} {event}");
        }
    }
}

/// A participant's whole state, as the count of the model sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct At {
    rm: Rm,
    em: Em,
    fix: Option<Vfd>,
    pxa: Pxa,
}

/// Who takes the steps of the fix, which is all in which the roles differ here.
#[derive(Clone, Copy, PartialEq)]
enum Fixer {
    /// Anyone, at any time: the count before roles are looked at.
    Anyone,
    /// A vendor, while it works on the report, as far as the given state.
    While(Vfd),
}

fn neighbours(at: At, fixer: Fixer) -> Vec<At> {
    let mut next: Vec<At> = Vec::new();
    for step in RmStep::ALL {
        // A vendor that has the report knows.
        let fix = match (step, at.fix, fixer) {
            (RmStep::Receive, Some(Vfd::Unaware), Fixer::While(_)) => Some(Vfd::Aware),
            _ => at.fix,
        };
        next.extend(at.rm.step(step).map(|rm| At { rm, fix, ..at }));
    }
    next.extend(
        EmStep::ALL.into_iter().filter_map(|step| at.em.step(step)).map(|em| At { em, ..at }),
    );
    let cs = CaseState { vfd: at.fix.unwrap_or(Vfd::Aware), pxa: at.pxa };
    for event in cs.enabled() {
        let mut after = cs.step(event).unwrap();
        // The model's count before roles lets a vendor lag behind the public, but no public behind an exploit.
        let at_once = cs
            .implied(event)
            .into_iter()
            .filter(|&implied| fixer != Fixer::Anyone || implied == CsEvent::PublicAware);
        for implied in at_once {
            after = after.step(implied).unwrap();
        }
        let is_allowed = match (event, fixer) {
            (CsEvent::PublicAware | CsEvent::ExploitPublic | CsEvent::AttacksObserved, _) => true,
            (_, Fixer::Anyone) => at.fix.is_some(),
            (CsEvent::FixReady | CsEvent::FixDeployed, Fixer::While(last)) => {
                at.fix.is_some() && at.rm == Rm::Accepted && after.vfd <= last
            }
            (CsEvent::VendorAware, Fixer::While(_)) => false,
        };
        if is_allowed {
            next.push(At { fix: at.fix.map(|_| after.vfd), pxa: after.pxa, ..at });
        }
    }
    next
}

/// How many states can be told apart: before and after one's own part nothing else matters, and once public the embargo does not.
fn reachable(starts: &[At], fixer: Fixer) -> usize {
    let mut seen: BTreeSet<At> = starts.iter().copied().collect();
    let mut open = starts.to_vec();
    while let Some(at) = open.pop() {
        open.extend(neighbours(at, fixer).into_iter().filter(|next| seen.insert(*next)));
    }
    let told_apart: BTreeSet<At> = seen
        .into_iter()
        .map(|at| match at {
            At { rm: Rm::Start | Rm::Closed, .. } => {
                At { em: Em::None, fix: None, pxa: Pxa::default(), ..at }
            }
            At { pxa: Pxa { public: true, .. }, .. } => At { em: Em::None, ..at },
            at => at,
        })
        .collect();
    told_apart.len()
}

#[test]
fn each_role_reaches_as_many_states_as_the_model_counts() {
    let start = At { rm: Rm::Start, em: Em::None, fix: None, pxa: Pxa::default() };
    let vendor = At { fix: Some(Vfd::Unaware), ..start };
    // A deployer's one step stands where the vendor's first one does.
    let deployer = At { fix: Some(Vfd::Aware), ..start };
    let reporter = At { rm: Rm::Accepted, ..start };

    assert_eq!(reachable(&[start, vendor], Fixer::Anyone), 352);
    assert_eq!(reachable(&[vendor], Fixer::While(Vfd::FixReady)), 100);
    assert_eq!(reachable(&[vendor], Fixer::While(Vfd::FixDeployed)), 128);
    assert_eq!(reachable(&[deployer], Fixer::While(Vfd::FixReady)), 100);
    assert_eq!(reachable(&[start], Fixer::While(Vfd::Unaware)), 72);
    assert_eq!(reachable(&[reporter], Fixer::While(Vfd::Unaware)), 29);
}

#[test]
fn what_all_share_has_forty_states() {
    // A vendor that knows, so that only what is shared moves; here the public may lag behind an exploit.
    let mut seen = BTreeSet::from([(Em::None, Pxa::default())]);
    let mut open = vec![(Em::None, Pxa::default())];
    while let Some((em, pxa)) = open.pop() {
        let state = CaseState { vfd: Vfd::FixDeployed, pxa };
        let terms = EmStep::ALL.into_iter().filter_map(|step| em.step(step)).map(|em| (em, pxa));
        let facts = CsEvent::ALL.into_iter().filter_map(|event| state.step(event));
        let next = terms.chain(facts.map(|after| (em, after.pxa)));
        open.extend(next.filter(|next| seen.insert(*next)).collect::<Vec<_>>());
    }
    assert_eq!(seen.len(), 40);
}

#[test]
fn a_state_is_written_down_by_its_parts() {
    assert_eq!(
        serde_json::to_string(&state("VFdPxa")).unwrap(),
        r#"{"vfd":"fix_ready","pxa":{"public":true,"exploit":false,"attacks":false}}"#
    );
}
