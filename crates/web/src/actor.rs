//! Who asks. Every handler that acts takes a [`Visitor`]; there is no other way to a `Ctx`.

use app::session::{Person, Standing};
use app::{Ctx, Site};
use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use domain::journal::Via;
use domain::{Actor, Timestamp};
use store::PublicStore;

use crate::Failure;
use crate::chrome::Flash;

/// The cookie of who is logged in.
pub(crate) const SESSION: &str = "session";

/// The mark of a browser in which somebody of the team has logged in before.
pub(crate) const BROWSER: &str = "browser";

/// The cookie of who holds a receipt.
pub(crate) const RECEIPT: &str = "receipt";

/// Whoever sent this request.
#[derive(Clone)]
pub(crate) struct Visitor {
    site: Site,
    person: Option<Person>,
    receipt: Option<String>,
    theme: &'static str,
    here: String,
    said: Option<String>,
}

/// Somebody of the team; to everybody else the page does not exist, or asks to log in. Who has no
/// second factor yet is sent to set one up.
pub(crate) struct Staff(pub(crate) Visitor);

/// Somebody who is logged in, at their own account; all others are asked to log in.
pub(crate) struct Own(pub(crate) Visitor, pub(crate) Person);

impl Visitor {
    /// The server.
    pub(crate) fn site(&self) -> &Site {
        &self.site
    }

    /// Who is logged in.
    pub(crate) fn person(&self) -> Option<&Person> {
        self.person.as_ref()
    }

    /// The receipt they hold.
    pub(crate) fn receipt(&self) -> Option<&str> {
        self.receipt.as_deref()
    }

    /// How they like pages to look.
    pub(crate) fn theme(&self) -> &'static str {
        self.theme
    }

    /// Which page they asked for.
    pub(crate) fn here(&self) -> &str {
        &self.here
    }

    /// What their last step did.
    pub(crate) fn flash(&self) -> Option<Flash> {
        let text = self.said.clone()?;
        Some(Flash { kind: "ok", text, undo: None })
    }

    /// The way to what everyone may read, whoever they are.
    pub(crate) fn public(&self) -> PublicStore {
        self.site.public()
    }

    /// The time, for what is shown to them.
    pub(crate) fn now(&self) -> Timestamp {
        self.site.clock.now()
    }

    /// Starts to do something on their behalf.
    pub(crate) fn ctx(&self) -> Ctx {
        let actor = self.person.as_ref().map_or(Actor::Anyone, |person| person.actor);
        let proved_at = self.person.as_ref().and_then(|person| person.proved_at);
        self.site.ctx(actor, Via::Web).proved(proved_at)
    }
}

impl FromRequestParts<Site> for Visitor {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Failure> {
        let cookie = |name: &str| cookie(parts, name);
        let person = match cookie(SESSION) {
            Some(secret) => app::session::person(site, &secret).await?,
            None => None,
        };
        let theme = match cookie("theme").as_deref() {
            Some("light") => "light",
            Some("dark") => "dark",
            _ => "",
        };
        Ok(Self {
            person,
            receipt: cookie(RECEIPT),
            theme,
            said: cookie("said").and_then(|hex| unhex(&hex)),
            here: parts.uri.path().to_owned(),
            site: site.clone(),
        })
    }
}

impl FromRequestParts<Site> for Staff {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Failure> {
        let visitor = Visitor::from_request_parts(parts, site).await?;
        match visitor.person.as_ref().map(|person| (person.standing, person.actor)) {
            Some((Standing::MustEnrol, _)) => Err(Failure(app::Error::NoSecondFactor)),
            Some((Standing::Full, Actor::Staff(..))) => Ok(Self(visitor)),
            Some((Standing::Full, _)) => Err(Failure(app::Error::NotFound)),
            None => Err(Failure(app::Error::Unknown)),
        }
    }
}

impl FromRequestParts<Site> for Own {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, site: &Site) -> Result<Self, Failure> {
        let visitor = Visitor::from_request_parts(parts, site).await?;
        let person = visitor.person.clone().ok_or(app::Error::Unknown)?;
        Ok(Self(visitor, person))
    }
}

/// The words of one cookie.
pub(crate) fn cookie(parts: &Parts, name: &str) -> Option<String> {
    let all = parts.headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs =
        all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| value.to_owned())
}

fn unhex(hex: &str) -> Option<String> {
    if hex.len() > 1000 || !hex.is_ascii() {
        return None;
    }
    let bytes: Option<Vec<u8>> = (0..hex.len() / 2)
        .map(|n| u8::from_str_radix(hex.get(2 * n..2 * n + 2)?, 16).ok())
        .collect();
    String::from_utf8(bytes?).ok()
}
