//! How long it takes to draw one note in every format in which it is handed out.
#![expect(clippy::unwrap_used, reason = "a measurement that fails should stop")]

use std::hint::black_box;
use std::time::Duration;

use app::{SecondFactor, Settings, artefact};
use criterion::{Criterion, criterion_group, criterion_main};
use store::sample::notes;

fn benches(criterion: &mut Criterion) {
    let settings = Settings {
        site_name: "Northlake CERT".to_owned(),
        base_url: "https://cert.example".to_owned(),
        from_address: "ombud@cert.example".to_owned(),
        team_address: None,
        node: String::new(),
        cna: None,
        gna: None,
        second_factor: SecondFactor::Required,
    };
    for (what, n) in [("3 vendors", 107), ("30 vendors", 1), ("200 vendors", 0)] {
        let note = notes::note(n, 1).unwrap();
        criterion.bench_function(&format!("a note of {what} in every format"), |bench| {
            bench.iter(|| artefact::rendered(black_box(&note), &settings).unwrap());
        });
    }
}

/// Few samples, in seconds.
fn settings() -> Criterion {
    let settings = Criterion::default().sample_size(20);
    settings.warm_up_time(Duration::from_secs(1)).measurement_time(Duration::from_secs(3))
}

criterion_group!(name = all; config = settings(); targets = benches);
criterion_main!(all);
