//! What people filled in, read field by field, so that a mistake is named at its place and
//! nothing that was typed is lost.

mod upload;

use app::{Ctx, Error, Result};
use askama::Template;
use axum::Form;
use axum::extract::{FromRequest, Request};
use axum::response::Response;
use domain::{Instant, Refusal, Rule, Timestamp, Zone};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::DeserializeOwned;
use serde::de::value::StrDeserializer;

use crate::Failure;
use crate::account::ask_for_proof;
use crate::actor::Visitor;
use crate::chrome::{Page, done};
use crate::failure::again;

pub(crate) use upload::Upload;

/// The fields of a form, in the order in which they came; a name may come more than once.
#[derive(Debug, Clone, Default)]
pub(crate) struct Fields(Vec<(String, String)>);

/// A rule stands in the way, and may be set aside with a reason.
#[derive(Template)]
#[template(path = "reason.html")]
struct ReasonPage {
    page: Page,
    objection: &'static str,
    code: &'static str,
    rule: String,
    action: String,
    fields: Vec<(String, String)>,
}

impl Fields {
    /// The words of a field, without spaces around them; empty if it did not come.
    pub(crate) fn text(&self, name: &str) -> String {
        self.first(name).trim().to_owned()
    }

    /// The words of a field, if there are any.
    pub(crate) fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// Every value of a field.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Every field with its words, as they came.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether a box was ticked.
    pub(crate) fn is_ticked(&self, name: &str) -> bool {
        self.all(name).next().is_some_and(|value| !value.is_empty())
    }

    /// A choice among the variants of an enum, by its name in the journal.
    pub(crate) fn choice<T: DeserializeOwned>(&self, name: &'static str) -> Result<T> {
        named(self.first(name)).ok_or_else(|| Error::invalid(name, "Please choose one of these."))
    }

    /// A choice that may be left out.
    pub(crate) fn optional_choice<T: DeserializeOwned>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>> {
        if self.text(name).is_empty() { Ok(None) } else { self.choice(name).map(Some) }
    }

    /// Every choice that was ticked.
    pub(crate) fn choices<T: DeserializeOwned, C: FromIterator<T>>(&self, name: &str) -> C {
        self.all(name).filter_map(named).collect()
    }

    /// An id or number, read from its text.
    pub(crate) fn parse<T: std::str::FromStr>(&self, name: &'static str) -> Result<T> {
        let wrong = |_| Error::invalid(name, "This is not one of the things to choose from.");
        self.text(name).parse().map_err(wrong)
    }

    /// Every id that was ticked.
    pub(crate) fn ids<T: std::str::FromStr>(&self, name: &str) -> Vec<T> {
        self.all(name).filter_map(|text| text.parse().ok()).collect()
    }

    /// A date and a time in a zone: `NAME` as `2026-12-09T14:00`, `NAME_zone` as an IANA name,
    /// UTC if it did not come.
    pub(crate) fn instant(&self, name: &'static str) -> Result<Instant> {
        let typed = self.text(name).replace(' ', "T");
        let zone = self.optional(&format!("{name}_zone")).unwrap_or_else(|| "UTC".to_owned());
        let zone: Zone = zone
            .parse()
            .map_err(|error: domain::text::UnknownZone| Error::invalid(name, error.to_string()))?;
        let wrong = || Error::invalid(name, "Write a date and a time, like 2026-12-09 14:00.");
        let civil: DateTime = typed.parse().map_err(|_| wrong())?;
        let zoned = TimeZone::get(zone.as_ref()).ok().and_then(|zone| civil.to_zoned(zone).ok());
        let at = zoned.map(|zoned| zoned.timestamp()).ok_or_else(wrong)?;
        Ok(Instant { at, zone })
    }

    /// A date and a time that may be left out.
    pub(crate) fn optional_instant(&self, name: &'static str) -> Result<Option<Instant>> {
        if self.text(name).is_empty() { Ok(None) } else { self.instant(name).map(Some) }
    }

    /// A day that may be left out, as its first instant in UTC.
    pub(crate) fn optional_day(&self, name: &'static str) -> Result<Option<Timestamp>> {
        let Some(typed) = self.optional(name) else { return Ok(None) };
        let wrong = || Error::invalid(name, "Write a date, like 2026-12-09.");
        let date: jiff::civil::Date = typed.parse().map_err(|_| wrong())?;
        let zoned = date.to_zoned(TimeZone::UTC).map_err(|_| wrong())?;
        Ok(Some(zoned.timestamp()))
    }

    /// The step that these fields ask for, with the reasons they give for setting rules aside.
    pub(crate) fn step(&self, ctx: Ctx) -> Ctx {
        let because = self.text("because");
        if because.is_empty() {
            return ctx;
        }
        let rules: Vec<Rule> = self.choices("set_aside");
        rules.into_iter().fold(ctx, |ctx, rule| ctx.setting_aside(rule, because.clone()))
    }

    /// The answer to a step that was tried: on to a page if it was done, and if a rule stood
    /// in the way that may be set aside, the question why it should be.
    pub(crate) fn answer<T>(
        &self,
        visitor: &Visitor,
        outcome: Result<T>,
        to: &str,
        said: &str,
    ) -> Result<Response, Failure> {
        match outcome {
            Ok(_) => Ok(done(to, said)),
            Err(Error::Refused(Refusal::NeedsReason(rule))) => Ok(self.ask_why(visitor, rule)),
            Err(Error::ProveYourself) => Ok(ask_for_proof(visitor, self)),
            Err(error) => Err(Failure(error)),
        }
    }

    fn ask_why(&self, visitor: &Visitor, rule: Rule) -> Response {
        let kept = self.0.iter().filter(|(name, _)| name != "because").cloned();
        let name = serde_json::to_value(rule).ok();
        let name = name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
        again(&ReasonPage {
            page: Page::of(visitor, ""),
            objection: rule.objection(),
            code: rule.code(),
            rule: name.to_owned(),
            action: visitor.here().to_owned(),
            fields: kept.collect(),
        })
    }

    fn first(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
    }
}

/// The variant of an enum, by its name in the journal.
pub(crate) fn named<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(StrDeserializer::<serde::de::value::Error>::new(text)).ok()
}

/// The name of a variant in the journal, as the value of a choice in a form.
pub(crate) fn name_of<T: serde::Serialize>(variant: &T) -> String {
    let value = serde_json::to_value(variant).ok();
    value.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default().to_owned()
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let form = Form::<Vec<(String, String)>>::from_request(request, state).await;
        let wrong = |_| Error::invalid("form", "What was sent could not be read, or was too long.");
        form.map(|Form(fields)| Self(fields)).map_err(wrong).map_err(Failure)
    }
}
