//! Which CNA the team is, and how it speaks to CVE Services. The organisation alone is enough to
//! write CVE records; with an account they are handed in as well, and IDs are reserved.

use std::time::Duration;

use anyhow::{Result, bail};
use app::cve::World;
use formats::cve::{NotAnOrganisation, Organisation};
use outside::cve_services::{Account, ApiKey, CveServices, PRODUCTION, TEST};

use super::{Settings, wrong};

/// How long one call may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// The team as a CNA.
pub(crate) struct Cve {
    /// The organisation as the CVE program knows it.
    pub(crate) organisation: Organisation,
    /// How it speaks to CVE Services, if it does.
    pub(crate) service: Option<(World, Account)>,
}

/// What an account is made of.
const OF_AN_ACCOUNT: [&str; 3] = ["cve.service", "cve.user", "cve.key"];

/// Understands what was said of the CVE program.
pub(super) fn read(settings: &Settings) -> Result<Option<Cve>> {
    let Some(name) = settings.value("cve.organization") else {
        let others = ["cve.organization_id"].iter().chain(&OF_AN_ACCOUNT);
        return match others.into_iter().find_map(|name| settings.value(name)) {
            Some(value) => {
                Err(wrong(value, "is set, but no organisation is; set cve.organization as well."))
            }
            None => Ok(None),
        };
    };
    let Some(id) = settings.value("cve.organization_id") else {
        bail!(
            "cve.organization_id is missing: CVE records name their organisation by its UUID. \
             Set it in [cve], or as OMBUD_CVE_ORGANIZATION_ID."
        );
    };
    let organisation = match Organisation::new(id.text.trim(), name.text.trim()) {
        Ok(organisation) => organisation,
        Err(error @ NotAnOrganisation::Id) => {
            return Err(wrong(id, format_args!("cannot be used. {error}")));
        }
        Err(error @ NotAnOrganisation::ShortName) => {
            return Err(wrong(name, format_args!("cannot be used. {error}")));
        }
    };
    let service = service(settings, organisation.short_name())?;
    Ok(Some(Cve { organisation, service }))
}

fn service(settings: &Settings, organization: &str) -> Result<Option<(World, Account)>> {
    let [service, user, key] = OF_AN_ACCOUNT.map(|name| settings.value(name));
    let (Some(service), Some(user), Some(key)) = (service, user, key) else {
        let said = [service, user, key].into_iter().flatten().next();
        return match said {
            Some(value) => Err(wrong(
                value,
                "is set, but an account of CVE Services is cve.service, cve.user and cve.key together.",
            )),
            None => Ok(None),
        };
    };
    let address = match service.text.trim() {
        "production" => PRODUCTION,
        "test" => TEST,
        address => address,
    };
    let account = Account {
        address: address.to_owned(),
        organization: organization.to_owned(),
        user: user.text.trim().to_owned(),
        key: ApiKey::new(key.text.trim()),
        timeout: PATIENCE,
    };
    if let Err(error) = CveServices::new(&account) {
        let what = format_args!("cannot be used: {error}. Write production, test or an address.");
        return Err(wrong(service, what));
    }
    let world = match address {
        PRODUCTION => World::Production,
        TEST => World::Test,
        other => World::Elsewhere(other.to_owned()),
    };
    Ok(Some((world, account)))
}
