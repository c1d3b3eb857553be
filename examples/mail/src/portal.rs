//! The portal: a company with one person, in a database that is kept, and a mailer one can watch.

use std::fs;
use std::path::Path;

use async_trait::async_trait;
use countersign::{
    AccountKey, Courier, EmailAddress, Keys, Locale, Mail, MailError, Mailer, Mfa, NewTenant,
    NewUser, OsRandom, Policy, Random, Requirement, Saved, SmtpMailer, SqliteStore, Start,
};
use data_encoding::BASE64URL_NOPAD;

use crate::Told;
use crate::options::Options;

pub(crate) struct Portal {
    pub(crate) mfa: Mfa,
    pub(crate) courier: Courier,
    pub(crate) key: AccountKey,
    /// What the mail server said about itself.
    pub(crate) probe: String,
}

impl Portal {
    pub(crate) async fn open(options: &Options) -> Told<Self> {
        fs::create_dir_all(&options.folder)?;
        let address = EmailAddress::new(&options.address)?;
        let sender = EmailAddress::new("security@larkfield.example")?;
        let mailer = SmtpMailer::from_url(&options.server, sender)?;
        let probe = mailer.probe().await.to_string();
        let (mfa, courier) = Mfa::builder()
            .store(SqliteStore::open(options.folder.join("portal.db")).await?)
            .mailer(Watched(mailer))
            .keys(keys(&options.folder)?)
            .build()?;
        let key = AccountKey::new("larkfield", options.address.as_str())?;
        found(&mfa, &key, address).await?;
        Ok(Self { mfa, courier, key, probe })
    }
}

/// The company and the person, unless they are there from an earlier run.
async fn found(mfa: &Mfa, key: &AccountKey, address: EmailAddress) -> Told {
    let company = NewTenant::new(key.tenant().as_str(), "Larkfield Freight", Locale::english())?;
    unless("tenant.exists", mfa.create_tenant(company).await)?;
    let person = NewUser::at(address);
    unless("account.exists", mfa.add_existing_user(key, person).await)?;
    let mut operator = mfa.operator(key.tenant().clone(), "the example", "first policy")?;
    let (policy, revision) = operator.policy().await?;
    if policy.required() == Requirement::Email {
        return Ok(());
    }
    let policy = Policy::requiring(Requirement::Email);
    match operator.set_policy(policy, revision, Start::Now).await? {
        Saved::Saved { .. } => Ok(()),
        Saved::Changed { .. } => Err("somebody else saved a policy at the same moment".into()),
    }
}

fn unless(code: &str, done: Result<(), countersign::Error>) -> Told {
    match done {
        Err(error) if error.code() == code => Ok(()),
        other => Ok(other?),
    }
}

/// The keys of this folder, drawn at the first run.
fn keys(folder: &Path) -> Told<Keys> {
    let file = folder.join("countersign.keys");
    if !file.exists() {
        let mut bytes = [0; 32];
        OsRandom.fill(&mut bytes)?;
        let half = file.with_extension("new");
        fs::write(&half, format!("1 {}\n", BASE64URL_NOPAD.encode(&bytes)))?;
        fs::rename(half, &file)?;
    }
    Ok(Keys::from_file(file)?)
}

/// The mailer, with a line before and after.
#[derive(Debug)]
struct Watched(SmtpMailer);

#[async_trait]
impl Mailer for Watched {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        println!("2. The courier took the letter from the outbox and derived the code.");
        let sent = self.0.send(mail).await;
        match &sent {
            Ok(()) => println!("3. The mail server took the mail."),
            Err(error) => println!("   The mail server did not take it: {error}."),
        }
        sent
    }
}
