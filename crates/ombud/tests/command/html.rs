//! The public pages, judged by the validator of the W3C (vnu): as files, so that the judge reads
//! what browsers read.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use super::data::Data;
use super::{Said, Server};

/// A list without points is none for Safari unless it says so.
const MEANT: &str = ".*The .list. role is unnecessary for element .ul.*";

/// The validator, or a line that says that it is not there.
#[expect(clippy::print_stdout, reason = "what was skipped is said")]
fn validator() -> Option<Command> {
    let tools = std::env::var_os("OMBUD_TEST_TOOLS").map(PathBuf::from);
    let jar = tools.map(|tools| tools.join("vnu/node_modules/vnu-jar/build/dist/vnu.jar"));
    let Some(jar) = jar.filter(|jar| jar.exists()) else {
        println!("skipped: OMBUD_TEST_TOOLS holds no vnu, so no page was judged as HTML");
        return None;
    };
    let mut command = Command::new("java");
    command.arg("-Xmx512m").arg("-jar").arg(jar).args(["--format", "gnu", "--skip-non-html"]);
    command.args(["--filterpattern", MEANT]);
    Some(command)
}

#[test]
fn every_public_page_of_the_demonstration_is_valid_html() {
    let Some(mut validator) = validator() else { return };
    let data = Data::sqlite();
    let free = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr());
    let at = free.expect("a port").to_string();
    let demo = data.room.ombud(&["--data", "world", "demo", "--listen", &at]).spawn();
    let demo = Server { child: demo.expect("it runs"), greeting: String::new() };
    let begun = Instant::now();
    while !data.room.path("world/demo.json").exists() {
        assert!(begun.elapsed() < Duration::from_mins(3), "no world was made");
        std::thread::sleep(Duration::from_millis(200));
    }
    drop(demo);
    // What is public needs no keys; any will do.
    let mut export = data.room.ombud(&["--data", "world", "export-site", "tree"]);
    export.env("OMBUD_KEYS_FILE", data.keys()).env("OMBUD_SERVER_BASE_URL", "http://cert.example");
    let said = Said::of(export.output().expect("it runs"));
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!said.out.contains("notes 0,"), "{said:?}");
    let judged = Said::of(validator.arg(data.room.path("tree")).output().expect("java is there"));
    assert_eq!((judged.code, judged.err.as_str()), (Some(0), ""), "{judged:?}");
}
