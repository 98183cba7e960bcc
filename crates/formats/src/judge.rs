//! Judges that read our files in a script of a few lines, and say as JSON what they saw.

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::sample::judge::tool;

/// Lets a Python script read the input, and gives what it wrote as JSON.
pub(crate) fn python(environment: &str, script: &str, input: &[u8]) -> Option<Value> {
    let python = tool(&format!("{environment}/bin/python"))?;
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
