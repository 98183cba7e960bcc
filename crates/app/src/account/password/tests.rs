use super::*;

fn said(password: &str) -> String {
    let outcome = check("password", password, "ana.sorel@northlake.example", "Ana Sorel");
    outcome.map_or_else(|error| error.to_string(), |()| "good".to_owned())
}

#[test]
fn length_counts_in_characters_and_not_in_bytes() {
    assert_eq!(said("four kettles"), "good");
    assert_eq!(said("four kettle"), "Use at least 12 characters.");
    assert_eq!(said("ключ от моря"), "good");
    assert_eq!(said("ключ моря"), "Use at least 12 characters.");
    let long = "four kettles ".repeat(80);
    assert_eq!(said(&long[..1024]), "good");
    assert_eq!(said(&long[..1025]), "Use at most 1,024 characters.");
}

#[test]
fn neither_name_nor_address_is_a_password() {
    for own in [
        "ana.sorel@northlake.example",
        "Ana.Sorel@Northlake.Example",
        "ana sorel 2026!",
        "AnaSorel12345",
        "12-ana-sorel-12",
        "anasorelanasorel",
    ] {
        assert_eq!(said(own), "Use something other than your name or address.", "{own}");
    }
    assert_eq!(said("sorel likes kettles"), "good");
    assert_eq!(said("ana-8315-9926-4471"), "good");
}

#[test]
fn what_everybody_would_try_is_refused() {
    for common in [
        "123456789012",
        "Password1234",
        "password password",
        "qwertyuiop[]",
        "Qwertyuiop123",
        "Administrator1!",
        "aaaaaaaaaaaa",
        "abcabcabcabcab",
        "1212 1212 1212",
        "letmeinletmein",
    ] {
        assert_eq!(said(common), "Many people use this one. Use another.", "{common}");
    }
}

#[test]
fn the_list_is_written_as_it_is_compared() {
    for line in COMMON.lines() {
        assert_eq!(line, line.to_lowercase().trim(), "{line:?}");
        assert!(!line.is_empty() && !line.contains(char::is_whitespace), "{line:?}");
    }
}
