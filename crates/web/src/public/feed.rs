//! The newest notes for feed readers.

use axum::response::Response;
use domain::{Published, Timestamp};
use formats::feed::{Feed, Links, Names, Subject, VINCE_NEWEST};
use formats::public_note::Publisher;
use formats::{PublicNote, atom as atom_format, json_feed as json_format};

use super::cached::{Freshness, data};
use crate::Failure;
use crate::actor::Visitor;

/// How many notes a feed holds.
const NEWEST: u32 = 30;

/// `GET /feed.atom`
pub(crate) async fn atom(visitor: Visitor) -> Result<Response, Failure> {
    let (publisher, notes) = newest(&visitor, NEWEST).await?;
    let feed = whole(&publisher, &notes, "/feed.atom");
    Ok(data(Freshness::AskAgain, atom_format::MEDIA_TYPE, atom_format::write(&feed)))
}

/// `GET /feed.json`
pub(crate) async fn json_feed(visitor: Visitor) -> Result<Response, Failure> {
    let (publisher, notes) = newest(&visitor, NEWEST).await?;
    let feed = whole(&publisher, &notes, "/feed.json");
    Ok(data(Freshness::AskAgain, json_format::MEDIA_TYPE, json_format::write(&feed)))
}

/// `GET /vuls/atomfeed/`: the feed that readers of VINCE know (VINCE 2.2).
pub(crate) async fn vince_atom(visitor: Visitor) -> Result<Response, Failure> {
    let limit = u32::try_from(VINCE_NEWEST).unwrap_or(NEWEST);
    let (publisher, notes) = newest(&visitor, limit).await?;
    let feed = Feed::vince(&publisher, &notes, Timestamp::UNIX_EPOCH);
    Ok(data(Freshness::AskAgain, atom_format::MEDIA_TYPE, atom_format::write(&feed)))
}

fn whole<'a>(publisher: &'a Publisher, notes: &'a [PublicNote], address: &str) -> Feed<'a> {
    Feed {
        publisher,
        subject: Subject::All,
        names: Names::Page,
        links: Links::alone(format!("{}{address}", publisher.base_url)),
        notes: notes.iter().collect(),
        begun_at: Timestamp::UNIX_EPOCH,
    }
}

async fn newest(visitor: &Visitor, limit: u32) -> Result<(Publisher, Vec<PublicNote>), Failure> {
    let door = visitor.public();
    let always = (Timestamp::MIN, Timestamp::MAX);
    let notes = app::public::between(&door, always, limit).await?;
    let prefix = app::public::policy(&door).await?.prefix;
    let publisher = app::artefact::publisher(&visitor.site().settings, &prefix);
    Ok((publisher, public(&notes)))
}

fn public(notes: &[Published]) -> Vec<PublicNote> {
    notes.iter().map(PublicNote::from).collect()
}
