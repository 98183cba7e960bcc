use std::time::{Duration, Instant};

use super::{Room, Said, Server, get, mode_of};

#[test]
fn the_first_command_runs_with_nothing_configured() {
    let room = Room::new();
    let server = room.serve();
    assert!(server.greeting.contains("/join/"), "{}", server.greeting);
    assert_eq!(get(server.address(), "/livez"), (200, "alive\n".to_owned()));
    assert_eq!(get(server.address(), "/readyz"), (200, "ready\n".to_owned()));
    assert_eq!(mode_of(&room.path("ombud-data.key")), 0o600);
    assert_eq!(mode_of(&room.path("ombud-data")), 0o700);

    let link = server.greeting.split("/join/").nth(1).expect("a link").trim().to_owned();
    let (status, page) = get(server.address(), &format!("/join/{link}"));
    assert_eq!(status, 200, "{page}");
    assert_eq!(get(server.address(), "/join/0000").0, 404);

    let (ended, took) = server.stop("-TERM");
    assert_eq!(ended.code(), Some(0));
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn a_server_that_was_stopped_starts_again_with_what_it_kept() {
    let room = Room::new();
    let key = {
        let server = room.serve();
        assert_eq!(server.stop("-INT").0.code(), Some(0));
        std::fs::read(room.path("ombud-data.key")).expect("a key file")
    };
    let server = room.serve();
    assert_eq!(get(server.address(), "/readyz").0, 200);
    assert_eq!(std::fs::read(room.path("ombud-data.key")).expect("a key file"), key);
}

#[test]
fn a_second_server_on_the_same_data_is_refused() {
    let room = Room::new();
    let server = room.serve();
    let said = room.run(&["serve", "--listen", "127.0.0.1:0", "--metrics", "off"]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.err.contains(
            "ombud: A server is running on the data in ombud-data, and only one program may use \
             it at a time. Stop that server first, or say another directory (--data).\n"
        ),
        "{said:?}"
    );
    assert_eq!(get(server.address(), "/readyz").0, 200);
}

#[test]
fn keys_that_are_not_the_ones_of_the_data_are_refused() {
    let room = Room::new();
    assert_eq!(room.serve().stop("-TERM").0.code(), Some(0));
    let key = std::fs::read_to_string(room.path("ombud-data.key")).expect("a key file");
    let start = ["serve", "--listen", "127.0.0.1:0", "--metrics", "off"];

    std::fs::remove_file(room.path("ombud-data.key")).expect("it was there");
    let said = room.run(&start);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("The key file ombud-data.key is missing"), "{said:?}");
    assert!(!room.path("ombud-data.key").exists(), "no new key is made for old data");

    let (before, _) = key.split_once("kek = ").expect("a key");
    let (_, pepper) = key.split_once("\npepper").expect("a pepper");
    let other = format!("{before}kek = {}\npepper{pepper}", "0".repeat(64));
    write_private(&room, &other);
    let said = room.run(&start);
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("ombud-data.key is not the one of this data."), "{said:?}");

    write_private(&room, "kek = 12\n");
    let said = room.run(&start);
    assert!(said.err.contains("The key file ombud-data.key is damaged."), "{said:?}");
    assert!(said.err.contains("“kek” is not 64 hexadecimal digits"), "{said:?}");

    write_private(&room, &key);
    assert_eq!(get(room.serve().address(), "/readyz").0, 200);
}

#[test]
fn a_key_file_that_everybody_can_read_is_refused() {
    let room = Room::new();
    assert_eq!(room.serve().stop("-TERM").0.code(), Some(0));
    set_mode(&room, 0o644);
    let said = room.run(&["serve", "--listen", "127.0.0.1:0", "--metrics", "off"]);
    assert_eq!(said.code, Some(1));
    assert_eq!(
        said.err,
        "ombud: Everybody on this machine can read the key file ombud-data.key (mode 644). \
         Close it: chmod 600 ombud-data.key\n"
    );
}

#[test]
fn data_that_lies_elsewhere_is_not_given_new_keys() {
    let room = Room::new();
    assert_eq!(room.serve().stop("-TERM").0.code(), Some(0));
    std::fs::remove_file(room.path("ombud-data.key")).expect("it was there");
    std::fs::rename(room.path("ombud-data"), room.path("elsewhere")).expect("moved");
    let said = serve_with_database(&room, "elsewhere/ombud.sqlite");
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("ombud-data.key is missing"), "{said:?}");
    assert!(!room.path("ombud-data.key").exists());
}

#[test]
fn a_start_that_fails_leaves_no_keys_behind() {
    let room = Room::new();
    let said = serve_with_database(&room, "no/such/folder/ombud.sqlite");
    assert_eq!(said.code, Some(1));
    assert!(said.err.contains("The database cannot be opened."), "{said:?}");
    assert!(!room.path("ombud-data.key").exists(), "they would be taken for those of some data");
}

#[test]
fn prometheus_reads_counts_and_no_case() {
    let room = Room::new();
    let server = room.serve();
    assert_eq!(get(server.address(), "/livez").0, 200);
    assert_eq!(get(server.address(), "/no-such-page").0, 404);
    let reminded = "ombud_duty_runs_total{duty=\"remind_silent_vendors\",outcome=\"ok\"} 1";
    let text = metrics_with(&server, reminded);
    for line in [
        "ombud_reports_waiting 0",
        "ombud_letters_waiting 0",
        "ombud_cases_set_back 0",
        "ombud_next_due_seconds NaN",
        "ombud_notes_published 0",
        "ombud_http_requests_total{class=\"2xx\"} 1",
        "ombud_http_requests_total{class=\"4xx\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("send_letters"), "without a relay no letter is tried\n{text}");
    assert_eq!(get(server.address(), "/metrics").0, 404, "only on an address of its own");
}

/// What is measured once this line is there: duties begin just after the greeting.
fn metrics_with(server: &Server, line: &str) -> String {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let (status, text) = get(server.metrics(), "/metrics");
        assert_eq!(status, 200);
        if text.lines().any(|found| found == line) {
            return text;
        }
        assert!(Instant::now() < deadline, "{line} is not in\n{text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn serve_with_database(room: &Room, url: &str) -> Said {
    let mut serve = room.ombud(&["serve", "--listen", "127.0.0.1:0", "--metrics", "off"]);
    Said::of(serve.env("OMBUD_DATABASE_URL", url).output().expect("it runs"))
}

fn write_private(room: &Room, text: &str) {
    std::fs::write(room.path("ombud-data.key"), text).expect("a key file");
    set_mode(room, 0o600);
}

fn set_mode(room: &Room, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(room.path("ombud-data.key"), mode).expect("a mode");
}
