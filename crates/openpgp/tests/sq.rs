//! Another program on Sequoia, older than the library we use, reads what we write and writes what
//! we read. It takes no clock from us, so that everything happens now.
#![expect(clippy::expect_used, reason = "these are tests throughout")]

use std::fs;
use std::path::Path;
use std::process::Command;

use jiff::Timestamp;
use openpgp::{ServiceKey, decrypt};

/// What a program says, if it is there and succeeds.
fn answer(program: &str, args: &[&str], folder: &Path) -> Option<Vec<u8>> {
    let output = Command::new(program).args(args).current_dir(folder).output().ok()?;
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {args:?}: {said}");
    Some(output.stdout)
}

/// The time of the programs that we start.
fn now(folder: &Path) -> Timestamp {
    let seconds = answer("date", &["+%s"], folder).expect("the time");
    let seconds = String::from_utf8(seconds).expect("digits");
    Timestamp::from_second(seconds.trim().parse().expect("a number")).expect("an instant")
}

#[test]
fn sq_verifies_what_we_sign_and_encrypts_to_us() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    // Later versions have another command line.
    if !answer("sq", &["--version"], folder).is_some_and(|version| version.starts_with(b"sq 0.")) {
        println!("skipped: there is no sq before 1.0, so nothing was tested with it");
        return;
    }
    let now = now(folder);
    let key = ServiceKey::generate("The Team <team@example.org>", now).expect("a key");
    let signature = key.sign_detached(b"a note", now).expect("signed");
    let certificate = key.certificate().to_armored().expect("armored");
    fs::write(folder.join("us.asc"), certificate).expect("written");
    fs::write(folder.join("note.asc"), signature).expect("written");
    fs::write(folder.join("note"), "a note").expect("written");
    let verify = ["verify", "--signer-cert", "us.asc", "--detached", "note.asc", "note"];
    assert!(answer("sq", &verify, folder).is_some());
    let sealed = answer("sq", &["encrypt", "--recipient-cert", "us.asc", "note"], folder);
    let opened = decrypt(&sealed.expect("sealed"), &key, &[], now).expect("opened");
    assert_eq!(opened.content.as_slice(), b"a note");
}
