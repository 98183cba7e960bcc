//! Programs that nobody here wrote, and what they say of our files. Each lies in an environment
//! of its own below `OMBUD_TEST_TOOLS`; a test without its judge says that it was skipped.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

/// A judge's program, if it is installed.
pub(crate) fn program(path: &str) -> Option<PathBuf> {
    let tools = std::env::var_os("OMBUD_TEST_TOOLS").map(PathBuf::from);
    let program = tools.map(|tools| tools.join(path)).filter(|program| program.exists());
    if program.is_none() {
        println!("skipped: OMBUD_TEST_TOOLS holds no {path}, so that judge was not asked");
    }
    program
}

/// Lets a Python script read the input, and gives what it wrote as JSON.
pub(crate) fn python(environment: &str, script: &str, input: &[u8]) -> Option<Value> {
    let python = program(&format!("{environment}/bin/python"))?;
    Some(answer(Command::new(python).args(["-c", script]), input))
}

/// Runs a program that reads the input and writes JSON.
pub(crate) fn answer(command: &mut Command, input: &[u8]) -> Value {
    let mut child = command
        .env("PYTHONIOENCODING", "utf-8")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    let writing = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    writing.join().unwrap().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}
