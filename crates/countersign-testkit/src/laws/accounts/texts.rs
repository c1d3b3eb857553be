//! A tenant's mail texts: its own, written with its record, and no editor's lost.

use countersign_core::account::Tenant;
use countersign_core::mail::{MailKind, Template, Texts};
use countersign_core::store::{Change, Part, Storage, Versioned};
use countersign_core::{TenantId, Version};

use crate::fail::must;
use crate::laws::scene::{
    Props, commit, company, key, loses, raised, tenant, with_account, with_tenant, word,
};
use crate::subject::Subject;

/// *What is read equals what was written.* Here: mail texts, one to all, and none again.
pub async fn mail_texts_are_read_as_they_were_written(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let mut there = props.found(store, &company()).await;
    assert_eq!(texts(store, &company()).await, Texts::default(), "a new company has texts");
    let mut several = some("Ihr Code für {company} 🚚; -- \\ % '");
    for tag in ["en", "en-GB", "sr-latn-RS"] {
        let subject = format!("{tag}: \"{{company}}\"");
        let text = Template::parse(MailKind::Locked, &word(tag), &subject, "{until}\n\n<b>&\u{a0}");
        must(several.set(must(text, "write a text")), "add a text");
    }
    for written in [some("{company}"), several, Texts::standard().clone(), Texts::default()] {
        there = write(store, &there, &written).await;
        let found = texts(store, &company()).await;
        assert_eq!(found, written, "mail texts are read differently");
        let company = tenant(store, &company()).await.0;
        assert_eq!(company.as_ref(), Some(&there), "mail texts change their company");
    }
}

/// *...of that tenant only*; an unknown one has none.
pub async fn mail_texts_are_of_one_tenant_only(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let ids = ["acme", "Acme", "acme "].map(|id| key(id, "ada").tenant().clone());
    for id in &ids {
        let there = props.found(store, id).await;
        write(store, &there, &some(id.as_str())).await;
    }
    for id in &ids {
        let found = texts(store, id).await;
        assert_eq!(found, some(id.as_str()), "the mail texts of {:?} are not its own", id.as_str());
    }
    props.found(store, &company()).await;
    for id in [company(), key("unknown", "ada").tenant().clone()] {
        let found = texts(store, &id).await;
        assert_eq!(found, Texts::default(), "a company has mail texts that nobody wrote");
    }
}

/// *`commit` does everything in the change, or nothing*: a change that loses its account writes no
/// text.
pub async fn mail_texts_are_written_with_their_change_or_not_at_all(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let ada = key(company().as_str(), "ada");
    let there = write(store, &props.found(store, &company()).await, &some("old")).await;
    let account = props.create(store, &ada).await;
    let stale = Some(account.version.next());
    let next = raised(&account);
    let change = |expected: Option<Version>| Change {
        texts: Some(some("new")),
        account: with_account(&ada, expected, &next).account,
        user_id: Some(ada.user().clone()),
        ..with_tenant(&company(), Some(there.version), &raised(&there))
    };
    loses(store, change(stale), "the account has another version").await;
    let found = texts(store, &company()).await;
    assert_eq!(found, some("old"), "a change that was lost wrote its mail texts");
    commit(store, change(Some(account.version))).await;
    let found = texts(store, &company()).await;
    assert_eq!(found, some("new"), "a change that was written lost its mail texts");
}

/// *They are written with the tenant's record, which is compared as ever, so no editor loses
/// another's text.*
pub async fn of_two_editors_of_mail_texts_the_later_one_conflicts(subject: &Subject) {
    let props = Props::new();
    let here = subject.store();
    let there = subject.second();
    let seen = props.found(here, &company()).await;
    write(here, &seen, &some("the first editor's")).await;
    let second = Change {
        texts: Some(some("the second editor's")),
        ..with_tenant(&company(), Some(seen.version), &raised(&seen))
    };
    loses(there, second, "another editor wrote mail texts meanwhile").await;
    for store in [here, there] {
        let found = texts(store, &company()).await;
        assert_eq!(found, some("the first editor's"), "an editor lost their mail texts");
    }
}

/// *A change without texts leaves them alone*: a new policy, or whatever else happens.
pub async fn mail_texts_stay_where_a_change_carries_none(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let there = write(store, &props.found(store, &company()).await, &some("own")).await;
    let next = Versioned { version: there.version.next(), value: props.tenant(&company()) };
    commit(store, with_tenant(&company(), Some(there.version), &next)).await;
    props.create(store, &key(company().as_str(), "ada")).await;
    let found = texts(store, &company()).await;
    assert_eq!(found, some("own"), "mail texts are lost in a change that carried none");
}

/// *A change whose tenant part is no write leaves them alone*: nothing would have been compared.
pub async fn mail_texts_are_written_only_with_their_tenant(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let there = write(store, &props.found(store, &company()).await, &some("own")).await;
    for part in [Part::Leave, Part::Compare(Some(there.version))] {
        let texts = Some(some("other"));
        commit(store, Change { texts, tenant: part, ..Change::in_tenant(company()) }).await;
    }
    let found = texts(store, &company()).await;
    assert_eq!(found, some("own"), "mail texts are written without their company");
    assert_eq!(tenant(store, &company()).await.0, Some(there), "texts alone change a company");
}

/// *Erasing the tenant erases them*: one that is created later starts without.
pub async fn mail_texts_end_with_their_tenant(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let there = write(store, &props.found(store, &company()).await, &some("own")).await;
    let erase = Part::Erase(there.version);
    commit(store, Change { tenant: erase, ..Change::in_tenant(company()) }).await;
    let found = texts(store, &company()).await;
    assert_eq!(found, Texts::default(), "a company that was erased has mail texts");
    props.found(store, &company()).await;
    let found = texts(store, &company()).await;
    assert_eq!(found, Texts::default(), "a new company has the mail texts of one before it");
}

/// One text, with this subject.
fn some(subject: &str) -> Texts {
    let text = Template::parse(MailKind::LoginCode, &word("de"), subject, "{code}\n\n{{ä}}");
    let mut texts = Texts::default();
    must(texts.set(must(text, "write a text")), "add a text");
    texts
}

async fn texts(store: &dyn Storage, id: &TenantId) -> Texts {
    must(store.mail_texts(id).await, "read mail texts")
}

/// Writes the texts, and returns the tenant as it is then.
async fn write(store: &dyn Storage, there: &Versioned<Tenant>, texts: &Texts) -> Versioned<Tenant> {
    let next = raised(there);
    let texts = Some(texts.clone());
    let write = with_tenant(next.value.id(), Some(there.version), &next);
    commit(store, Change { texts, ..write }).await;
    next
}
