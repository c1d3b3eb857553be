//! What people of the demo do, in a word each.

use fantoccini::Locator;

use crate::browser::{Browser, until};
use crate::house::House;
use crate::tree::Node;
use crate::visitor::Visitor;
use crate::wire::{Answer, encoded};

/// Somebody of the demo companies.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
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
pub(crate) const ADA: Person = Person { address: "ada@larkfield.example", company: LARKFIELD };
/// A user of Larkfield Freight; no second step at the start.
pub(crate) const BEN: Person = Person { address: "ben@larkfield.example", company: LARKFIELD };
/// A user of Larkfield Freight with an app linked.
pub(crate) const CHIARA: Person =
    Person { address: "chiara@larkfield.example", company: LARKFIELD };
/// A user of Larkfield Freight whose mails come back.
pub(crate) const ELIF: Person = Person { address: "elif@larkfield.example", company: LARKFIELD };
/// A user of Oakmoor Dental with the same mailbox as Ada, and without the app she needs there.
pub(crate) const OAKMOOR_ADA: Person = Person { company: OAKMOOR, ..ADA };

/// Administrates Oakmoor Dental, with an app linked.
pub(crate) const OMAR: Person = Person { address: "omar@oakmoor.example", company: OAKMOOR };

/// The demo password, which the portal prints when it starts.
pub(crate) const PASSWORD: &str = portal::DEMO_PASSWORD;

impl Browser {
    /// Types the password of a person. What comes next is the portal's decision.
    pub(crate) async fn log_in(&self, house: &House, person: Person) {
        self.visit(&house.url("/login")).await;
        let company = format!("Log in to {}", person.company.name);
        if self.heading().await != company {
            self.click("Another company?").await;
            self.click(&company).await;
        }
        self.fill("E-mail address", person.address).await;
        self.fill("Password", PASSWORD).await;
        self.click("Login").await;
    }

    pub(crate) async fn log_out(&self) {
        self.click("Log out").await;
        self.sees("You are logged out.").await;
    }
}

impl Visitor {
    /// Types the password of a person, who wants to go on to this place.
    pub(crate) async fn log_in(&mut self, person: Person, next: &str) -> Answer {
        let page = format!("/login?company={}&next={}", person.company.id, encoded(next));
        self.submit(&page, "/login", &[("email", person.address), ("password", PASSWORD)]).await
    }
}

impl Browser {
    /// Goes to a place of the main menu, and opens the menu first where it is folded.
    pub(crate) async fn open_menu(&self, place: &str) {
        let folded = until(async || {
            let tree = self.tree().await;
            let is = |node: &&Node, name| node.can_be_clicked() && node.is_called(name);
            let there = tree.iter().find(|node| is(node, place) || is(node, "Main Menu"));
            there.map(|node| node.is_called("Main Menu")).ok_or_else(|| "no main menu".to_owned())
        })
        .await;
        if folded {
            self.click("Main Menu").await;
        }
        // Home repeats one of them on a card of its own; both lead to the same place.
        let node = until(async || {
            let tree = self.tree().await;
            let link = tree.into_iter().find(|node| node.role == "link" && node.is_called(place));
            link.ok_or_else(|| format!("{place} is not in the menu"))
        })
        .await;
        self.click_on(&node).await;
    }

    /// Fails unless this dropdown shows this option.
    pub(crate) async fn shows_chosen(&self, label: &str, option: &str) {
        let node = self.find(label, "drop-down", Node::can_be_chosen_from).await;
        assert_eq!(node.value.to_lowercase(), option.to_lowercase(), "{label}");
    }

    /// What the row of a table says about this person.
    pub(crate) async fn row_of(&self, name: &str) -> String {
        until(async || {
            let rows = self.client.find_all(Locator::Css("tbody tr")).await.unwrap_or_default();
            for row in rows {
                let text = row.text().await.unwrap_or_default();
                if text.contains(name) {
                    return Ok(text.split_whitespace().collect::<Vec<_>>().join(" "));
                }
            }
            Err(format!("no row is about {name}"))
        })
        .await
    }

    /// Opens a second tab, does something there, closes it and comes back.
    pub(crate) async fn in_another_tab<T>(&self, act: impl AsyncFnOnce() -> T) -> T {
        let here = self.client.window().await.expect("a browser has a tab");
        let tab = self.client.new_window(true).await.expect("a tab can be opened").handle;
        self.client.switch_to_window(tab).await.expect("the tab is there");
        self.dress().await;
        let done = act().await;
        self.client.close_window().await.expect("the tab can be closed");
        self.client.switch_to_window(here).await.expect("the first tab is still there");
        done
    }

    /// Reads the newest mail to this address in another tab, as a person would, and comes back with
    /// the code that stands in it.
    pub(crate) async fn read_code_in_the_inbox(&self, house: &House, address: &str) -> String {
        let post = house.post_to(address, 1).await;
        self.in_another_tab(async || {
            self.visit(&house.url("/dev/mail")).await;
            self.click(&post.subject).await;
            let mail = self.text().await;
            let digits = |word: &&str| word.len() == 6 && word.bytes().all(|b| b.is_ascii_digit());
            let code = mail.split_whitespace().find(digits);
            code.unwrap_or_else(|| panic!("no code stands in the mail:\n{mail}")).to_owned()
        })
        .await
    }

    /// Reads the code of this person off the demo's phone in another tab, and comes back with it.
    pub(crate) async fn read_code_on_the_phone(&self, house: &House, person: Person) -> String {
        self.in_another_tab(async || {
            self.visit(&house.url("/dev/phone")).await;
            let screen = self.text().await;
            let (_, below) = screen.split_once(person.address).expect("the phone has an entry");
            below.chars().filter(char::is_ascii_digit).take(6).collect()
        })
        .await
    }
}
