//! Three readers of calendars that we did not write.

use std::process::Command;

use serde_json::{Value, json};

use super::*;
use crate::judge;
use crate::sample::judge::tool;

const ICALENDAR: &str = "
import sys, json, icalendar
calendar = icalendar.Calendar.from_ical(sys.stdin.buffer.read())
def of(event):
    guest = event.get('ATTENDEE')
    return {
        'uid': str(event['UID']), 'sequence': int(event['SEQUENCE']),
        'summary': str(event['SUMMARY']), 'start': event.decoded('DTSTART').isoformat(),
        'status': str(event['STATUS']), 'errors': [str(error) for error in event.errors],
        'organizer': str(event['ORGANIZER']) if 'ORGANIZER' in event else None,
        'guest': str(guest) if guest is not None else None,
        'name': str(guest.params['CN']) if guest is not None else None,
        'rsvp': str(guest.params['RSVP']) if guest is not None else None,
    }
print(json.dumps({'method': str(calendar['METHOD']), 'events': [of(e) for e in calendar.walk('VEVENT')]}))";

const VOBJECT: &str = "
import sys, json, vobject
calendar = vobject.readOne(sys.stdin.buffer.read().decode())
calendar.validate(raiseException=True)
def of(event):
    guest = event.contents.get('attendee', [None])[0]
    return {
        'uid': event.uid.value, 'sequence': int(event.sequence.value),
        'summary': event.summary.value, 'start': event.dtstart.value.isoformat(),
        'status': event.status.value, 'errors': [],
        'organizer': event.organizer.value if 'organizer' in event.contents else None,
        'guest': guest.value if guest is not None else None,
        'name': guest.params['CN'][0] if guest is not None else None,
        'rsvp': guest.params['RSVP'][0] if guest is not None else None,
    }
print(json.dumps({'method': calendar.method.value, 'events': [of(e) for e in calendar.vevent_list]}))";

const ICAL_JS: &str = "
import { readFileSync } from 'node:fs';
const { default: ICAL } = await import(process.argv[1]);
const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, 'utf8')));
const of = event => {
  const text = name => event.getFirstPropertyValue(name);
  const guest = event.getFirstProperty('attendee');
  return {
    uid: text('uid'), sequence: text('sequence'), summary: text('summary'),
    start: text('dtstart').toJSDate().toISOString().replace('.000Z', '+00:00'),
    status: text('status'), errors: [], organizer: text('organizer'),
    guest: guest && guest.getFirstValue(), name: guest && guest.getParameter('cn'),
    rsvp: guest && guest.getParameter('rsvp'),
  };
};
console.log(JSON.stringify({
  method: calendar.getFirstPropertyValue('method'),
  events: calendar.getAllSubcomponents('vevent').map(of),
}));";

/// What each of the judges that are here sees.
fn seen(calendar: &[u8]) -> Vec<Value> {
    let python = [("icalendar", ICALENDAR), ("vobject", VOBJECT)];
    let mut seen: Vec<Value> =
        python.iter().filter_map(|(name, script)| judge::python(name, script, calendar)).collect();
    if let Some(module) = tool("ical.js/node_modules/ical.js/dist/ical.js") {
        let mut node = Command::new("node");
        node.args(["--input-type=module", "-e", ICAL_JS]).arg(module);
        seen.push(judge::answer(&mut node, calendar));
    }
    seen
}

#[test]
fn three_readers_see_the_invitation() {
    let expected = json!({
        "method": "REQUEST",
        "events": [{
            "uid": "0198c0de-7aaa-7bbb-8ccc-0123456789ab@cert.example", "sequence": 2,
            "summary": "VU#123456", "start": "2026-12-09T14:00:00+00:00", "status": "TENTATIVE",
            "errors": [], "organizer": "mailto:cert@cert.example",
            "guest": "mailto:ann@acme.example", "name": "Ann 'Lid', Acme", "rsvp": "TRUE",
        }],
    });
    for seen in seen(&request(&invitation())) {
        assert_eq!(seen, expected);
    }
}

#[test]
fn three_readers_see_every_embargo_of_a_long_calendar() {
    let events: Vec<EmbargoEnd> = (0..500)
        .map(|n| EmbargoEnd {
            uid: format!("{}\u{1F600}, {n}", "long ".repeat(20)),
            number: format!("VU#{n}").parse().unwrap(),
            ..event()
        })
        .collect();
    for seen in seen(&publish("Embargoes", &events)) {
        assert_eq!(seen["method"], "PUBLISH");
        let found = seen["events"].as_array().unwrap().iter();
        let found: Vec<_> =
            found.map(|event| (event["uid"].clone(), event["summary"].clone())).collect();
        let expected: Vec<_> = events
            .iter()
            .map(|event| (json!(event.uid), json!(String::from(event.number.clone()))))
            .collect();
        assert_eq!(found, expected);
    }
}
