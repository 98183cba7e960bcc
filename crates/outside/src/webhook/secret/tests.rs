use super::*;
use crate::webhook::{Address, Message};

/// The example that the libraries of the scheme are tested with.
const KEY: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn example() -> Message {
    Message {
        to: Address::parse("https://hooks.example/").unwrap(),
        id: "msg_p5jXN8AQM9LWM0D4loKWxJek".to_owned(),
        at: 1_614_265_330,
        body: br#"{"test": 2432232314}"#.to_vec(),
        secrets: vec![Secret::of(&STANDARD.decode(KEY).unwrap())],
    }
}

#[test]
fn the_example_of_the_scheme_comes_out_as_it_should() {
    let message = example();
    assert_eq!(message.signatures(), "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_eq!(*message.secrets[0].written(), format!("whsec_{KEY}"));
}

#[test]
fn while_a_secret_is_changed_there_is_a_signature_of_each() {
    let mut message = example();
    message.secrets.insert(0, Secret::of(&[7; 32]));
    let both = message.signatures();
    let both: Vec<_> = both.split(' ').collect();
    assert_eq!(both.len(), 2);
    assert_eq!(both[1], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_ne!(both[0], both[1]);
}

#[test]
fn whatever_is_changed_changes_the_signature() {
    let signed = |change: fn(&mut Message)| {
        let mut message = example();
        change(&mut message);
        message.signatures()
    };
    let as_it_was = signed(|_| {});
    for change in [
        (|message| message.id.push('x')) as fn(&mut Message),
        |message| message.at += 1,
        |message| message.body.push(b' '),
        |message| message.secrets = vec![Secret::of(b"another")],
    ] {
        assert_ne!(signed(change), as_it_was);
    }
}

#[test]
fn neither_secret_nor_address_is_printed() {
    let printed = format!("{:?} {:?}", example(), example().secrets);
    assert!(printed.contains("msg_p5j") && printed.contains("Secret(…)"), "{printed}");
    assert!(!printed.contains("hooks") && !printed.contains(KEY), "{printed}");
}
