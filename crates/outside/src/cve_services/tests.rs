use super::*;

fn account(address: &str) -> Account {
    Account {
        address: address.to_owned(),
        organization: "northlake".to_owned(),
        user: "ombud@northlake.example".to_owned(),
        key: ApiKey::new("SECRET-KEY"),
        timeout: Duration::from_secs(5),
    }
}

#[test]
fn an_address_is_taken_with_tls_or_on_this_machine() {
    let refused = |address| CveServices::new(&account(address)).err();
    for fine in [PRODUCTION, TEST, "https://cve.example", "http://localhost:3000/api"] {
        assert_eq!(refused(fine), None, "{fine}");
    }
    assert_eq!(refused("http://cve.example/api/"), Some(AccountError::Plain));
    let wrong = ["cve.example", "ftp://localhost/", "https://me:word@cve.example/", "https://a/?b"];
    for wrong in wrong {
        assert_eq!(refused(wrong), Some(AccountError::Address), "{wrong}");
    }
}

#[test]
fn paths_follow_the_address_however_it_ends() {
    for address in ["https://cve.example/api", "https://cve.example/api/"] {
        let service = CveServices::new(&account(address)).unwrap();
        assert_eq!(service.url(&["cve-id"]).as_str(), "https://cve.example/api/cve-id");
        // A name is one step of a path, whatever is in it.
        assert_eq!(
            service.url(&["org", "a/../b"]).as_str(),
            "https://cve.example/api/org/a%2F..%2Fb"
        );
    }
}

#[test]
fn a_list_is_asked_for_in_words_that_every_version_of_the_service_takes() {
    let service = CveServices::new(&account(TEST)).unwrap();
    let wanted = Wanted {
        state: Some(State::Reserved),
        year: Some(2026),
        reserved_after: Some("2026-11-22T09:00:00.987654Z".parse().unwrap()),
    };
    let query = "page=2&state=RESERVED&cve_id_year=2026&time_reserved.gt=2026-11-22T09%3A00%3A00Z";
    assert_eq!(service.list_url(&wanted, 2).query(), Some(query));
}

#[test]
fn who_we_are_must_fit_into_a_header() {
    let wrong = |change: fn(&mut Account)| {
        let mut account = account(TEST);
        change(&mut account);
        CveServices::new(&account).err()
    };
    assert_eq!(wrong(|account| account.user.clear()), Some(AccountError::Credentials));
    let broken = wrong(|account| account.key = ApiKey::new("a\nb"));
    assert_eq!(broken, Some(AccountError::Credentials));
}

#[test]
fn the_key_is_not_shown() {
    let service = CveServices::new(&account(TEST)).unwrap();
    for shown in [format!("{:?}", account(TEST)), format!("{service:?}")] {
        assert!(shown.contains("northlake"), "{shown}");
        assert!(!shown.contains("SECRET-KEY"), "{shown}");
    }
}

#[test]
fn an_answer_that_makes_no_sense_is_none() {
    let told = |said: Value| answer::identifier(said);
    let fine = json!({ "cve_id": "CVE-1900-0001", "state": "RESERVED", "owning_cna": "northlake",
        "requested_by": { "cna": "northlake", "user": "a" }, "reserved": "2026-11-22T09:00:00.000Z" });
    assert_eq!(told(fine.clone()).unwrap().requested_by.as_deref(), Some("a"));
    let spoilt = [("cve_id", json!("<b>")), ("state", json!("LOST")), ("reserved", json!("today"))];
    for (key, value) in spoilt {
        let mut said = fine.clone();
        said[key] = value;
        assert_eq!(
            told(said),
            Err(Problem::Later("the answer makes no sense".to_owned())),
            "{key}"
        );
    }
}
