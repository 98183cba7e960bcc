//! Code that attacks, and secrets that open doors, told by their shapes.

use std::ops::Range;

use super::place::runs;

/// Longer runs of hexadecimal digits are no hash: SHA-512 has 128.
const LONGEST_HASH: usize = 128;

/// A longer run of base64 is no hash and no short example.
const LONGEST_BASE64: usize = 200;

/// So many bytes written as escapes are machine code, not an example of one.
const SHELLCODE: usize = 8;

/// Beginnings of what only an exploit says.
const OF_EXPLOITS: [&str; 8] = [
    "class MetasploitModule",
    "include Msf::",
    "Msf::Exploit",
    "${jndi:",
    "from pwn import",
    "/dev/tcp/",
    "<!ENTITY",
    "msfvenom",
];

/// Beginnings of keys, as those who issue them write them, with the least length of the whole.
const OF_KEYS: [(&str, usize); 9] = [
    ("AKIA", 20),
    ("ghp_", 36),
    ("github_pat_", 40),
    ("glpat-", 26),
    ("xoxb-", 24),
    ("xoxp-", 24),
    ("sk_live_", 24),
    ("AIza", 39),
    ("eyJ", 60),
];

/// What somebody calls a secret before writing it.
const CALLED_SECRET: [&str; 7] =
    ["password", "passwd", "api_key", "apikey", "api-key", "secret", "token"];

/// The first place that looks like a whole attack.
pub(super) fn attack(text: &str) -> Option<Range<usize>> {
    let known = OF_EXPLOITS.iter().find_map(|sign| found(text, sign));
    known
        .or_else(|| found(text, "#!/"))
        .or_else(|| shellcode(text))
        .or_else(|| long_run(text, LONGEST_HASH, |sign| sign.is_ascii_hexdigit()))
        .or_else(|| {
            let base64 = |sign: char| sign.is_ascii_alphanumeric() || "+/=".contains(sign);
            long_run(text, LONGEST_BASE64, base64)
        })
        .or_else(|| curl_with_payload(text))
}

/// The first place that looks like a key or a password.
pub(super) fn secret(text: &str) -> Option<Range<usize>> {
    let key = text.find("-----BEGIN ").filter(|at| {
        text.get(*at..)
            .and_then(|rest| rest.lines().next())
            .is_some_and(|line| line.contains("PRIVATE KEY"))
    });
    key.map(|at| at..at + 11).or_else(|| issued(text)).or_else(|| called(text))
}

fn found(text: &str, sign: &str) -> Option<Range<usize>> {
    text.find(sign).map(|at| at..at + sign.len())
}

fn long_run(text: &str, longest: usize, of: impl Fn(char) -> bool + Copy) -> Option<Range<usize>> {
    runs(text, of).find(|at| at.len() > longest)
}

/// `\x90\x90…`, as exploits carry what is to run.
fn shellcode(text: &str) -> Option<Range<usize>> {
    let escape = |at: usize| {
        let four = text.get(at..at + 4)?;
        let digits = four.strip_prefix("\\x")?;
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then_some(())
    };
    let first = text.find("\\x")?;
    let mut at = first;
    while let Some(next) = text.get(at..).and_then(|rest| rest.find("\\x")) {
        let start = at + next;
        let mut end = start;
        while escape(end).is_some() {
            end += 4;
        }
        if end - start >= 4 * SHELLCODE {
            return Some(start..end);
        }
        at = end.max(start + 2);
    }
    None
}

/// A request that can be repeated by copying it.
fn curl_with_payload(text: &str) -> Option<Range<usize>> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let payload = [" -d ", " --data", " -F ", " --form", " -T "];
        if let Some(curl) = line.find("curl ")
            && payload.iter().any(|option| line.get(curl..).is_some_and(|s| s.contains(option)))
        {
            return Some(at + curl..at + line.trim_end().len());
        }
        at += line.len();
    }
    None
}

fn issued(text: &str) -> Option<Range<usize>> {
    let key = |sign: char| sign.is_ascii_alphanumeric() || "_-.".contains(sign);
    runs(text, key).find(|at| {
        let run = text.get(at.clone()).unwrap_or_default();
        OF_KEYS.iter().any(|(begin, least)| run.starts_with(begin) && run.len() >= *least)
    })
}

/// `password: hunter2hunter2`, where what follows is one long word of letters and digits.
fn called(text: &str) -> Option<Range<usize>> {
    let lower = text.to_ascii_lowercase();
    CALLED_SECRET.iter().find_map(|called| {
        let at = lower.find(called)?;
        let rest = text.get(at + called.len()..)?;
        let after = rest.trim_start_matches([' ', '"', '\'', '`']);
        let value = after.strip_prefix([':', '='])?.trim_start_matches([' ', '"', '\'', '`']);
        let value = value.split([' ', '\n', '"', '\'', '`']).next()?;
        let mixed = value.bytes().any(|sign| sign.is_ascii_digit())
            && value.bytes().any(|sign| sign.is_ascii_alphabetic());
        (value.len() >= 8 && mixed).then(|| at..at + called.len())
    })
}
