use std::collections::BTreeMap;
use app::participant::FilledAnswers;
use domain::Actor; use domain::case::*; use domain::event::*; use domain::note::*; use domain::status::*;
use testkit::TestSite;
#[tokio::main]
async fn main() {
    let site = TestSite::on_sqlite().await;
    let r = site.report("Tally time server: <b>second</b> overflow in option parsing").await;
    let id = r.case; let ana = site.analyst();
    let vector = "AV:N/AC:L/Au:N/C:P/I:P/A:P/CDP:N/TD:M/CR:ND/IR:ND/AR:ND".parse().unwrap();
    app::triage::score(&ana, id, None, vector).await.unwrap();
    app::triage::analyse(&ana, id, domain::report::Analysis::Confirmed, "Seen with **4.2.1** under `valgrind`.".into()).await.unwrap();
    app::triage::accept(&ana, id, CaseKind::Coordinate).await.unwrap();
    let mut names: Vec<String> = ["Tally project","Corvid Linux","Brightfield Routers","Fennel Storage","Dunmore Switches","Estuary Cloud"].map(String::from).to_vec();
    let n: usize = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(0);
    names.extend((0..n).map(|n| format!("Vendor number {n}")));
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let vs = site.vendors(&names).await;
    app::participant::add_vendors(&ana, id, vs.clone()).await.unwrap();
    let mut ps = vec![]; for v in &vs[..6] { ps.push(site.participant(id, *v).await); }
    app::participant::notify(&ana, id, ps[..5].to_vec()).await.unwrap();
    site.duties().await; site.clock.pass_days(1);
    let them = site.acting(Actor::Bearer(id, ps[0]));
    app::embargo::answer(&them, id, ps[0], Answer::Agree).await.unwrap();
    app::participant::answer(&them, id, ps[0], FilledAnswers { real: Some(IsReal::Yes), addressed: Some(IsAddressed::Released), ..Default::default() }).await.unwrap();
    app::participant::state(&them, id, ps[0], "Update to 4.2.2 at once.".into(), StatementAudience::Parties).await.unwrap();
    let them = site.acting(Actor::Bearer(id, ps[2]));
    app::embargo::answer(&them, id, ps[2], Answer::Agree).await.unwrap();
    app::participant::answer(&them, id, ps[2], FilledAnswers { real: Some(IsReal::Yes), addressed: Some(IsAddressed::No), needs: "A reproducer for 8.1".into(), ..Default::default() }).await.unwrap();
    app::embargo::propose(&them, id, domain::Instant { at: "2027-01-20T13:00:00Z".parse().unwrap(), zone: "Europe/Berlin".parse().unwrap() }, domain::embargo::ProposalReason::FixTiming).await.unwrap();
    let ana = site.analyst();
    let case = site.case(id).await;
    app::embargo::answer(&ana, id, ps[4], Answer::Disagree).await.unwrap();
    app::message::post(&ana, id, Audience::Team, "Brightfield is slow; *call* them.".into()).await.unwrap();
    app::message::post(&ana, id, Audience::Private(case.reporter), "Which build?".into()).await.unwrap();
    app::message::post(&ana, id, Audience::Everyone, "The date stands.".into()).await.unwrap();
    app::observation::claim(&ana, id, ObservationKind::AttacksObserved, ana.now(), "A honeypot of <ours> saw it.".into()).await.unwrap();
    app::note::write(&ana, id, "Second heap overflow in Tally".into(), BTreeMap::from([(Section::Overview, "Tally overwrites memory.".to_owned())])).await.unwrap();
    app::note::share(&ana, id, [ps[0], case.reporter].into()).await.unwrap();
    app::note::comment(&site.acting(Actor::Bearer(id, ps[0])), id, "¶1: say that clients are safe".into()).await.unwrap();
    let late = site.report("Camera web page shows live video without a password").await;
    let _ = late; site.clock.pass_days(3);
    let _x = site.report("Typo squatting of a package name").await;
    app::triage::decline(&site.analyst(), _x.case, [domain::report::DeclineReason::LowScore].into(), "No.".into()).await.unwrap();
    let _y = site.report("Pump takes doses without asking who sends them").await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8377").await.unwrap();
    println!("ready {}", site.case(id).await.number.unwrap().slug());
    axum::serve(listener, web::router(site.site.clone())).await.unwrap();
}
