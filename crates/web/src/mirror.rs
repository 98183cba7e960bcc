//! Carries the public site to a place from which other web servers read it. What lies there is
//! what this server answers, address by address; it is asked like a stranger asks, so that nothing
//! can lie there that is not public.
//!
//! What a note consists of is put there before any list that names it, lists are of one edition,
//! and what no list names any more goes last: no reader follows a link into nothing. Only what
//! changed is drawn. A run that breaks off leaves word of what it has begun, and the next one
//! finishes it.

mod addresses;
mod kept;
mod pages;
mod place;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::LazyLock;

use app::Site;
use axum::http::StatusCode;
use formats::tree::{Digest, Rank, rank};
use store::{PublicFile, PublicStore, Root, RootError};
use tokio::task::JoinSet;

use kept::{Kept, NoteKept};
use pages::Pages;
pub use place::MirrorPlace;

/// How many notes are drawn at once.
const AT_ONCE: usize = 32;

/// How many slugs are read at once.
const SLUGS_AT_ONCE: u32 = 1000;

/// After so many notes it is written down how far the run is.
const NOTES_A_STAGE: usize = 1024;

/// How often it is begun anew because something was published meanwhile.
const MOST_PASSES: u32 = 20;

/// Lists that are drawn wait until there are so many, or so many bytes, and are put together.
const MOST_WAITING: usize = 256;
const MOST_WAITING_BYTES: usize = 8 << 20;

/// What a run came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried {
    /// The edition that lies there now.
    pub edition: i64,
    /// How many notes lie there.
    pub notes: usize,
    /// How many files were written.
    pub written: usize,
    /// How many paths were taken away.
    pub removed: usize,
}

/// The site was not carried.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MirrorError {
    /// The place failed.
    #[error(transparent)]
    Root(#[from] RootError),
    /// What is public could not be read.
    #[error("what is public cannot be read")]
    Public(#[from] app::Error),
    /// A page could not be drawn.
    #[error("{address} cannot be drawn: {status}")]
    Page {
        /// Its address.
        address: String,
        /// What the server answered.
        status: StatusCode,
    },
    /// What is kept about the files there makes no sense.
    #[error("what is kept about the files makes no sense; empty the place and begin anew")]
    Kept(#[from] serde_json::Error),
    /// The work was broken off.
    #[error("the work was broken off")]
    BrokenOff,
    /// Something was published again and again meanwhile.
    #[error("what is public changed again and again meanwhile")]
    Moving,
}

type Result<T, E = MirrorError> = std::result::Result<T, E>;

/// Brings a place to what is public now.
pub async fn carry(site: &Site, root: &Root) -> Result<Carried> {
    let _claim = root.claim().await?;
    let mut run = Run::begin(site, root).await?;
    for _ in 0..MOST_PASSES {
        // If nothing changes from here until the lists are drawn, they are of this edition, and
        // every note that they name lies there.
        let edition = app::public::edition(&run.door).await?;
        run.carry_notes().await?;
        if run.carry_lists(edition).await? == Lists::Placed {
            return run.end(edition).await;
        }
    }
    Err(MirrorError::Moving)
}

/// What became of the lists.
#[derive(Debug, PartialEq, Eq)]
enum Lists {
    /// They lie there, all of one edition.
    Placed,
    /// Something was published meanwhile.
    OutOfDate,
}

struct Run<'a> {
    site: &'a Site,
    root: &'a Root,
    door: PublicStore,
    pages: Pages,
    kept: Kept,
    /// Whether the last run left something to do.
    last: Last,
    n_written: usize,
}

/// How the last run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Whole,
    BrokenOff,
}

/// A note, drawn.
struct Drawn {
    slug: String,
    revision: u32,
    files: Vec<PublicFile>,
    lists: BTreeSet<String>,
}

impl<'a> Run<'a> {
    async fn begin(site: &'a Site, root: &'a Root) -> Result<Self> {
        let kept = Kept::read(root, &drawn_by(site)).await?;
        let (door, pages) = (site.public(), Pages::of(site));
        let last = if kept.touched.is_empty() { Last::Whole } else { Last::BrokenOff };
        Ok(Self { site, root, door, pages, kept, last, n_written: 0 })
    }

    /// Puts there what the notes consist of that are new or changed. No list names it yet.
    async fn carry_notes(&mut self) -> Result<()> {
        let (changed, gone) = self.changed().await?;
        for slug in gone {
            let before = NoteKept::read(self.root, &slug).await?;
            self.kept.touched.extend(before.lists);
            self.kept.doomed.extend(before.files);
            self.kept.doomed.insert(NoteKept::path(&slug));
            self.kept.notes.remove(&slug);
        }
        for stage in changed.chunks(NOTES_A_STAGE) {
            for some in stage.chunks(AT_ONCE) {
                let drawn = self.drawn(some).await?;
                self.place_notes(drawn).await?;
            }
            self.kept.write(self.root).await?;
        }
        Ok(())
    }

    /// The notes whose public revision is not the one that lies there, and those that lie there
    /// and are not public.
    async fn changed(&self) -> Result<(Vec<String>, Vec<String>)> {
        let (mut changed, mut seen, mut after) = (vec![], HashSet::new(), String::new());
        loop {
            let some = app::public::revisions_after(&self.door, after, SLUGS_AT_ONCE).await?;
            let Some(last) = some.last().map(|(slug, _)| slug.clone()) else { break };
            after = last;
            for (slug, revision) in some {
                if self.kept.notes.get(&slug) != Some(&revision) {
                    changed.push(slug.clone());
                }
                seen.insert(slug);
            }
        }
        let there = self.kept.notes.keys();
        let gone = there.filter(|slug| !seen.contains(*slug)).cloned().collect();
        Ok((changed, gone))
    }

    async fn drawn(&self, slugs: &[String]) -> Result<Vec<Drawn>> {
        let mut drawing = JoinSet::new();
        for slug in slugs {
            let (site, pages, slug) = (self.site.clone(), self.pages.clone(), slug.clone());
            drawing.spawn(async move { draw(&site, &pages, slug).await });
        }
        let mut drawn = vec![];
        while let Some(one) = drawing.join_next().await {
            drawn.extend(one.map_err(|_| MirrorError::BrokenOff)??);
        }
        Ok(drawn)
    }

    /// First the word of what will be there, then what pages link to, then the pages.
    async fn place_notes(&mut self, drawn: Vec<Drawn>) -> Result<()> {
        let (mut words, mut groups) = (vec![], BTreeMap::<Rank, Vec<PublicFile>>::new());
        let mut revisions = vec![];
        for note in drawn {
            let before = NoteKept::read(self.root, &note.slug).await?;
            let is_new = !self.kept.notes.contains_key(&note.slug);
            let path = |file: &PublicFile| self.root.path(&file.address, &file.media_type);
            let paths: BTreeSet<String> = note.files.iter().map(path).collect();
            self.kept.doomed.retain(|doomed| !paths.contains(doomed));
            self.kept.doomed.extend(before.files.difference(&paths).cloned());
            let mut lists: BTreeSet<String> = before.lists.union(&note.lists).cloned().collect();
            let files = before.files.union(&paths).cloned().collect();
            for file in note.files {
                let rank = rank_of(&file);
                // Lists name this page already, and it may name lists that are not there yet: it
                // goes with those.
                if rank == Rank::Page && !is_new {
                    lists.insert(file.address);
                    continue;
                }
                groups.entry(rank).or_default().push(file);
            }
            self.kept.touched.extend(lists.iter().cloned());
            words.push(NoteKept { files, lists }.file(&note.slug)?);
            revisions.push((note.slug, note.revision));
        }
        let groups = std::iter::once(words).chain(groups.into_values()).collect();
        self.n_written += self.root.place(groups).await?.saturating_sub(revisions.len());
        self.kept.notes.extend(revisions);
        Ok(())
    }

    /// Puts there every list that tells of what changed, if they are still of this edition.
    async fn carry_lists(&mut self, edition: i64) -> Result<Lists> {
        let everywhere = addresses::everywhere(&self.site.settings);
        self.kept.touched.extend(std::mem::replace(&mut self.kept.everywhere, everywhere.clone()));
        self.kept.touched.extend(everywhere);
        self.kept.write(self.root).await?;
        let mut lists: Vec<(Rank, String)> =
            self.kept.touched.iter().map(|list| (rank_of_list(list), list.clone())).collect();
        lists.sort();
        let mut waiting = Waiting::default();
        for (rank, address) in lists {
            match self.pages.get(&address).await? {
                Some(file) => self.await_place(&mut waiting, rank, file),
                None => self.doom(&address),
            }
            if waiting.is_full()
                && self.place_lists(&mut waiting, edition).await? == Lists::OutOfDate
            {
                return Ok(Lists::OutOfDate);
            }
        }
        self.place_lists(&mut waiting, edition).await
    }

    fn await_place(&mut self, waiting: &mut Waiting, rank: Rank, file: PublicFile) {
        let path = self.root.path(&file.address, &file.media_type);
        self.kept.doomed.remove(&path);
        let now = (path, Digest::of(&file.bytes).to_string());
        if self.kept.lists.get(&file.address) != Some(&now) {
            waiting.push(rank, file, now);
        }
    }

    /// Nothing is at this address any more, if there was something.
    fn doom(&mut self, address: &str) {
        match self.kept.lists.remove(address) {
            Some((path, _)) => {
                self.kept.doomed.insert(path);
            }
            // A run that broke off may have put it there and not have told.
            None if self.last == Last::BrokenOff => self.kept.doomed.extend(
                ["text/html", "application/json", "application/atom+xml"]
                    .map(|media_type| self.root.path(address, media_type)),
            ),
            None => {}
        }
    }

    /// Puts there what waits. It was drawn before the edition is asked for, so that it is of this
    /// edition if that is still the newest.
    async fn place_lists(&mut self, waiting: &mut Waiting, edition: i64) -> Result<Lists> {
        if app::public::edition(&self.door).await? != edition {
            return Ok(Lists::OutOfDate);
        }
        let Waiting { groups, kept, .. } = std::mem::take(waiting);
        self.n_written += self.root.place(groups.into_values().collect()).await?;
        self.kept.lists.extend(kept);
        Ok(Lists::Placed)
    }

    /// Takes away what nothing names any more, and writes down what is there.
    async fn end(mut self, edition: i64) -> Result<Carried> {
        let doomed = std::mem::take(&mut self.kept.doomed);
        let removed = doomed.len();
        self.root.remove(doomed.into_iter().collect()).await?;
        self.kept.touched.clear();
        self.kept.edition = edition;
        self.kept.write(self.root).await?;
        Ok(Carried { edition, notes: self.kept.notes.len(), written: self.n_written, removed })
    }
}

/// Lists that are drawn and not yet there.
#[derive(Default)]
struct Waiting {
    groups: BTreeMap<Rank, Vec<PublicFile>>,
    kept: BTreeMap<String, (String, String)>,
    n_bytes: usize,
}

impl Waiting {
    fn push(&mut self, rank: Rank, file: PublicFile, now: (String, String)) {
        self.n_bytes += file.bytes.len();
        self.kept.insert(file.address.clone(), now);
        self.groups.entry(rank).or_default().push(file);
    }

    fn is_full(&self) -> bool {
        self.kept.len() >= MOST_WAITING || self.n_bytes >= MOST_WAITING_BYTES
    }
}

/// A note with everything that lies below its address; nothing if it is not public.
async fn draw(site: &Site, pages: &Pages, slug: String) -> Result<Option<Drawn>> {
    let note = match app::public::note(&site.public(), slug.clone()).await {
        Ok(note) => note,
        Err(app::Error::NotFound) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let mut files = vec![];
    for address in addresses::of_note(&note, &site.settings) {
        files.extend(pages.get(&address).await?);
    }
    let lists = addresses::lists_of(&note, &site.settings);
    Ok(Some(Drawn { slug, revision: note.revision(), files, lists }))
}

fn rank_of(file: &PublicFile) -> Rank {
    if file.media_type.starts_with("text/html") { Rank::Page } else { rank_of_list(&file.address) }
}

/// The pages of vendors and products come after their feeds, and the pages of notes that name them
/// after those.
fn rank_of_list(address: &str) -> Rank {
    let file = address.rsplit('/').next().unwrap_or_default();
    let is_page = !file.is_empty() && !file.contains('.') && address.starts_with("/vuls/");
    let is_subject = ["/vuls/vendors/", "/vuls/products/"].iter().any(|at| address.starts_with(at));
    if is_page && is_subject {
        return Rank::Service;
    }
    if is_page && address.matches('/').count() == 2 {
        return Rank::Entrance;
    }
    let index = if address.ends_with('/') { "index.html" } else { "" };
    rank(&format!("{}{index}", address.trim_start_matches('/')))
}

/// Changes with whatever draws other pages from the same notes: the program and what the operator
/// says of the server.
fn drawn_by(site: &Site) -> String {
    static PROGRAM: LazyLock<Digest> = LazyLock::new(|| {
        let program = std::env::current_exe().and_then(std::fs::read);
        Digest::of(&program.unwrap_or_else(|_| env!("CARGO_PKG_VERSION").into()))
    });
    let settings = &site.settings;
    let said = [&settings.site_name, &settings.base_url, &settings.from_address];
    let team = settings.team_address.as_deref().unwrap_or_default();
    Digest::of(format!("{} {said:?} {team}", *PROGRAM).as_bytes()).to_string()
}
