//! What happens in the demonstration's cases: made-up products, made-up flaws, made-up people.

/// How far a case comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Reach {
    /// The report waits.
    Reported,
    /// It was looked at and not taken on.
    Declined,
    /// It was taken on.
    Accepted,
    /// Vendors were told.
    Told,
    /// Vendors answer.
    Answered,
    /// Somebody asks for another date.
    Negotiating,
    /// A draft is being read.
    Drafted,
    /// The note waits for its moment.
    Armed,
    /// The note is out.
    Published,
    /// The matter is closed.
    Closed,
    /// It is being attacked before its time.
    Attacked,
}

/// One case.
pub(super) struct Plot {
    pub(super) product: &'static str,
    pub(super) flaw: &'static str,
    pub(super) impact: &'static str,
    pub(super) vendors: Cast,
    /// When the report came, in days before now.
    pub(super) days_ago: i64,
    pub(super) reach: Reach,
}

/// Which vendors are in it.
pub(super) enum Cast {
    Few(&'static [&'static str]),
    Many(usize),
}

use Cast::{Few, Many};

pub(super) const PLOTS: &[Plot] = &[
    Plot {
        product: "Harbour mail gateway 3",
        flaw: "A crafted header is copied into a fixed buffer without a check of its length.",
        impact: "Whoever sends a letter can run code on the gateway.",
        vendors: Few(&[]),
        days_ago: 0,
        reach: Reach::Reported,
    },
    Plot {
        product: "Lantern photo viewer",
        flaw: "Opening a picture whose palette is larger than its header says reads past the end.",
        impact: "The viewer stops, or shows what was in memory.",
        vendors: Few(&[]),
        days_ago: 1,
        reach: Reach::Reported,
    },
    Plot {
        product: "Quill notebook sync service",
        flaw: "The sync address takes the account number from the request instead of the session.",
        impact: "Anybody with an account can read the notes of another.",
        vendors: Few(&[]),
        days_ago: 3,
        reach: Reach::Reported,
    },
    Plot {
        product: "A website that shows its server version",
        flaw: "The answer header names the program and its version.",
        impact: "None is described.",
        vendors: Few(&[]),
        days_ago: 9,
        reach: Reach::Declined,
    },
    Plot {
        product: "Pebble embedded web server",
        flaw: "A path with doubled slashes is checked before it is shortened.",
        impact: "Files outside the web root can be read.",
        vendors: Few(&["Pebble Works", "Gantry Robotics"]),
        days_ago: 4,
        reach: Reach::Accepted,
    },
    Plot {
        product: "Tally time service",
        flaw: "An option of a control packet overwrites the memory behind it.",
        impact: "A machine on the network can take over the time server.",
        vendors: Few(&["Tally Project", "Corvid Linux", "Brightfield Routers", "Hale Medical"]),
        days_ago: 12,
        reach: Reach::Answered,
    },
    Plot {
        product: "Wicket industrial controllers",
        flaw: "The maintenance password is made from the serial number, which is on the label.",
        impact: "Somebody on the plant network can change the program of a controller.",
        vendors: Few(&["Wicket Automation", "Dunmore Switches"]),
        days_ago: 20,
        reach: Reach::Negotiating,
    },
    Plot {
        product: "Ferry message format library",
        flaw: "A message that names itself as its own attachment is unpacked without an end.",
        impact: "One message stops every program that uses the library.",
        vendors: Many(300),
        days_ago: 15,
        reach: Reach::Told,
    },
    Plot {
        product: "Cairn backup agent",
        flaw: "The agent follows links in a directory that users can write to.",
        impact: "A local user can replace files of the system.",
        vendors: Few(&["Cairn Storage", "Estuary Cloud"]),
        days_ago: 33,
        reach: Reach::Drafted,
    },
    Plot {
        product: "Orchard single sign-on",
        flaw: "A signed assertion is looked up by a name that an attacker can repeat.",
        impact: "Anybody can sign in as anybody else.",
        vendors: Few(&["Orchard Identity", "Fennel Storage", "Ibis Telecom"]),
        days_ago: 43,
        reach: Reach::Armed,
    },
    Plot {
        product: "Sluice firewall appliances",
        flaw: "The update page accepts a file name that holds a command.",
        impact: "Whoever can reach the page can run commands as the system.",
        vendors: Few(&["Sluice Networks", "Juniper Bay Hosting"]),
        days_ago: 8,
        reach: Reach::Attacked,
    },
    Plot {
        product: "Marram document converter",
        flaw: "A link in a document is fetched with the rights of the server.",
        impact: "Documents can reach services that are not meant for the public.",
        vendors: Few(&["Marram Software", "Kestrel Networks"]),
        days_ago: 80,
        reach: Reach::Published,
    },
    Plot {
        product: "Thicket wireless chipset",
        flaw: "A frame of a certain length is joined to the one before it.",
        impact: "Somebody nearby can read part of what others send.",
        vendors: Few(&["Thicket Silicon", "Brightfield Routers", "Lumen Rail", "Corvid Linux"]),
        days_ago: 120,
        reach: Reach::Published,
    },
    Plot {
        product: "Sandpiper voting kiosks",
        flaw: "The case of the kiosk opens with a key that is sold in shops.",
        impact: "The storage can be replaced.",
        vendors: Few(&["Sandpiper Kiosks"]),
        days_ago: 160,
        reach: Reach::Closed,
    },
];

/// Names for a crowd of vendors.
pub(super) fn crowd(n: usize) -> Vec<String> {
    const FIRST: [&str; 20] = [
        "Alder", "Beacon", "Copper", "Delta", "Ember", "Flint", "Granite", "Heron", "Indigo",
        "Jasper", "Kelp", "Linden", "Meadow", "Nimbus", "Opal", "Prairie", "Quartz", "Rowan",
        "Saffron", "Tundra",
    ];
    const SECOND: [&str; 16] = [
        "Systems", "Networks", "Software", "Devices", "Cloud", "Mobile", "Robotics", "Health",
        "Energy", "Transit", "Labs", "Works", "Data", "Silicon", "Services", "Project",
    ];
    let name = |n: usize| {
        let first = FIRST.get(n % 20).copied().unwrap_or_default();
        let second = SECOND.get(n / 20 % 16).copied().unwrap_or_default();
        format!("{first} {second}")
    };
    (0..n).map(name).collect()
}
