//! What people of the demo do, in a word each.

use crate::browser::Browser;
use crate::house::House;
use crate::visitor::Visitor;
use crate::wire::Answer;

/// Somebody of the demo companies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) address: &'static str,
    pub(crate) company: Company,
}

/// A company of the demo: its name, and what it is called in forms.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Company {
    pub(crate) name: &'static str,
    pub(crate) id: &'static str,
}

const LARKFIELD: Company = Company { name: "Larkfield Freight", id: "larkfield" };
const OAKMOOR: Company = Company { name: "Oakmoor Dental", id: "oakmoor" };

/// Administrates Larkfield Freight; no second step at the start.
pub(crate) const ADA: Person =
    Person { name: "Ada Moreau", address: "ada@larkfield.example", company: LARKFIELD };
/// A user of Larkfield Freight; no second step at the start.
pub(crate) const BEN: Person =
    Person { name: "Ben Osei", address: "ben@larkfield.example", company: LARKFIELD };
/// A user of Larkfield Freight with an app linked.
pub(crate) const CHIARA: Person =
    Person { name: "Chiara Lind", address: "chiara@larkfield.example", company: LARKFIELD };
/// Administrates Oakmoor Dental, where everybody needs an app.
pub(crate) const OMAR: Person =
    Person { name: "Omar Reyes", address: "omar@oakmoor.example", company: OAKMOOR };

/// The demo password, which the portal prints when it starts.
pub(crate) const PASSWORD: &str = portal::DEMO_PASSWORD;

impl Browser {
    /// Types the password of a person. What comes next is the portal's decision.
    pub(crate) async fn log_in(&self, house: &House, person: Person) {
        self.visit(&house.url("/login")).await;
        self.choose("Company", person.company.name).await;
        self.fill("E-mail", person.address).await;
        self.fill("Password", PASSWORD).await;
        self.click("Login").await;
    }

    pub(crate) async fn log_out(&self) {
        self.click("Log out").await;
        self.sees("You are logged out.").await;
    }
}

impl Visitor {
    /// Sends the login form of this address, and returns what comes back.
    pub(crate) async fn log_in(&mut self, page: &str, person: Person) -> Answer {
        let Person { address, company, .. } = person;
        let fields = [("company", company.id), ("email", address), ("password", PASSWORD)];
        self.submit(page, "/login", &fields).await
    }
}
