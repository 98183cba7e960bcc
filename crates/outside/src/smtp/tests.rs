use super::*;

fn parcel(to: &str) -> Parcel {
    Parcel {
        from: "cases@cert.example".to_owned(),
        to: to.to_owned(),
        message: b"Subject: x\r\n\r\nHello\r\n".to_vec(),
    }
}

#[tokio::test]
async fn a_post_box_keeps_what_it_takes_in_order() {
    let post = PostBox::default();
    let (one, two) = (parcel("one@x.example"), parcel("two@x.example"));
    assert!(post.send(&one).await.is_ok() && post.send(&two).await.is_ok());
    assert_eq!(post.parcels(), [one.clone(), two.clone()]);
    assert_eq!(post.empty(), [one, two]);
    assert!(post.parcels().is_empty());
}

#[tokio::test]
async fn a_post_box_answers_as_it_was_told_to() {
    let post = PostBox::default();
    post.answer(Mood::Defers);
    post.answer_for("no@x.example", Mood::Refuses);
    post.answer_for("half@x.example", Mood::Breaks);
    for (to, how) in [
        ("any@x.example", Failure::Later),
        ("no@x.example", Failure::Never),
        ("half@x.example", Failure::InDoubt),
    ] {
        assert_eq!(post.send(&parcel(to)).await.unwrap_err().how, how, "{to}");
    }
    assert_eq!(post.parcels(), [parcel("half@x.example")], "what broke had been taken");
    post.answer(Mood::Takes);
    assert!(post.send(&parcel("any@x.example")).await.is_ok());
    assert_eq!(post.n_tried(), 4);
}

#[tokio::test]
async fn without_a_relay_every_letter_waits() {
    let answer = Nowhere.send(&parcel("any@x.example")).await;
    assert_eq!(answer, Err(NotTaken::new(Failure::Later, "no relay is configured")));
}

#[test]
fn what_a_relay_says_is_told_in_one_short_line() {
    assert_eq!(one_line("550 5.1.1\r\n no\tsuch \u{1b}[31muser\0"), "550 5.1.1 no such [31muser");
    assert_eq!(one_line(&"é".repeat(500)).chars().count(), 200);
}

#[test]
fn a_password_is_not_printed() {
    let settings = SmtpSettings {
        host: "relay.example".to_owned(),
        port: 465,
        tls: Tls::Implicit,
        username: Some("ombud".to_owned()),
        password: Some("hunter2".to_owned()),
        hello_name: None,
        timeout: Duration::from_secs(30),
    };
    let printed = format!("{settings:?}{settings:#?}");
    assert!(printed.contains("ombud") && !printed.contains("hunter2"), "{printed}");
}
