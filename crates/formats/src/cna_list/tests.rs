use super::*;

#[test]
fn a_cna_is_read_with_its_scope_and_the_first_place_for_requests() {
    let list = br#"[
        {"shortName": "acme", "cnaID": "CNA-2020-0001", "organizationName": "Acme,\n Inc.",
         "scope": "Acme  products only.", "country": "USA",
         "contact": [{"email": [{"label": "Email", "emailAddr": "cve@acme.example"}],
                      "contact": [{"label": "Page", "url": "https://acme.example/cve"}], "form": []}]},
        {"organizationName": "Bolt", "contact": [{"email": [{"emailAddr": "psirt@bolt.example"}],
         "contact": [{"url": "javascript:alert(1)"}]}]},
        {"organizationName": " ", "scope": "Nobody"}
    ]"#;
    let acme = Cna {
        name: "Acme, Inc.".to_owned(),
        scope: "Acme products only.".to_owned(),
        requests: Some("https://acme.example/cve".to_owned()),
    };
    let bolt = Cna {
        name: "Bolt".to_owned(),
        scope: String::new(),
        requests: Some("psirt@bolt.example".to_owned()),
    };
    assert_eq!(read(list).unwrap(), [acme, bolt]);
}

#[test]
fn what_is_no_list_is_refused() {
    for wrong in [&b"{}"[..], b"[{\"scope\": 1}]", b"", b"[1]"] {
        assert!(read(wrong).is_err(), "{}", String::from_utf8_lossy(wrong));
    }
}
