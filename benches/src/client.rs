//! The one who asks: HTTP/1.1 by hand, so that nothing of it differs between two runs.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
};

/// One connection.
pub struct Client {
    stream: BufReader<TcpStream>,
    body: Vec<u8>,
}

impl Client {
    pub fn connect(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream: BufReader::new(stream),
            body: Vec::new(),
        })
    }

    /// Sends a request, and reads its answer: bytes in all, and its body.
    pub fn ask(&mut self, request: &[u8]) -> io::Result<(u64, &[u8])> {
        self.stream.get_mut().write_all(request)?;
        let mut bytes = 0;
        let mut length = 0;
        let mut line = String::new();
        loop {
            line.clear();
            bytes += self.stream.read_line(&mut line)?;
            let text = line.trim_end().to_ascii_lowercase();
            if bytes == line.len() && !text.ends_with("200 ok") {
                return Err(io::Error::other(format!("the server answered `{text}`")));
            }
            if let Some(value) = text.strip_prefix("content-length: ") {
                length = value.parse().map_err(io::Error::other)?;
            }
            if text.is_empty() {
                break;
            }
        }
        self.body.resize(length, 0);
        self.stream.read_exact(&mut self.body)?;
        Ok(((bytes + length) as u64, &self.body))
    }
}
