//! What a host has already: people, their passwords, and a way to send mail.
#![expect(clippy::print_stdout, reason = "the terminal is the mail service of this example")]

use std::error::Error;

use countersign::{
    AccountKey, Locale, Mail, MailError, Mailer, Mfa, NewTenant, NewUser, Requirement,
};

/// The login form.
#[derive(Debug, serde::Deserialize)]
pub(crate) struct Login {
    pub(crate) user: String,
    password: String,
}

/// Whether the password is right. A host looks at a digest of it.
pub(crate) fn knows(login: &Login) -> bool {
    login.user == "ben" && login.password == "correct horse"
}

/// Larkfield Freight, where Ben is asked for a code by e-mail.
pub(crate) async fn found(mfa: &Mfa) -> Result<(), Box<dyn Error>> {
    let company = NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?;
    mfa.create_tenant(company).await?;
    let ben = NewUser::at("ben@larkfield.example".parse()?).with_rule(Requirement::Email);
    Ok(mfa.add_existing_user(&AccountKey::new("larkfield", "ben")?, ben).await?)
}

/// Prints mails.
#[derive(Debug)]
pub(crate) struct Post;

#[async_trait::async_trait]
impl Mailer for Post {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        println!("To: {}\nSubject: {}\n\n{}", mail.to(), mail.subject(), mail.text());
        Ok(())
    }
}
