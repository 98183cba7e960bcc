use std::path::PathBuf;
use std::process::Command;

use store::{Blobs, CaseFilter, Page, Place, Schema, Sight, Store, StoreError, Tx, sample};

use super::{Room, Said, Server};

/// The key file that belongs to what [`Data::fill`] writes.
const KEYS: &str = "kek = 0707070707070707070707070707070707070707070707070707070707070707\n\
    pepper = 0909090909090909090909090909090909090909090909090909090909090909\n";

/// The address of a server in links.
pub(crate) const BASE_URL: &str = "http://cert.example";

/// A place for a server's data: a room with its key file, and rows in a file or in PostgreSQL.
pub(crate) struct Data {
    pub(crate) room: Room,
    schema: Option<Schema>,
}

impl Data {
    /// On SQLite, with keys.
    pub(crate) fn sqlite() -> Self {
        let data = Self { room: Room::new(), schema: None };
        data.give_keys();
        data
    }

    /// On PostgreSQL, with keys, if there is a server for tests.
    pub(crate) fn postgres() -> Option<Self> {
        let schema = Schema::new().expect("PostgreSQL answers")?;
        let data = Self { room: Room::new(), schema: Some(schema) };
        data.give_keys();
        Some(data)
    }

    /// Another place on the same engine, empty.
    pub(crate) fn another(&self) -> Self {
        if self.schema.is_none() { Self::sqlite() } else { Self::postgres().expect("it was there") }
    }

    fn give_keys(&self) {
        use std::os::unix::fs::PermissionsExt;
        self.room.write("ombud-data.key", KEYS);
        let closed = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(self.keys(), closed).expect("a mode");
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.room.path("ombud-data.key")
    }

    /// Where the rows are.
    pub(crate) fn place(&self) -> Place {
        match &self.schema {
            Some(schema) => schema.place(),
            None => Place::Sqlite { path: self.room.path("ombud-data/ombud.sqlite") },
        }
    }

    /// The place as it is named on the command line.
    pub(crate) fn address(&self) -> String {
        match self.place() {
            Place::Sqlite { path } => path.display().to_string(),
            Place::Postgres { url, .. } => url,
        }
    }

    /// The program with these words, on this data.
    pub(crate) fn ombud(&self, words: &[&str]) -> Command {
        let mut command = self.room.ombud(words);
        if self.schema.is_some() {
            command.env("OMBUD_DATABASE_URL", self.address());
        }
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Said {
        Said::of(self.ombud(words).output().expect("the program runs"))
    }

    pub(crate) fn serve(&self) -> Server {
        let free = ["serve", "--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0"];
        Server::start(self.ombud(&free))
    }

    /// Four cases, two of them with a file, as a server would have written them.
    pub(crate) fn fill(&self) {
        std::fs::create_dir_all(self.room.path("ombud-data")).expect("a folder");
        let blobs = Blobs::local(&self.room.path("ombud-data/blobs")).expect("a folder");
        let vault = sample::vault(5);
        run(async {
            let store = Store::open(&self.place()).await.expect("it opens");
            let with = vault.clone();
            let begun = store.write(move |tx: &mut Tx| {
                tx.prove_vault(&with)?;
                (1..=4).try_for_each(|n| sample::begin_with_vendors(tx, &with, n, 3).map(drop))
            });
            begun.await.expect("they begin");
            for n in [1, 3] {
                let kept = sample::attach(&store, &vault, &blobs, sample::case_id(n), b"a proof");
                kept.await.expect("it is kept");
            }
            store.close().await;
        });
    }

    /// Makes notes public past every rule, as a server would have.
    pub(crate) fn publish(&self, notes: std::ops::Range<u32>, revision: u32) {
        std::fs::create_dir_all(self.room.path("ombud-data")).expect("a folder");
        let settings = app::Settings {
            site_name: "Ombud".to_owned(),
            base_url: BASE_URL.to_owned(),
            from_address: "ombud@localhost".to_owned(),
            team_address: None,
            node: String::new(),
            cna: None,
            gna: None,
            second_factor: app::SecondFactor::Required,
        };
        self.change(move |tx| {
            tx.prove_vault(&sample::vault(6))?;
            for n in notes {
                let note = sample::notes::note(n, revision).expect("a note");
                let files = app::artefact::rendered(&note, &settings).expect("its files");
                tx.publish_note(&note, sample::notes::case_of(n), &files)?;
            }
            Ok(())
        });
    }

    /// Changes rows behind the back of the program.
    pub(crate) fn change(
        &self,
        change: impl FnOnce(&mut Tx) -> Result<(), StoreError> + Send + 'static,
    ) {
        run(async {
            let store = Store::open(&self.place()).await.expect("it opens");
            store.write(change).await.expect("it is changed");
            store.close().await;
        });
    }

    /// The references of all reports.
    pub(crate) fn references(&self) -> Vec<String> {
        run(async {
            let store = Store::open(&self.place()).await.expect("it opens");
            let filter = CaseFilter { sight: Sight::Everything, phase: vec![] };
            let page = Page { before: None, limit: 1000 };
            let rows = store.read(move |tx: &mut Tx| tx.cases_for(&filter, &page)).await;
            store.close().await;
            rows.expect("a list").into_iter().map(|row| row.reference.to_string()).collect()
        })
    }

    /// The files of attachments.
    pub(crate) fn blobs(&self) -> Vec<PathBuf> {
        let folder = std::fs::read_dir(self.room.path("ombud-data/blobs")).expect("a folder");
        let mut files: Vec<_> = folder.map(|file| file.expect("a file").path()).collect();
        files.sort();
        files
    }
}

pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Runtime::new().expect("a runtime").block_on(future)
}

/// Writes a test twice, for SQLite and for PostgreSQL.
macro_rules! on_both {
    ($(fn $name:ident($data:ident: &Data) $body:block)*) => { $(
        mod $name {
            use super::*;

            fn story($data: &Data) $body

            #[test]
            fn sqlite() {
                story(&Data::sqlite());
            }

            #[test]
            fn postgres() {
                if let Some(data) = Data::postgres() {
                    story(&data);
                }
            }
        }
    )* };
}
pub(crate) use on_both;
