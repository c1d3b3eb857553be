//! Who is asked for what: the company's setting against the person's rule, every cell explained.
//!
//! You will see one line for each cell, computed by the function that decides logins. The
//! strongest layer wins. Then come the two things that change a cell: an app that somebody linked
//! unasked, and an exemption.
#![expect(clippy::print_stdout, reason = "an example prints what happens")]

use std::collections::BTreeSet;

use countersign::policy::{Facts, Resolution, resolve};
use countersign::{Method, Policy, Requirement, Timestamp};

/// 2026-11-24 14:32:00 UTC; only an exemption and grace look at the time.
const NOW: Timestamp = Timestamp::from_seconds(1_795_530_720);
const ALL: [Requirement; 3] = [Requirement::None, Requirement::Email, Requirement::App];

fn main() {
    println!("{:<11}{:<18}a login needs", "company", "person's rule");
    for company in ALL {
        for rule in ALL {
            let facts = person(|facts| facts.rule = rule);
            let resolution = ask(company, &facts);
            println!("{:<11}{:<18}{resolution}", name(company), rule_name(rule));
            println!("{:29}{}", "", accepted(resolution.required));
        }
    }

    println!("\nSomebody links an app without being asked to. From then on it is asked for:");
    for company in ALL {
        let resolution = ask(company, &person(|facts| facts.own = Requirement::App));
        println!("{:<11}{:<18}{resolution}", name(company), "company default");
    }

    println!(
        "\nAn exemption sets the company aside until a date, and never the person's own rule:"
    );
    for rule in ALL {
        let resolution = ask(Requirement::App, &exempt(rule));
        println!("{:<11}{:<18}{resolution}", name(Requirement::App), rule_name(rule));
    }

    println!("\nWhat each layer said about the exempt person whose rule is Email MFA:");
    for said in ask(Requirement::App, &exempt(Requirement::Email)).layers {
        let aside = if said.counts { "" } else { ", set aside" };
        println!("{:<26}{}{aside}", said.layer.to_string(), name(said.asks));
    }
}

fn ask(company: Requirement, facts: &Facts) -> Resolution {
    let floor = Requirement::None;
    resolve(floor, &Policy::requiring(company), facts, &BTreeSet::new(), NOW)
}

fn person(of: impl FnOnce(&mut Facts)) -> Facts {
    let mut facts = Facts::default();
    of(&mut facts);
    facts
}

fn exempt(rule: Requirement) -> Facts {
    person(|facts| {
        facts.rule = rule;
        facts.exempt_until = Some(Timestamp::from_seconds(1_796_083_200));
    })
}

/// What somebody may answer with.
fn accepted(required: Requirement) -> &'static str {
    match (required.accepts(Method::Email), required.accepts(Method::App)) {
        _ if required == Requirement::None => "The password is enough.",
        (true, true) => "An e-mailed code will do, and so will the app's.",
        _ => "Only the app's code will do.",
    }
}

fn name(requirement: Requirement) -> String {
    requirement.to_string()
}

/// A person without a rule has the company's.
fn rule_name(rule: Requirement) -> String {
    match rule {
        Requirement::None => "company default".to_owned(),
        other => other.to_string(),
    }
}
