//! The people: a case whose note goes out at an instant, made by the verbs on the database of the
//! servers, past every rule that may be set aside.

use std::collections::BTreeMap;
use std::sync::Arc;

use app::{Ctx, Settings};
use domain::case::CaseKind;
use domain::embargo::ProposalReason;
use domain::note::{Section, When};
use domain::status::ProductStatus;
use domain::{Actor, CaseId, Event, Instant, OrganizationId, Rule, StaffRole, Timestamp};
use jiff::SignedDuration;
use store::{Blobs, Place, Store};
use testkit::TestSite;

use crate::now;

/// The team, at the database of the servers.
pub(crate) struct Team {
    pub(crate) kit: TestSite,
    vendors: Vec<OrganizationId>,
    /// How long ago all of this is said to happen.
    back: SignedDuration,
}

/// A note that goes out at an instant.
pub(crate) struct Armed {
    pub(crate) case: CaseId,
    /// The digits of its number.
    pub(crate) digits: String,
    /// A word of it that stands nowhere else.
    pub(crate) word: String,
    /// When.
    pub(crate) at: Timestamp,
}

impl Team {
    pub(crate) async fn at(place: Place) -> Self {
        let kit = TestSite::on(Store::open(&place).await.expect("the database opens")).await;
        kit.clock.set(now());
        let vendors = kit.vendors(&["Acme"]).await;
        Self { kit, vendors, back: SignedDuration::ZERO }
    }

    /// From now on what it does happens so long ago.
    pub(crate) fn turn_back(&mut self, back: SignedDuration) {
        self.back = back;
    }

    /// The address of the servers, as notes will say it; and the key that signs them.
    pub(crate) async fn is_at(&mut self, base_url: &str) {
        let settings = Settings::clone(&self.kit.site.settings);
        self.kit.site.settings = Arc::new(Settings { base_url: base_url.to_owned(), ..settings });
        self.kit.clock.set(self.now());
        let made = app::service_key::keep_service_key(&self.kit.site.duty()).await;
        made.expect("a key is made");
    }

    fn now(&self) -> Timestamp {
        now() - self.back
    }

    fn person(&self, account: domain::AccountId, role: StaffRole) -> Ctx {
        self.kit.clock.set(self.now());
        let why = || "It is a test.".to_owned();
        let ctx = self.kit.acting(Actor::Staff(account, role));
        Rule::ALL.iter().fold(ctx, |ctx, rule| ctx.setting_aside(*rule, why()))
    }

    fn lead(&self) -> Ctx {
        self.person(self.kit.lead, StaffRole::Lead)
    }

    fn analyst(&self) -> Ctx {
        self.person(self.kit.analyst, StaffRole::Analyst)
    }

    /// A case with a note of this word, which goes out when its embargo ends, so soon.
    pub(crate) async fn arm(&self, word: &str, milliseconds: i64) -> Armed {
        self.kit.clock.set(self.now());
        let id = self.kit.report("Tally time server").await.case;
        let number = app::triage::accept(&self.analyst(), id, CaseKind::Coordinate).await;
        let number = number.expect("it is taken on");
        let vendors = self.vendors.clone();
        app::participant::add_vendors(&self.analyst(), id, vendors).await.expect("a vendor");
        let acme = self.kit.participant(id, self.vendors[0]).await;
        app::participant::notify(&self.analyst(), id, vec![acme]).await.expect("it is told");
        let flaw = *self.kit.case(id).await.vulnerabilities.keys().next().expect("a flaw");
        let status = ProductStatus::Affected;
        let ana = self.analyst();
        let said = app::participant::set_status(&ana, id, acme, (flaw, None), status).await;
        said.expect("its status");
        self.draft(id, word).await;
        // Who names an instant names no parts of a microsecond, and columns keep none.
        let at = Timestamp::from_millisecond(self.now().as_millisecond() + milliseconds);
        let at = at.expect("an instant");
        let reason = ProposalReason::FixTiming;
        let proposal = app::embargo::propose(&self.lead(), id, Instant::utc(at), reason).await;
        let proposal = proposal.expect("a date is named");
        app::embargo::accept(&self.lead(), id, proposal).await.expect("it is taken");
        for who in [self.analyst(), self.lead()] {
            app::note::approve(&who, id, 1, When::EmbargoEnds).await.expect("it is approved");
        }
        Armed { case: id, digits: number.digits().to_owned(), word: word.to_owned(), at }
    }

    async fn draft(&self, id: CaseId, word: &str) {
        let sections = BTreeMap::from([
            (Section::Overview, format!("Update, {word}.")),
            (Section::Solution, "Update to *4.3* or later.".to_owned()),
        ]);
        let title = format!("An overflow in Tally {word}");
        app::note::write(&self.analyst(), id, title, sections).await.expect("a draft");
    }

    /// Its instant has come, on the clock of the kit alone.
    pub(crate) async fn let_out(&self, armed: &Armed) {
        self.kit.clock.set(armed.at);
        let done = app::duties::end_and_publish(&self.kit.site.duty()).await.expect("it runs");
        assert_eq!((done.done, done.failed), (1, 0));
    }

    /// A second revision goes out at once.
    pub(crate) async fn revise(&self, armed: &Armed) {
        self.draft(armed.case, &armed.word).await;
        for who in [self.analyst(), self.lead()] {
            let approved = app::note::approve(&who, armed.case, 2, When::EmbargoEnds).await;
            approved.expect("it is approved");
        }
        let done = app::duties::end_and_publish(&self.kit.site.duty()).await.expect("it runs");
        assert_eq!((done.done, done.failed), (1, 0));
    }

    /// When its note went out, by the journal: each time.
    pub(crate) async fn went_out(&self, armed: &Armed) -> Vec<Timestamp> {
        let id = armed.case;
        let journal = self.kit.site.store.read(move |tx| tx.journal(id, 0, 1000)).await;
        let journal = journal.expect("the journal is read");
        let out = journal.iter().filter(|entry| matches!(entry.event, Event::NotePublished { .. }));
        out.map(|entry| entry.recorded_at).collect()
    }

    /// Everything that was kept is as it was written.
    pub(crate) async fn is_sound(&self) {
        let site = &self.kit.site;
        let report = store::verify::verify(&site.store, &site.vault, &Blobs::in_memory()).await;
        let report = report.expect("everything can be read");
        assert!(report.is_clean(), "{:?}", report.findings);
    }
}
