use expect_test::{Expect, expect};

use super::vendor_lines;

fn check(text: &str, expected: &Expect) {
    let read = match vendor_lines(text) {
        Ok(vendors) => vendors
            .iter()
            .map(|new| format!("{} | {}", new.name, new.address.as_deref().unwrap_or("no address")))
            .collect::<Vec<_>>()
            .join("\n"),
        Err(wrong) => wrong.to_string(),
    };
    expected.assert_eq(&read);
}

#[test]
fn vendors_are_read_one_a_line_with_or_without_an_address() {
    check(
        "Tally project <security@tally.example>\r\n\n  Corvid Linux\nFennel Storage <>\n",
        &expect![[r"
            Tally project | security@tally.example
            Corvid Linux | no address
            Fennel Storage | no address"]],
    );
}

#[test]
fn a_line_that_cannot_be_read_is_named() {
    check(
        "Tally\nCorvid <security@corvid.example",
        &expect!["Line 2: the address does not end with “>”."],
    );
    check("<a@b.example>", &expect!["Line 1: there is no name before the address."]);
    check(
        "security@tally.example",
        &expect!["Line 1: write the name first, then the address like <security@example.com>."],
    );
    check("Tally <tally.example>", &expect!["Line 1: this is not a mail address."]);
    check("A <a@b.example> <c@d.example>", &expect!["Line 1: this is not a mail address."]);
}

#[test]
fn nothing_written_is_no_vendor() {
    check(" \n\n", &expect!["Write at least one name."]);
}

#[test]
fn no_more_than_a_thousand_are_added_at_once() {
    check(&"Tally\n".repeat(1001), &expect!["Add at most 1,000 vendors at once."]);
}
