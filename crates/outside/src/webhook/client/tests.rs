use std::collections::HashMap;
use std::sync::Mutex;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;
use crate::webhook::{Outcome, Secret};

/// Names as a test wants them: each list of numbers serves one look-up, the last all others.
#[derive(Default)]
struct Told(Mutex<HashMap<String, Vec<Vec<IpAddr>>>>);

impl Told {
    fn name(host: &str, look_ups: &[&[&str]]) -> Arc<Self> {
        let numbers = |one: &&[&str]| one.iter().map(|number| number.parse().unwrap()).collect();
        let told = HashMap::from([(host.to_owned(), look_ups.iter().map(numbers).collect())]);
        Arc::new(Self(Mutex::new(told)))
    }
}

impl Names for Told {
    fn numbers(
        &self,
        host: String,
    ) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let mut told = self.0.lock().unwrap();
        let found = match told.get_mut(&host) {
            Some(look_ups) if look_ups.len() > 1 => look_ups.remove(0),
            Some(look_ups) => look_ups[0].clone(),
            None => vec![],
        };
        Box::pin(std::future::ready(Ok(found)))
    }
}

fn courier(names: Arc<dyn Names>, networks: &[&str]) -> Https {
    let networks = networks.iter().map(|text| text.parse().unwrap()).collect();
    let patience = Patience { whole: Duration::from_secs(2), ..PATIENCE };
    Https::with(Guard { names, networks: Networks::new(networks), patience }, &[]).unwrap()
}

fn message(to: &str) -> Message {
    Message {
        to: Address::parse(to).unwrap(),
        id: "msg_1".to_owned(),
        at: 1_795_000_000,
        body: b"{}".to_vec(),
        secrets: vec![Secret::of(&[7; 32])],
    }
}

/// A server that answers every call with these bytes, and what it was asked.
async fn server(answer: &'static [u8]) -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(vec![]));
    let heard = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut bytes = vec![0; 4096];
            let n = stream.read(&mut bytes).await.unwrap_or(0);
            heard.lock().unwrap().push(String::from_utf8_lossy(&bytes[..n]).into_owned());
            if answer.is_empty() {
                std::future::pending::<()>().await;
            }
            drop(stream.write_all(answer).await);
        }
    });
    (port, asked)
}

#[tokio::test]
async fn a_message_is_posted_with_its_id_its_time_and_its_signature() {
    let (port, asked) = server(b"HTTP/1.1 204 No Content\r\n\r\n").await;
    let courier = courier(Told::name("hooks.example", &[&["127.0.0.1"]]), &["127.0.0.1"]);
    let message = message(&format!("http://hooks.example:{port}/in?k=1"));
    let answer = courier.deliver(&message).await;
    assert_eq!((answer.outcome, answer.status), (Outcome::Taken, Some(204)), "{}", answer.words);
    let asked = asked.lock().unwrap().join("");
    assert!(asked.starts_with("POST /in?k=1 HTTP/1.1\r\n"), "{asked}");
    for line in [
        "content-type: application/json\r\n",
        "webhook-id: msg_1\r\n",
        "webhook-timestamp: 1795000000\r\n",
        &format!("webhook-signature: {}\r\n", message.signatures()),
        &format!("host: hooks.example:{port}\r\n"),
    ] {
        assert!(asked.contains(line), "{line} in {asked}");
    }
    assert!(asked.ends_with("\r\n\r\n{}"), "{asked}");
}

#[tokio::test]
async fn nothing_inside_is_called_by_name_or_by_number() {
    let (port, asked) = server(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let names = Told::name("hooks.example", &[&["127.0.0.1"]]);
    let courier = courier(names, &[]);
    let inside = "that host is inside a network that may not be called";
    let plain = "plain http is only for networks that the operator named";
    for (to, why) in [
        (format!("https://hooks.example:{port}/"), inside),
        (format!("https://127.0.0.1:{port}/"), inside),
        (format!("https://[::ffff:127.0.0.1]:{port}/"), inside),
        (format!("https://2130706433:{port}/"), inside),
        ("https://169.254.169.254/latest/meta-data/".to_owned(), inside),
        (format!("http://hooks.example:{port}/"), plain),
        (format!("http://127.0.0.1:{port}/"), plain),
        ("https://nobody.example/".to_owned(), "there is no such host"),
    ] {
        let answer = courier.deliver(&message(&to)).await;
        assert_eq!((answer.outcome, answer.words.as_str()), (Outcome::Later, why), "{to}");
        let address = Address::parse(&to).unwrap();
        assert_eq!(courier.look_up(&address).await, Err(why.to_owned()), "{to}");
    }
    assert!(asked.lock().unwrap().is_empty(), "something was called");
}

#[tokio::test]
async fn a_name_with_one_number_inside_is_not_called_at_all() {
    let names = Told::name("hooks.example", &[&["93.184.216.34", "10.0.0.1"]]);
    let answer = courier(names, &[]).deliver(&message("https://hooks.example/")).await;
    assert_eq!(answer.words, "that host is inside a network that may not be called");
}

/// The name leads to a place that may be called, and at the next look-up to the inside: what was
/// judged is what is called.
#[tokio::test]
async fn a_name_that_changes_its_mind_is_called_where_it_was_judged() {
    let (port, asked) = server(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let names = Told::name("hooks.example", &[&["127.0.0.1"], &["127.0.0.2"], &["10.0.0.1"]]);
    let courier = courier(names, &["127.0.0.1"]);
    let to = message(&format!("http://hooks.example:{port}/"));
    assert_eq!(courier.deliver(&to).await.outcome, Outcome::Taken, "one look-up for one call");
    assert_eq!(courier.deliver(&to).await.outcome, Outcome::Later, "looked up anew, and judged");
    assert_eq!(courier.deliver(&to).await.outcome, Outcome::Later);
    assert_eq!(asked.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let (inner, asked_inside) = server(b"HTTP/1.1 200 OK\r\n\r\n").await;
    let answer = format!("HTTP/1.1 307 x\r\nlocation: http://127.0.0.1:{inner}/\r\n\r\n");
    let (port, _) = server(answer.leak().as_bytes()).await;
    let answer = courier(Arc::new(System), &["127.0.0.1"])
        .deliver(&message(&format!("http://127.0.0.1:{port}/")))
        .await;
    assert_eq!(answer.words, "answered 307; redirects are not followed");
    assert!(asked_inside.lock().unwrap().is_empty());
}

#[tokio::test]
async fn each_status_means_what_the_scheme_says() {
    for (answered, outcome) in [
        (&b"HTTP/1.1 200 OK\r\n\r\n"[..], Outcome::Taken),
        (b"HTTP/1.1 202 x\r\n\r\n", Outcome::Taken),
        (b"HTTP/1.1 400 x\r\n\r\n", Outcome::Later),
        (b"HTTP/1.1 410 x\r\n\r\n", Outcome::Gone),
        (b"HTTP/1.1 500 <script>\r\n\r\n", Outcome::Later),
        (b"SSH-2.0-OpenSSH_9.9\r\n", Outcome::Later),
    ] {
        let (port, _) = server(answered).await;
        let courier = courier(Arc::new(System), &["127.0.0.1"]);
        let answer = courier.deliver(&message(&format!("http://127.0.0.1:{port}/"))).await;
        assert_eq!(answer.outcome, outcome, "{}", String::from_utf8_lossy(answered));
        let shown = answer.words;
        assert!(!shown.contains("script") && !shown.contains("SSH"), "{shown}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_not_read() {
    // It promises a gigabyte and sends none of it: whoever waited for it would wait for the end.
    let (port, _) = server(b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\nx").await;
    let courier = courier(Arc::new(System), &["127.0.0.1"]);
    let answer = courier.deliver(&message(&format!("http://127.0.0.1:{port}/"))).await;
    assert_eq!(answer.outcome, Outcome::Taken);
    assert!(answer.took < Duration::from_secs(2), "{:?}", answer.took);
}

#[tokio::test]
async fn who_does_not_answer_in_time_is_tried_later() {
    let (port, _) = server(b"").await;
    let courier = courier(Arc::new(System), &["127.0.0.1"]);
    let answer = courier.deliver(&message(&format!("http://127.0.0.1:{port}/"))).await;
    assert_eq!(answer.words, "did not answer in time");
    assert!(answer.took >= Duration::from_secs(2), "{:?}", answer.took);
}

#[tokio::test]
async fn who_is_not_there_cannot_be_reached() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let courier = courier(Arc::new(System), &["127.0.0.1"]);
    let answer = courier.deliver(&message(&format!("http://127.0.0.1:{port}/"))).await;
    assert_eq!(answer.words, "cannot be reached");
}
