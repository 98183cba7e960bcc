use std::collections::BTreeSet;

use super::{Effects, EmEffect, MessageType, News, Standing, receive, send};
use crate::cs::{CsEvent, Pxa, Vfd};
use crate::em::{Em, EmStep};
use crate::rm::{Rm, RmStep};

fn message(code: &str) -> MessageType {
    MessageType::ALL.into_iter().find(|message| message.code() == code).unwrap()
}

/// A standing such as `A N Vfdpxa`, or `A N ---pxa` for one that is no vendor.
fn standing(text: &str) -> Standing {
    let words: Vec<&str> = text.split(' ').collect();
    let [rm, em, cs] = words[..] else { panic!("{text}") };
    Standing {
        rm: Rm::ALL.into_iter().find(|state| state.letter().to_string() == rm).unwrap(),
        em: Em::ALL.into_iter().find(|state| state.letter().to_string() == em).unwrap(),
        vfd: Vfd::ALL.into_iter().find(|state| state.letters() == &cs[..3]),
        pxa: Pxa::ALL.into_iter().find(|state| state.letters() == &cs[3..]).unwrap(),
    }
}

fn standings() -> impl Iterator<Item = Standing> {
    let vendors = [None].into_iter().chain(Vfd::ALL.map(Some));
    vendors.flat_map(|vfd| {
        Rm::ALL.into_iter().flat_map(move |rm| {
            Em::ALL.into_iter().flat_map(move |em| {
                Pxa::ALL.into_iter().map(move |pxa| Standing { rm, em, vfd, pxa })
            })
        })
    })
}

/// Effects such as `rm:r cs:V em:t`, with a question mark where the step is only advised.
fn written(effects: &Effects) -> String {
    let mut parts = Vec::new();
    parts.extend(effects.rm.map(|step| format!("rm:{}", step.letter())));
    if !effects.cs.is_empty() {
        let letters: String = effects.cs.iter().map(|event| event.letter()).collect();
        parts.push(format!("cs:{letters}"));
    }
    match effects.em {
        EmEffect::Untouched => (),
        EmEffect::Now(step) => parts.push(format!("em:{}", step.letter())),
        EmEffect::Advised(step) => parts.push(format!("em:{}?", step.letter())),
    }
    parts.join(" ")
}

fn sent(code: &str, from: &str) -> String {
    send(message(code), standing(from)).map_or("no".to_owned(), |effects| written(&effects))
}

fn received(code: &str, to: &str) -> String {
    let receipt = receive(message(code), standing(to));
    let reply: Vec<_> = receipt.reply.into_iter().map(MessageType::code).collect();
    format!("{} > {}", written(&receipt.effects), reply.join(" ")).trim().to_owned()
}

#[test]
fn there_are_twenty_eight_messages_and_each_has_its_own_code() {
    let codes: BTreeSet<_> = MessageType::ALL.map(MessageType::code).into_iter().collect();
    assert_eq!(codes.len(), 28);
    let of = |machine| codes.iter().filter(|code| code.starts_with(machine)).count();
    assert_eq!((of('R'), of('E'), of('C'), of('G')), (8, 9, 8, 3));
}

/// The letters of the states in which the message may be sent, everything else being as given.
fn senders(code: &str, em: &str, cs: &str) -> String {
    let may = |rm: &Rm| sent(code, &format!("{} {em} {cs}", rm.letter())) != "no";
    Rm::ALL.into_iter().filter(may).map(Rm::letter).collect()
}

#[test]
fn word_about_the_report_is_sent_with_the_step_it_tells_of() {
    for (code, from, effect) in [
        ("RS", "A", ""),
        ("RI", "R", "rm:i"),
        ("RV", "RI", "rm:v"),
        ("RD", "VA", "rm:d"),
        ("RA", "VD", "rm:a"),
        ("RC", "IAD", "rm:c"),
    ] {
        assert_eq!(senders(code, "N", "---pxa"), from, "{code}");
        for rm in from.chars() {
            assert_eq!(sent(code, &format!("{rm} N ---pxa")), effect, "{code} {rm}");
        }
    }
}

#[test]
fn acknowledgements_errors_and_questions_may_always_be_sent_and_move_nothing() {
    for code in ["RK", "RE", "EK", "EE", "CK", "CE", "GI", "GK", "GE"] {
        for from in standings() {
            assert_eq!(send(message(code), from), Some(Effects::default()), "{code} {from:?}");
        }
    }
}

#[test]
fn embargo_talk_is_sent_by_everyone_who_has_not_closed_the_report() {
    for (code, from, effect, quiet_only) in [
        ("EP", "NP", "em:p", true),
        ("EA", "P", "em:a", true),
        ("ER", "P", "em:r", false),
        ("EV", "AR", "em:p", true),
        ("EC", "R", "em:a", true),
        ("EJ", "R", "em:r", true),
        ("ET", "AR", "em:t", false),
    ] {
        for at in standings() {
            let may = from.contains(at.em.letter())
                && at.rm != Rm::Closed
                && (!quiet_only || at.pxa.letters() == "pxa");
            let sent = send(message(code), at).map_or("no".to_owned(), |e| written(&e));
            assert_eq!(sent, if may { effect } else { "no" }, "{code} {at:?}");
        }
    }
}

#[test]
fn word_about_a_fix_is_sent_by_the_vendor_whose_turn_it_is() {
    for at in standings() {
        let of = |code| send(message(code), at).map_or("no".to_owned(), |e| written(&e));
        let is = |vfd, rms: &str| at.vfd == Some(vfd) && rms.contains(at.rm.letter());
        assert_eq!(of("CV"), if is(Vfd::Unaware, "S") { "rm:r cs:V" } else { "no" }, "{at:?}");
        assert_eq!(of("CF"), if is(Vfd::Aware, "A") { "cs:F" } else { "no" }, "{at:?}");
        assert_eq!(of("CD"), if is(Vfd::FixReady, "SRIVAD") { "cs:D" } else { "no" }, "{at:?}");
    }
}

#[test]
fn what_the_world_sees_is_sent_with_what_it_implies_and_what_it_ends() {
    assert_eq!(sent("CP", "A A Vfdpxa"), "cs:P em:t");
    assert_eq!(sent("CP", "A P Vfdpxa"), "cs:P em:r");
    assert_eq!(sent("CP", "A N vfdpxa"), "cs:PV");
    assert_eq!(sent("CP", "A X ---pxa"), "cs:P");
    assert_eq!(sent("CP", "A N ---Pxa"), "no");
    assert_eq!(sent("CX", "A R Vfdpxa"), "cs:XP em:t");
    assert_eq!(sent("CX", "A N ---pxa"), "cs:XP");
    assert_eq!(sent("CX", "A N VfdPxa"), "cs:X");
    assert_eq!(sent("CX", "A N VfdPXa"), "no");
    assert_eq!(sent("CA", "A A Vfdpxa"), "cs:A em:t?");
    assert_eq!(sent("CA", "A P Vfdpxa"), "cs:A em:r?");
    assert_eq!(sent("CA", "A N ---pxA"), "no");
}

#[test]
fn a_report_opens_the_receivers_handling_and_makes_a_vendor_aware() {
    assert_eq!(received("RS", "S N vfdpxa"), "rm:r cs:V > RK CV");
    assert_eq!(received("RS", "S N ---pxa"), "rm:r > RK");
    assert_eq!(received("RS", "A N Vfdpxa"), "> RK CV");
    assert_eq!(received("RS", "R N vfdpxa"), "cs:V > RK CV");
    assert_eq!(received("RS", "C N Vfdpxa"), ">");
}

#[test]
fn other_word_about_a_report_is_news_of_the_sender_only() {
    for code in ["RI", "RV", "RD", "RA", "RC"] {
        assert_eq!(received(code, "S N ---pxa"), "> RE GI", "{code}");
        for rm in ["R", "I", "V", "A", "D"] {
            assert_eq!(received(code, &format!("{rm} A Vfdpxa")), "> RK", "{code} {rm}");
        }
    }
}

#[test]
fn only_a_report_moves_the_receivers_own_handling() {
    for message in MessageType::ALL {
        for to in standings() {
            let rm = receive(message, to).effects.rm;
            let is_first_report = message == MessageType::ReportSubmitted && to.rm == Rm::Start;
            assert_eq!(rm, is_first_report.then_some(RmStep::Receive), "{message:?} {to:?}");
        }
    }
}

#[test]
fn errors_are_asked_about_and_questions_acknowledged() {
    assert_eq!(received("RE", "A N ---pxa"), "> RK GI");
    assert_eq!(received("EE", "A N ---pxa"), "> EK GI");
    assert_eq!(received("CE", "A N ---pxa"), "> CK GI");
    assert_eq!(received("GE", "A N ---pxa"), "> GI");
    assert_eq!(received("GI", "S N ---pxa"), "> GK");
}

#[test]
fn an_acknowledgement_is_never_answered() {
    for code in ["RK", "EK", "CK", "GK"] {
        for to in standings() {
            assert_eq!(receive(message(code), to), super::Receipt::default());
        }
    }
}

/// What an embargo message does in each embargo state N P A R X.
fn across(code: &str, cs: &str) -> Vec<String> {
    Em::ALL.map(|em| received(code, &format!("A {} {cs}", em.letter()))).to_vec()
}

#[test]
fn embargo_talk_is_taken_up_while_nothing_is_out() {
    let quiet = "Vfdpxa";
    assert_eq!(across("EP", quiet), ["em:p > EK", "> EK", "> EE", "> EE", "> EE"]);
    assert_eq!(across("EA", quiet), ["> EE", "em:a > EK", "> EE", "> EE", "> EE"]);
    assert_eq!(across("ER", quiet), ["> EE", "em:r > EK", "> EE", "> EE", "> EE"]);
    assert_eq!(across("EV", quiet), ["> EE", "> EE", "em:p > EK", "> EK", "> EE"]);
    assert_eq!(across("EC", quiet), ["> EE", "> EE", "> EE", "em:a > EK", "> EE"]);
    assert_eq!(across("EJ", quiet), ["> EE", "> EE", "> EE", "em:r > EK", "> EE"]);
    assert_eq!(across("ET", quiet), ["> EE", "> EE", "em:t > EK", "em:t > EK", "> EK"]);
}

#[test]
fn embargo_talk_comes_too_late_once_anything_is_out() {
    for (out, end) in [("VfdPxa", "em:t > ET"), ("VfdPXA", "em:t > ET"), ("VfdpxA", "em:t? > ET")] {
        assert_eq!(across("EP", out), ["> ER", "em:r > ER", "> EE", "> EE", "> EE"], "{out}");
        assert_eq!(across("EA", out), ["> EE", "em:r > ER", "> EE", "> EE", "> EE"], "{out}");
        assert_eq!(across("ER", out), ["> EE", "em:r > EK", "> EE", "> EE", "> EE"], "{out}");
        for code in ["EV", "EC", "EJ"] {
            assert_eq!(across(code, out), ["> EE", "> EE", end, end, "> EE"], "{code} {out}");
        }
        assert_eq!(across("ET", out), ["> EE", "> EE", "em:t > EK", "em:t > EK", "> EK"], "{out}");
    }
}

#[test]
fn an_embargo_may_be_talked_about_before_the_report_arrives() {
    assert_eq!(received("EP", "S N vfdpxa"), "em:p > EK");
}

#[test]
fn what_the_world_sees_is_taken_over_once() {
    assert_eq!(received("CP", "A A Vfdpxa"), "cs:P em:t > CK ET");
    assert_eq!(received("CP", "A P Vfdpxa"), "cs:P em:r > CK");
    assert_eq!(received("CP", "A N vfdpxa"), "cs:PV > CK");
    assert_eq!(received("CX", "A R ---pxa"), "cs:XP em:t > CK ET");
    assert_eq!(received("CX", "A X VfdPxa"), "cs:X > CK");
    assert_eq!(received("CP", "A X VfdPxa"), "> CK");
    assert_eq!(received("CX", "A X VfdPXa"), "> CK");
    assert_eq!(received("CA", "A X VfdPXA"), "> CK");
}

#[test]
fn attacks_make_nothing_public_and_end_an_embargo_only_by_advice() {
    assert_eq!(received("CA", "A A Vfdpxa"), "cs:A em:t? > CK");
    assert_eq!(received("CA", "A P Vfdpxa"), "cs:A em:r? > CK");
    assert_eq!(received("CA", "A N vfdpxa"), "cs:A > CK");
    for to in standings() {
        let effects = receive(MessageType::AttacksObserved, to).effects;
        assert!(!effects.cs.contains(&CsEvent::PublicAware), "{to:?}");
    }
}

#[test]
fn one_that_has_closed_the_report_need_not_listen() {
    for message in MessageType::ALL {
        for to in standings().filter(|to| to.rm == Rm::Closed) {
            assert_eq!(receive(message, to), super::Receipt::default(), "{message:?}");
        }
    }
}

#[test]
fn every_effect_is_a_step_that_its_machine_has() {
    for message in MessageType::ALL {
        for at in standings() {
            let sent = send(message, at);
            for effects in sent.into_iter().chain([receive(message, at).effects]) {
                assert!(
                    effects.rm.is_none_or(|step| at.rm.step(step).is_some()),
                    "{message:?} {at:?}"
                );
                let step = match effects.em {
                    EmEffect::Untouched => continue,
                    EmEffect::Now(step) | EmEffect::Advised(step) => step,
                };
                assert!(at.em.step(step).is_some(), "{message:?} {at:?}");
            }
        }
    }
}

#[test]
fn whoever_hears_that_it_is_out_ends_up_without_an_embargo() {
    for message in [MessageType::PublicAware, MessageType::ExploitPublic] {
        for to in standings().filter(|to| to.rm != Rm::Closed && to.pxa.is_quiet()) {
            let effects = receive(message, to).effects;
            let after = match effects.em {
                EmEffect::Now(step) => to.em.step(step),
                EmEffect::Untouched => Some(to.em),
                EmEffect::Advised(
                    EmStep::Propose | EmStep::Accept | EmStep::Reject | EmStep::Terminate,
                ) => None,
            };
            assert!(matches!(after, Some(Em::None | Em::Exited)), "{message:?} {to:?}");
        }
    }
}

#[test]
fn news_of_the_sender_is_where_its_own_step_has_brought_it() {
    for message in MessageType::ALL {
        for from in standings() {
            let Some(effects) = send(message, from) else { continue };
            match message.news() {
                Some(News::Rm(rm)) => {
                    let own = effects.rm.map_or(Some(from.rm), |step| from.rm.step(step));
                    assert_eq!(own, Some(rm), "{message:?} {from:?}");
                }
                Some(News::Vfd(Vfd::Aware)) => assert_eq!(effects.cs, [CsEvent::VendorAware]),
                Some(News::Vfd(Vfd::FixReady)) => assert_eq!(effects.cs, [CsEvent::FixReady]),
                Some(News::Vfd(Vfd::FixDeployed)) => assert_eq!(effects.cs, [CsEvent::FixDeployed]),
                Some(News::Vfd(Vfd::Unaware)) => panic!("nobody tells that it does not know"),
                None => assert_eq!(effects.rm, None, "{message:?}"),
            }
        }
    }
}
