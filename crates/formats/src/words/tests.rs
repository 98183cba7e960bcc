use super::*;
use crate::html::tests::{seen, squeezed};
use proptest::prelude::*;

#[test]
fn the_words_of_a_text_stay_and_its_marks_go() {
    let markdown = "# Kettle\n\nIt *boils* **over**, see [the page](https://kettle.example/a) or <https://kettle.example/b>.\n\n\
        - one\n- two `x < 1`\n\n| a | b |\n|---|---|\n| c | d |\n\n```\ncode\n```\n<script>alert(1)</script>";
    assert_eq!(
        plain(markdown),
        "Kettle\n\nIt boils over, see the page (https://kettle.example/a) or https://kettle.example/b.\n\n\
        - one\n- two x < 1\n\na | b\nc | d\n\ncode\n\n<script>alert(1)</script>"
    );
    assert_eq!(plain("a\u{0}\u{7}b\u{1b}[0m"), "ab[0m");
    assert_eq!(plain("3. a\n4. b\n\n   c\n"), "3. a\n\n4. b\n\nc");
    assert_eq!(plain(""), "");
}

#[test]
fn a_text_is_cut_behind_a_whole_word() {
    assert_eq!(cut("short", 5), "short");
    assert_eq!(cut("one two three", 9), "one two…");
    assert_eq!(cut("abcdefghij", 5), "abcd…");
    assert_eq!(cut("הקומקום רותח", 9), "הקומקום…");
    assert_eq!(line(" a\n\tb\u{0}c ", 100), "a b c");
}

proptest! {
    #[test]
    fn no_word_is_lost_from_prose(text in "[a-zA-Z ,\n]{0,200}") {
        prop_assume!(seen(&text).is_ok());
        prop_assert_eq!(squeezed(&plain(&text)), seen(&text).unwrap());
    }

    #[test]
    fn nothing_stops_it(text in any::<String>(), most in 1_usize..50) {
        let words = plain(&text);
        prop_assert!(!words.chars().any(|letter| letter.is_control() && !matches!(letter, '\n' | '\t')));
        prop_assert!(cut(&words, most).chars().count() <= most);
        let line = line(&text, most);
        prop_assert!(!line.chars().any(char::is_control) && line.chars().count() <= most);
    }
}
