use std::sync::Arc;

use axum::http::HeaderMap;

use super::{LONGEST, MOST_ANSWERS, MOST_BYTES, Shelf};
use crate::public::cached::{Answer, Freshness, Said};

fn answer(length: usize) -> Arc<Answer> {
    Arc::new(Answer::new(HeaderMap::new(), Freshness::AskAgain, vec![b'x'; length]))
}

#[test]
fn the_memory_is_bounded_in_bytes_and_in_answers() {
    let mut shelf = Shelf::default();
    for n in 0..3 * MOST_ANSWERS {
        shelf.put(format!("/vuls/{n}"), 0, &answer(2));
        assert!(shelf.answers.len() <= MOST_ANSWERS);
    }
    let large = answer(LONGEST - 100);
    for n in 0..40 {
        shelf.put(format!("/{n}"), 0, &large);
        assert!(shelf.bytes <= MOST_BYTES);
        let counted: usize =
            shelf.answers.iter().map(|(address, one)| address.len() + one.size()).sum();
        assert_eq!(counted, shelf.bytes);
    }
    shelf.put("/long".to_owned(), 0, &answer(LONGEST + 1));
    assert!(!shelf.answers.contains_key("/long"));
}

#[test]
fn an_answer_of_an_older_edition_comes_too_late() {
    let mut shelf = Shelf::default();
    shelf.put("/".to_owned(), 2, &answer(3));
    shelf.put("/".to_owned(), 1, &answer(4));
    assert_eq!((shelf.edition, shelf.bytes), (2, 4));
    shelf.put("/vuls/".to_owned(), 3, &answer(5));
    assert_eq!(shelf.answers.keys().collect::<Vec<_>>(), ["/vuls/"]);
}

#[test]
fn a_long_answer_is_kept_packed_alone_and_comes_out_whole() {
    let plain = "a line of a long list\n".repeat(100_000);
    let answer = Answer::new(HeaderMap::new(), Freshness::AskAgain, plain.clone().into());
    let packed = answer.said.packed();
    assert!(matches!(packed, Said::Packed { length, .. } if length == plain.len()), "{packed:?}");
    assert!(packed.plain() == plain.as_bytes());
    let kept = Answer { said: packed, ..answer };
    assert!(kept.size() < plain.len() / 20);
}
