use std::collections::BTreeSet;

use super::{Em, EmStep};

/// Every word of at most `longest` steps after which the matter is at rest: no embargo, or one that is over.
fn words(longest: usize) -> BTreeSet<String> {
    let mut complete = BTreeSet::new();
    let mut open = vec![(String::new(), Em::None)];
    for _ in 0..longest {
        open = open
            .into_iter()
            .flat_map(|(word, state)| {
                EmStep::ALL.into_iter().filter_map(move |step| {
                    state.step(step).map(|after| (format!("{word}{}", step.letter()), after))
                })
            })
            .collect();
        let at_rest = open.iter().filter(|(_, state)| matches!(state, Em::None | Em::Exited));
        complete.extend(at_rest.map(|(word, _)| word.clone()));
    }
    complete
}

const LISTED: &str = "pr pat ppr ppat papt prpr pppr ppppr pprpr prppr pappt ppapt pppat papat paprt prpat \
    pppppr papppt prpppr ppprpr ppappt pppapt prprpr papapt pprppr pappat paprpt prppat prpapt ppaprt \
    pprpat ppapat papprt ppppat pprprpr prprppr paprppt prpprpr pappprt papppat ppppapt prpaprt \
    papappt pappapt pppappt pprpppr pppprpr prppppr ppprppr ppapppt ppaprpt papprpt ppapprt ppappat \
    prpppat prpapat ppprpat ppppppr pprppat papapat paprpat ppapapt prprpat paprprt prppapt pppapat \
    pprpapt pppaprt pppppat prpappt papaprt pappppt";

#[test]
fn the_short_lives_of_an_embargo_are_the_seventy_two_that_the_model_lists() {
    let words = words(7);
    assert_eq!(words.len(), 72);
    assert_eq!(words, LISTED.split_whitespace().map(str::to_owned).collect());
}

#[test]
fn the_table_has_these_steps_and_no_others() {
    let steps: Vec<String> = Em::ALL
        .into_iter()
        .flat_map(|from| EmStep::ALL.into_iter().map(move |step| (from, step)))
        .filter_map(|(from, step)| {
            from.step(step).map(|to| format!("{}{}{}", from.letter(), step.letter(), to.letter()))
        })
        .collect();
    assert_eq!(steps, ["NpP", "PpP", "PaA", "PrN", "ApR", "AtX", "RpR", "RaA", "RrA", "RtX"]);
}

#[test]
fn an_embargo_that_is_over_never_comes_back() {
    assert!(EmStep::ALL.into_iter().all(|step| Em::Exited.step(step).is_none()));
}

#[test]
fn an_embargo_binds_while_it_is_active_or_under_revision() {
    let letters = |is_member: fn(Em) -> bool| -> String {
        Em::ALL.into_iter().filter(|&state| is_member(state)).map(Em::letter).collect()
    };
    assert_eq!(letters(Em::in_force), "AR");
    assert_eq!(letters(Em::is_negotiating), "PR");
}

#[test]
fn disclosure_leaves_neither_a_proposal_nor_an_embargo() {
    for em in Em::ALL {
        let after = em.step_on_disclosure().map_or(Some(em), |step| em.step(step));
        assert!(matches!(after, Some(Em::None | Em::Exited)), "{em:?}");
    }
}

#[test]
fn states_are_written_as_snake_case_words() {
    assert_eq!(
        serde_json::to_string(&Em::ALL).unwrap(),
        r#"["none","proposed","active","revise","exited"]"#
    );
}
