//! The story: one company from an empty store to the day when everybody needs an app.
//!
//! Each scene is a function. What a scene needs of an earlier one is passed on.

mod company;
mod everyday;
mod reasons;
mod stage;
mod trouble;

use crate::Told;
use crate::options::Options;
use stage::Stage;

pub(crate) async fn tell(options: &Options) -> Told {
    let stage = Stage::set(options)?;

    let session = stage.an_empty_store().await?;
    let mut ada = stage.an_app_by_choice(session).await?;
    stage.a_rule_for_the_company(&ada).await?;
    stage.a_code_by_mail().await?;
    stage.a_rule_for_one_person(&ada).await?;
    stage.a_new_person(&ada).await?;
    let phone = stage.a_rule_for_a_role(&ada).await?;

    stage.the_app_alone(&mut ada, &phone).await?;
    stage.a_lock(&ada, &phone).await?;
    stage.a_lost_phone(&ada, &phone).await?;

    stage.an_exemption(&ada).await?;
    stage.the_reasons(&ada).await?;
    stage.time_to_get_ready(&ada).await
}
