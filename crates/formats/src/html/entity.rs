//! Character references: the handful of names that the archive uses, and numbers. An unknown name stays as it is written.

const NAMES: [(&str, char); 8] = [
    ("lt", '<'),
    ("gt", '>'),
    ("amp", '&'),
    ("quot", '"'),
    ("apos", '\''),
    ("nbsp", '\u{a0}'),
    ("copy", '\u{a9}'),
    ("reg", '\u{ae}'),
];

/// No reference that we read is longer than this, ampersand and semicolon included.
const LONGEST: usize = 12;

/// The text with its character references decoded, once.
pub fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        decoded.push_str(before);
        if let Some((character, length)) = at_start(reference) {
            decoded.push(character);
            rest = reference.get(length..).unwrap_or_default();
        } else {
            decoded.push('&');
            rest = reference.get(1..).unwrap_or_default();
        }
    }
    decoded.push_str(rest);
    decoded
}

fn at_start(reference: &str) -> Option<(char, usize)> {
    let end = reference.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = reference.get(1..end)?;
    let character = if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        char::from_u32(code).filter(|character| !character.is_control())?
    } else {
        NAMES.iter().find(|(known, _)| *known == name)?.1
    };
    Some((character, end + 1))
}
