//! How long it takes, printed, with limits wide enough for a slow machine: what must not come
//! back is a time that grows with the square of the case.

use std::time::{Duration, Instant};

use crate::Case;
use crate::event::Audience;
use crate::story::{Story, analyst, approach, id, text};

fn timed<T>(what: &str, at_most: Duration, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    let took = start.elapsed();
    println!("{what}: {took:?}");
    assert!(took < at_most, "{what} took {took:?}");
    done
}

#[test]
fn sixteen_hundred_vendors_are_told_in_one_decision() {
    let vendors: Vec<u128> = (10_000..11_643).collect();
    let mut story = Story::accepted();
    let roles = [super::Role::Vendor];
    for n in &vendors {
        let added = crate::Event::ParticipantAdded {
            participant: id(*n),
            party: crate::story::organization(*n),
            roles: roles.into(),
            visibility: super::Visibility::Named,
            suggested_by: None,
        };
        story.keep(crate::journal::Hand::Server, vec![added]);
    }
    let approaches: Vec<_> = vendors.iter().map(|n| approach(*n)).collect();
    let events = timed("telling 1,643 vendors", Duration::from_secs(2), || {
        story.asks(analyst(), |case, me, asked| case.notify(me, &approaches, id(600), asked))
    });
    let events = events.unwrap();
    assert!(events.len() > 2 * vendors.len());
    story.keep(crate::journal::Hand::Server, events.clone());
    let letters = timed("their letters", Duration::from_secs(2), || {
        crate::letter::letters_of(&story.case, &crate::journal::Hand::Server, &events)
    });
    assert_eq!(letters.len(), vendors.len() + 1);
    timed("one more decision", Duration::from_secs(1), || {
        story.asks(analyst(), |case, me, asked| case.rename_case(me, text(1), asked))
    })
    .unwrap();
}

#[test]
fn a_journal_of_ten_thousand_entries_is_folded() {
    let mut story = Story::accepted();
    for n in 0..10_000_u128 {
        let event = crate::Event::MessagePosted {
            message: id(50_000 + n),
            by: None,
            audience: Audience::Team,
            text: text(n),
        };
        story.keep(crate::journal::Hand::Server, vec![event]);
    }
    let folded =
        timed("folding 10,000 entries", Duration::from_secs(2), || Case::fold(&story.journal));
    assert_eq!(folded.as_ref(), Some(&story.case));
    timed("verifying 10,000 entries", Duration::from_secs(20), || {
        crate::journal::verify(&story.journal)
    })
    .unwrap();
}
