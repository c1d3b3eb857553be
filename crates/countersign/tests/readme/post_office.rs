//! The mail server of the host: here it speaks just enough SMTP to take one mail.

use std::sync::Arc;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc};

#[derive(Debug, Clone)]
pub(crate) struct PostOffice {
    port: u16,
    mails: Arc<Mutex<mpsc::UnboundedReceiver<String>>>,
}

impl PostOffice {
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (arrived, mails) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(talk(stream, arrived.clone()));
            }
        });
        Self { port, mails: Arc::new(Mutex::new(mails)) }
    }

    pub(crate) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// The next mail, whole.
    pub(crate) async fn mail(&self) -> String {
        self.mails.lock().await.recv().await.unwrap()
    }
}

async fn talk(stream: TcpStream, arrived: mpsc::UnboundedSender<String>) {
    let mut stream = BufStream::new(stream);
    let mut answer = "220 mail.larkfield.example";
    loop {
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
        stream.flush().await.unwrap();
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap() == 0 {
            return;
        }
        answer = match line.get(..4) {
            Some("DATA") => {
                stream.write_all(b"354 go on\r\n").await.unwrap();
                stream.flush().await.unwrap();
                let mut mail = String::new();
                while !mail.ends_with("\r\n.\r\n") {
                    stream.read_line(&mut mail).await.unwrap();
                }
                arrived.send(mail).unwrap();
                "250 taken"
            }
            Some("QUIT") => "221 bye",
            _ => "250 fine",
        };
    }
}
