//! A whole server in a test: real rows on a real database, a clock that stands still until it
//! is told to move, chance that can be repeated, and a post box that keeps what it is given.

#![expect(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on should stop"
)]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use app::channel::{Calls, Outlets};
use app::cve::{Cna, World};
use app::directory::NewVendor;
use app::report::{Consent, NewReport, Receipt};
use app::secret::Hashing;
use app::{Clock, Ctx, Random, SecondFactor, Settings, Site, duties};
use domain::journal::Via;
use domain::report::{ContactSharing, Credit, Evidence, Identity, Intake, Known};
use domain::{AccountId, Actor, CaseId, OrganizationId, ParticipantId, Rule, StaffRole, Timestamp};
use formats::PublicNote;
use formats::cve::Organisation;
use jiff::SignedDuration;
use outside::smtp::{NotTaken, Parcel, Post, Taken};
use outside::webhook::HookBox;
use store::{Blobs, Store, Vault};
use totp_rs::{Algorithm, Builder};
use uuid::Uuid;

pub mod cve_services;

/// The password of everybody in a test.
pub const PASSWORD: &str = "correct horse battery staple";

/// The second factor of everybody in a test who has one.
pub const SECOND_FACTOR: [u8; 20] = *b"twenty secret bytes!";

/// A whole server, and the hands on its clock and its post.
pub struct TestSite {
    /// The server.
    pub site: Site,
    /// Its clock.
    pub clock: Arc<StillClock>,
    /// Its post.
    pub post: Arc<PostBox>,
    /// What it calls subscribers' programs by.
    pub hooks: Arc<HookBox>,
    /// The analyst.
    pub analyst: AccountId,
    /// The lead.
    pub lead: AccountId,
}

/// A letter that was handed to the post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// To whom.
    pub to: String,
    /// Its subject.
    pub subject: String,
    /// The message as it went out.
    pub message: String,
}

impl TestSite {
    /// An empty server on SQLite, with an analyst and a lead.
    pub async fn on_sqlite() -> Self {
        Self::on(Store::scratch_sqlite().await.unwrap()).await
    }

    /// An empty server on a store, with an analyst and a lead.
    pub async fn on(store: Store) -> Self {
        let mut empty = Self::without_people(store);
        let server = empty.site.ctx(Actor::Server, Via::Command);
        empty.analyst = person(&server, "ana@northlake.example", "Ana", StaffRole::Analyst).await;
        empty.lead = person(&server, "lee@northlake.example", "Lee", StaffRole::Lead).await;
        empty
    }

    /// An empty server on a store, on which nobody has an account yet.
    pub fn without_people(store: Store) -> Self {
        let clock = Arc::new(StillClock::at("2026-11-22T09:00:00Z"));
        let post = Arc::new(PostBox::default());
        let hooks = Arc::new(HookBox::default());
        let random = Arc::new(CountedChance::default());
        let chance = random.clone();
        let database = clock.clone();
        store.pretend_clock(move || database.now());
        let site = Site {
            store,
            blobs: Blobs::in_memory(),
            vault: Vault::new([7; 32], Arc::new(move |bytes: &mut [u8]| chance.fill(bytes))),
            pepper: Arc::new([9; 32]),
            clock: clock.clone(),
            random,
            post: post.clone(),
            settings: Arc::new(Settings {
                site_name: "Northlake CERT".to_owned(),
                base_url: "http://ombud.example".to_owned(),
                from_address: "ombud@northlake.example".to_owned(),
                team_address: Some("team@northlake.example".to_owned()),
                node: "node-1".to_owned(),
                second_factor: SecondFactor::Optional,
                cna: None,
                gna: None,
            }),
            hashing: Arc::new(Hashing::new(2)),
            outlets: Arc::new(Outlets { courier: Calls(hooks.clone()), ..Outlets::default() }),
        };
        let nobody = AccountId::from(Uuid::nil());
        Self { site, clock, post, hooks, analyst: nobody, lead: nobody }
    }

    /// On behalf of the analyst.
    pub fn analyst(&self) -> Ctx {
        self.acting(Actor::Staff(self.analyst, StaffRole::Analyst))
    }

    /// On behalf of the lead.
    pub fn lead(&self) -> Ctx {
        self.acting(Actor::Staff(self.lead, StaffRole::Lead))
    }

    /// On behalf of anybody; whoever is of the team has just shown who they are.
    pub fn acting(&self, actor: Actor) -> Ctx {
        let ctx = self.site.ctx(actor, Via::Web);
        let now = ctx.now();
        ctx.proved(Some(now))
    }

    /// The same server, on which nobody of the team works without a second factor.
    #[must_use]
    pub fn strict(mut self) -> Self {
        let settings = Settings::clone(&self.site.settings);
        let settings = Settings { second_factor: SecondFactor::Required, ..settings };
        self.site.settings = Arc::new(settings);
        self
    }

    /// The same server, whose team is the CNA of the stand-in for CVE Services, if one is given with
    /// an account there.
    #[must_use]
    pub fn as_cna(mut self, service: Option<&cve_services::CveServices>) -> Self {
        let organisation =
            Organisation::new(cve_services::ORGANIZATION_ID, cve_services::ORGANIZATION);
        let world = service.map_or(World::ByHand, |_| World::Test);
        let cna = Cna { organisation: organisation.unwrap(), world };
        let cve = service.map(cve_services::CveServices::client);
        let courier = Calls(self.hooks.clone());
        self.site.outlets = Arc::new(Outlets { cve, courier, ..Outlets::default() });
        let settings = Settings::clone(&self.site.settings);
        self.site.settings = Arc::new(Settings { cna: Some(cna), ..settings });
        self
    }

    /// Gives an account the second factor of everybody in a test.
    pub async fn enrol(&self, account: AccountId) {
        let vault = self.site.vault.clone();
        let set = move |tx: &mut store::Tx| tx.set_totp(&vault, account, Some(&SECOND_FACTOR));
        self.site.store.write(set).await.unwrap();
    }

    /// The code that everybody's authenticator shows now.
    pub fn code(&self) -> String {
        self.code_in(0)
    }

    /// The code that it shows so many seconds from now.
    pub fn code_in(&self, seconds: i64) -> String {
        let now = self.clock.now().as_second() + seconds;
        code_of(&SECOND_FACTOR, now.try_into().unwrap())
    }

    /// Logs somebody in who has no second factor, or has the one of everybody; returns what their
    /// cookie holds.
    pub async fn log_in(&self, address: &str) -> String {
        let (address, password) = (address.to_owned(), PASSWORD.to_owned());
        let anyone = self.acting(Actor::Anyone);
        app::session::log_in(&anyone, address, password, self.code()).await.unwrap()
    }

    /// Runs every duty once, as the server does.
    pub async fn duties(&self) -> String {
        let ctx = self.site.duty();
        let prepared = duties::prepare_notes(&ctx).await.unwrap();
        let ended = duties::end_and_publish(&ctx).await.unwrap();
        let reminded = duties::remind_silent_vendors(&ctx).await.unwrap();
        let silent = duties::count_silence(&ctx).await.unwrap();
        let forgotten = duties::forget_what_ran_out(&ctx).await.unwrap();
        let swept = duties::sweep_blobs(&ctx).await.unwrap();
        let carried = duties::carry_dispatches(&ctx).await.unwrap();
        let sent = duties::send_letters(&ctx).await.unwrap();
        let all = [prepared, ended, reminded, silent, forgotten, swept, carried, sent];
        assert_eq!(all.map(|done| done.failed), [0; 8], "a duty failed");
        format!("ended or published {}, reminded {}, sent {}", ended.done, reminded.done, sent.done)
    }

    /// A report comes in by the form, and an analyst describes its flaw, without which nobody
    /// is told of it.
    pub async fn report(&self, product: &str) -> Receipt {
        let receipt = self.only_report(a_report(product)).await;
        let flaw = *self.case(receipt.case).await.vulnerabilities.keys().next().unwrap();
        let words = "A long option overwrites memory.".to_owned();
        app::note::describe(&self.analyst(), receipt.case, flaw, words, None).await.unwrap();
        receipt
    }

    /// A report comes in by the form, and nobody has looked at it yet.
    pub async fn only_report(&self, report: NewReport) -> Receipt {
        app::report::submit(&self.acting(Actor::Anyone), report).await.unwrap()
    }

    /// Vendors in the directory, each with an address.
    pub async fn vendors(&self, names: &[&str]) -> Vec<OrganizationId> {
        let new = names.iter().map(|name| NewVendor {
            name: (*name).to_owned(),
            address: Some(format!("security@{}.example", name.to_lowercase().replace(' ', "-"))),
        });
        app::directory::add_vendors(&self.analyst(), new.collect()).await.unwrap()
    }

    /// The participant that stands for an organisation in a case.
    pub async fn participant(&self, case: CaseId, organization: OrganizationId) -> ParticipantId {
        let found = self.site.store.read(move |tx| tx.case(case)).await.unwrap();
        let (case, _) = found.unwrap();
        case.participant_of(organization).unwrap().id
    }

    /// The case itself, past every door: for assertions only.
    pub async fn case(&self, id: CaseId) -> domain::Case {
        self.site.store.read(move |tx| tx.case(id)).await.unwrap().unwrap().0
    }

    /// What was sent so far, in order.
    pub fn letters(&self) -> Vec<Sent> {
        self.post.0.lock().unwrap().clone()
    }

    /// The link in the newest letter to an address.
    pub fn link_to(&self, address: &str) -> String {
        let letters = self.letters();
        let newest = letters.iter().rev().find(|letter| letter.to == address).unwrap();
        let start = newest.message.find("http://ombud.example/a/").unwrap();
        let rest = &newest.message[start + "http://ombud.example".len()..];
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

/// The code that an authenticator with this secret shows at a second of the Unix epoch.
pub fn code_of(secret: &[u8], second: u64) -> String {
    let builder = Builder::new().with_algorithm(Algorithm::SHA1).with_digits(6);
    let builder = builder.with_step_duration(30).with_secret(secret.to_vec());
    builder.with_account_name("anybody").build().unwrap().generate(second).to_string()
}

/// Somebody who sets every rule aside.
pub fn anyway(who: Ctx) -> Ctx {
    let why = || "Everybody has read it.".to_owned();
    Rule::ALL.iter().fold(who, |who, rule| who.setting_aside(*rule, why()))
}

/// A note of long ago that says next to nothing, as another server keeps it.
pub fn an_old_note(digits: u32) -> PublicNote {
    let long_ago = "2001-02-03T04:05:06Z".parse().unwrap();
    PublicNote {
        number: digits.to_string(),
        title: "An <old> flaw".to_owned(),
        sections: vec![],
        vulnerabilities: vec![],
        vendors: vec![],
        references: vec![],
        keywords: vec![],
        credits: vec![],
        scores: vec![],
        created_at: None,
        public_at: None,
        first_published_at: long_ago,
        updated_at: long_ago,
        revision: 1,
        timeline: vec![],
        exploit_public_at: None,
        attacks_seen_at: None,
        revised_at: vec![],
        withdrawn: None,
    }
}

/// A report as somebody fills it in, with one obvious value for everything.
pub fn a_report(product: &str) -> NewReport {
    NewReport {
        product: product.to_owned(),
        description: "A long option writes where it must not.".to_owned(),
        reproduction: "Send the packet.".to_owned(),
        impact: "Code runs.".to_owned(),
        identity: Identity::Named,
        name: Some("Robin Reporter".to_owned()),
        address: Some("robin@reporter.example".to_owned()),
        sharing: ContactSharing::CoordinatorOnly,
        credit: Credit::Named,
        reasons: BTreeSet::new(),
        evidence: Evidence::ProofOfConcept,
        public: Known::No,
        exploited: Known::No,
        vendor_told_at: None,
        plans_to_publish_at: None,
        found_by_tool: Known::No,
        terms_accepted: Consent::Given,
        intake: Intake::Web,
    }
}

async fn person(server: &Ctx, address: &str, name: &str, role: StaffRole) -> AccountId {
    let new = app::account::NewAccount {
        address: address.to_owned(),
        name: name.to_owned(),
        password: PASSWORD.to_owned(),
    };
    app::account::add_by_operator(server, new, role).await.unwrap()
}

/// A clock that stands still until it is told to move.
pub struct StillClock(AtomicI64, AtomicI64);

impl StillClock {
    /// A clock that shows an instant.
    pub fn at(instant: &str) -> Self {
        let at: Timestamp = instant.parse().unwrap();
        Self(AtomicI64::new(at.as_microsecond()), AtomicI64::new(0))
    }

    /// Moves it on.
    pub fn pass_days(&self, days: i64) {
        self.0.fetch_add(days * 86_400_000_000, Ordering::SeqCst);
    }

    /// Moves it on.
    pub fn pass_seconds(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Says how far it is ahead of every other clock.
    pub fn goes_ahead_by(&self, seconds: i64) {
        self.1.store(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Sets it.
    pub fn set(&self, at: Timestamp) {
        self.0.store(at.as_microsecond(), Ordering::SeqCst);
    }
}

impl Clock for StillClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap()
    }

    /// It is set by hand, so what other clocks show says nothing of it.
    fn ahead_of(&self, _: Timestamp) -> SignedDuration {
        SignedDuration::from_micros(self.1.load(Ordering::SeqCst))
    }
}

/// The clock of one of several nodes: that of their database, and how far this one is off.
pub struct NodeClock {
    database: Arc<StillClock>,
    ahead: AtomicI64,
}

impl NodeClock {
    /// A clock that is right.
    pub fn right(database: Arc<StillClock>) -> Self {
        Self { database, ahead: AtomicI64::new(0) }
    }

    /// Puts it so many microseconds before the database's, or behind it.
    pub fn put_ahead(&self, micros: i64) {
        self.ahead.store(micros, Ordering::SeqCst);
    }
}

impl Clock for NodeClock {
    fn now(&self) -> Timestamp {
        let ahead = self.ahead.load(Ordering::SeqCst);
        Timestamp::from_microsecond(self.database.now().as_microsecond() + ahead).unwrap()
    }
}

/// Chance that is the same in every run, and never twice the same within one.
#[derive(Default)]
pub struct CountedChance(AtomicU64);

impl Random for CountedChance {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(16) {
            let n = self.0.fetch_add(1, Ordering::SeqCst);
            // Spread by a multiplication, so that short draws differ as well.
            let spread = u128::from(n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15_F39C_C060_5CED_C835);
            let id = Uuid::from_u128(spread).into_bytes();
            for (byte, drawn) in chunk.iter_mut().zip(id.iter().rev()) {
                *byte = *drawn;
            }
        }
    }
}

/// A post that keeps what it is given.
#[derive(Default)]
pub struct PostBox(Mutex<Vec<Sent>>);

impl Post for PostBox {
    fn send<'a>(
        &'a self,
        parcel: &'a Parcel,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Taken, NotTaken>> + Send + 'a>> {
        let message = String::from_utf8(parcel.message.clone()).unwrap();
        let subject = message.lines().find_map(|line| line.strip_prefix("Subject: "));
        let subject = subject.unwrap_or_default().to_owned();
        self.0.lock().unwrap().push(Sent { to: parcel.to.clone(), subject, message });
        Box::pin(async { Ok(Taken { answer: "kept".to_owned() }) })
    }
}
