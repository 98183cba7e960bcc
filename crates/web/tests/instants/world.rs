//! The nodes, their clocks, the case at hand, and what is known of it.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use app::{Clock, Ctx, Settings, Site};
use axum::Router;
use domain::case::CaseKind;
use domain::journal::Via;
use domain::note::{Section, When};
use domain::status::ProductStatus;
use domain::{Actor, Case, CaseId, Event, OrganizationId, Rule, StaffRole, Timestamp};
use store::{Blobs, Store};
use testkit::{NodeClock, StillClock, TestSite};

use crate::chance::Chance;
use crate::door::{Expected, LISTS, OF_A_NOTE};

/// One server of several.
pub(crate) struct Node {
    pub(crate) site: Site,
    pub(crate) clock: Arc<NodeClock>,
    pub(crate) router: Router,
}

/// A pause that a failure brought: how long, and until when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pause {
    pub(crate) seconds: i64,
    pub(crate) until: Timestamp,
}

pub(crate) struct World {
    /// The clock of the database.
    pub(crate) clock: Arc<StillClock>,
    pub(crate) nodes: Vec<Node>,
    /// The case of this run.
    pub(crate) case: CaseId,
    /// The pause in which the duty leaves it alone.
    pub(crate) pause: Option<Pause>,
    /// How many faults were laid upon transactions and may not have been met yet.
    pub(crate) faults_laid: u32,
    /// Whether every node has a store of its own.
    pub(crate) spread: bool,
    digits: String,
    /// A word of the title of every draft, by its number; and words of drafts that came to nothing.
    words: BTreeMap<u32, String>,
    lost: Vec<String>,
    n_words: u32,
    kit: TestSite,
    vendors: Vec<OrganizationId>,
    /// The edition of what is public when the run began.
    edition: i64,
}

impl Node {
    pub(crate) fn new(like: &Site, store: &Store, clock: &Arc<StillClock>, number: usize) -> Self {
        let database = clock.clone();
        store.pretend_clock(move || database.now());
        let clock = Arc::new(NodeClock::right(clock.clone()));
        let settings = Settings { node: format!("node-{number}"), ..(*like.settings).clone() };
        let (store, settings) = (store.clone(), Arc::new(settings));
        let site = Site { store, settings, clock: clock.clone(), ..like.clone() };
        Self { router: web::router(site.clone()), site, clock }
    }
}

impl World {
    /// So many nodes, the team, a vendor, and the key that signs.
    pub(crate) async fn open(stores: &[Store], n_nodes: usize) -> Self {
        let kit = TestSite::on(stores[0].clone()).await;
        let clock = kit.clock.clone();
        let nodes = (0..n_nodes).zip(stores.iter().cycle());
        let nodes = nodes.map(|(n, store)| Node::new(&kit.site, store, &clock, n)).collect();
        let vendors = kit.vendors(&["Acme"]).await;
        app::service_key::keep_service_key(&kit.site.duty()).await.unwrap();
        // A node whose clock is behind signs nothing from before the key was made.
        clock.pass_days(60);
        Self {
            clock,
            nodes,
            case: CaseId::from(uuid::Uuid::nil()),
            pause: None,
            faults_laid: 0,
            spread: stores.len() > 1,
            digits: String::new(),
            words: BTreeMap::new(),
            lost: vec![],
            n_words: 0,
            kit,
            vendors,
            edition: 0,
        }
    }

    pub(crate) async fn close(self) {
        for node in &self.nodes {
            node.site.store.close().await;
        }
    }

    /// A case with an embargo and a draft of its note; three of four are armed.
    pub(crate) async fn begin(&mut self, chance: &mut Chance) {
        self.clock.pass_days(1);
        self.nodes.iter().for_each(|node| node.clock.put_ahead(0));
        self.pause = None;
        // The duty that does so every hour on a server.
        app::service_key::keep_service_key(&self.kit.site.duty()).await.unwrap();
        let id = self.kit.report("Tally time server").await.case;
        self.case = id;
        let ana = self.person(0, 0);
        let number = app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
        number.digits().clone_into(&mut self.digits);
        app::participant::add_vendors(&ana, id, self.vendors.clone()).await.unwrap();
        let case = self.case().await;
        let (flaw, acme) = (*case.vulnerabilities.keys().next().unwrap(), self.vendors[0]);
        let acme = case.participant_of(acme).unwrap().id;
        app::participant::notify(&ana, id, vec![acme]).await.unwrap();
        let line = (flaw, None);
        app::participant::set_status(&ana, id, acme, line, ProductStatus::Affected).await.unwrap();
        self.words.clear();
        self.lost.clear();
        self.write_draft(0).await.unwrap();
        self.edition = self.edition_now().await;
        if !chance.one_in(4) {
            for who in 0..2 {
                self.approve(0, who, When::EmbargoEnds).await.unwrap();
            }
        }
    }

    /// Whatever is still to come of the case comes now, or never; and all of it is looked at.
    pub(crate) async fn end(&mut self, chance: &mut Chance) -> u32 {
        self.take_faults_back();
        self.nodes.iter().for_each(|node| node.clock.put_ahead(0));
        self.clock.pass_days(200);
        let which = chance.index(self.nodes.len());
        self.run(which).await;
        let case = self.case().await;
        assert_eq!((case.publishes_at(), case.embargo.end()), (None, None), "it was due");
        let expected = self.expected(&case);
        for node in &self.nodes {
            for address in OF_A_NOTE.iter().chain(&LISTS) {
                expected.at(&node.router, address).await;
            }
        }
        self.once(&case).await;
        n_public(&case)
    }

    /// Every revision went out once: in the journal, and among the editions of what is public.
    async fn once(&self, case: &Case) {
        let id = self.case;
        let journal = self.kit.site.store.read(move |tx| tx.journal(id, 0, 10_000)).await.unwrap();
        let out = journal.iter().filter_map(|entry| match entry.event {
            Event::NotePublished { revision, .. } => Some(revision),
            _ => None,
        });
        let out: Vec<u32> = out.collect();
        assert!(out.is_sorted_by(|one, next| one < next), "{out:?}");
        assert_eq!(u32::try_from(out.len()).unwrap(), n_public(case));
        let editions = self.edition_now().await - self.edition;
        assert_eq!(editions, i64::from(n_public(case)), "every publication is one edition");
    }

    async fn edition_now(&self) -> i64 {
        self.kit.site.public().edition().await.unwrap()
    }

    /// Whether everything that was kept is as it was written.
    pub(crate) async fn is_sound(&self) {
        let Site { store, vault, .. } = &self.kit.site;
        let report = store::verify::verify(store, vault, &Blobs::in_memory()).await.unwrap();
        assert!(report.is_clean(), "{:?}", report.findings);
    }

    /// Every node is asked, at its page and at one other address.
    pub(crate) async fn look(&self, chance: &mut Chance) {
        let expected = self.expected(&self.case().await);
        for node in &self.nodes {
            expected.at(&node.router, OF_A_NOTE[0]).await;
            let other = chance.index(OF_A_NOTE.len() + LISTS.len());
            let other = OF_A_NOTE.get(other).unwrap_or_else(|| &LISTS[other - OF_A_NOTE.len()]);
            expected.at(&node.router, other).await;
        }
    }

    fn expected(&self, case: &Case) -> Expected {
        let public = case.note.published.map(|(_, draft)| draft);
        let hidden = self.words.iter().filter(|(draft, _)| Some(**draft) != public);
        let secret = hidden.map(|(_, word)| word).chain(&self.lost).cloned().collect();
        let public = public.map(|draft| self.words[&draft].clone());
        Expected { digits: self.digits.clone(), secret, public }
    }

    pub(crate) async fn case(&self) -> Case {
        self.kit.case(self.case).await
    }

    /// An analyst or the lead at a node, past every rule that may be set aside.
    pub(crate) fn person(&self, node: usize, who: usize) -> Ctx {
        let people = [(self.kit.analyst, StaffRole::Analyst), (self.kit.lead, StaffRole::Lead)];
        let (account, role) = people[who];
        let ctx = self.nodes[node].site.ctx(Actor::Staff(account, role), Via::Web);
        let now = ctx.now();
        let why = || "It is a test.".to_owned();
        Rule::ALL.iter().fold(ctx.proved(Some(now)), |ctx, rule| ctx.setting_aside(*rule, why()))
    }

    pub(crate) async fn approve(&self, node: usize, who: usize, when: When) -> app::Result<()> {
        let revision = self.case().await.note.latest().unwrap().number;
        app::note::approve(&self.person(node, who), self.case, revision, when).await
    }

    /// A new draft, whose title has a word of its own.
    pub(crate) async fn write_draft(&mut self, node: usize) -> app::Result<()> {
        self.n_words += 1;
        let word = format!("secret{}z", self.n_words);
        let title = format!("An overflow in Tally {word}");
        let sections = BTreeMap::from([(Section::Overview, format!("Update now, {word}."))]);
        let written = app::note::write(&self.person(node, 0), self.case, title, sections).await;
        // A broken connection may have kept it all the same.
        let drafts = self.case().await.note.latest().map_or(0, |latest| latest.number);
        match self.words.entry(drafts) {
            Entry::Vacant(free) if drafts > 0 => drop(free.insert(word)),
            Entry::Vacant(_) | Entry::Occupied(_) => self.lost.push(word),
        }
        written
    }
}

/// How many revisions went out.
pub(crate) fn n_public(case: &Case) -> u32 {
    u32::from(case.note.published.is_some()) + u32::try_from(case.note.revised_at.len()).unwrap()
}
