//! A mail server that speaks just enough SMTP to take mails and keep them.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};

#[derive(Clone)]
pub(crate) struct PostOffice {
    port: u16,
    kept: Arc<(Mutex<Vec<String>>, Condvar)>,
}

impl PostOffice {
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let office = Self { port: listener.local_addr().unwrap().port(), kept: Arc::default() };
        let behind = office.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let office = behind.clone();
                // A client that is killed breaks off its conversation, and nothing else.
                std::thread::spawn(move || office.talk(&stream));
            }
        });
        office
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    pub(crate) fn mails(&self) -> usize {
        self.kept.0.lock().unwrap().len()
    }

    /// The code of the first mail, once it has arrived.
    pub(crate) fn code(&self) -> String {
        self.code_after(0)
    }

    /// The code of the mail that comes after this many.
    pub(crate) fn code_after(&self, earlier: usize) -> String {
        let (kept, arrived) = &*self.kept;
        let mails = arrived.wait_while(kept.lock().unwrap(), |m| m.len() <= earlier).unwrap();
        code_in(&mails[earlier])
    }

    /// The code of the newest mail, or none.
    pub(crate) fn newest(&self) -> String {
        self.kept.0.lock().unwrap().last().map(|mail| code_in(mail)).unwrap_or_default()
    }

    fn talk(&self, stream: &TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let mut writer = stream;
        let mut answer = "220 mail.larkfield.example";
        loop {
            writer.write_all(format!("{answer}\r\n").as_bytes()).ok()?;
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            answer = match line.get(..4) {
                Some("DATA") => {
                    writer.write_all(b"354 go on\r\n").ok()?;
                    let mut mail = String::new();
                    while !mail.ends_with("\r\n.\r\n") {
                        if reader.read_line(&mut mail).ok()? == 0 {
                            return None;
                        }
                    }
                    self.kept.0.lock().unwrap().push(mail);
                    self.kept.1.notify_all();
                    "250 taken"
                }
                Some("QUIT") => "221 bye",
                _ => "250 fine",
            };
        }
    }
}

fn code_in(mail: &str) -> String {
    let (_, body) = mail.split_once("\r\n\r\n").unwrap();
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    body.split_whitespace().find(is_code).unwrap().to_owned()
}
