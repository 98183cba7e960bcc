//! By which channels a note goes out, and how far each is: for the team alone.

use app::channel::{Channel, Dispatch, DispatchState};
use axum::response::Response;

use crate::Failure;
use crate::case::{Look, Moment, Step, Tab};

/// Something that goes out by a channel, as the board shows it.
pub(crate) struct Posted {
    pub(crate) id: String,
    pub(crate) channel: &'static str,
    pub(crate) what: String,
    pub(crate) revision: Option<u32>,
    pub(crate) kind: &'static str,
    pub(crate) word: String,
    pub(crate) at: Option<Moment>,
    pub(crate) outcome: String,
    pub(crate) again: bool,
}

/// Everything of a case that goes out by a channel, what went wrong before the rest.
pub(crate) fn board(look: &Look<'_>) -> Vec<Posted> {
    let mut all: Vec<_> = look.opened.dispatches.iter().collect();
    all.sort_by_key(|one| (order(one), std::cmp::Reverse(one.revision), one.channel, one.id));
    all.into_iter().map(|one| Posted::of(look, one)).collect()
}

fn order(one: &Dispatch) -> u8 {
    match one.state {
        DispatchState::GivenUp => 0,
        DispatchState::Waiting => 1,
        DispatchState::Done => 2,
    }
}

impl Posted {
    fn of(look: &Look<'_>, one: &Dispatch) -> Self {
        let tried = one.tried_at.is_some();
        let (kind, word, at) = match one.state {
            DispatchState::Done => ("done", "Went out".to_owned(), one.done_at),
            DispatchState::GivenUp => ("fail", "Given up".to_owned(), one.tried_at),
            DispatchState::Waiting if tried => {
                ("wait", format!("Tried {}, again", times(one.n_tries)), Some(one.next_at))
            }
            DispatchState::Waiting => ("wait", "Waits".to_owned(), Some(one.next_at)),
        };
        Self {
            id: one.id.to_string(),
            channel: name(one.channel),
            what: format!("{} {}", one.what, place(one)).trim().to_owned(),
            revision: one.revision,
            kind,
            word,
            at: at.map(|at| look.moment(at)),
            outcome: one.outcome.clone().unwrap_or_default(),
            again: look.may_write()
                && (one.state == DispatchState::GivenUp
                    || (one.state == DispatchState::Waiting && tried)),
        }
    }
}

/// The target for people: of a webhook the host, without the id behind it.
fn place(one: &Dispatch) -> &str {
    match one.channel {
        Channel::Webhook => one.target.split(' ').next().unwrap_or_default(),
        Channel::Cve | Channel::Site | Channel::List => &one.target,
    }
}

fn times(n: u32) -> String {
    if n == 1 { "once".to_owned() } else { format!("{n} times") }
}

pub(super) fn name(channel: Channel) -> &'static str {
    match channel {
        Channel::Cve => "CVE List",
        Channel::Site => "Copy of the site",
        Channel::Webhook => "Webhook",
        Channel::List => "Mailing list",
    }
}

/// `POST /cases/{case}/draft/again`
pub(crate) async fn again(step: Step) -> Result<Response, Failure> {
    let outcome = match step.fields.parse("dispatch") {
        Ok(dispatch) => app::channel::try_again(&step.ctx(), step.id, dispatch).await,
        Err(wrong) => Err(wrong),
    };
    step.answer(outcome, Tab::Draft.into(), "It is tried again now.").await
}
