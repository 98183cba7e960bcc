//! A stand-in for CVE Services: a real HTTP server on a free port that answers as the service's
//! OpenAPI document (2.x) says, with its states, error codes, quotas and pages. It keeps
//! everything in memory, and can be told to be down, busy, or to lose its answers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Query, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use outside::cve_services::{Account, ApiKey};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::StillClock;

mod asked;
mod records;
mod world;

use asked::Asked;
use world::World;

/// The organisation that has an account from the start.
pub const ORGANIZATION: &str = "northlake";
/// Its UUID.
pub const ORGANIZATION_ID: &str = "2f6b0c1e-98f4-4c3b-8a1d-5e0f6a7b8c9d";
/// Its user.
pub const USER: &str = "ombud@northlake.example";
/// The user's key.
pub const KEY: &str = "KEY-OF-NORTHLAKE";

/// Records are not longer than this, in bytes.
const LONGEST: usize = 16 * 1024 * 1024;

/// How the service is today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mood {
    /// It does what it is asked, and says so.
    #[default]
    Works,
    /// It does nothing, and says that it is not available.
    Down,
    /// It does nothing, and asks for patience.
    Busy,
    /// It does what it is asked, and the answer is lost on its way.
    LosesAnswers,
}

/// The stand-in, which ends with this value.
pub struct CveServices {
    address: String,
    world: Arc<Mutex<World>>,
    server: JoinHandle<()>,
}

impl CveServices {
    /// Starts one in which nothing is reserved yet.
    pub async fn start(clock: Arc<StillClock>) -> Self {
        let world = Arc::new(Mutex::new(World::new(clock)));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/api/", listener.local_addr().unwrap());
        let router = Router::new().fallback(answer).with_state(world.clone());
        let server = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, world, server }
    }

    /// The address below which its paths lie.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The account that is there from the start.
    pub fn account(&self) -> Account {
        Account {
            address: self.address.clone(),
            organization: ORGANIZATION.to_owned(),
            user: USER.to_owned(),
            key: ApiKey::new(KEY),
            timeout: Duration::from_secs(20),
        }
    }

    /// Our own client, with that account.
    pub fn client(&self) -> outside::cve_services::CveServices {
        outside::cve_services::CveServices::new(&self.account()).unwrap()
    }

    /// From now on it is so.
    pub fn be(&self, mood: Mood) {
        self.world().mood = mood;
    }

    /// The organisation may have so many IDs reserved.
    pub fn set_quota(&self, quota: usize) {
        self.world().set_quota(ORGANIZATION, quota);
    }

    /// A list has so many IDs on a page.
    pub fn set_page(&self, size: usize) {
        self.world().page_size = size;
    }

    /// So many IDs are left to be drawn by chance.
    pub fn leave(&self, left: usize) {
        self.world().left = Some(left);
    }

    /// Another organisation reserves an ID.
    pub fn reserve_for_another(&self) -> String {
        self.world().reserve_for_another()
    }

    /// Every ID, with its state and owner.
    pub fn ids(&self) -> Vec<String> {
        self.world().shown()
    }

    /// The record of an ID.
    pub fn record(&self, id: &str) -> Option<Value> {
        self.world().records.get(id).cloned()
    }

    /// What it was asked since the last time, as method and path.
    pub fn calls(&self) -> Vec<String> {
        std::mem::take(&mut self.world().calls)
    }

    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap()
    }
}

impl Drop for CveServices {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn answer(State(world): State<Arc<Mutex<World>>>, request: Request) -> Response {
    let asked = asked(request).await;
    let mut world = world.lock().unwrap();
    world.calls.push(format!("{} /{}", asked.method, asked.path.join("/")));
    let (status, said) = match world.mood {
        Mood::Works => world.answer(&asked),
        Mood::Down => world::not_available(),
        Mood::Busy => world::too_many(),
        Mood::LosesAnswers => {
            world.answer(&asked);
            return (StatusCode::BAD_GATEWAY, "<html>502 Bad Gateway</html>").into_response();
        }
    };
    let status = StatusCode::from_u16(status).unwrap();
    (status, axum::Json(said)).into_response()
}

async fn asked(request: Request) -> Asked {
    let (head, body) = request.into_parts();
    let query = Query::<BTreeMap<String, String>>::try_from_uri(&head.uri);
    let path = head.uri.path().trim_start_matches("/api").split('/');
    let bytes = to_bytes(body, LONGEST).await.unwrap();
    Asked {
        method: head.method.to_string(),
        path: path.filter(|step| !step.is_empty()).map(|step| step.replace("%40", "@")).collect(),
        query: query.map(|Query(query)| query).unwrap_or_default(),
        organization: header(&head.headers, "CVE-API-ORG"),
        user: header(&head.headers, "CVE-API-USER"),
        key: header(&head.headers, "CVE-API-KEY"),
        body: serde_json::from_slice(&bytes).ok(),
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| value.to_str().unwrap().to_owned())
}
