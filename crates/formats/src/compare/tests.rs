use proptest::prelude::*;

use super::{Change, compare};

fn told(before: &str, after: &str) -> String {
    let pieces = compare(before, after).into_iter();
    let told = pieces.map(|piece| match piece.change {
        Change::Same => piece.words,
        Change::Gone => format!("[-{}-]", piece.words),
        Change::New => format!("[+{}+]", piece.words),
    });
    told.collect()
}

#[test]
fn a_word_is_exchanged_whole() {
    assert_eq!(told("Update to 4.1 now.", "Update to 4.2 now."), "Update to 4.[-1-][+2+] now.");
    assert_eq!(
        told("the kettle boils", "the kettles boil"),
        "the [-kettle boils-][+kettles boil+]"
    );
    assert_eq!(told("", "new"), "[+new+]");
    assert_eq!(told("old", ""), "[-old-]");
    assert_eq!(told("same", "same"), "same");
    assert_eq!(told("", ""), "");
}

#[test]
fn a_text_of_many_words_is_compared_by_its_lines() {
    let lines: Vec<_> = (0..7_000).map(|n| format!("word {n} stands here\n")).collect();
    let before = lines.concat();
    let after = before.replace("word 3500 stands", "word 3500 stood");
    let pieces = compare(&before, &after);
    let gone: Vec<_> = pieces.iter().filter(|one| one.change == Change::Gone).collect();
    assert_eq!(gone.len(), 1);
    assert_eq!(gone[0].words, "word 3500 stands here\n");
}

proptest! {
    #[test]
    fn the_pieces_put_together_are_both_texts(before in any::<String>(), after in any::<String>()) {
        let pieces = compare(&before, &after);
        let without = |gone: Change| {
            let kept = pieces.iter().filter(move |piece| piece.change != gone);
            kept.map(|piece| piece.words.as_str()).collect::<String>()
        };
        prop_assert_eq!(without(Change::New), before);
        prop_assert_eq!(without(Change::Gone), after);
    }
}
