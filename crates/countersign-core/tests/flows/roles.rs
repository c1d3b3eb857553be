//! Roles that a host states at a login.

use countersign_core::{
    Begun, Client, FirstFactor, Locale, NewTenant, NewUser, Policy, Purpose, Requirement, Role,
};
use pollster::block_on;

use crate::keys::logged;
use crate::stage::{Stage, browser, key};

fn role(name: &str) -> Role {
    Role::new(name).unwrap()
}

fn stating(name: &str) -> Client {
    browser().with_role(role(name))
}

fn begin(stage: &Stage, tenant: &str, client: &Client) {
    let key = countersign_core::AccountKey::new(tenant, "ben").unwrap();
    let _ = block_on(stage.mfa.begin(&key, FirstFactor::Password, client)).unwrap();
}

#[test]
fn a_role_that_no_policy_names_is_said_once_and_not_at_each_login() {
    let stage = Stage::open();
    let policy =
        Policy::requiring(Requirement::None).and_for_role(role("driver"), Requirement::App);
    stage.save(policy);
    let harbor = NewTenant::new("harbor", "Harbor", Locale::english()).unwrap();
    block_on(stage.mfa.create_tenant(harbor)).unwrap();
    let ben = countersign_core::AccountKey::new("harbor", "ben").unwrap();
    block_on(stage.mfa.add_existing_user(&ben, NewUser::default())).unwrap();
    let ((), log) = logged(|| {
        for _ in 0..3 {
            begin(&stage, "larkfield", &stating("Driver"));
            begin(&stage, "larkfield", &stating("driver"));
            begin(&stage, "harbor", &stating("driver"));
        }
    });
    let lines: Vec<_> = log.lines().collect();
    assert_eq!(lines.len(), 2, "{log}");
    let [misspelled, elsewhere] = lines[..] else { panic!("{log}") };
    assert!(misspelled.contains("WARN") && misspelled.contains("tenant=larkfield"), "{log}");
    assert!(misspelled.contains("role=Driver") && misspelled.contains("`Policy::and_for_role`"));
    assert!(elsewhere.contains("tenant=harbor role=driver"), "{log}");
}

#[test]
fn a_step_up_that_states_such_a_role_says_it_too() {
    let stage = Stage::open();
    let Begun::Passed(passed) = stage.begin("ben") else { panic!("no code is asked for") };
    let ((), log) = logged(|| {
        for _ in 0..2 {
            let client = stating("remote");
            let begun = block_on(stage.mfa.step_up(&passed.proof, Purpose::LinkApp, &client));
            let _ = begun.unwrap();
        }
    });
    assert_eq!(log.matches("role=remote").count(), 1, "{log}");
    assert_eq!(passed.proof.key(), &key("ben"));
}
