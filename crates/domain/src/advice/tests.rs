use super::{
    Act, Exploitation, Level, Position, PublicValueAdded, ReportPublic, SupplierContacted,
    SupplierInvolvement, Viability, ZeroDay, guard,
};
use crate::cs::{CaseState, Pxa, Vfd};
use crate::em::Em;
use crate::rm::Rm;

/// Whether a state is written like the pattern, in which a dot stands for any letter.
fn fits(pattern: &str, state: CaseState) -> bool {
    assert_eq!(pattern.len(), 6);
    pattern.chars().zip(state.to_string().chars()).all(|(want, is)| want == '.' || want == is)
}

fn fits_any(patterns: &[&str], state: CaseState) -> bool {
    patterns.iter().any(|pattern| fits(pattern, state))
}

#[test]
fn viability_follows_the_patterns_of_the_model() {
    for state in CaseState::all() {
        let viability = Viability::of(state);
        assert_eq!(viability.may_stay(), fits("...pxa", state), "{state}");
        assert_eq!(viability.may_start(), fits("..dpxa", state), "{state}");
        assert_eq!(viability == Viability::StartWithCaution, fits("VFdpxa", state), "{state}");
        assert_eq!(viability == Viability::NoStart, fits("VFDpxa", state), "{state}");
        let is_out = fits_any(&["...P..", "....X.", ".....A"], state);
        assert_eq!(viability == Viability::NotViable, is_out, "{state}");
    }
}

#[test]
fn zero_days_follow_the_patterns_of_the_model() {
    let patterns =
        ["v..p..", "v..P..", ".f.P..", "vfd.X.", ".fd.X.", "...pX.", "vfd..A", ".fd..A", "...p.A"];
    for state in CaseState::all() {
        let expected: Vec<_> = ZeroDay::ALL
            .into_iter()
            .zip(patterns)
            .filter(|(_, pattern)| fits(pattern, state))
            .map(|(zero_day, _)| zero_day)
            .collect();
        assert_eq!(ZeroDay::of(state), expected, "{state}");
    }
}

#[test]
fn what_ssvc_asks_about_the_world_is_read_from_the_letters() {
    for state in CaseState::all() {
        let exploitation = match Exploitation::of(state.pxa) {
            Exploitation::None => "....xa",
            Exploitation::PublicPoc => "....Xa",
            Exploitation::Active => ".....A",
        };
        assert!(fits(exploitation, state), "{state}");
        let public = ReportPublic::of(state.pxa) == ReportPublic::Yes;
        assert_eq!(public, fits("...P..", state), "{state}");
    }
}

#[test]
fn what_publication_would_add_is_left_open_only_where_the_patterns_overlap() {
    for state in CaseState::all() {
        let candidates = PublicValueAdded::candidates(state);
        for (value, patterns) in [
            (PublicValueAdded::Precedence, &["...p.."][..]),
            (PublicValueAdded::Ampliative, &["VFdp..", "..dP.."]),
            (PublicValueAdded::Limited, &["VF.P.."]),
        ] {
            assert_eq!(candidates.contains(&value), fits_any(patterns, state), "{state} {value:?}");
        }
        assert_eq!(candidates.len() > 1, fits("VFd...", state), "{state}");
    }
}

#[test]
fn a_supplier_is_contacted_when_it_knows_or_has_the_report() {
    for vfd in Vfd::ALL {
        for rm in Rm::ALL {
            let contacted = SupplierContacted::of(vfd, rm) == SupplierContacted::Yes;
            assert_eq!(contacted, vfd.letters().starts_with('V') || rm.letter() != 'S');
        }
    }
}

#[test]
fn a_supplier_is_involved_by_its_fix_first_and_by_its_work_second() {
    for vfd in Vfd::ALL {
        for rm in Rm::ALL {
            let expected = if vfd.letters().starts_with("VF") {
                SupplierInvolvement::FixReady
            } else if "VA".contains(rm.letter()) {
                SupplierInvolvement::Cooperative
            } else {
                SupplierInvolvement::UncooperativeOrUnresponsive
            };
            assert_eq!(SupplierInvolvement::of(vfd, rm), expected, "{vfd} {rm:?}");
        }
    }
}

#[test]
fn ssvc_values_have_the_keys_of_the_published_decision_points() {
    assert_eq!(Exploitation::ALL.map(Exploitation::key), ["N", "P", "A"]);
    assert_eq!(ReportPublic::ALL.map(ReportPublic::key), ["Y", "N"]);
    assert_eq!(SupplierContacted::ALL.map(SupplierContacted::key), ["N", "Y"]);
    assert_eq!(PublicValueAdded::ALL.map(PublicValueAdded::key), ["L", "A", "P"]);
    assert_eq!(SupplierInvolvement::ALL.map(SupplierInvolvement::key), ["FR", "C", "UU"]);
}

fn positions() -> impl Iterator<Item = Position> {
    Rm::ALL.into_iter().flat_map(|rm| {
        Em::ALL
            .into_iter()
            .flat_map(move |em| CaseState::all().map(move |cs| Position { rm, em, cs }))
    })
}

fn at(rm: char, em: char, cs: &str) -> Position {
    Position {
        rm: Rm::ALL.into_iter().find(|state| state.letter() == rm).unwrap(),
        em: Em::ALL.into_iter().find(|state| state.letter() == em).unwrap(),
        cs: cs.parse().unwrap(),
    }
}

/// What the guard says about an act in each report state, in the order S R I V A D C.
fn by_report(act: Act, em: char, cs: &str) -> String {
    Rm::ALL.into_iter().map(|rm| short(guard(act, at(rm.letter(), em, cs)))).collect()
}

fn short(level: Level) -> char {
    match level {
        Level::May => 'm',
        Level::Should => 's',
        Level::ShouldNot => 'n',
        Level::Shall => 'S',
        Level::ShallNot => 'N',
        Level::Must => 'M',
    }
}

#[test]
fn the_report_state_has_its_say_while_nothing_is_out() {
    for cs in ["vfdpxa", "Vfdpxa", "VFdpxa"] {
        assert_eq!(by_report(Act::StartEmbargo, 'N', cs), "mmnmmnn", "{cs}");
        assert_eq!(by_report(Act::AcceptProposal, 'P', cs), "mmnmmmn", "{cs}");
        assert_eq!(by_report(Act::ReviseEmbargo, 'A', cs), "nnnmmmn", "{cs}");
        assert_eq!(by_report(Act::ContinueNegotiation, 'P', cs), "mmmmmmn", "{cs}");
    }
    assert_eq!(by_report(Act::StartEmbargoSoon, 'N', "Vfdpxa"), "mmnsmnn");
    assert_eq!(by_report(Act::StartEmbargoSoon, 'N', "VFdpxa"), "mmnmmnn");
}

#[test]
fn a_deployed_fix_speaks_against_a_new_embargo_and_for_the_end_of_an_old_one() {
    assert_eq!(by_report(Act::StartEmbargo, 'N', "VFDpxa"), "nnnnnnn");
    assert_eq!(by_report(Act::AcceptProposal, 'P', "VFDpxa"), "nnnnnnn");
    assert_eq!(by_report(Act::TerminateEmbargo, 'A', "VFDpxa"), "sssssss");
    assert_eq!(by_report(Act::TerminateEmbargo, 'A', "VFdpxa"), "mmmmmmm");
    assert_eq!(by_report(Act::ReviseEmbargo, 'A', "VFDpxa"), "nnnmmmn", "for those who lag behind");
    for cs in ["VFdpxa", "VFDpxa"] {
        assert_eq!(by_report(Act::RejectProposal, 'P', cs), "sssssss");
    }
}

#[test]
fn once_anything_is_out_nobody_agrees_on_an_embargo() {
    for position in positions().filter(|position| !fits("...pxa", position.cs)) {
        for act in [
            Act::StartEmbargo,
            Act::StartEmbargoSoon,
            Act::AcceptProposal,
            Act::ReviseEmbargo,
            Act::ContinueNegotiation,
        ] {
            assert_eq!(guard(act, position), Level::ShallNot, "{act:?} {position:?}");
        }
    }
}

#[test]
fn the_public_or_an_exploit_ends_an_embargo_and_attacks_advise_its_end() {
    for position in positions().filter(|position| position.em.in_force()) {
        let level = guard(Act::TerminateEmbargo, position);
        if fits_any(&["...P..", "....X."], position.cs) {
            assert_eq!(level, Level::Shall, "{position:?}");
        } else if fits("...pxA", position.cs) {
            assert_eq!(level, Level::Should, "{position:?}");
        } else {
            assert!(matches!(level, Level::May | Level::Should), "{position:?}");
        }
    }
}

#[test]
fn an_act_without_a_step_in_its_machine_is_not_to_be_done() {
    use crate::em::EmStep;
    for position in positions() {
        let has = |step| position.em.step(step).is_some();
        for (act, is_possible) in [
            (Act::StartEmbargo, has(EmStep::Propose) && !position.em.in_force()),
            (Act::AcceptProposal, has(EmStep::Accept) && position.em == Em::Proposed),
            (Act::RejectProposal, has(EmStep::Reject) && position.em == Em::Proposed),
            (Act::ReviseEmbargo, has(EmStep::Propose) && position.em.in_force()),
            (Act::TerminateEmbargo, has(EmStep::Terminate)),
            (Act::CloseReport, position.rm.is_closable()),
        ] {
            if !is_possible {
                assert_eq!(guard(act, position), Level::ShallNot, "{act:?} {position:?}");
            }
        }
    }
}

#[test]
fn a_report_should_stay_open_while_an_embargo_is_in_force() {
    assert_eq!(by_report(Act::CloseReport, 'N', "Vfdpxa"), "NNmNmmN");
    assert_eq!(by_report(Act::CloseReport, 'A', "Vfdpxa"), "NNnNnnN");
    assert_eq!(by_report(Act::CloseReport, 'R', "Vfdpxa"), "NNnNnnN");
    assert_eq!(by_report(Act::CloseReport, 'X', "Vfdpxa"), "NNmNmmN");
    assert_eq!(guard(Act::DeclareAdherenceOnClosing, at('D', 'A', "Vfdpxa")), Level::Should);
    assert_eq!(guard(Act::DeclareAdherenceOnClosing, at('D', 'N', "Vfdpxa")), Level::May);
}

#[test]
fn one_participant_that_leaves_never_ends_the_embargo_by_that() {
    for position in positions() {
        assert_eq!(guard(Act::TerminateBecauseOneLeft, position), Level::ShallNot);
        assert_eq!(guard(Act::AnnounceChangedAdherence, position), Level::Should);
    }
}

#[test]
fn a_fix_is_recorded_only_by_a_vendor_that_works_on_the_report() {
    assert_eq!(by_report(Act::RecordFixReady, 'N', "Vfdpxa"), "NNNNmNN");
    for cs in ["vfdpxa", "VFdpxa", "VFDpxa"] {
        assert_eq!(by_report(Act::RecordFixReady, 'N', cs), "NNNNNNN", "{cs}");
    }
}

#[test]
fn a_valid_report_must_be_prioritised() {
    assert_eq!(by_report(Act::PrioritiseReport, 'N', "Vfdpxa"), "NNNMmmN");
}

#[test]
fn advice_looks_at_quiet_as_the_case_state_does() {
    assert!(Pxa::ALL.into_iter().all(|pxa| pxa.is_quiet() == (pxa.letters() == "pxa")));
}
