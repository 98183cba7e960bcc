//! Making the world: every step is a verb that somebody takes at a time in the past.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Result;
use app::account::NewAccount;
use app::directory::NewVendor;
use app::participant::FilledAnswers;
use app::report::{Consent, NewReport};
use app::{Ctx, Site};
use domain::case::{CaseKind, ClosingReason, ObservationKind};
use domain::embargo::ProposalReason;
use domain::event::{Answer, Audience, StatementAudience};
use domain::journal::Via;
use domain::note::{Section, When};
use domain::observation::AfterAttacks;
use domain::report::{
    Analysis, ContactSharing, Credit, DeclineReason, Evidence, Identity, Intake, Known,
};
use domain::status::{IsAddressed, IsReal};
use domain::{AccountId, Actor, Case, CaseId, Instant, ParticipantId, Rule, StaffRole};

use super::plot::{Cast as Vendors, PLOTS, Plot, Reach, crowd};
use super::{PASSWORD, TurnedClock};

const DAY: i64 = 86_400;

/// Who is who in the world, and how to be them.
pub(super) struct Cast {
    staff: Vec<(&'static str, &'static str, &'static str)>,
    receipt: Option<String>,
    vendor_link: Option<String>,
    published: Vec<String>,
}

struct Maker<'a> {
    site: &'a Site,
    clock: &'a TurnedClock,
    analyst: AccountId,
    lead: AccountId,
    /// A CVE ID for each flaw, counted up.
    n_cves: u32,
}

/// Makes everything that is.
pub(super) async fn make(site: &Site, clock: &TurnedClock) -> Result<Cast> {
    clock.turn_back(200 * DAY);
    // Before the first note, so that every note is signed.
    crate::service_key::make(site).await?;
    let staff = [
        ("Lead", "Lena Okafor", "lead@northlake.example", StaffRole::Lead),
        ("Analyst", "Ana Sorel", "analyst@northlake.example", StaffRole::Analyst),
        ("Second analyst", "Idris Bell", "second@northlake.example", StaffRole::Analyst),
        ("Auditor", "Mara Voss", "auditor@northlake.example", StaffRole::Auditor),
        ("Administrator", "Tomas Reyes", "admin@northlake.example", StaffRole::Administrator),
    ];
    let mut accounts = vec![];
    for (_, name, address, role) in staff {
        let (name, address, password) = (name.to_owned(), address.to_owned(), PASSWORD.to_owned());
        let new = NewAccount { address, name, password };
        accounts.push(app::account::add_by_operator(&site.duty(), new, role).await?);
    }
    let [lead, analyst, ..] = accounts.as_slice() else { anyhow::bail!("nobody is there") };
    let mut maker = Maker { site, clock, analyst: *analyst, lead: *lead, n_cves: 0 };
    let mut cast = Cast {
        staff: staff.iter().map(|(role, name, address, _)| (*role, *name, *address)).collect(),
        receipt: None,
        vendor_link: None,
        published: vec![],
    };
    for plot in PLOTS {
        maker.play(plot, &mut cast).await?;
    }
    clock.turn_back(0);
    app::duties::send_letters(&site.duty()).await?;
    cast.vendor_link = maker.link_of("security@brightfield-routers.example").await?;
    Ok(cast)
}

impl Maker<'_> {
    fn analyst(&self) -> Ctx {
        self.acting(Actor::Staff(self.analyst, StaffRole::Analyst))
    }

    fn lead(&self) -> Ctx {
        self.acting(Actor::Staff(self.lead, StaffRole::Lead))
    }

    /// Somebody who has just shown who they are.
    fn acting(&self, actor: Actor) -> Ctx {
        let ctx = self.site.ctx(actor, Via::Web);
        let now = ctx.now();
        ctx.proved(Some(now))
    }

    fn party(&self, case: CaseId, participant: ParticipantId) -> Ctx {
        self.site.ctx(Actor::Bearer(case, participant), Via::Web)
    }

    /// It is so many days after the report of a plot, at most now.
    fn on_day(&self, plot: &Plot, day: i64) {
        let hours = 3600 * (1 + plot.days_ago % 5);
        self.clock.turn_back(((plot.days_ago - day) * DAY + hours).max(60));
    }

    async fn play(&mut self, plot: &Plot, cast: &mut Cast) -> Result<()> {
        self.on_day(plot, 0);
        let receipt = app::report::submit(&self.acting_anyone(), report(plot)).await?;
        let id = receipt.case;
        if plot.reach == Reach::Answered {
            cast.receipt = Some(receipt.secret);
        }
        match plot.reach {
            Reach::Reported => {
                if plot.days_ago > 0 {
                    app::triage::acknowledge(&self.analyst(), id).await?;
                }
                return Ok(());
            }
            Reach::Declined => return self.decline(plot, id).await,
            _ => self.accept(plot, id).await?,
        }
        if plot.reach == Reach::Accepted {
            return Ok(());
        }
        self.tell(plot, id).await?;
        if plot.reach == Reach::Told {
            return self.some_of_the_crowd_answer(plot, id).await;
        }
        self.answers(plot, id).await?;
        match plot.reach {
            Reach::Negotiating => self.negotiate(plot, id).await?,
            Reach::Attacked => self.attack(plot, id).await?,
            Reach::Drafted => self.draft(plot, id, 18).await?,
            Reach::Armed => {
                self.draft(plot, id, 20).await?;
                self.arm(plot, id, 35).await?;
            }
            Reach::Published | Reach::Closed => {
                self.draft(plot, id, 20).await?;
                self.arm(plot, id, 35).await?;
                cast.published.push(self.publish(plot, id).await?);
            }
            Reach::Reported | Reach::Declined | Reach::Accepted | Reach::Told | Reach::Answered => {
            }
        }
        if plot.reach == Reach::Closed {
            self.on_day(plot, 90);
            app::triage::close(&self.lead(), id, ClosingReason::Published).await?;
        }
        Ok(())
    }

    async fn decline(&self, plot: &Plot, id: CaseId) -> Result<()> {
        self.on_day(plot, 1);
        let words = "What you describe tells an attacker little. We lack the people to follow it \
             up, which says nothing about your work. Please tell the site's owner directly.";
        let reasons = [DeclineReason::LowScore, DeclineReason::ResourceLimits].into();
        Ok(app::triage::decline(&self.analyst(), id, reasons, words.to_owned()).await?)
    }

    async fn accept(&self, plot: &Plot, id: CaseId) -> Result<()> {
        self.on_day(plot, 1);
        let ana = self.analyst();
        let vector = "AV:N/AC:L/Au:N/C:P/I:C/A:C/CDP:LM/TD:H/CR:ND/IR:ND/AR:ND".parse()?;
        app::triage::score(&ana, id, None, vector).await?;
        let notes = "Reproduced with the steps of the report on a test machine.".to_owned();
        app::triage::analyse(&ana, id, Analysis::Confirmed, notes).await?;
        app::triage::accept(&ana, id, CaseKind::Coordinate).await?;
        for flaw in self.case(id).await?.vulnerabilities.keys().copied() {
            let words = format!("{} {}", plot.flaw, plot.impact);
            app::note::describe(&ana, id, flaw, words, None).await?;
        }
        let names: Vec<String> = match plot.vendors {
            Vendors::Few(names) => names.iter().map(|name| (*name).to_owned()).collect(),
            Vendors::Many(n) => crowd(n),
        };
        let vendors = names.into_iter().map(|name| {
            let host = name.to_lowercase().replace(' ', "-");
            NewVendor { name, address: Some(format!("security@{host}.example")) }
        });
        let organizations = app::directory::add_vendors(&ana, vendors.collect()).await?;
        app::participant::add_vendors(&ana, id, organizations).await?;
        Ok(())
    }

    async fn tell(&self, plot: &Plot, id: CaseId) -> Result<()> {
        self.on_day(plot, 2);
        let vendors = self.case(id).await?.vendors().map(|them| them.id).collect();
        app::participant::notify(&self.analyst(), id, vendors).await?;
        Ok(())
    }

    async fn some_of_the_crowd_answer(&self, plot: &Plot, id: CaseId) -> Result<()> {
        let vendors: Vec<_> = self.case(id).await?.vendors().map(|them| them.id).collect();
        for (n, vendor) in vendors.into_iter().enumerate() {
            self.on_day(plot, 3 + i64::try_from(n % 9)?);
            let real = match n % 7 {
                0 | 1 => Some(IsReal::Yes),
                2 => Some(IsReal::No),
                3 => Some(IsReal::StillChecking),
                _ => continue,
            };
            let them = self.party(id, vendor);
            app::embargo::answer(&them, id, vendor, Answer::Agree).await?;
            let addressed = (n % 14 == 0).then_some(IsAddressed::Released);
            let answers = FilledAnswers { real, addressed, ..FilledAnswers::default() };
            app::participant::answer(&them, id, vendor, answers).await?;
        }
        self.on_day(plot, 14);
        app::duties::remind_silent_vendors(&self.site.duty()).await?;
        Ok(())
    }

    /// The first vendor has a fix, the second looks, the third is not affected, others are silent.
    async fn answers(&self, plot: &Plot, id: CaseId) -> Result<()> {
        let vendors: Vec<_> = self.case(id).await?.vendors().map(|them| them.id).collect();
        for (n, vendor) in vendors.into_iter().enumerate().take(3) {
            self.on_day(plot, 3 + i64::try_from(n)?);
            let them = self.party(id, vendor);
            app::embargo::answer(&them, id, vendor, Answer::Agree).await?;
            let (real, addressed, because) = match n {
                0 => (IsReal::Yes, Some(IsAddressed::Released), "All versions before 4.2."),
                1 => (IsReal::StillChecking, None, "We are going through our products."),
                _ => (IsReal::No, None, "We do not ship this part."),
            };
            let answers = FilledAnswers {
                real: Some(real),
                addressed,
                real_because: because.to_owned(),
                ..FilledAnswers::default()
            };
            app::participant::answer(&them, id, vendor, answers).await?;
            if n == 0 {
                let words = "Please update to 4.2, which checks the length first.".to_owned();
                let all = StatementAudience::Parties;
                app::participant::state(&them, id, vendor, words, all).await?;
                let words = "Could we have the packet that shows it?".to_owned();
                app::message::post(&them, id, Audience::Team, words).await?;
            }
        }
        Ok(())
    }

    async fn negotiate(&self, plot: &Plot, id: CaseId) -> Result<()> {
        let case = self.case(id).await?;
        let Some(end) = case.embargo.end() else { return Ok(()) };
        let later = Instant::utc(end.at.checked_add(jiff::SignedDuration::from_hours(24 * 21))?);
        let Some(vendor) = case.vendors().next().map(|them| them.id) else { return Ok(()) };
        self.on_day(plot, 17);
        let them = self.party(id, vendor);
        app::embargo::propose(&them, id, later, ProposalReason::FixTiming).await?;
        Ok(())
    }

    async fn attack(&self, plot: &Plot, id: CaseId) -> Result<()> {
        self.on_day(plot, 7);
        let ana = self.analyst();
        let words = "Two hosting firms report the same request in their logs since yesterday.";
        let (now, words) = (ana.now(), words.to_owned());
        app::observation::claim(&ana, id, ObservationKind::AttacksObserved, now, words).await?;
        let case = self.case(id).await?;
        for observation in case.observations.keys().copied() {
            let lead = self.lead();
            app::observation::adopt(&lead, id, observation, AfterAttacks::End).await?;
        }
        Ok(())
    }

    async fn draft(&mut self, plot: &Plot, id: CaseId, day: i64) -> Result<()> {
        self.on_day(plot, day);
        let ana = self.analyst();
        let sections = BTreeMap::from([
            (Section::Overview, format!("{} holds a flaw. {}", plot.product, plot.impact)),
            (Section::Description, plot.flaw.to_owned()),
            (Section::Impact, plot.impact.to_owned()),
            (
                Section::Solution,
                "Install the update of your vendor; see the list below.".to_owned(),
            ),
            (Section::Workarounds, "Let only trusted networks reach the product.".to_owned()),
        ]);
        app::note::write(&ana, id, format!("{}: {}", plot.product, "update needed"), sections)
            .await?;
        let case = self.case(id).await?;
        for flaw in case.vulnerabilities.keys().copied() {
            self.n_cves += 1;
            let cve = format!("CVE-2026-{}", 90_000 + self.n_cves).parse()?;
            app::note::assign_cve(&ana, id, flaw, cve, None).await?;
        }
        let em = case.embargo.em;
        let readers: BTreeSet<_> = case
            .engaged()
            .filter(|them| them.id != case.coordinator && them.may_receive_content(em))
            .map(|them| them.id)
            .collect();
        app::note::share(&ana, id, readers).await?;
        self.on_day(plot, day + 1);
        let reporter = self.party(id, case.reporter).acting_as(Actor::Receipt(case.report.id));
        let words = "Reads well. Please name the version with the fix in the first sentence.";
        Ok(app::note::comment(&reporter, id, words.to_owned()).await?)
    }

    async fn arm(&self, plot: &Plot, id: CaseId, day: i64) -> Result<()> {
        self.on_day(plot, day);
        app::duties::remind_silent_vendors(&self.site.duty()).await?;
        for remark in self.case(id).await?.note.comments.into_keys() {
            app::note::resolve(&self.analyst(), id, remark).await?;
        }
        let reason = "Agreed with everybody at the last call.".to_owned();
        for who in [self.analyst(), self.lead()] {
            let who =
                Rule::ALL.iter().fold(who, |who, rule| who.setting_aside(*rule, reason.clone()));
            app::note::approve(&who, id, 1, When::EmbargoEnds).await?;
        }
        Ok(())
    }

    async fn publish(&self, plot: &Plot, id: CaseId) -> Result<String> {
        self.on_day(plot, 48);
        app::duties::end_and_publish(&self.site.duty()).await?;
        let case = self.case(id).await?;
        Ok(case.number.map(|number| number.slug()).unwrap_or_default())
    }

    async fn case(&self, id: CaseId) -> Result<Case> {
        let found = self.site.store.read(move |tx| tx.case(id)).await?;
        let (case, _) =
            found.ok_or_else(|| anyhow::anyhow!("a case of the demonstration is gone"))?;
        Ok(case)
    }

    /// The link in the newest letter to an address.
    async fn link_of(&self, address: &str) -> Result<Option<String>> {
        let vault = self.site.vault.clone();
        let letters = self.site.store.read(move |tx| tx.outbox(&vault, 1000)).await?;
        let base = &self.site.settings.base_url;
        let link = |body: &str| {
            let words = body.split_whitespace();
            words.filter(|word| word.starts_with(&format!("{base}/a/"))).map(str::to_owned).next()
        };
        let mut newest = letters.iter().filter(|letter| letter.address == address);
        Ok(newest.find_map(|letter| link(&letter.body)))
    }

    fn acting_anyone(&self) -> Ctx {
        self.site.ctx(Actor::Anyone, Via::Web)
    }
}

fn report(plot: &Plot) -> NewReport {
    NewReport {
        product: plot.product.to_owned(),
        description: format!("I came upon this on our own machines. {}", plot.flaw),
        reproduction:
            "1. Install the product as delivered.\n2. Send the request that is attached.\n\
             3. Watch the log."
                .to_owned(),
        impact: plot.impact.to_owned(),
        identity: if plot.days_ago % 2 == 0 { Identity::Named } else { Identity::Anonymous },
        name: (plot.days_ago % 2 == 0).then(|| "Robin Falk".to_owned()),
        address: (plot.days_ago % 2 == 0).then(|| "robin@reporter.example".to_owned()),
        sharing: ContactSharing::CoordinatorOnly,
        credit: if plot.days_ago % 2 == 0 { Credit::Named } else { Credit::None },
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

impl Cast {
    /// Addresses and log-ins, for programs.
    pub(super) fn json(&self, base: &str) -> serde_json::Value {
        let staff = self.staff.iter().map(|(role, name, address)| {
            serde_json::json!({ "role": role, "name": name, "address": address, "password": PASSWORD })
        });
        let notes = self.published.iter().map(|slug| format!("{base}/vuls/{slug}"));
        serde_json::json!({
            "url": base,
            "log_in": format!("{base}/login"),
            "staff": staff.collect::<Vec<_>>(),
            "reporter": { "page": format!("{base}/r"), "receipt": self.receipt },
            "vendor": { "page": self.vendor_link },
            "letters": format!("{base}/demo/letters"),
            "notes": notes.collect::<Vec<_>>(),
        })
    }

    /// Addresses and log-ins, for people.
    pub(super) fn greeting(&self, base: &str, written: &Path) -> String {
        let staff: Vec<_> = self
            .staff
            .iter()
            .map(|(role, name, address)| format!("  {role:<15} {address:<28} {name}"))
            .collect();
        format!(
            "The demonstration is at {base}\n\n\
             Log in at {base}/login with the password “{PASSWORD}”:\n{}\n\n\
             As a reporter, open {base}/r with the receipt {}\n\
             As a vendor, open {}\n\
             Read everybody's letters at {base}/demo/letters\n\n\
             The same is in {}. Stop with Ctrl-C; delete the directory when you are done.",
            staff.join("\n"),
            self.receipt.as_deref().unwrap_or("(none)"),
            self.vendor_link.as_deref().unwrap_or("(none)"),
            written.display(),
        )
    }
}
