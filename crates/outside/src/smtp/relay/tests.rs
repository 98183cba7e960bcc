use super::*;

fn settings(host: &str, tls: Tls) -> SmtpSettings {
    SmtpSettings {
        host: host.to_owned(),
        port: 25,
        tls,
        username: None,
        password: None,
        hello_name: None,
        timeout: Duration::from_secs(30),
    }
}

fn refused(settings: &SmtpSettings) -> SettingsError {
    Smtp::new(settings).unwrap_err()
}

#[test]
fn plain_text_goes_only_to_this_machine() {
    for host in ["localhost", "127.0.0.1", "127.8.8.8", "::1"] {
        assert!(Smtp::new(&settings(host, Tls::None)).is_ok(), "{host}");
    }
    for host in ["relay.example", "10.0.0.1", "0.0.0.0", "localhost.example", "128.0.0.1"] {
        assert_eq!(refused(&settings(host, Tls::None)), SettingsError::Plain, "{host}");
    }
}

#[test]
fn a_relay_that_cannot_be_is_refused_with_a_sentence() {
    let good = settings("localhost", Tls::None);
    for (bad, error) in [
        (settings("", Tls::None), SettingsError::Address),
        (settings("local host", Tls::None), SettingsError::Address),
        (SmtpSettings { port: 0, ..good.clone() }, SettingsError::Address),
        (
            SmtpSettings { username: Some("a".to_owned()), ..good.clone() },
            SettingsError::Credentials,
        ),
        (
            SmtpSettings { password: Some("a".to_owned()), ..good.clone() },
            SettingsError::Credentials,
        ),
        (
            SmtpSettings { hello_name: Some("a\r\nMAIL FROM:<x@y>".to_owned()), ..good.clone() },
            SettingsError::Hello,
        ),
    ] {
        assert_eq!(refused(&bad), error, "{bad:?}");
        assert!(error.to_string().len() > 20, "{error}");
    }
    let broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for authority in [&b""[..], b"no certificate", broken] {
        let error = Smtp::trusting(&settings("relay.example", Tls::Implicit), authority);
        assert!(matches!(error, Err(SettingsError::Certificates(_))), "{error:?}");
    }
}

#[test]
fn no_letter_may_take_longer_than_half_a_minute() {
    let patient =
        SmtpSettings { timeout: Duration::from_hours(1), ..settings("localhost", Tls::None) };
    assert_eq!(Smtp::new(&patient).unwrap().timeout, Duration::from_secs(30));
}

#[test]
fn only_whole_line_ends_go_out() {
    for (message, sent) in
        [(&b"a\r\nb\r\n"[..], &b"a\r\nb"[..]), (b"a\r\n\r\n", b"a\r\n"), (b"a", b"a"), (b"", b"")]
    {
        assert_eq!(without_last_end(message), Ok(sent));
    }
    for bad in ["a\nb", "\n", "a\rb", "a\r", "a\r\r\n", "a\r\n\n", "a\n.\r\nMAIL FROM:<x@y>\r\n"] {
        assert_eq!(without_last_end(bad.as_bytes()).unwrap_err().how, Failure::Never, "{bad:?}");
    }
}
