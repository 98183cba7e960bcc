use super::{LONGEST_NAME, file_name};

#[test]
fn a_name_is_the_last_part_of_what_was_sent() {
    for (sent, name) in [
        ("proof.txt", "proof.txt"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\ana\\proof.txt", "proof.txt"),
        ("../../proof.txt", "proof.txt"),
        (" proof of concept.tar.gz ", "proof of concept.tar.gz"),
        ("a\r\nb\0.txt", "ab.txt"),
        ("txt.\u{202e}exe", "txt.exe"),
        ("Прувит 🔒.txt", "Прувит 🔒.txt"),
    ] {
        assert_eq!(file_name(sent).unwrap(), name);
    }
}

#[test]
fn a_file_without_a_name_or_with_an_endless_one_is_not_taken() {
    for sent in ["", " ", "/", "a/", "..", ".", "\u{202e}", &"a".repeat(LONGEST_NAME + 1)] {
        assert!(file_name(sent).is_err(), "{sent:?}");
    }
    assert!(file_name(&"é".repeat(LONGEST_NAME)).is_ok());
}
