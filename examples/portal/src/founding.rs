//! A first company and its administrator, for a portal without the demo: an operator names them on the
//! command line, and the administrator gets an invitation.

use countersign::{AccountKey, EmailAddress, Locale, NewTenant, Newcomer, TenantId};

use crate::options::Founding;
use crate::people::{Company, Details, People, Written};
use crate::state::Portal;
use crate::trouble::Trouble;

/// Makes the company, unless there is one of that name.
pub(crate) async fn found(portal: &Portal, founding: &Founding) -> Result<(), Trouble> {
    let people = portal.people();
    if people.companies().await?.iter().any(|company| company.name == founding.company) {
        return Ok(());
    }
    let email = EmailAddress::new(&founding.admin)?;
    let id = TenantId::new(People::new_id()?.as_str())?;
    let key = AccountKey::of(id.clone(), People::new_id()?);
    let new = NewTenant::new(id.as_str(), &*founding.company, Locale::english())?;
    let now = portal.clock().now();
    portal.mfa().create_tenant(new).await?;
    people.add_company(&Company { id: id.clone(), name: founding.company.clone() }, now).await?;
    let details = Details {
        first_name: email.as_str().split('@').next().unwrap_or_default().to_owned(),
        last_name: String::new(),
        email: email.clone(),
        language: None,
    };
    match people.add(&key, &details, now).await? {
        Written::Written => {}
        Written::AddressTaken => return Err("somebody of a new company is there already".into()),
    }
    let mut operator = portal.mfa().operator(id, "the command line", "a new company")?;
    operator.create_user(key.user().clone(), Newcomer::at(email).admin()).await?;
    Ok(())
}
