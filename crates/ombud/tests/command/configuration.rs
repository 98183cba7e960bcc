use super::{Room, Said};

/// The line of `config show` about a setting, in its part.
fn line_of<'a>(shown: &'a str, part: &str, key: &str) -> &'a str {
    let part = shown.split(&format!("[{part}]")).nth(1).expect("the part");
    let part = part.split("\n[").next().expect("its end");
    let of_it = |line: &&str| line.trim_start_matches("# ").starts_with(&format!("{key} "));
    part.lines().find(of_it).expect("the setting")
}

pub(crate) fn refused(said: &Said, sentence: &str) {
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_eq!(said.err.trim_end(), format!("ombud: {sentence}"));
    assert_eq!(said.out, "");
}

#[test]
fn the_strongest_source_of_a_setting_wins() {
    let room = Room::new();
    let mut shown = room.ombud(&["config", "show"]);
    let said = Said::of(shown.output().expect("it runs"));
    assert_eq!(
        line_of(&said.out, "server", "site_name"),
        "site_name = \"Ombud\"  # default",
        "{said:?}"
    );

    room.write("ombud-data/ombud.toml", "[server]\nsite_name = \"From the file\"\n");
    let said = Said::of(shown.output().expect("it runs"));
    assert_eq!(
        line_of(&said.out, "server", "site_name"),
        "site_name = \"From the file\"  # ombud-data/ombud.toml"
    );

    let said = Said::of(shown.env("OMBUD_SERVER_SITE_NAME", "Said aloud").output().expect("runs"));
    assert_eq!(
        line_of(&said.out, "server", "site_name"),
        "site_name = \"Said aloud\"  # OMBUD_SERVER_SITE_NAME"
    );
}

#[test]
fn a_flag_is_stronger_than_a_variable() {
    let room = Room::new();
    let mut serve = room.ombud(&["serve", "--listen", "nowhere"]);
    let said = Said::of(serve.env("OMBUD_SERVER_LISTEN", "127.0.0.1:0").output().expect("runs"));
    refused(
        &said,
        "server.listen (from --listen) is “nowhere”, which is not an address and a port; \
         write one as 127.0.0.1:8080.",
    );
}

#[test]
fn an_empty_variable_says_nothing() {
    let room = Room::new();
    let mut shown = room.ombud(&["config", "show"]);
    let said = Said::of(shown.env("OMBUD_SERVER_LISTEN", "").output().expect("it runs"));
    assert_eq!(line_of(&said.out, "server", "listen"), "listen = \"127.0.0.1:8080\"  # default");
}

#[test]
fn what_is_unknown_or_makes_no_sense_in_the_file_stops_the_start_with_a_sentence() {
    let file = "ombud-data/ombud.toml";
    for (text, sentence) in [
        (
            "[server]\nlisten_on = \"x\"",
            "server.listen_on (from ombud-data/ombud.toml) is no setting; \
             did you mean server.listen?",
        ),
        (
            "[sever]\nlisten = \"x\"",
            "ombud-data/ombud.toml has a part “sever” that does not exist; \
             did you mean [server]?",
        ),
        (
            "[mail]\nzebra = 1",
            "mail.zebra (from ombud-data/ombud.toml) is no setting; take it out. \
             `ombud config show` lists all there are.",
        ),
        (
            "[server]\nlisten = [1]",
            "server.listen (from ombud-data/ombud.toml) must be one text or number.",
        ),
        (
            "[server]\nbase_url = \"example.org\"",
            "server.base_url (from ombud-data/ombud.toml) is “example.org”, which is not the \
             address of a site; write one as https://disclose.example.org, without a path.",
        ),
        (
            "[server]\nlog_format = \"xml\"",
            "server.log_format (from ombud-data/ombud.toml) is “xml”; write text or json.",
        ),
        (
            "[mail]\nfrom = \"Team <a@example.org>\"",
            "mail.from (from ombud-data/ombud.toml) is “Team <a@example.org>”, which is not a \
             bare mail address; write one as disclosure@example.org.",
        ),
        (
            "[mail]\nrelay_host = \"relay.example.org\"",
            "mail.from is missing: letters need an address to come from. \
             Set it in [mail], or as OMBUD_MAIL_FROM.",
        ),
        (
            "[mail]\nrelay_port = 70000\nrelay_host = \"relay.example.org\"",
            "mail.relay_port (from ombud-data/ombud.toml) is “70000”; \
             write a port from 1 to 65535.",
        ),
        (
            "[mail]\nrelay_host = \"relay.example.org\"\nrelay_tls = \"none\"",
            "mail.relay_host (from ombud-data/ombud.toml) cannot be used as a relay: \
             mail without TLS is only for a relay on this machine (localhost): choose TLS.",
        ),
        (
            "[mail]\nrelay_port = 25",
            "mail.relay_port (from ombud-data/ombud.toml) is set, but no relay is; \
             set mail.relay_host as well.",
        ),
        (
            "[keys]\nfile = \"ombud-data/keys\"",
            "keys.file (from ombud-data/ombud.toml) is inside the data directory, where every \
             copy of the data would carry the keys along; put it elsewhere.",
        ),
    ] {
        let room = Room::new();
        room.write(file, text);
        refused(&room.run(&["config", "check"]), sentence);
        assert_eq!(room.run(&["serve"]).code, Some(1), "{text}");
        assert!(!room.path("ombud-data.key").exists(), "{text}");
    }
}

#[test]
fn a_variable_that_sets_nothing_stops_the_start() {
    let room = Room::new();
    for (name, sentence) in [
        (
            "OMBUD_SERVER_LISTN",
            "The variable OMBUD_SERVER_LISTN is no setting; did you mean OMBUD_SERVER_LISTEN?",
        ),
        (
            "OMBUD_SERVER_LISTEN_FILE",
            "server.listen is no secret, so OMBUD_SERVER_LISTEN_FILE does not exist; \
             use OMBUD_SERVER_LISTEN itself.",
        ),
        (
            "OMBUD_COLOUR",
            "The variable OMBUD_COLOUR is no setting; take it out. \
             `ombud config show` lists all there are.",
        ),
    ] {
        let mut check = room.ombud(&["config", "check"]);
        refused(&Said::of(check.env(name, "x").output().expect("it runs")), sentence);
    }
}

#[test]
fn secrets_come_from_files_and_are_never_shown() {
    let room = Room::new();
    room.write("password", "correct horse\n");
    let mail = "[mail]\nfrom = \"a@example.org\"\nrelay_host = \"relay.example.org\"\n\
                relay_username = \"ombud\"\n";
    room.write("ombud-data/ombud.toml", mail);
    let mut show = room.ombud(&["config", "show"]);
    show.env("OMBUD_MAIL_RELAY_PASSWORD_FILE", "password");
    show.env("OMBUD_DATABASE_URL", "postgres://ombud:battery@db.example.org/ombud");
    let said = Said::of(show.output().expect("it runs"));
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(
        line_of(&said.out, "mail", "relay_password"),
        "relay_password = \"(hidden)\"  # the file named by OMBUD_MAIL_RELAY_PASSWORD_FILE"
    );
    assert_eq!(line_of(&said.out, "database", "url"), "url = \"(hidden)\"  # OMBUD_DATABASE_URL");
    for secret in ["horse", "battery"] {
        assert!(!said.out.contains(secret) && !said.err.contains(secret), "{said:?}");
    }

    show.env("OMBUD_MAIL_RELAY_PASSWORD", "staple");
    refused(
        &Said::of(show.output().expect("it runs")),
        "Both OMBUD_MAIL_RELAY_PASSWORD and OMBUD_MAIL_RELAY_PASSWORD_FILE are set; \
         keep one of them.",
    );
}

#[test]
fn public_pages_have_a_login_of_their_own_on_postgresql_only() {
    let room = Room::new();
    room.write("reader", "postgres://reader:staple@db.example.org/ombud\n");
    let mut show = room.ombud(&["config", "show"]);
    show.env("OMBUD_DATABASE_PUBLIC_URL_FILE", "reader");
    refused(
        &Said::of(show.output().expect("it runs")),
        "database.public_url (from the file named by OMBUD_DATABASE_PUBLIC_URL_FILE) is for \
         PostgreSQL: another login to the database of database.url, written as \
         postgres://user:password@host/database.",
    );
    show.env("OMBUD_DATABASE_URL", "postgres://ombud:battery@db.example.org/ombud");
    let said = Said::of(show.output().expect("it runs"));
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!said.out.contains("staple") && said.out.contains("public_url = \"(hidden)\""));
}

#[test]
fn a_file_that_is_no_toml_is_refused_with_its_line_and_none_of_its_words() {
    let room = Room::new();
    room.write("ombud-data/ombud.toml", "[mail]\n\nrelay_password = \"secret\n");
    let said = room.run(&["config", "check"]);
    assert_eq!(said.code, Some(1));
    assert!(
        said.err.contains("ombud-data/ombud.toml cannot be read as TOML near line 3"),
        "{said:?}"
    );
    assert!(!said.err.contains("secret"), "{said:?}");
}

#[test]
fn a_file_of_settings_that_was_named_must_be_there() {
    let room = Room::new();
    let said = room.run(&["config", "check", "--config", "elsewhere.toml"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.starts_with("ombud: The file of settings elsewhere.toml cannot be read."));
    assert_eq!(room.run(&["config", "check"]).code, Some(0));
}

#[test]
fn a_command_that_does_not_exist_is_told_from_one_that_failed() {
    let room = Room::new();
    assert_eq!(room.run(&["srve"]).code, Some(2));
    assert_eq!(room.run(&[]).code, Some(2));
    let version = room.run(&["--version"]);
    assert_eq!(version.out, format!("ombud {}\n", env!("CARGO_PKG_VERSION")));
}
