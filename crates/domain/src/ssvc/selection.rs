//! What was answered, when, and what the table said: the form in which a decision is kept and
//! exchanged (SSVC schema `SelectionList` 2.0.0).

use std::fmt::Write as _;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Decision, DecisionPoint, Id, Point, Publication, Triage, point::NAMESPACE, quote};

/// The longest `SelectionList` that is read, in bytes.
pub const LONGEST_LIST: usize = 64 * 1024;

/// The version of the `SelectionList` schema that is read and written.
const SCHEMA_VERSION: &str = "2.0.0";

/// A question and the key of the answer that was chosen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Answer {
    /// The question.
    pub point: Id,
    /// The key of the answer.
    pub value: String,
}

/// A decision as it was made: kept by ids and versions, never by names, so that it still says
/// the same when a table or a question has a newer version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct Selection {
    table: Id,
    chosen: Vec<Answer>,
    outcome: Answer,
    at: Timestamp,
}

/// How a selection is written down; a change of shape is another variant.
#[derive(Serialize, Deserialize)]
#[serde(tag = "form")]
enum Stored {
    #[serde(rename = "1")]
    First { table: Id, chosen: Vec<Answer>, outcome: Answer, at: Timestamp },
}

impl From<Selection> for Stored {
    fn from(Selection { table, chosen, outcome, at }: Selection) -> Self {
        Self::First { table, chosen, outcome, at }
    }
}

impl TryFrom<Stored> for Selection {
    type Error = &'static str;

    fn try_from(stored: Stored) -> Result<Self, Self::Error> {
        let Stored::First { table, chosen, outcome, at } = stored;
        if chosen.is_empty() {
            return Err("a selection has at least one answer");
        }
        Ok(Self { table, chosen, outcome, at })
    }
}

impl Selection {
    /// Writes down a decision with what its table says, at a time.
    pub fn new<D: Decision>(decision: D, at: Timestamp) -> Self {
        let answers = D::POINTS.iter().zip(decision.keys());
        Self {
            table: table_id::<D>(),
            chosen: answers
                .map(|(point, key)| Answer { point: point.id(), value: key.to_owned() })
                .collect(),
            outcome: Answer {
                point: D::Outcome::POINT.id(),
                value: decision.decide().key().to_owned(),
            },
            at,
        }
    }

    /// The table that was used.
    pub fn table(&self) -> &Id {
        &self.table
    }

    /// The answers, in the order of the table.
    pub fn chosen(&self) -> &[Answer] {
        &self.chosen
    }

    /// What the table said.
    pub fn outcome(&self) -> &Answer {
        &self.outcome
    }

    /// When.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// The answers as those of a decision, if they were made with the table that we use now.
    pub fn decision<D: Decision>(&self) -> Result<D, SsvcError> {
        if self.table != table_id::<D>() {
            return Err(SsvcError::NoTableFits);
        }
        D::read(|point| answer_to(&self.chosen, point))
    }

    /// The selection as SSVC's `SelectionList` 2.0.0; `targets` are what was decided about, such
    /// as CVE ids. The outcome is the last of the selections.
    pub fn to_list(&self, targets: &[String]) -> Value {
        let selections: Vec<Value> = self
            .chosen
            .iter()
            .chain([&self.outcome])
            .map(|Answer { point, value }| {
                json!({
                    "namespace": point.namespace,
                    "key": point.key,
                    "version": point.version,
                    "values": [{ "key": value }],
                })
            })
            .collect();
        let mut list = json!({
            "timestamp": self.at.to_string(),
            "schemaVersion": SCHEMA_VERSION,
            "selections": selections,
        });
        let mut distinct: Vec<&String> = Vec::new();
        for target in targets {
            if !distinct.contains(&target) {
                distinct.push(target);
            }
        }
        if !distinct.is_empty() {
            list["target_ids"] = json!(distinct);
        }
        list
    }

    /// Reads a `SelectionList` 2.0.0 and what it is about. Answers to questions that the table
    /// does not ask are left aside; an outcome that the table contradicts is refused.
    pub fn from_list(text: &str) -> Result<(Self, Vec<String>), SsvcError> {
        if text.len() > LONGEST_LIST {
            return Err(SsvcError::TooLong);
        }
        let list: List = serde_json::from_str(text)
            .map_err(|error| SsvcError::NotAList { why: error.to_string() })?;
        if list.schema_version != SCHEMA_VERSION {
            return Err(SsvcError::UnknownSchema { version: quote(&list.schema_version) });
        }
        let answers = list.selections.iter().map(Listed::answer).collect::<Result<Vec<_>, _>>()?;
        for (place, answer) in answers.iter().enumerate() {
            if answers.iter().take(place).any(|earlier| earlier.point == answer.point) {
                return Err(SsvcError::SeveralValues { key: quote(&answer.point.key) });
            }
        }
        let has = |point: &Point| answer_to(&answers, point).is_some();
        let selection = if Triage::POINTS.iter().any(|point| has(point)) {
            read_with::<Triage>(&answers, list.timestamp)?
        } else if Publication::POINTS.iter().any(|point| has(point)) {
            read_with::<Publication>(&answers, list.timestamp)?
        } else {
            return Err(SsvcError::NoTableFits);
        };
        Ok((selection, list.target_ids))
    }

    /// The selection in SSVC's older one-line form, for export: the same letters mean other
    /// things in other tables, so show the table beside it.
    pub fn vector(&self) -> String {
        let mut vector = String::from("SSVCv2/");
        for Answer { point, value } in self.chosen.iter().chain([&self.outcome]) {
            let _ = write!(vector, "{}:{value}/", point.key);
        }
        let _ = write!(vector, "{}/", self.at);
        vector
    }
}

fn table_id<D: Decision>() -> Id {
    Id::new(NAMESPACE, D::TABLE, D::VERSION)
}

/// The answer to exactly this version of a question.
fn answer_to<'a>(answers: &'a [Answer], point: &Point) -> Option<&'a str> {
    let id = point.id();
    answers.iter().find(|answer| answer.point == id).map(|answer| answer.value.as_str())
}

fn read_with<D: Decision>(answers: &[Answer], at: Timestamp) -> Result<Selection, SsvcError> {
    let decision = D::read(|point| answer_to(answers, point))?;
    let selection = Selection::new(decision, at);
    match answer_to(answers, D::Outcome::POINT) {
        Some(said) if said != selection.outcome.value => Err(SsvcError::OutcomeDiffers {
            said: quote(said),
            table: selection.outcome.value.clone(),
        }),
        Some(_) | None => Ok(selection),
    }
}

/// The parts of a `SelectionList` that we read; the others are for people.
#[derive(Deserialize)]
struct List {
    timestamp: Timestamp,
    #[serde(rename = "schemaVersion")]
    schema_version: String,
    selections: Vec<Listed>,
    #[serde(default)]
    target_ids: Vec<String>,
}

#[derive(Deserialize)]
struct Listed {
    namespace: String,
    key: String,
    version: String,
    values: Vec<ListedValue>,
}

#[derive(Deserialize)]
struct ListedValue {
    key: String,
}

impl Listed {
    fn answer(&self) -> Result<Answer, SsvcError> {
        let [value] = self.values.as_slice() else {
            return Err(SsvcError::SeveralValues { key: quote(&self.key) });
        };
        Ok(Answer {
            point: Id::new(&self.namespace, &self.key, &self.version),
            value: value.key.clone(),
        })
    }
}

/// Why answers make no decision, as a sentence for the person who gave them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SsvcError {
    /// A question of the table has no answer.
    #[error("{point} version {} is not answered: choose {}.", point.version, point.allowed())]
    NotAnswered {
        /// The question.
        point: &'static Point,
    },
    /// An answer is not one of those of its question.
    #[error("{point} cannot be “{given}”: choose {}.", point.allowed())]
    UnknownValue {
        /// The question.
        point: &'static Point,
        /// What was answered.
        given: String,
    },
    /// A question has no answer or more than one, so that nothing is decided.
    #[error("“{key}” must have exactly one answer.")]
    SeveralValues {
        /// The key of the question.
        key: String,
    },
    /// The answers are not to the questions of a table that we use.
    #[error("These answers belong neither to our triage table nor to our publication table.")]
    NoTableFits,
    /// The outcome given is not the one of the table.
    #[error("The outcome given is “{said}”, but from these answers the table says “{table}”.")]
    OutcomeDiffers {
        /// The key given.
        said: String,
        /// The key in the table.
        table: String,
    },
    /// The text is longer than any selection.
    #[error("The list is too long: at most {LONGEST_LIST} bytes.")]
    TooLong,
    /// The text is not a `SelectionList`.
    #[error("This is not an SSVC SelectionList: {why}.")]
    NotAList {
        /// What the reader stumbled over.
        why: String,
    },
    /// It is a `SelectionList` of a version that we do not read.
    #[error("We read SelectionList version {SCHEMA_VERSION}, and this is version “{version}”.")]
    UnknownSchema {
        /// The version.
        version: String,
    },
}
