//! Which part of a case is shown: every tab has its own address, and only the tab of the vendors
//! lists the vendors.

use askama::Template;
use axum::response::Response;
use serde::Deserialize;

use super::embargo::EmbargoPage;
use super::flaws::FlawsPage;
use super::log::LogPage;
use super::overview::OverviewPage;
use super::seen::SeenPage;
use super::talk::TalkPage;
use super::vendor::VendorPage;
use super::vendors::VendorsPage;
use super::{Look, Tried};
use crate::Failure;
use crate::failure::{again, page};
use crate::note::DraftPage;

/// A part of the page of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Tab {
    /// The report and the decision on it.
    #[default]
    Overview,
    /// Everyone who was or will be told.
    Vendors,
    /// What is wrong, one by one.
    Flaws,
    /// Until when it may not be told.
    Embargo,
    /// What was seen out there.
    Seen,
    /// What was written.
    Talk,
    /// The note.
    Draft,
    /// What happened.
    Log,
}

/// What is asked of the page of a case.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Wanted {
    pub(crate) tab: Option<String>,
    pub(crate) vendor: Option<String>,
    pub(crate) show: Option<String>,
    pub(crate) after: Option<String>,
}

impl Tab {
    /// All of them, in the order in which they stand.
    pub(crate) const ALL: &[Self] = &[
        Self::Overview,
        Self::Vendors,
        Self::Flaws,
        Self::Embargo,
        Self::Seen,
        Self::Talk,
        Self::Draft,
        Self::Log,
    ];

    /// Its name in addresses.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Overview => "overview",
            Self::Vendors => "vendors",
            Self::Flaws => "vulnerabilities",
            Self::Embargo => "embargo",
            Self::Seen => "seen",
            Self::Talk => "talk",
            Self::Draft => "draft",
            Self::Log => "log",
        }
    }

    /// What it is called.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Vendors => "Vendors",
            Self::Flaws => "Vulnerabilities",
            Self::Embargo => "Embargo",
            Self::Seen => "Observations",
            Self::Talk => "Talk",
            Self::Draft => "Draft",
            Self::Log => "Log",
        }
    }

    /// Where it is.
    pub(crate) fn address(self, at: &str) -> String {
        match self {
            Self::Overview => format!("/cases/{at}"),
            Self::Draft => format!("/cases/{at}/draft"),
            Self::Vendors | Self::Flaws | Self::Embargo | Self::Seen | Self::Talk | Self::Log => {
                format!("/cases/{at}?tab={}", self.name())
            }
        }
    }
}

impl From<Tab> for Wanted {
    fn from(tab: Tab) -> Self {
        Self { tab: Some(tab.name().to_owned()), ..Self::default() }
    }
}

impl Wanted {
    /// The page of one vendor.
    pub(crate) fn vendor(id: &str) -> Self {
        Self { vendor: Some(id.to_owned()), ..Tab::Vendors.into() }
    }

    /// The tab; the first one if there is none of that name.
    fn tab(&self) -> Tab {
        let named = |tab: &&Tab| Some(tab.name()) == self.tab.as_deref();
        Tab::ALL.iter().find(named).copied().unwrap_or_default()
    }

    /// Where it is.
    pub(crate) fn address(&self, at: &str) -> String {
        match &self.vendor {
            Some(vendor) => format!("/cases/{at}?tab=vendors&vendor={vendor}"),
            None => self.tab().address(at),
        }
    }
}

/// The page of a case, open at a tab.
pub(crate) async fn show(
    look: &Look<'_>,
    wanted: &Wanted,
    tried: Tried,
) -> Result<Response, Failure> {
    let wrong = tried.wrong().is_some();
    Ok(match (wanted.tab(), &wanted.vendor) {
        (Tab::Vendors, Some(vendor)) => answer(wrong, &VendorPage::of(look, vendor, tried)?),
        (Tab::Vendors, None) => answer(wrong, &VendorsPage::of(look, wanted, tried)),
        (Tab::Flaws, _) => answer(wrong, &FlawsPage::of(look, wanted, tried)),
        (Tab::Embargo, _) => answer(wrong, &EmbargoPage::of(look, tried)),
        (Tab::Seen, _) => answer(wrong, &SeenPage::of(look, tried)),
        (Tab::Talk, _) => answer(wrong, &TalkPage::of(look, tried)),
        (Tab::Log, _) => answer(wrong, &LogPage::of(look, wanted).await?),
        (Tab::Draft, _) => answer(wrong, &DraftPage::of(look, tried).await?),
        (Tab::Overview, _) => answer(wrong, &OverviewPage::of(look, tried)),
    })
}

fn answer(wrong: bool, template: &impl Template) -> Response {
    if wrong { again(template) } else { page(template) }
}
