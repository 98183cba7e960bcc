//! What do the CNA Operational Rules 4.2.0 say of a CVE record before it goes out, and of what was
//! done about its id? Rules that a program can check, each by its number. The words of a container
//! are checked here; what happened is told by [`Facts`]. Nothing here sets a rule aside.

mod conduct;
mod content;
mod identifier;

use jiff::Timestamp;

use crate::cve::{Container, Rejection};

/// Something that a rule asks for and that is not so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// The number of the rule, such as `5.1.8`.
    pub rule: &'static str,
    /// What is wrong, and what to do, in a sentence.
    pub words: String,
    /// How much the rule insists.
    pub level: Level,
}

/// How much a rule insists.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Level {
    /// MUST or MUST NOT.
    Must,
    /// SHOULD or SHOULD NOT.
    Should,
}

/// What happened around an id. What is not known is not held against anyone, apart from what
/// [`Facts::at`] says.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
    /// The time of asking: when the record goes out, or would.
    pub now: Timestamp,
    /// The id of the record.
    pub id: Option<String>,
    /// Whether the record goes to the CVE list or stays here.
    pub purpose: Purpose,
    /// When the id was reserved.
    pub reserved_at: Option<Timestamp>,
    /// When the record went to the CVE list; none while it has not.
    pub record_published_at: Option<Timestamp>,
    /// When a page that anybody can read first told of the vulnerability, or will.
    pub page_public_at: Option<Timestamp>,
    /// When we first told the public of the id.
    pub disclosed_at: Option<Timestamp>,
    /// When we learned that somebody else told the public of the id.
    pub told_elsewhere_at: Option<Timestamp>,
    /// Who had the first right to assign.
    pub first_right: FirstRight,
    /// Whether the vulnerability is within our scope.
    pub scope: Scope,
    /// What the one who asked for the id says of other CNAs.
    pub requester: Requester,
    /// Whether the supplier was told.
    pub supplier: Supplier,
    /// Whether the reporter was given the id.
    pub reporter: Reporter,
    /// Whether the products still receive fixes.
    pub support: Support,
    /// Where the products run.
    pub hosting: Hosting,
    /// Whether somebody disputes that it is a vulnerability.
    pub dispute: Dispute,
    /// Whether its kind of weakness can be told.
    pub weakness: Weakness,
    /// Other ids of this team for the same flaw in the same code.
    pub same_code: Vec<String>,
    /// Ids of the case that will be neither told nor used any more, and are not rejected.
    pub left_over: Vec<String>,
}

/// Whether a record is for the world.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// It goes to the CVE list.
    Live,
    /// It is an example or a test.
    Test,
}

/// Who had the first right to assign an id.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FirstRight {
    /// We, or nobody with a better right.
    Ours,
    /// The CNA with the better right will not assign.
    Declined,
    /// It was asked and has not answered.
    Asked {
        /// When it was asked.
        at: Timestamp,
    },
    /// It was not asked.
    NotAsked,
}

/// Whether a vulnerability is within our scope.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Scope {
    /// It is.
    Within,
    /// It is not.
    Outside,
    /// Nobody looked.
    NotChecked,
}

/// What the one who asked for an id says of other CNAs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Requester {
    /// Nobody asked us for one, or no other CNA was asked.
    AskedNobodyElse,
    /// Another CNA was asked, and we have spoken with it.
    AskedElsewhereAndAgreed,
    /// Another CNA was asked, and we have not spoken with it.
    AskedElsewhere,
    /// We did not ask.
    NotSaid,
}

/// Whether the supplier was told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Supplier {
    /// We tried to tell it.
    Told,
    /// We did not.
    NotTold,
}

/// Whether the reporter was given the id.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Reporter {
    /// Nobody reported it to us.
    Nobody,
    /// It was given.
    HasTheId,
    /// It was not.
    HasNotTheId,
}

/// Whether products still receive fixes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Support {
    /// At least one does, or nobody knows.
    Some,
    /// None does.
    None,
}

/// Where products run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Hosting {
    /// At least one runs at its users', or nobody knows.
    Some,
    /// All are services that their supplier hosts.
    Exclusive,
}

/// Whether somebody disputes that it is a vulnerability.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dispute {
    /// Nobody.
    None,
    /// Somebody.
    Disputed,
}

/// Whether a kind of weakness can be told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Weakness {
    /// It can, or nobody said that it cannot.
    Determinable,
    /// Not yet.
    NotYetDeterminable,
}

impl Facts {
    /// Nothing known but the time: a live record within our scope, everybody told.
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            id: None,
            purpose: Purpose::Live,
            reserved_at: None,
            record_published_at: None,
            page_public_at: None,
            disclosed_at: None,
            told_elsewhere_at: None,
            first_right: FirstRight::Ours,
            scope: Scope::Within,
            requester: Requester::AskedNobodyElse,
            supplier: Supplier::Told,
            reporter: Reporter::Nobody,
            support: Support::Some,
            hosting: Hosting::Some,
            dispute: Dispute::None,
            weakness: Weakness::Determinable,
            same_code: vec![],
            left_over: vec![],
        }
    }
}

/// Everything that the rules say against a record and its story, in the order of the rules.
pub fn problems(container: &Container, facts: &Facts) -> Vec<Problem> {
    let mut problems = conduct::problems(facts);
    problems.extend(content::problems(container, facts));
    problems
}

/// Everything that the rules say against the rejection of an id.
pub fn rejection_problems(rejection: &Rejection) -> Vec<Problem> {
    let explained = rejection.reasons.iter().any(|words| !words.value.trim().is_empty());
    let problem = must("4.5.3.7", "Say why the CVE id is rejected.".to_owned());
    if explained { vec![] } else { vec![problem] }
}

fn must(rule: &'static str, words: String) -> Problem {
    Problem { rule, words, level: Level::Must }
}

fn should(rule: &'static str, words: String) -> Problem {
    Problem { rule, words, level: Level::Should }
}

#[cfg(test)]
mod tests;
