//! Where a verb works: one transaction, with what belongs to every step of a case. A case comes
//! to the desk only for who may see it, and leaves it through [`Desk::keep`] alone.

use std::collections::{BTreeMap, BTreeSet};

use domain::access::admit;
use domain::case::{Party, Role};
use domain::journal::Entry;
use domain::letter::{Letter, Matter, Recipient, letters_of};
use domain::note::Withdrawal;
use domain::{
    Actor, Asked, BodyId, Case, CaseId, Event, LetterId, Me, OrganizationId, ParticipantId,
    StaffRole, Text, Timestamp,
};
use mail::letter::{Facts, Notice, RecipientRole, render};
use store::{ContactKind, ContactState, NewLetter, Tx};

use crate::{Ctx, Error, Result, secret};

/// How long a link in a letter opens its page, in days.
const LINK_DAYS: i64 = 400;

/// One transaction, and what belongs to every step of a case.
pub struct Desk<'a> {
    tx: &'a mut Tx,
    ctx: Ctx,
    /// The newest hash of every case that came to this desk, by the version it belongs to.
    heads: BTreeMap<CaseId, (u64, String)>,
}

impl<'a> Desk<'a> {
    pub(crate) fn new(tx: &'a mut Tx, ctx: Ctx) -> Self {
        Self { tx, ctx, heads: BTreeMap::new() }
    }

    /// The rows.
    pub fn tx(&mut self) -> &mut Tx {
        self.tx
    }

    /// What is being done.
    pub fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    /// A case and the key to it, if the actor may see it. To all others it does not exist.
    pub fn case_for(&mut self, id: CaseId) -> Result<(Me, Case)> {
        let (case, head) = self.tx.case(id)?.ok_or(Error::NotFound)?;
        self.heads.insert(id, (case.version, head));
        let me = admit(self.ctx.actor(), &case).ok_or(Error::NotFound)?;
        if me.participant() == Some(case.reporter) && case.report.submission.identity.is_hidden() {
            let last = self.tx.last_recorded_at(id)?;
            self.ctx = self.ctx.clone().by_the_hour(last);
        }
        Ok((me, case))
    }

    /// Words that somebody wrote, kept and sealed.
    pub fn words(&mut self, case: CaseId, words: &str) -> Result<Text> {
        let id: BodyId = self.ctx.fresh();
        let vault = self.ctx.site().vault.clone();
        Ok(self.tx.keep_body(&vault, case, id, words)?)
    }

    /// The request as rules see it: its time, and the reasons for setting rules aside.
    pub fn asked(&mut self, case: CaseId) -> Result<Asked> {
        let mut asked = self.ctx.plain();
        for (rule, reason) in self.ctx.overrides().to_vec() {
            let reason = self.words(case, &reason)?;
            asked.overrides.push((rule, reason));
        }
        Ok(asked)
    }

    /// Keeps what happened: the journal, the folded case and the letters that follow from it.
    pub fn keep(&mut self, me: &Me, case: Case, events: Vec<Event>) -> Result<Case> {
        if events.is_empty() {
            return Ok(case);
        }
        let head = match self.heads.get(&case.id) {
            Some((version, head)) if *version == case.version => head.clone(),
            Some(_) | None => return Err(Error::Stale),
        };
        let (case, entries, letters) = self.seal(me, case, &head, events);
        self.tx.append(&entries, &case)?;
        if let Some(last) = entries.last() {
            self.heads.insert(case.id, (case.version, last.hash.clone()));
        }
        self.write_letters(&case, letters)?;
        Ok(case)
    }

    /// Keeps the first entry of a journal, and what follows from it.
    pub(crate) fn begin(&mut self, id: CaseId, event: Event) -> Result<Case> {
        let me = domain::journal::Hand::Server;
        let entry = self.entry(id, 1, me, event).sealed(domain::journal::GENESIS);
        let fold = Case::fold(std::slice::from_ref(&entry));
        let case = fold.ok_or_else(|| Error::broken("a journal did not begin", "no report"))?;
        let vault = self.ctx.site().vault.clone();
        self.tx.begin_journal(&vault, &entry, &case)?;
        self.heads.insert(id, (case.version, entry.hash));
        Ok(case)
    }

    fn seal(
        &self,
        me: &Me,
        mut case: Case,
        head: &str,
        events: Vec<Event>,
    ) -> (Case, Vec<Entry>, Vec<Letter>) {
        let mut head = head.to_owned();
        let mut entries = Vec::with_capacity(events.len());
        for event in &events {
            let entry = self.entry(case.id, case.version + 1, me.hand(), event.clone());
            let entry = entry.sealed(&head);
            case.apply(&entry);
            head.clone_from(&entry.hash);
            entries.push(entry);
        }
        let post = letters_of(&case, &me.hand(), &events);
        (case, entries, post)
    }

    fn entry(&self, case: CaseId, seq: u64, hand: domain::journal::Hand, event: Event) -> Entry {
        Entry {
            case,
            seq,
            id: self.ctx.fresh(),
            occurred_at: event.occurred_at().unwrap_or(self.ctx.now()),
            recorded_at: self.ctx.now(),
            hand,
            via: self.ctx.via(),
            event,
            prev_hash: String::new(),
            hash: String::new(),
        }
    }

    pub(crate) fn write_letters(&mut self, case: &Case, letters: Vec<Letter>) -> Result<()> {
        let addresses = self.addresses(case, &letters)?;
        for letter in letters {
            let Some(address) = addresses.get(&letter.to) else { continue };
            self.write_letter(case, &letter, address)?;
        }
        Ok(())
    }

    fn write_letter(&mut self, case: &Case, letter: &Letter, address: &str) -> Result<()> {
        let link = self.link_for(case, letter.to)?;
        let facts = Facts { notice: self.notice(case, letter)?, ..self.facts(case, letter, link) };
        let rendered = render(&letter.matter, &facts);
        let id: LetterId = letter.id.unwrap_or_else(|| self.ctx.fresh());
        let participant = match letter.to {
            Recipient::Participant(participant) => Some(participant),
            Recipient::Team => None,
        };
        let new = NewLetter {
            id,
            case: Some(case.id),
            participant,
            matter: serde_json::to_string(&letter.matter)
                .map_err(|error| Error::broken("a letter could not be written", error))?,
            address: address.to_owned(),
            subject: rendered.subject,
            body: rendered.text,
            message_id: self.message_id(id),
            written_at: self.ctx.post_at(),
        };
        let vault = self.ctx.site().vault.clone();
        Ok(self.tx.write_letter(&vault, &new)?)
    }

    /// Writes a letter that belongs to no case: to whom, what it is about in a word, subject and body.
    pub(crate) fn write_apart(
        &mut self,
        address: String,
        about: &str,
        (subject, body): (String, String),
    ) -> Result<()> {
        let id: LetterId = self.ctx.fresh();
        let letter = NewLetter {
            id,
            case: None,
            participant: None,
            matter: format!(r#"{{"about":"{about}"}}"#),
            address,
            subject,
            body,
            message_id: self.message_id(id),
            written_at: self.ctx.now(),
        };
        let vault = self.ctx.site().vault.clone();
        Ok(self.tx.write_letter(&vault, &letter)?)
    }

    fn message_id(&self, letter: LetterId) -> String {
        let from = &self.ctx.site().settings.from_address;
        format!("<{letter}@{}>", from.rsplit('@').next().unwrap_or("localhost"))
    }

    /// The page a letter points to: the recipient's own, opened by a secret nobody else has.
    fn link_for(&mut self, case: &Case, to: Recipient) -> Result<String> {
        let base = self.ctx.site().settings.base_url.clone();
        let Recipient::Participant(participant) = to else {
            return Ok(format!("{base}/cases/{}", case.id));
        };
        if participant == case.reporter {
            return Ok(format!("{base}/r"));
        }
        let link = secret::link(self.ctx.site());
        let until = self
            .ctx
            .now()
            .checked_add(jiff::SignedDuration::from_hours(24 * LINK_DAYS))
            .unwrap_or(Timestamp::MAX);
        self.tx.keep_link(link.hash, case.id, participant, self.ctx.now(), until)?;
        Ok(format!("{base}/a/{}", link.secret))
    }

    fn facts(&self, case: &Case, letter: &Letter, link: String) -> Facts {
        let settings = &self.ctx.site().settings;
        let recipient_role = match letter.to {
            Recipient::Team => RecipientRole::Team,
            Recipient::Participant(id) if id == case.reporter => RecipientRole::Reporter,
            Recipient::Participant(id) => match case.participant(id) {
                Some(them) if them.is_vendor() => RecipientRole::Vendor,
                Some(_) | None => RecipientRole::Other,
            },
        };
        Facts {
            site_name: settings.site_name.clone(),
            team_address: settings.team_address.clone().unwrap_or(settings.from_address.clone()),
            handle: case.handle(),
            recipient_role,
            link: Some(link),
            embargo_end: case.embargo.end().cloned(),
            answer_by: case.embargo.open().first().map(|open| open.answer_by),
            date: date_of(&letter.matter),
            notice: None,
            vendor_tracking: None,
            openpgp_fingerprint: None,
            policy_url: format!("{}/policy", settings.base_url),
            now: self.ctx.now(),
        }
    }

    /// What everyone reads in the place of a note that was taken back, for a letter that tells so.
    fn notice(&mut self, case: &Case, letter: &Letter) -> Result<Option<Notice>> {
        let (Matter::NoteWithdrawn, Some((at, remains, reason)), Some(number)) =
            (&letter.matter, &case.note.withdrawn, &case.number)
        else {
            return Ok(None);
        };
        let vault = self.ctx.site().vault.clone();
        let mut words = self.tx.bodies(&vault, case.id, &[reason.body].into())?;
        let reason = words.remove(&reason.body).unwrap_or_default();
        let page = format!("{}/vuls/{}", self.ctx.site().settings.base_url, number.slug());
        Ok(Some(Notice { page, told: Withdrawal { at: *at, remains: *remains, reason } }))
    }

    /// Where letters go: one address for each recipient who has one.
    fn addresses(
        &mut self,
        case: &Case,
        letters: &[Letter],
    ) -> Result<BTreeMap<Recipient, String>> {
        let mut addresses = BTreeMap::new();
        if let Some(team) = &self.ctx.site().settings.team_address {
            addresses.insert(Recipient::Team, team.clone());
        }
        let recipients = letters.iter().filter_map(|letter| match letter.to {
            Recipient::Participant(id) => case.participant(id),
            Recipient::Team => None,
        });
        let mut organizations: BTreeMap<OrganizationId, ParticipantId> = BTreeMap::new();
        let mut reporter = false;
        for them in recipients {
            match them.party {
                Party::Organization(organization) => {
                    organizations.insert(organization, them.id);
                }
                Party::Reporter(_) => reporter = true,
                Party::Team => {}
            }
        }
        let wanted: BTreeSet<_> = organizations.keys().copied().collect();
        if !wanted.is_empty() {
            let mut contacts = self.tx.contacts_of(&wanted)?;
            contacts.retain(|contact| {
                contact.kind == ContactKind::Email && contact.state == ContactState::Active
            });
            contacts.sort_by_key(|contact| contact.preferred);
            for contact in contacts {
                if let Some(participant) = organizations.get(&contact.organization) {
                    addresses.insert(Recipient::Participant(*participant), contact.value);
                }
            }
        }
        if reporter {
            let vault = self.ctx.site().vault.clone();
            let identity = self.tx.reporter(&vault, case.report.id)?;
            if let Some(address) = identity.and_then(|identity| identity.address) {
                addresses.insert(Recipient::Participant(case.reporter), address);
            }
        }
        Ok(addresses)
    }

    /// Asserts that the actor is of the team, for what does not belong to one case.
    pub(crate) fn team_only(&self) -> Result<()> {
        match self.ctx.actor() {
            Actor::Staff(..) | Actor::Server => Ok(()),
            Actor::Anyone | Actor::Member(..) | Actor::Bearer(..) | Actor::Receipt(_) => {
                Err(Error::NotFound)
            }
        }
    }

    /// Only who works with cases reads the directory; who runs the server does not.
    pub(crate) fn directory_readers_only(&self) -> Result<()> {
        match self.ctx.actor() {
            Actor::Staff(_, StaffRole::Analyst | StaffRole::Lead | StaffRole::Auditor)
            | Actor::Server => Ok(()),
            _ => Err(Error::NotFound),
        }
    }

    /// Only who works on cases writes into the directory.
    pub(crate) fn directory_writers_only(&self) -> Result<()> {
        match self.ctx.actor() {
            Actor::Staff(_, StaffRole::Analyst | StaffRole::Lead) | Actor::Server => Ok(()),
            _ => Err(Error::NotFound),
        }
    }

    pub(crate) fn lead_only(&self) -> Result<()> {
        match self.ctx.actor() {
            Actor::Staff(_, StaffRole::Lead) => Ok(()),
            _ => Err(Error::NotFound),
        }
    }

    /// Only the command line and duties, who act for the server.
    pub(crate) fn server_only(&self) -> Result<()> {
        if self.ctx.actor() == Actor::Server { Ok(()) } else { Err(Error::NotFound) }
    }
}

fn date_of(matter: &Matter) -> Option<domain::Instant> {
    match matter {
        Matter::EmbargoProposed { end }
        | Matter::EmbargoAgreed { end }
        | Matter::ProposalRejected { end } => Some(end.clone()),
        _ => None,
    }
}

/// The roles with which a vendor enters a case.
pub(crate) fn vendor() -> BTreeSet<Role> {
    [Role::Vendor].into()
}
