//! What is said to whoever sits before the terminal, and what is asked of them. Answers go to
//! standard output, complaints to standard error; a password is not shown while it is typed.

use std::io::{self, BufRead, IsTerminal, Write};

use anyhow::{Context, Result, bail};
use rustix::termios::{LocalModes, OptionalActions, tcgetattr, tcsetattr};
use zeroize::Zeroizing;

/// The longest line that is read as a password, in bytes.
const LONGEST: u64 = 4096;

/// Says something on standard output.
pub(crate) fn say(text: &str) -> Result<()> {
    let mut out = io::stdout().lock();
    // In one piece, so that who reads it line by line need not wait between them.
    let said = out.write_all(format!("{text}\n").as_bytes()).and_then(|()| out.flush());
    match said {
        // Who asked is gone, and needs no answer.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other.context("Standard output cannot be written."),
    }
}

/// Tells what went wrong, and why, on standard error.
pub(crate) fn complain(error: &anyhow::Error) {
    let mut text = format!("ombud: {error}\n");
    let mut said = error.to_string();
    for cause in error.chain().skip(1).map(ToString::to_string) {
        // Some libraries repeat the cause in their own words.
        if !said.contains(&cause) {
            text.push_str("  because: ");
            text.push_str(&cause);
            text.push('\n');
        }
        said = cause;
    }
    // There is nobody left to tell that this failed.
    drop(io::stderr().lock().write_all(text.as_bytes()));
}

/// A password: typed twice at a terminal, or the first line of what is piped in.
pub(crate) fn ask_password() -> Result<Zeroizing<String>> {
    if !io::stdin().is_terminal() {
        return read_line();
    }
    let first = ask_hidden("Password: ")?;
    let second = ask_hidden("Once more: ")?;
    if *first != *second {
        bail!("The two passwords differ. Nothing was changed; try again.");
    }
    Ok(first)
}

fn ask_hidden(question: &str) -> Result<Zeroizing<String>> {
    let (stdin, mut stderr) = (io::stdin(), io::stderr());
    write!(stderr, "{question}").context("The terminal cannot be written.")?;
    let before = tcgetattr(&stdin).context("The terminal cannot be asked.")?;
    let mut hidden = before.clone();
    hidden.local_modes.remove(LocalModes::ECHO);
    hidden.local_modes.insert(LocalModes::ECHONL);
    tcsetattr(&stdin, OptionalActions::Flush, &hidden).context("The terminal cannot be set.")?;
    let line = read_line();
    let restored = tcsetattr(&stdin, OptionalActions::Now, &before);
    restored.context("The terminal cannot be set back; type: stty echo")?;
    line
}

fn read_line() -> Result<Zeroizing<String>> {
    let mut line = Zeroizing::new(String::new());
    let mut input = io::Read::take(io::stdin().lock(), LONGEST);
    input.read_line(&mut line).context("Standard input cannot be read.")?;
    let kept = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(kept);
    Ok(line)
}
