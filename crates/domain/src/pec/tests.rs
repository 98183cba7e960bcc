use super::{Pec, PecStep, content_may_be_delivered};
use crate::em::Em;
use crate::rm::Rm;

#[test]
fn every_answer_to_every_step_is_the_one_of_the_table() {
    use Pec::{Declined, Invited, Lapsed, NoEmbargo, Signatory};
    let invite = [Some(Invited), None, None, Some(Invited), Some(Invited)];
    let accept = [Some(Signatory), Some(Signatory), None, Some(Signatory), None];
    let decline = [Some(Declined), Some(Declined), None, Some(Declined), None];
    let revise = [None, None, Some(Lapsed), None, None];
    let reset = [Some(NoEmbargo); 5];
    for (step, expected) in PecStep::ALL.into_iter().zip([invite, accept, decline, revise, reset]) {
        assert_eq!(Pec::ALL.map(|pec| pec.step(step)), expected, "{step:?}");
    }
}

#[test]
fn a_signatory_is_never_asked_again() {
    assert_eq!(Pec::Signatory.step(PecStep::Invite), None);
}

#[test]
fn consent_lapses_once_and_a_second_revision_finds_nothing_to_lapse() {
    let lapsed = Pec::Signatory.step(PecStep::Revise);
    assert_eq!(lapsed, Some(Pec::Lapsed));
    assert_eq!(lapsed.and_then(|pec| pec.step(PecStep::Revise)), None);
}

#[test]
fn a_participant_begins_without_an_embargo() {
    assert_eq!(Pec::default(), Pec::NoEmbargo);
}

/// The gate as prose has it, closed reason by closed reason, in letters so that it shares nothing with the rule.
fn is_kept_back(rm: Rm, em: Em, pec: Pec) -> bool {
    if rm.letter() == 'S' {
        return true;
    }
    let bound = "AR".contains(em.letter());
    bound && format!("{pec:?}") != "Signatory"
}

#[test]
fn content_is_delivered_exactly_where_nothing_keeps_it_back() {
    let mut delivered = 0;
    for rm in Rm::ALL {
        for em in Em::ALL {
            for pec in Pec::ALL {
                let may = content_may_be_delivered(rm, em, pec);
                assert_eq!(may, !is_kept_back(rm, em, pec), "{rm:?} {em:?} {pec:?}");
                delivered += usize::from(may);
            }
        }
    }
    // Six states with the report: three embargo states let all five answers through, two only the signatory.
    assert_eq!(delivered, 6 * (3 * 5 + 2));
}
