use std::collections::BTreeSet;

use super::{Rm, RmStep};

/// Every word of at most `longest` steps that leads from the start to the end.
fn words(longest: usize) -> BTreeSet<String> {
    let mut complete = BTreeSet::new();
    let mut open = vec![(String::new(), Rm::Start)];
    for _ in 0..longest {
        open = open
            .into_iter()
            .flat_map(|(word, state)| {
                RmStep::ALL.into_iter().filter_map(move |step| {
                    state.step(step).map(|after| (format!("{word}{}", step.letter()), after))
                })
            })
            .collect();
        complete
            .extend(open.iter().filter(|(_, s)| *s == Rm::Closed).map(|(word, _)| word.clone()));
    }
    complete
}

fn members(is_member: fn(Rm) -> bool) -> String {
    Rm::ALL.into_iter().filter(|&state| is_member(state)).map(Rm::letter).collect()
}

#[test]
fn the_short_lives_of_a_report_are_the_fifteen_that_the_model_lists() {
    let listed = "ric rvac rvdc rivac rivdc rvadc rvdac rivadc rvadac rvdadc rivdac rivdadc rvdadac \
                  rivadac rvadadc";
    assert_eq!(words(7), listed.split_whitespace().map(str::to_owned).collect());
}

#[test]
fn the_table_has_these_steps_and_no_others() {
    let steps: Vec<String> = Rm::ALL
        .into_iter()
        .flat_map(|from| RmStep::ALL.into_iter().map(move |step| (from, step)))
        .filter_map(|(from, step)| {
            from.step(step).map(|to| format!("{}{}{}", from.letter(), step.letter(), to.letter()))
        })
        .collect();
    assert_eq!(
        steps,
        ["SrR", "RvV", "RiI", "IvV", "IcC", "VaA", "VdD", "AdD", "AcC", "DaA", "DcC"]
    );
}

#[test]
fn a_valid_report_cannot_be_closed_and_a_closed_one_not_touched() {
    assert_eq!(Rm::Valid.step(RmStep::Close), None);
    assert!(RmStep::ALL.into_iter().all(|step| Rm::Closed.step(step).is_none()));
}

#[test]
fn the_named_subsets_have_the_members_of_the_model() {
    assert_eq!(members(Rm::is_open), "RIVAD");
    assert_eq!(members(Rm::is_active), "RVA");
    assert_eq!(members(Rm::is_closable), "IAD");
    assert_eq!(members(Rm::has_report), "RIVADC");
}

#[test]
fn a_state_is_closable_exactly_when_the_table_closes_it() {
    assert!(Rm::ALL.into_iter().all(|rm| rm.is_closable() == rm.step(RmStep::Close).is_some()));
}

#[test]
fn no_step_of_the_table_loses_ground() {
    for from in Rm::ALL {
        for to in RmStep::ALL.into_iter().filter_map(|step| from.step(step)) {
            assert!(to.progress() >= from.progress(), "{from:?} to {to:?}");
            assert!(from.may_be_told(to), "{from:?} to {to:?}");
        }
    }
}

#[test]
fn the_picture_of_another_party_jumps_forward_only() {
    let jumps = |from: Rm| -> String {
        Rm::ALL.into_iter().filter(|&to| from.may_jump_to(to)).map(Rm::letter).collect()
    };
    assert_eq!(jumps(Rm::Start), "RIVADC");
    assert_eq!(jumps(Rm::Received), "IVADC");
    assert_eq!(jumps(Rm::Invalid), "ADC");
    assert_eq!(jumps(Rm::Valid), "ADC");
    assert_eq!(jumps(Rm::Accepted), "C");
    assert_eq!(jumps(Rm::Deferred), "C");
    assert_eq!(jumps(Rm::Closed), "");
}

#[test]
fn another_party_may_also_tell_of_a_level_step_but_never_of_a_way_back() {
    let level: Vec<_> = Rm::ALL
        .into_iter()
        .flat_map(|from| Rm::ALL.into_iter().map(move |to| (from, to)))
        .filter(|(from, to)| from.may_be_told(*to) && !from.may_jump_to(*to))
        .collect();
    assert_eq!(
        level,
        [(Rm::Invalid, Rm::Valid), (Rm::Accepted, Rm::Deferred), (Rm::Deferred, Rm::Accepted)]
    );
}

#[test]
fn states_are_written_as_snake_case_words() {
    assert_eq!(
        serde_json::to_string(&Rm::ALL).unwrap(),
        r#"["start","received","invalid","valid","accepted","deferred","closed"]"#
    );
}
