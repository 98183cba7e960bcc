use super::*;

#[test]
fn an_address_is_kept_as_it_was_meant() {
    for (text, whole, host) in [
        (
            "https://hooks.example.org/ombud?k=1",
            "https://hooks.example.org/ombud?k=1",
            "hooks.example.org",
        ),
        (" https://Hooks.Example.ORG ", "https://hooks.example.org/", "hooks.example.org"),
        ("http://127.0.0.1:8080/x", "http://127.0.0.1:8080/x", "127.0.0.1"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ] {
        let address = Address::parse(text).unwrap();
        assert_eq!((address.as_str(), address.host()), (whole, host));
    }
}

#[test]
fn a_host_that_is_a_number_is_seen_in_every_spelling() {
    for text in [
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f.0.0.1/",
        "https://0177.0.0.1/",
        "https://[::ffff:127.0.0.1]/",
        "https://１２７.0.0.1/",
    ] {
        let number = Address::parse(text).unwrap().number().unwrap();
        let number = match number {
            IpAddr::V6(inner) => inner.to_ipv4_mapped().map_or(number, IpAddr::V4),
            IpAddr::V4(_) => number,
        };
        assert_eq!(number, IpAddr::from([127, 0, 0, 1]), "{text}");
    }
    assert_eq!(Address::parse("https://hooks.example/").unwrap().number(), None);
}

#[test]
fn what_no_message_can_be_sent_to_is_refused_with_the_reason() {
    for text in [
        "",
        "hooks.example.org",
        "ftp://x.example/",
        "file:///etc/passwd",
        "gopher://x.example/",
        "https://",
        "https:///x",
        "javascript:alert(1)",
        "https://1.2.3.4.5/",
        "https://a b/",
    ] {
        let refused = Address::parse(text);
        // The standard reads “https:///x” as “https://x”: a host all the same.
        if text == "https:///x" {
            assert_eq!(refused.unwrap().host(), "x");
        } else {
            assert_eq!(refused, Err(NotAnAddress::NotOfTheWeb), "{text}");
        }
    }
    assert_eq!(Address::parse("https://me:pw@x.example/"), Err(NotAnAddress::Credentials));
    assert_eq!(Address::parse("https://me@x.example/"), Err(NotAnAddress::Credentials));
    assert_eq!(Address::parse("https://x.example/#a"), Err(NotAnAddress::Fragment));
    let long = format!("https://x.example/{}", "a".repeat(2000));
    assert_eq!(Address::parse(&long), Err(NotAnAddress::NotOfTheWeb));
}

#[test]
fn what_is_behind_the_host_is_not_printed() {
    let address = Address::parse("https://hooks.example/T0/B0/token").unwrap();
    assert_eq!(format!("{address:?}"), "Address(hooks.example)");
}
