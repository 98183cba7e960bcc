//! Does CVE Services know us? Two questions that change nothing: the organisation, and how many
//! IDs it may still reserve.

use app::cve::World;
use outside::cve_services::{Account, CveServices, Organization, Problem, Quota};

use super::{Finding, chain};
use crate::config::{Config, Cve};

/// The account at CVE Services, if one is set.
pub(super) async fn check(config: &Config) -> Option<Finding> {
    let what = "CVE";
    let cve = config.cve.as_ref()?;
    let Some((world, account)) = &cve.service else {
        let found = format!(
            "records are written as {}; no account is set, so nothing is handed in",
            cve.organisation.short_name()
        );
        return Some(Finding::ok(what, found));
    };
    Some(match asked(account).await {
        Ok((known, quota)) => judged(cve, world, &known, quota),
        Err(error) => {
            let remedy = "See that cve.service, cve.organization, cve.user and cve.key are right.";
            Finding::fail(what, format!("{}: {}", account.address, chain(&error)), remedy)
        }
    })
}

async fn asked(account: &Account) -> anyhow::Result<(Organization, Quota)> {
    let service = CveServices::new(account)?;
    let known: Result<_, Problem> = service.own_organization().await;
    Ok((known?, service.quota().await?))
}

fn judged(cve: &Cve, world: &World, known: &Organization, quota: Quota) -> Finding {
    let (what, ours) = ("CVE", cve.organisation.id());
    if !known.id.eq_ignore_ascii_case(ours) {
        let found = format!("{} has the UUID {} there, not {ours}", known.short_name, known.id);
        return Finding::fail(what, found, "Put that UUID into cve.organization_id.");
    }
    let found =
        format!("{} may reserve {} more of {} IDs", known.short_name, quota.available, quota.quota);
    match world.warning() {
        None if quota.available == 0 => {
            let remedy = "Reject what is not used, or ask your root for a larger quota.";
            Finding::warn(what, found, remedy)
        }
        None => Finding::ok(what, found),
        Some(warning) => Finding::warn(what, format!("{found}. {warning}"), "Fine for a try."),
    }
}
