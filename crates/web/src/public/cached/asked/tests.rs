use super::{HeaderMap, HeaderValue, header, is_personal, tags, unpacks};

fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
    HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
}

#[test]
fn tags_are_compared_weakly_and_in_lists() {
    let found = tags(&headers(header::IF_NONE_MATCH, "\"a\", W/\"b\" ,*"));
    assert_eq!(found, ["\"a\"", "\"b\"", "*"]);
}

#[test]
fn gzip_is_accepted_where_it_is_named_and_not_refused() {
    for (value, accepted) in [
        ("gzip", true),
        ("br, GZIP;q=0.5", true),
        ("gzip;q=0", false),
        ("gzip; q=0.0, br", false),
        ("br", false),
        ("", false),
    ] {
        assert_eq!(unpacks(&headers(header::ACCEPT_ENCODING, value)), accepted, "{value}");
    }
}

#[test]
fn only_a_cookie_that_changes_the_page_makes_it_personal() {
    for (value, personal) in [
        ("session=1", true),
        ("a=b; theme=dark", true),
        ("said=00", true),
        ("receipt=1", false),
        ("mysession=1; x=session", false),
    ] {
        assert_eq!(is_personal(&headers(header::COOKIE, value)), personal, "{value}");
    }
}
