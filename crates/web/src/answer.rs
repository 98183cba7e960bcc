//! A document of a vendor, as the page shows what was understood of it, and what of it was chosen.

use app::answer::{Offer, Taken, TakenLine, Understood};
use domain::event::StatementAudience;
use domain::participant::Participant;

use crate::case::statement_of;
use crate::form::Fields;
use crate::public::vendor_status;

/// What a document says, to choose from.
pub(crate) struct Offers {
    pub(crate) format: &'static str,
    pub(crate) title: String,
    pub(crate) broken: Vec<String>,
    pub(crate) rows: Vec<Row>,
    pub(crate) statement: String,
    pub(crate) references: String,
    /// What becomes of an earlier statement.
    pub(crate) replaces: &'static str,
    pub(crate) left_out: Vec<(String, &'static str)>,
    pub(crate) more_left_out: usize,
}

/// A line that may be taken over.
pub(crate) struct Row {
    pub(crate) value: String,
    pub(crate) ticked: bool,
    pub(crate) subject: String,
    pub(crate) kind: &'static str,
    pub(crate) word: &'static str,
    pub(crate) versions: String,
    pub(crate) remarks: Vec<String>,
}

impl Offers {
    /// What a document says of a vendor's products.
    pub(crate) fn new(understood: Understood, them: &Participant) -> Self {
        let Understood { format, title, offers, broken, left_out, more_left_out, .. } = understood;
        Self {
            format,
            title: title.unwrap_or_default(),
            broken,
            rows: offers.into_iter().map(Row::new).collect(),
            statement: understood.statement,
            references: understood.references,
            replaces: if them.statements.is_empty() {
                "Left empty with the field below, no statement is given."
            } else {
                "It takes the place of the statement that was given before. Left empty with the \
                 field below, the earlier one stays."
            },
            left_out: left_out.into_iter().map(|left| (left.what, left.why)).collect(),
            more_left_out,
        }
    }
}

impl Row {
    fn new(offer: Offer) -> Self {
        let (kind, word) = vendor_status(&offer.line.status, true);
        let product = offer.product.unwrap_or_else(|| "all products".to_owned());
        let stands = offer.stands.then(|| "It stands so already.".to_owned());
        Self {
            // What it is made of can always be written.
            value: serde_json::to_string(&offer.line).unwrap_or_default(),
            ticked: offer.doubt.is_none() && !offer.stands,
            subject: format!("{}, {product}", offer.flaw),
            kind,
            word,
            versions: offer.line.versions,
            remarks: offer.doubt.into_iter().chain(offer.lost).chain(stands).collect(),
        }
    }
}

/// What was chosen of a document, for the coordinators to read.
pub(crate) fn taken_of(fields: &Fields) -> app::Result<Taken> {
    let wrong = |_| app::Error::invalid("document", "This is not one of the lines to choose from.");
    let lines = fields.all("line").map(serde_json::from_str::<TakenLine>);
    Ok(Taken {
        lines: lines.collect::<Result<_, _>>().map_err(wrong)?,
        statement: statement_of(fields),
        audience: StatementAudience::Coordinator,
    })
}
