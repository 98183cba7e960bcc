use super::{Room, get};

const PASSWORD: &str = "correct horse battery";

#[test]
fn people_are_added_listed_and_shut_out() {
    let room = Room::new();
    let add = ["admin", "user", "add", "lee@example.org", "--role", "lead"];
    let said = room.run_with_line(&add, PASSWORD);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!said.out.contains(PASSWORD), "it is known to who typed it");

    let again = room.run_with_line(&add, PASSWORD);
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("Somebody has an account with this address."), "{again:?}");

    let disable = room.run(&["admin", "user", "disable", "lee@example.org"]);
    assert_eq!(disable.code, Some(0), "{disable:?}");
    let list = room.run(&["admin", "user", "list"]);
    assert_eq!(list.out, "lee@example.org  lead           shut  password only  lee\n");
}

#[test]
fn a_password_is_drawn_and_shown_once() {
    let room = Room::new();
    let words = ["admin", "user", "add", "kim@example.org", "--role", "analyst", "--generate"];
    let said = room.run(&words);
    assert_eq!(said.code, Some(0), "{said:?}");
    let drawn = said.out.split("shown this once: ").nth(1).expect("a password").trim();
    assert_eq!(drawn.len(), 23, "{drawn}");
    let list = room.run(&["admin", "user", "list"]);
    assert!(!list.out.contains(drawn) && list.out.contains("kim@example.org"), "{list:?}");
}

#[test]
fn a_password_that_is_too_short_changes_nothing() {
    let room = Room::new();
    let add = ["admin", "user", "add", "lee@example.org", "--role", "lead"];
    let said = room.run_with_line(&add, "short");
    assert_eq!(said.code, Some(1));
    assert_eq!(
        said.err,
        "ombud: The account was not added.\n  because: Use at least 12 characters.\n"
    );
    assert!(room.run(&["admin", "user", "list"]).out.starts_with("Nobody belongs to the team"));
}

#[test]
fn a_lost_second_factor_and_a_forgotten_password_are_the_operators_to_reset() {
    let room = Room::new();
    let add = ["admin", "user", "add", "lee@example.org", "--role", "lead"];
    let said = room.run_with_line(&add, PASSWORD);
    assert!(said.out.contains("sets up a second factor there first"), "{said:?}");
    let said = room.run(&["admin", "user", "reset-second-factor", "lee@example.org"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("recovery codes and sessions have ended"), "{said:?}");
    let reset = ["admin", "user", "reset-password", "lee@example.org"];
    let said = room.run_with_line(&reset, "lee-lee-lee-lee");
    assert!(said.err.contains("Use something other than your name or address."), "{said:?}");
    assert_eq!(room.run_with_line(&reset, "seven green lanterns").code, Some(0));
    let said = room.run(&["admin", "user", "reset-second-factor", "eve@example.org"]);
    assert!(said.err.contains("Nobody has an account with this address."), "{said:?}");
}

#[test]
fn the_setup_link_is_given_while_there_is_nobody() {
    let room = Room::new();
    let said = room.run(&["admin", "setup-link"]);
    assert!(said.out.contains("http://127.0.0.1:8080/join/"), "{said:?}");
    let words = ["admin", "user", "add", "kim@example.org", "--role", "lead", "--generate"];
    assert_eq!(room.run(&words).code, Some(0));
    assert!(!room.run(&["admin", "setup-link"]).out.contains("/join/"));
    assert!(!room.serve().greeting.contains("/join/"));
}

#[test]
fn accounts_are_not_touched_behind_a_running_server() {
    let room = Room::new();
    let server = room.serve();
    let said = room.run(&["admin", "user", "list"]);
    assert_eq!(said.code, Some(1));
    assert!(said.err.starts_with("ombud: A server is running on the data in ombud-data"));
    assert_eq!(get(server.address(), "/livez").0, 200);
}

#[test]
fn the_doctor_finds_what_is_wrong_and_says_what_to_do() {
    let room = Room::new();
    let said = room.run(&["doctor"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!room.path("ombud-data").exists(), "the doctor makes nothing");

    assert_eq!(room.serve().stop("-TERM").0.code(), Some(0));
    let said = room.run(&["doctor"]);
    assert!(said.out.contains("OK    key file   ombud-data.key, mode 600"), "{said:?}");
    assert!(said.out.contains("OK    database   opens, is up to date"), "{said:?}");
    assert!(said.out.contains("WARN  mail       no relay is set"), "{said:?}");
    assert_eq!(said.code, Some(0));

    std::fs::remove_file(room.path("ombud-data.key")).expect("it was there");
    let said = room.run(&["doctor"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.contains("FAIL  key file   ombud-data.key is missing"), "{said:?}");
}

#[test]
fn the_doctor_looks_past_a_running_server_and_at_a_dead_relay() {
    let room = Room::new();
    let _server = room.serve();
    // A port that was just free answers nobody.
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = free.local_addr().expect("an address").port().to_string();
    drop(free);
    let mut doctor = room.ombud(&["doctor"]);
    doctor.env("OMBUD_MAIL_FROM", "team@example.org").env("OMBUD_MAIL_RELAY_HOST", "127.0.0.1");
    doctor.env("OMBUD_MAIL_RELAY_PORT", &port).env("OMBUD_MAIL_RELAY_TLS", "none");
    let said = super::Said::of(doctor.output().expect("it runs"));
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.contains("OK    database   a running server has it"), "{said:?}");
    assert!(said.out.contains(&format!("FAIL  mail       127.0.0.1:{port}: no connection")));
}

#[test]
fn the_openpgp_key_is_made_at_the_first_start_and_stays() {
    let room = Room::new();
    assert_eq!(room.run(&["admin", "setup-link"]).code, Some(0));
    let early = room.run(&["keys", "show"]);
    let sentence = "ombud: There is no OpenPGP key yet. It is made when the server starts.\n";
    assert_eq!((early.code, early.err.as_str()), (Some(1), sentence));

    let server = room.serve();
    let shown = room.run(&["keys", "show"]);
    assert_eq!(shown.code, Some(0), "{shown:?}");
    let lines: Vec<&str> = shown.out.lines().collect();
    let fingerprint = lines.first().and_then(|line| line.strip_prefix("Fingerprint: "));
    assert_eq!(fingerprint.expect("a fingerprint").len(), 49, "{shown:?}");
    assert!(lines.get(1).is_some_and(|line| line.starts_with("Name: Ombud <")), "{shown:?}");
    let exported = room.run(&["keys", "export"]);
    assert!(exported.out.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----\n"), "{exported:?}");
    assert!(!exported.out.contains("PRIVATE"), "{exported:?}");
    let revocation = room.run(&["keys", "revocation"]);
    assert!(revocation.out.starts_with("-----BEGIN PGP PUBLIC KEY BLOCK-----\n"), "{revocation:?}");
    drop(server);
    let _again = room.serve();
    assert_eq!(room.run(&["keys", "show"]).out, shown.out);
}

#[test]
fn the_letters_before_numbers_are_chosen_on_the_command_line() {
    let room = Room::new();
    let said = room.run(&["admin", "number-prefix", "nl"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(said.out, "Numbers of cases and notes look like NL#123456.\n");
    let said = room.run(&["admin", "number-prefix", "NL#"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.err.contains("Choose one to ten letters from A to Z."), "{said:?}");
}
