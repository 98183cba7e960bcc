//! Reporting a vulnerability: one form without an account, and the receipt.

mod filled;

use std::collections::BTreeSet;

use app::report::{Consent, NewReport, Receipt, problems};
use askama::Template;
use axum::response::Response;
use domain::Timestamp;
use domain::policy::{Days, PublishedPolicy};
use domain::report::{
    ContactSharing, Credit, Evidence, HelpReason, Identity, Intake, Known, Submission,
};

use crate::Failure;
use crate::actor::Visitor;
use crate::chrome::Page;
use crate::failure::{again, page};
use crate::form::{Fields, name_of};
use crate::public::{Moment, team_address};
use filled::{Problems, read};

#[derive(Template)]
#[template(path = "report/form.html")]
struct FormPage {
    page: Page,
    policy: PublishedPolicy,
    team_address: String,
    fields: Fields,
    problems: Problems,
    notice: Notice,
    once: String,
}

/// What stands above the form when it comes back.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Notice {
    /// Nothing: it is new, or what is wrong stands at its fields.
    None,
    /// The vendor was told a short time ago, or not at all (S5).
    Hasty { silent_days: u16, reasons: Vec<&'static str> },
    /// The same form came twice.
    Twice,
}

#[derive(Template)]
#[template(path = "report/receipt.html")]
struct ReceiptPage {
    page: Page,
    reference: String,
    groups: Vec<String>,
    answer_by: Moment,
    embargo_days: u16,
    has_address: bool,
}

/// `GET /report`
pub(crate) async fn form(visitor: Visitor) -> Result<Response, Failure> {
    let template = FormPage::new(&visitor, Fields::default(), Problems::default(), Notice::None);
    Ok(page(&template.await?))
}

/// `POST /report`. Nothing of the receipt is in an address, and the page is kept by nobody.
pub(crate) async fn submit(visitor: Visitor, fields: Fields) -> Result<Response, Failure> {
    let (new, mut wrong) = read(&fields);
    wrong.extend(problems(&new));
    if !wrong.is_empty() {
        return back(&visitor, fields, wrong, Notice::None).await;
    }
    let policy = app::public::policy(&visitor.public()).await?;
    if let Some(notice) = second_thoughts(&visitor, &fields, &new, &policy).await? {
        return back(&visitor, fields, wrong, notice).await;
    }
    let has_address = new.address.is_some();
    let receipt = app::report::submit(&visitor.ctx(), new).await?;
    Ok(page(&ReceiptPage::new(&visitor, &receipt, &policy, has_address)))
}

/// The form once more, with all that was typed.
async fn back(
    visitor: &Visitor,
    fields: Fields,
    problems: Problems,
    notice: Notice,
) -> Result<Response, Failure> {
    Ok(again(&FormPage::new(visitor, fields, problems, notice).await?))
}

/// What is asked once before a report is taken; sending it again takes it in any case (S5).
async fn second_thoughts(
    visitor: &Visitor,
    fields: &Fields,
    new: &NewReport,
    policy: &PublishedPolicy,
) -> Result<Option<Notice>, Failure> {
    let silent: Days = policy.promptness.vendor_silent;
    let reasons = hasty(new, silent, visitor.ctx().now());
    if !reasons.is_empty() && !fields.is_ticked("sure") {
        return Ok(Some(Notice::Hasty { silent_days: silent.0, reasons }));
    }
    let once = fields.text("once");
    let ctx = visitor.ctx();
    let sent = app::session::count_try_by_the_hour(&ctx, format!("report {once}"), 1).await;
    match sent {
        Err(app::Error::TooMany) if !once.is_empty() => Ok(Some(Notice::Twice)),
        Ok(()) | Err(app::Error::TooMany) => Ok(None),
        Err(error) => Err(Failure(error)),
    }
}

/// The reasons that speak of a silence which has not lasted (S5), in words.
fn hasty(new: &NewReport, silent: Days, now: Timestamp) -> Vec<&'static str> {
    let submission = Submission {
        intake: new.intake,
        account: None,
        identity: new.identity,
        sharing: new.sharing,
        credit: new.credit,
        reasons: new.reasons.clone(),
        evidence: new.evidence,
        public: new.public,
        exploited: new.exploited,
        vendor_told_at: new.vendor_told_at,
        plans_to_publish_at: new.plans_to_publish_at,
        found_by_tool: new.found_by_tool,
        terms: 0,
    };
    submission.hasty_reasons(silent, now).into_iter().map(HelpReason::label).collect()
}

impl FormPage {
    async fn new(
        visitor: &Visitor,
        fields: Fields,
        problems: Problems,
        notice: Notice,
    ) -> Result<Self, Failure> {
        Ok(Self {
            page: Page::of(visitor, "/report"),
            policy: app::public::policy(&visitor.public()).await?,
            team_address: team_address(visitor),
            once: app::secret::link(visitor.site()).secret,
            fields,
            problems,
            notice,
        })
    }

    /// What was chosen, or what is chosen before anybody chose.
    fn chosen(&self, name: &str, otherwise: &str) -> String {
        self.fields.optional(name).unwrap_or_else(|| otherwise.to_owned())
    }

    /// The value if a box of that value was ticked, as the template's macro compares it.
    fn ticked(&self, name: &str, value: &str) -> String {
        let ticked = self.fields.all(name).any(|known| known == value);
        if ticked { value.to_owned() } else { String::new() }
    }
}

impl ReceiptPage {
    fn new(
        visitor: &Visitor,
        receipt: &Receipt,
        policy: &PublishedPolicy,
        has_address: bool,
    ) -> Self {
        let now = visitor.ctx().now();
        let answer_by = policy.promptness.first_response_breach.after(receipt.received_at);
        Self {
            page: Page::of(visitor, "/report"),
            reference: receipt.reference.to_string(),
            groups: receipt.secret.split('-').map(str::to_owned).collect(),
            answer_by: Moment::new(answer_by, now),
            embargo_days: policy.embargo.default.0,
            has_address,
        }
    }
}
