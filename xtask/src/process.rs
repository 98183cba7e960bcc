//! Programs that the test command starts. Each is told by the kernel to stop when we are gone, so
//! that neither Ctrl-C nor a kill leaves one behind.

use std::ffi::OsStr;
use std::process::{Command, ExitStatus};

use anyhow::{Context, Result};

/// A program that gets SIGINT when the test command ends before it.
pub(crate) fn held(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT", "--"]).arg(program);
    command
}

/// The same, as another user of the machine.
pub(crate) fn held_as(user: &str, program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", user, "--init-groups"]);
    command.args(["--pdeathsig", "INT", "--"]).arg(program);
    command
}

/// Shows the command line, runs it with the person's terminal, and says how it ended.
pub(crate) fn show(command: &mut Command) -> Result<ExitStatus> {
    eprintln!("$ {}", line(command));
    command.status().with_context(|| line(command))
}

/// The command as a person would type it, without the guard around it.
pub(crate) fn line(command: &Command) -> String {
    let words: Vec<String> =
        command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
    match words.iter().position(|word| word == "--") {
        Some(guard) if command.get_program() == "setpriv" => {
            words.get(guard + 1..).unwrap_or_default().join(" ")
        }
        _ => format!("{} {}", command.get_program().to_string_lossy(), words.join(" ")),
    }
}

/// What a program prints, or nothing when it cannot be run or fails.
pub(crate) fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether we may install packages and become another user.
pub(crate) fn we_are_root() -> bool {
    answer("id", &["-u"]).as_deref() == Some("0")
}
