//! Copies of the public site are brought to what is public, each apart from the others.

use tokio::task::JoinSet;

use super::{Done, Run};
use crate::channel::{Carried, bring_up, is_due};
use crate::{Ctx, Error, Result};

/// Brings every copy of the public site up to date that is not, or was not looked at for a day.
/// One that fails is tried again after a pause that grows.
pub async fn mirror_site(ctx: &Ctx) -> Result<Done> {
    let mut run = Run::new("copies of the public site could not be brought up to date");
    let mut all = JoinSet::new();
    for copy in &ctx.site().outlets.copies {
        if is_due(ctx, copy).await? {
            let (ctx, copy) = (ctx.clone(), copy.clone());
            all.spawn(async move { (copy.name().to_owned(), bring_up(&ctx, &copy).await) });
        }
    }
    while let Some(ended) = all.join_next().await {
        let (name, outcome) = ended.map_err(|error| Error::broken("a copy broke off", error))?;
        run.count(name, outcome.and_then(settled));
    }
    Ok(run.ended())
}

fn settled(carried: Carried) -> Result<()> {
    match carried {
        Carried::Done(_) => Ok(()),
        Carried::Later(why) | Carried::Never(why) => Err(Error::broken("a copy failed", why)),
    }
}
