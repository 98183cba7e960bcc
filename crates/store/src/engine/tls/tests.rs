use std::path::PathBuf;

use tokio_postgres::config::SslMode;

use super::{Place, without_own_parameters};
use crate::StoreError;

fn encrypted(address: &str) -> bool {
    let place = Place::parse(address).unwrap();
    assert_eq!(place.tls.is_some(), place.config.get_ssl_mode() == SslMode::Require);
    place.tls.is_some()
}

#[test]
fn the_way_to_another_machine_is_encrypted_unless_the_address_says_otherwise() {
    for (address, wanted) in [
        ("postgres://me@db.example/ombud", true),
        ("postgres://me@db.example/ombud?sslmode=prefer", true),
        ("postgres://me@db.example/ombud?sslmode=disable", false),
        ("postgres://me@localhost,db.example/ombud", true),
        ("postgres://me@localhost/ombud", false),
        ("postgres://me@127.0.0.1:5433/ombud", false),
        ("postgres://me@localhost/ombud?sslmode=require", true),
        ("postgres://me@localhost/ombud?sslmode=verify-full", true),
        ("postgres:///ombud?host=/run/postgresql", false),
    ] {
        assert_eq!(encrypted(address), wanted, "{address}");
    }
}

#[test]
fn parameters_of_our_own_are_taken_out() {
    let (address, authorities, checked) = without_own_parameters(
        "postgres://h/d?sslmode=verify-full&application_name=x&sslrootcert=/etc/ca.pem",
    );
    assert_eq!(address, "postgres://h/d?application_name=x");
    assert_eq!(authorities, Some(PathBuf::from("/etc/ca.pem")));
    assert!(checked);
}

#[test]
fn an_address_that_makes_no_sense_is_not_repeated() {
    let error = Place::parse("postgres://me:secret@host/d?port=secret").err().unwrap();
    assert!(matches!(error, StoreError::Address(_)));
    assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
}

#[test]
fn authorities_that_cannot_be_read_are_an_error() {
    let address = "postgres://me@db.example/d?sslrootcert=/nonexistent/ca.pem";
    assert!(matches!(Place::parse(address).err(), Some(StoreError::File { .. })));
}
