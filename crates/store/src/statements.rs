//! A list of every statement in this crate, so that one test can prepare them all.
//!
//! A statement is one text for both engines: lower case, parameters `?1`, `?2`, which PostgreSQL
//! gets as `$1`, `$2` (to SQLite, `$2` is a *name*, numbered by first appearance: an
//! update written with it once changed the wrong rows without an error).
//! Where the engines really differ, the two texts stand side by side in one `sql!`.

use std::fmt;

/// Every statement of this crate.
#[linkme::distributed_slice]
pub(crate) static STATEMENTS: [Statement];

/// A statement as it is written down.
#[derive(Debug)]
pub(crate) struct Statement {
    /// What SQLite gets.
    pub(crate) sqlite: &'static str,
    /// What PostgreSQL gets, once its parameters are translated.
    pub(crate) postgres: &'static str,
    file: &'static str,
    line: u32,
}

impl Statement {
    /// One text for both engines.
    pub(crate) const fn shared(text: &'static str, file: &'static str, line: u32) -> Self {
        Self { sqlite: text, postgres: text, file, line }
    }

    /// A text for each engine.
    pub(crate) const fn of_each(
        [sqlite, postgres]: [&'static str; 2],
        file: &'static str,
        line: u32,
    ) -> Self {
        Self { sqlite, postgres, file, line }
    }

    /// The table that the statement is about: the first name after `from`, `into` or `update`.
    pub(crate) fn table(&self) -> &'static str {
        let mut words = self.sqlite.split(|c: char| c.is_whitespace() || c == '(' || c == ')');
        while let Some(word) = words.next() {
            if matches!(word, "from" | "into" | "update") {
                return words.find(|word| !word.is_empty()).unwrap_or("unknown");
            }
        }
        "unknown"
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// A statement that can be run. Only `sql!` makes one, so there is no SQL outside this crate.
#[derive(Debug, Clone, Copy)]
pub struct Sql(pub(crate) &'static Statement);

/// A statement, kept in the list: `sql!("select …")`, or where the engines differ
/// `sql!(sqlite: "…", postgres: "…")`.
macro_rules! sql {
    ($text:literal) => {
        $crate::statements::sql!(@ $crate::statements::Statement::shared($text, file!(), line!()))
    };
    (sqlite: $sqlite:literal, postgres: $postgres:literal $(,)?) => {
        $crate::statements::sql!(@ $crate::statements::Statement::of_each(
            [$sqlite, $postgres], file!(), line!()
        ))
    };
    (@ $statement:expr) => {{
        #[expect(unsafe_code, reason = "a list across a crate takes a linker section")]
        fn statement() -> &'static $crate::statements::Statement {
            #[linkme::distributed_slice($crate::statements::STATEMENTS)]
            static STATEMENT: $crate::statements::Statement = $statement;
            &STATEMENT
        }
        $crate::statements::Sql(statement())
    }};
}
pub(crate) use sql;

/// The text with `$1` for `?1`, leaving quoted parts and comments alone.
pub(crate) fn for_postgres(text: &str) -> String {
    let mut translated = String::with_capacity(text.len());
    let mut within = Within::Code;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let next = characters.peek().copied();
        within = match (within, character) {
            (Within::Code, '\'' | '"') => Within::Quote(character),
            (Within::Code, '-') if next == Some('-') => Within::Comment,
            (Within::Quote(quote), _) if quote == character => Within::Code,
            (Within::Comment, '\n') => Within::Code,
            (within, _) => within,
        };
        let parameter = character == '?' && next.is_some_and(|next| next.is_ascii_digit());
        translated.push(if parameter && within == Within::Code { '$' } else { character });
    }
    translated
}

#[derive(Clone, Copy, PartialEq)]
enum Within {
    Code,
    Quote(char),
    Comment,
}

#[cfg(test)]
mod tests;
