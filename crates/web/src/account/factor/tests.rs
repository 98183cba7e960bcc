use super::{Secret, unhex};

#[test]
fn a_secret_comes_back_from_the_form_as_it_was_drawn() {
    let drawn: [u8; 20] = std::array::from_fn(|n| u8::try_from(n * 13 % 256).unwrap());
    let shown = Secret::of(&drawn, "ana@example.org");
    assert_eq!(unhex(&shown.hex), Some(drawn.to_vec()));
}

#[test]
fn a_secret_is_shown_in_groups_that_an_app_can_take() {
    // RFC 6238 uses these twenty bytes; RFC 4648 spells them like this.
    let shown = Secret::of(b"12345678901234567890", "ana@example.org");
    assert_eq!(shown.groups.join(""), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    assert_eq!(shown.groups.len(), 8);
    assert!(shown.link.starts_with("otpauth://totp/"));
}

#[test]
fn what_is_no_secret_is_not_read() {
    for text in ["", "00", &"g".repeat(40), &"é".repeat(20), &"0".repeat(42)] {
        assert_eq!(unhex(text), None, "{text}");
    }
}
