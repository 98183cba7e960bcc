use domain::event::Event;
use domain::rm::RmStep;
use uuid::Uuid;

use super::what;

#[test]
fn what_happened_reads_as_a_sentence_begins() {
    assert_eq!(what(&Event::ReportValidated), "Report validated");
    assert_eq!(what(&Event::PublicationHeld), "Publication held");
}

#[test]
fn names_that_mean_nothing_to_people_are_said_otherwise() {
    let participant = Uuid::nil().into();
    let moved = Event::RmMoved { participant, step: RmStep::Receive };
    assert_eq!(what(&moved), "Handling of the report moved on");
}
