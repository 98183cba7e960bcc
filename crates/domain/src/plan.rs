//! A decision in the making: the case as it will be, and the events so far. A later step of
//! one decision sees what the earlier ones did, through the same fold as everybody else.

use std::collections::BTreeSet;

use jiff::Timestamp;
use uuid::Uuid;

use crate::access::Me;
use crate::journal::{Entry, Via};
use crate::{Case, Event, EventId, Refusal, Rule, Text};

/// What comes with every request: the time, and the reasons for setting rules aside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// When.
    pub now: Timestamp,
    /// Rules to be set aside for this one step, and why (S64).
    pub overrides: Vec<(Rule, Text)>,
    /// Rules that the words of the note break, as far as somebody looked (S94).
    pub objections: BTreeSet<Rule>,
}

impl Asked {
    /// A plain request.
    pub fn at(now: Timestamp) -> Self {
        Self { now, overrides: vec![], objections: BTreeSet::new() }
    }
}

/// What a rule returns: what happened, or why not.
pub type Decision = Result<Vec<Event>, Refusal>;

/// A decision in the making.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) case: Case,
    events: Vec<Event>,
    me: &'a Me,
    asked: &'a Asked,
    entitled: bool,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(case: &Case, me: &'a Me, asked: &'a Asked) -> Self {
        let takes_part =
            |id| case.participant(id).is_some_and(crate::participant::Participant::is_engaged);
        let entitled = me.case() == case.id && me.participant().is_none_or(takes_part);
        Self { case: case.clone(), events: vec![], me, asked, entitled }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.asked.now
    }

    /// This happens next.
    pub(crate) fn push(&mut self, event: Event) {
        let entry = Entry {
            case: self.case.id,
            seq: self.case.version + 1,
            id: EventId::from(Uuid::nil()),
            occurred_at: event.occurred_at().unwrap_or(self.asked.now),
            recorded_at: self.asked.now,
            hand: self.me.hand(),
            via: Via::Web,
            event,
            prev_hash: String::new(),
            hash: String::new(),
        };
        self.case.apply(&entry);
        self.events.push(entry.event);
    }

    /// A rule that should hold does not: goes on only with a reason, which is written down.
    pub(crate) fn needs_reason(&mut self, rule: Rule) -> Result<(), Refusal> {
        let given = self.asked.overrides.iter().find(|(known, _)| *known == rule);
        let (rule, reason) = given.cloned().ok_or(Refusal::NeedsReason(rule))?;
        self.push(Event::PolicyOverridden { rule, reason });
        Ok(())
    }

    /// What happened; nothing, if the key is to another case or of somebody who has gone since.
    pub(crate) fn done(self) -> Decision {
        if self.entitled { Ok(self.events) } else { Err(Refusal::NotYours) }
    }
}
