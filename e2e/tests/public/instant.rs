//! The instant with real servers: two and three on one PostgreSQL, of which some are killed just
//! before or after it, or have clocks that jump by an hour. No server leads: each may publish, and
//! whichever is left does.

use std::thread::sleep;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use store::Place;

use crate::cast::Team;
use crate::database::Database;
use crate::node::{Node, Room};
use crate::now;
use crate::poll::{Fate, Poller};

/// So long after the note was armed it goes out, in milliseconds.
const LEAD: i64 = 2500;

/// Something done to a server, so many milliseconds after the instant.
enum Blow {
    Kill { node: usize, after: i64 },
    Step { node: usize, after: i64, seconds: i64 },
}

impl Blow {
    fn after(&self) -> i64 {
        match self {
            Self::Kill { after, .. } | Self::Step { after, .. } => *after,
        }
    }
}

struct Servers {
    room: Room,
    nodes: Vec<Node>,
    team: Team,
    round: u32,
}

impl Servers {
    async fn start(database: &Database, count: usize) -> Option<Self> {
        let room = Room::new(vec![("OMBUD_DATABASE_URL", database.url())])?;
        let team = Team::at(Place::Postgres { url: database.url(), public_url: None }).await;
        let nodes = (0..count).map(|n| room.start(&format!("node-{n}"))).collect();
        Some(Self { room, nodes, team, round: 0 })
    }

    /// A note goes out under these blows, in the order of their times.
    async fn round(&mut self, blows: &[Blow]) {
        self.round += 1;
        let armed = self.team.arm(&format!("secret{}z", self.round), LEAD).await;
        assert!(until(armed.at, -1000) > Duration::ZERO, "this machine is too slow to watch");
        let pollers = self.nodes.iter().map(|node| Poller::start(&node.name, node.host(), &armed));
        let pollers: Vec<_> = pollers.collect();
        let mut killed = vec![];
        for blow in blows {
            sleep(until(armed.at, blow.after()));
            match blow {
                Blow::Kill { node, .. } => {
                    self.nodes[*node].kill();
                    killed.push(*node);
                }
                Blow::Step { node, seconds, .. } => self.step(*node, *seconds),
            }
        }
        sleep(until(armed.at, 1300));
        for (n, poller) in pollers.into_iter().enumerate() {
            poller.judge(armed.at, if killed.contains(&n) { Fate::Killed } else { Fate::Survives });
        }
        let out = self.team.went_out(&armed).await;
        assert_eq!(out.len(), 1, "it went out once: {out:?}");
        assert!(
            out[0] >= armed.at,
            "it is said to have gone out at {}, before {}",
            out[0],
            armed.at
        );
        for node in killed {
            self.nodes[node] = self.room.start(&format!("node-{node}"));
        }
    }

    fn step(&self, node: usize, seconds: i64) {
        // A server that steps back goes on telling the date that it told last.
        if self.nodes[node].put_ahead(seconds) && seconds > 0 {
            let off = self.nodes[node].tells().duration_since(now()).as_secs() - seconds;
            assert!(off.abs() < 30, "its clock was not moved: it is {off} s off");
        }
    }

    async fn end(self) {
        self.team.is_sound().await;
        for node in &self.nodes {
            let log = self.room.log(&node.name);
            assert!(!log.contains("could not") && !log.contains("panicked"), "{log}");
        }
        self.team.kit.site.store.close().await;
    }
}

/// How long it is until so many milliseconds after an instant.
fn until(at: Timestamp, after: i64) -> Duration {
    let left = (at + SignedDuration::from_millis(after)).duration_since(now());
    Duration::try_from(left).unwrap_or(Duration::ZERO)
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_publish_once_and_on_time_when_one_is_killed() {
    let Some(database) = Database::new("ombud_two").await else { return };
    let Some(mut servers) = Servers::start(&database, 2).await else { return };
    servers.round(&[]).await;
    for (round, after) in [-100, -2, 0, 2, 5, 15].into_iter().enumerate() {
        servers.round(&[Blow::Kill { node: round % 2, after }]).await;
    }
    servers.end().await;
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_servers_publish_once_and_on_time_when_two_are_killed_or_have_a_wrong_clock() {
    let Some(database) = Database::new("ombud_three").await else { return };
    let Some(mut servers) = Servers::start(&database, 3).await else { return };
    for after in [-10, 1, 8] {
        let kill = |node, after| Blow::Kill { node, after };
        servers.round(&[kill(0, after), kill(1, after + 3)]).await;
    }
    let step = |node, after, seconds| Blow::Step { node, after, seconds };
    // One clock jumps an hour ahead, another falls an hour behind, and the third server is right.
    servers.round(&[step(0, -1200, 3600), step(1, -800, -3600)]).await;
    // They stay as they are, and the one that is right is killed: the one ahead has to wait.
    servers.round(&[Blow::Kill { node: 2, after: -300 }]).await;
    servers.round(&[step(0, -900, 0), step(1, -600, 0), step(1, -300, 86_400)]).await;
    servers.end().await;
    database.drop().await;
}
