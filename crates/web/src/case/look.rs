//! A case opened for somebody of the team, with the names of all who appear in it.

use std::collections::BTreeMap;

use app::case::Opened;
use domain::access::StaffView;
use domain::case::Party;
use domain::event::Audience;
use domain::participant::Participant;
use domain::{
    AccountId, Case, CaseId, CaseNumber, ParticipantId, Text, Timestamp, View, VulnerabilityId,
};

use super::{Choice, Moment};
use crate::Failure;
use crate::actor::Visitor;
use crate::advisory::{self, AdvisoryShown};

/// A case opened for somebody of the team.
pub(crate) struct Look<'a> {
    pub(crate) visitor: &'a Visitor,
    pub(crate) opened: Opened,
    pub(crate) at: String,
    view: StaffView,
    team: BTreeMap<AccountId, String>,
}

/// The case that an address speaks of: by its number, or by its id.
pub(crate) async fn id_of(visitor: &Visitor, at: &str) -> Result<CaseId, Failure> {
    if let Ok(id) = at.parse() {
        return Ok(id);
    }
    let number: CaseNumber = at.parse().map_err(|_| app::Error::NotFound)?;
    Ok(app::case::by_number(&visitor.ctx(), number).await?)
}

/// Everybody of the team by name.
pub(crate) async fn team(visitor: &Visitor) -> Result<BTreeMap<AccountId, String>, Failure> {
    let team = app::account::team(&visitor.ctx()).await?;
    Ok(team.into_iter().map(|account| (account.id, account.name)).collect())
}

impl<'a> Look<'a> {
    /// Opens the case of an address.
    pub(crate) async fn open(visitor: &'a Visitor, at: &str) -> Result<Self, Failure> {
        let id = id_of(visitor, at).await?;
        let opened = app::case::open(&visitor.ctx(), id).await?;
        let view = match &opened.view {
            View::Staff(view) => StaffView::clone(view),
            View::Party(_) | View::Reporter(_) => return Err(Failure(app::Error::NotFound)),
        };
        Ok(Self { visitor, team: team(visitor).await?, at: at.to_owned(), opened, view })
    }

    /// The case.
    pub(crate) fn case(&self) -> &Case {
        self.view.case()
    }

    /// Whether they may change it.
    pub(crate) fn may_write(&self) -> bool {
        self.view.may_write()
    }

    /// When the case was opened.
    pub(crate) fn now(&self) -> Timestamp {
        self.opened.now
    }

    /// The words of a text.
    pub(crate) fn words(&self, text: &Text) -> String {
        self.opened.words(text).to_owned()
    }

    /// The words of a text that may hold Markdown, as HTML.
    pub(crate) fn html(&self, text: &Text) -> String {
        formats::markdown::html(self.opened.words(text))
    }

    /// A time.
    pub(crate) fn moment(&self, at: Timestamp) -> Moment {
        Moment::new(at, self.now())
    }

    /// What a party publishes of its own.
    pub(crate) fn advisories(&self, them: &Participant) -> Vec<AdvisoryShown> {
        advisory::shown(&them.advisories, |text| self.opened.words(text), self.now())
    }

    /// Somebody of the team.
    pub(crate) fn colleague(&self, account: AccountId) -> String {
        self.team.get(&account).cloned().unwrap_or_else(|| "Somebody who left".to_owned())
    }

    /// The team, to choose from.
    pub(crate) fn colleagues(&self) -> Vec<Choice> {
        let chosen = self.case().assignee;
        let choice = |(id, name): (&AccountId, &String)| Choice {
            value: id.to_string(),
            label: name.clone(),
            chosen: Some(*id) == chosen,
        };
        self.team.iter().map(choice).collect()
    }

    /// A participant by name.
    pub(crate) fn who(&self, id: ParticipantId) -> String {
        self.case().participant(id).map_or_else(String::new, |them| self.name(them))
    }

    /// Who wrote something; nobody stands for the team.
    pub(crate) fn author(&self, by: Option<ParticipantId>) -> String {
        by.map_or_else(|| "The team".to_owned(), |by| self.who(by))
    }

    /// A participant by name.
    pub(crate) fn name(&self, them: &Participant) -> String {
        match them.party {
            Party::Team => "The team".to_owned(),
            Party::Reporter(_) => "The reporter".to_owned(),
            Party::Organization(organization) => self.opened.name(organization).to_owned(),
        }
    }

    /// Who reads something, in words, and how far that reaches.
    pub(crate) fn audience(&self, audience: &Audience) -> (String, &'static str) {
        match audience {
            Audience::Team => ("team only".to_owned(), "narrow"),
            Audience::Private(them) if *them == self.case().coordinator => {
                ("team only".to_owned(), "narrow")
            }
            Audience::Private(them) => (format!("{} and us", self.who(*them)), "narrow"),
            Audience::Some(those) => {
                let names: Vec<_> = those.iter().map(|id| self.who(*id)).collect();
                (format!("{} and us", names.join(", ")), "wide")
            }
            Audience::Everyone => ("everyone in the case".to_owned(), "wide"),
        }
    }

    /// What a flaw is called in short: its CVE ID, or its number in the case.
    pub(crate) fn flaw(&self, id: VulnerabilityId) -> String {
        let flaw = self.case().vulnerabilities.get(&id);
        flaw.map_or_else(String::new, |flaw| match &flaw.cve {
            Some(cve) => cve.to_string(),
            None => format!("Vulnerability {}", flaw.ordinal),
        })
    }

    /// The flaws of the case, to choose from.
    pub(crate) fn flaws(&self, chosen: &str) -> Vec<Choice> {
        let mut flaws: Vec<_> = self.case().vulnerabilities.iter().collect();
        flaws.sort_by_key(|(_, flaw)| flaw.ordinal);
        let choice = |(id, _): (&VulnerabilityId, _)| {
            let value = id.to_string();
            Choice { chosen: value == chosen, label: self.flaw(*id), value }
        };
        flaws.into_iter().map(choice).collect()
    }
}
