//! Telling the other nodes that something was kept, and hearing it from them.
//!
//! Only a hint to look sooner: what counts are the tables. It goes over a connection of its own and
//! at most every 50 ms, because a `notify` inside the transactions would make them queue up.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{oneshot, watch};
use tokio_postgres::AsyncMessage;

use super::{Meters, tls};

const PAUSE: Duration = Duration::from_millis(50);
const BEFORE_NEXT_TRY: Duration = Duration::from_secs(5);

/// Listens and tells until `stop` is dropped.
pub(crate) fn listen(place: &tls::Place, meters: &Arc<Meters>, stop: oneshot::Receiver<()>) {
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        tracing::warn!("this node cannot hear from the others, and looks by the clock only");
        return;
    };
    runtime.block_on(async {
        tokio::select! {
            _ = stop => (),
            () = forever(place, meters) => (),
        }
    });
}

async fn forever(place: &tls::Place, meters: &Arc<Meters>) {
    loop {
        if let Err(error) = once(place, meters).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "no word from other nodes");
        }
        tokio::time::sleep(BEFORE_NEXT_TRY).await;
        // Something may have been missed meanwhile.
        meters.heard();
    }
}

async fn once(place: &tls::Place, meters: &Arc<Meters>) -> crate::Result<()> {
    let unavailable = |error| crate::StoreError::Unavailable(Arc::new(error));
    let own = Arc::new(std::sync::atomic::AtomicI32::new(0));
    let (heard, ours) = (Arc::clone(meters), Arc::clone(&own));
    let (client, driver) = tls::connect(place, move |message| {
        if let AsyncMessage::Notification(told) = message
            && told.process_id() != ours.load(std::sync::atomic::Ordering::Relaxed)
        {
            heard.heard();
        }
    })
    .await?;
    let driver = tokio::spawn(driver);
    let row = client.query_one("select pg_backend_pid()", &[]).await.map_err(unavailable)?;
    own.store(row.get(0), std::sync::atomic::Ordering::Relaxed);
    client.batch_execute("listen ombud_kept").await.map_err(unavailable)?;
    let mut kept: watch::Receiver<u64> = meters.own_commits();
    tokio::select! {
        ended = driver => drop(ended),
        told = async {
            while kept.changed().await.is_ok() {
                client.batch_execute("notify ombud_kept").await?;
                tokio::time::sleep(PAUSE).await;
            }
            Ok::<_, tokio_postgres::Error>(())
        } => told.map_err(unavailable)?,
    }
    Ok(())
}
