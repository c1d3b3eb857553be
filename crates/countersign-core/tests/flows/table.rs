//! The table of design section 5, row by row, on real accounts.

use countersign_core::{Begun, Method, NewUser, Purpose, Requirement, Step};
use countersign_testkit::FakePhone;
use pollster::block_on;

use crate::acts::{by_password, person, step_up};
use crate::stage::{Stage, address, passed, user};

fn requirement(word: &str) -> Requirement {
    match word {
        "None" => Requirement::None,
        "Email" => Requirement::Email,
        "App" => Requirement::App,
        other => panic!("no requirement: {other}"),
    }
}

fn link_by_choice(stage: &Stage, who: &str) {
    let session = by_password(stage, who);
    let Begun::Step(Step::LinkApp(enrollment)) = step_up(stage, &session, Purpose::LinkApp) else {
        panic!()
    };
    let mut phone = FakePhone::new();
    phone.scan(&enrollment.app);
    let _ = passed(stage.answer(&enrollment.ticket, &phone.code(stage.now())));
}

#[test]
fn every_row_of_the_policy_table_holds_for_a_real_login() {
    let rows = include_str!("../data/policy_table.csv").lines().skip(1);
    assert_eq!(rows.clone().count(), 19);
    for row in rows {
        let fields: Vec<_> = row.split(',').collect();
        let [company, rule, linked, required, next] = fields[..] else { panic!("{row}") };
        let stage = Stage::open();
        stage.add_existing_user("cleo", NewUser::at(address("cleo")));
        match linked {
            "nothing" => {}
            "by choice" => link_by_choice(&stage, "cleo"),
            "when asked" => {
                stage.require(Requirement::App);
                let _ = stage.link_app("cleo");
            }
            other => panic!("{other}"),
        }
        stage.require(requirement(company));
        block_on(stage.operator().set_rule(user("cleo"), requirement(rule))).unwrap();
        assert_eq!(person(&stage, "cleo").resolution.required, requirement(required), "{row}");
        let met = match stage.begin("cleo") {
            Begun::Passed(_) => "passed",
            Begun::Step(Step::LinkApp(_)) => "enroll",
            Begun::Step(Step::EnterCode(challenge)) if challenge.method == Method::App => "App",
            Begun::Step(Step::EnterCode(_)) => "Email",
            Begun::Refused(_) => "refused",
        };
        assert_eq!(met, next, "{row}");
    }
}
