//! The pages of a case for the team: the inbox, the list, and the case itself, one tab at a time.
//! Each tab is a page of its own with its own address, so that none has to carry the others.

mod answer;
mod embargo;
mod flaws;
mod head;
mod list;
mod log;
mod look;
mod moment;
mod next;
mod overview;
mod seen;
mod step;
mod tab;
mod talk;
mod vendor;
mod vendors;

use axum::extract::{Path, Query};
use axum::response::Response;

use crate::Failure;
use crate::actor::Staff;
use crate::form::name_of;

pub(crate) use answer::{give_file, keep_file};
pub(crate) use embargo::{decide, end_embargo, propose};
pub(crate) use flaws::{
    add_vulnerability, ask_for_cve, assign_cve, describe, identify, reject_cve, reserve_cve, world,
};
pub(crate) use head::Head;
pub(crate) use list::{inbox, list};
pub(crate) use look::{Look, id_of};
pub(crate) use moment::Moment;
pub(crate) use overview::{
    accept, acknowledge, analyse, ask, assign, close, decline, rename, score,
};
pub(crate) use seen::{judge_observation, observe};
pub(crate) use step::{Step, StepWithFile, Tried};
pub(crate) use tab::{Tab, Wanted, show as show_tab};
pub(crate) use talk::post;
pub(crate) use vendor::{
    advise, forget_advisory, record_contact, remove, set_status, state, statement_of, states,
    status_of, write_addendum,
};
pub(crate) use vendors::{add_vendors, notify, remind};

/// One thing to choose among several in a form.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

/// Every variant of an enum as choices, the one named `chosen` among them.
pub(crate) fn choices<T: Copy + serde::Serialize>(
    all: &[T],
    label: fn(T) -> &'static str,
    chosen: &str,
) -> Vec<Choice> {
    let choice = |variant: &T| {
        let value = name_of(variant);
        Choice { chosen: value == chosen, value, label: label(*variant).to_owned() }
    };
    all.iter().map(choice).collect()
}

/// `GET /cases/{case}`
pub(crate) async fn show(
    Staff(visitor): Staff,
    Path(at): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let look = Look::open(&visitor, &at).await?;
    tab::show(&look, &wanted, Tried::default()).await
}
