use std::collections::BTreeMap;
use std::path::PathBuf;

use super::super::Config;
use super::*;

fn read_file(text: &str) -> Result<Channels> {
    let file = Some((PathBuf::from("ombud.toml"), text.to_owned()));
    let settings = Settings::merge(PathBuf::from("data"), &[], &BTreeMap::new(), file)?;
    Config::read(&settings).map(|config| config.channels)
}

const MAIL: &str =
    "[mail]\nrelay_host = \"localhost\"\nrelay_tls = \"none\"\nfrom = \"a@b.example\"\n";

#[test]
fn networks_and_lists_are_read_from_between_commas() {
    let text = format!(
        "{MAIL}[webhooks]\nnetworks = \"10.0.0.0/8, ::1\"\n[lists]\nannounce = \"a@l.example,b@l.example\"\n"
    );
    let channels = read_file(&text).unwrap();
    let networks = ["10.0.0.0/8", "::1"].map(|text| text.parse().unwrap());
    assert_eq!(channels.networks, Networks::new(networks.to_vec()));
    assert_eq!(channels.lists, ["a@l.example", "b@l.example"]);
    let none = read_file("").unwrap();
    assert!(none.networks == Networks::default() && none.lists.is_empty());
}

#[test]
fn what_makes_no_sense_stops_the_start_with_one_sentence() {
    for (text, said) in [
        ("[webhooks]\nnetworks = \"10.0.0.0/33\"\n".to_owned(), "has “10.0.0.0/33” in it"),
        ("[lists]\nannounce = \"a@l.example\"\n".to_owned(), "set mail.relay_host as well"),
        (format!("{MAIL}[lists]\nannounce = \"a@l.example, b\"\n"), "is “b”, which is not a bare"),
    ] {
        let error = read_file(&text).map(drop).unwrap_err().to_string();
        assert!(error.contains(said), "{error}");
    }
}
