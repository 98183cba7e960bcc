//! The door for everyone, of one node: what is seen there of one note.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// What there is of one note, with its digits for `{}`: there, or not there at all.
pub(crate) const OF_A_NOTE: [&str; 8] = [
    "/vuls/VU-{}",
    "/vuls/VU-{}/json",
    "/vuls/VU-{}/csaf",
    "/vuls/VU-{}/csaf-2.1",
    "/vuls/VU-{}/text",
    "/vuls/VU-{}/openvex",
    "/vuls/VU-{}/osv-1",
    "/vuls/api/{}/vuls/",
];

/// What lists notes: always there, and names it or not.
pub(crate) const LISTS: [&str; 10] = [
    "/",
    "/vuls/",
    "/vuls/?q=overflow",
    "/feed.atom",
    "/feed.json",
    "/vuls/atomfeed/",
    "/.well-known/csaf/v2.0/white/index.txt",
    "/.well-known/csaf/v2.0/white/changes.csv",
    "/.well-known/csaf/v2.1/clear/changes.csv",
    "/.well-known/csaf/v2.1/clear/feed-tlp-clear.json",
];

pub(crate) async fn get(router: &Router, address: &str) -> (StatusCode, String) {
    let request = Request::get(address).body(Body::empty()).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

/// What an address must say of a note.
pub(crate) struct Expected {
    /// The digits of its number.
    pub(crate) digits: String,
    /// A word of every title that is not public.
    pub(crate) secret: Vec<String>,
    /// A word of the title that is.
    pub(crate) public: Option<String>,
}

impl Expected {
    /// Asks one address.
    pub(crate) async fn at(&self, router: &Router, address: &str) {
        let list = !address.contains("{}");
        let (status, body) = get(router, &address.replace("{}", &self.digits)).await;
        for word in &self.secret {
            assert!(!body.contains(word), "{address} names {word}, which is not public");
        }
        match &self.public {
            None if list => assert!(!body.contains(&self.digits), "{address} names the note"),
            None if address.contains("/api/") => {
                assert!(body.contains("does not exist"), "{address}: {status} {body}");
            }
            None => assert_eq!(status, StatusCode::NOT_FOUND, "{address}"),
            Some(word) => {
                assert_eq!(status, StatusCode::OK, "{address} has no {word}");
                let titled = ["index.txt", "changes.csv", "/osv-1", "/openvex", "/vuls/api/"];
                let named = if titled.iter().any(|untitled| address.contains(untitled)) {
                    &self.digits
                } else {
                    word
                };
                assert!(body.contains(named), "{address} does not name {named}: {body}");
            }
        }
    }
}
