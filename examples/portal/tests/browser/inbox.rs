//! The portal's own inbox, read over HTTP as its page shows it.

use crate::browser::until;
use crate::house::House;

/// A mail as the page of the inbox shows it.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    pub(crate) subject: String,
    pub(crate) to: String,
    /// The page of the mail, if it can be read.
    address: Option<String>,
}

impl House {
    /// Every mail to this address, newest first.
    pub(crate) async fn posts_to(&self, address: &str) -> Vec<Post> {
        let list = self.visitor().get("/dev/mail").await;
        assert_eq!(list.status, 200, "{}", list.all());
        let entries =
            list.body.split("<li>").skip(1).filter(|entry| entry.contains("class=\"subject\""));
        entries.map(Post::read).filter(|post| post.to == address).collect()
    }

    /// The newest mail to this address, once the courier has brought this many.
    pub(crate) async fn post_to(&self, address: &str, number: usize) -> Post {
        until(async || {
            let posts = self.posts_to(address).await;
            match posts.first() {
                Some(post) if posts.len() == number => Ok(post.clone()),
                _ => Err(format!("{address} got {} mails and not {number}", posts.len())),
            }
        })
        .await
    }

    /// The code in the newest mail to this address, once the courier has brought this many.
    pub(crate) async fn mailed_code(&self, address: &str, number: usize) -> String {
        let page = self.page_of(&self.post_to(address, number).await).await;
        let shown = page.split_once("class=\"code\"").map_or("", |(_, shown)| shown);
        between(shown, ">", "<").expect("the mail holds a code")
    }

    /// Where the button in the newest mail to this address leads.
    pub(crate) async fn mailed_link(&self, address: &str, number: usize) -> String {
        let page = self.page_of(&self.post_to(address, number).await).await;
        let taken = page.split_once("class=\"take\"").map_or("", |(_, taken)| taken);
        between(taken, "href=\"", "\"").expect("the mail holds a link")
    }

    /// The text of a mail.
    pub(crate) async fn text_of(&self, post: &Post) -> String {
        let page = self.page_of(post).await;
        let text = page.split_once("<pre class=\"text\"").expect("a mail has a text").1;
        between(text, ">", "</pre>").expect("the text ends")
    }

    async fn page_of(&self, post: &Post) -> String {
        let address = post.address.as_ref().expect("the mail was delivered");
        self.visitor().get(address).await.body
    }
}

impl Post {
    fn read(entry: &str) -> Self {
        let bdi = |after: &str| {
            between(entry.split_once(after).map_or("", |(_, rest)| rest), "<bdi>", "</bdi>")
        };
        Self {
            subject: bdi("class=\"subject\"").expect("a mail has a subject"),
            to: bdi("class=\"to\"").expect("a mail goes to somebody"),
            address: between(entry, "href=\"", "\""),
        }
    }
}

fn between(text: &str, start: &str, end: &str) -> Option<String> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0.to_owned())
}
