//! `--health`: asks the server that runs at the configured host and port how it is. It needs no HTTP client and no curl in the
//! container, so it serves as a container's health check by itself.

use std::{
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpStream, ToSocketAddrs},
    sync::mpsc,
    thread,
    time::Duration,
};

use xmcp_config::{Authority, DEFAULT_PORT, HttpSettings};

use crate::http::{health::PATH, loopback::without_brackets};

/// The longest that the whole question may take.
const LIMIT: Duration = Duration::from_secs(2);
/// What of an answer is read.
const ANSWER: u64 = 4096;

/// Asks, and says in one line what came of it: `Ok` when the server is there and well.
pub(crate) fn ask(settings: &HttpSettings) -> Result<String, String> {
    let host = without_brackets(&settings.host);
    // What means every address when listening means none when asking.
    let host = match host.parse() {
        Ok(IpAddr::V4(address)) if address.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
        Ok(IpAddr::V6(address)) if address.is_unspecified() => Ipv6Addr::LOCALHOST.to_string(),
        _ => host.to_owned(),
    };
    let port = settings.port.unwrap_or(DEFAULT_PORT);
    let place = Authority {
        host: &host,
        port: Some(port),
    }
    .to_string();
    let (sender, receiver) = mpsc::channel();
    // A thread, because neither resolving a name nor a slow answer can be bounded as a whole otherwise. The process ends it.
    thread::spawn(move || sender.send(status(&host, port)));
    match receiver.recv_timeout(LIMIT) {
        Ok(Ok(line)) if is_well(&line) => Ok(format!("the server at {place} is well")),
        Ok(Ok(_)) => Err(format!(
            "what listens at {place} does not answer {PATH} as a healthy server would"
        )),
        Ok(Err(error)) => Err(format!("no server answers at {place} ({error})")),
        Err(_) => Err(format!(
            "the server at {place} did not answer within {} seconds",
            LIMIT.as_secs()
        )),
    }
}

/// The first line of the answer.
fn status(host: &str, port: u16) -> io::Result<String> {
    let mut failure = io::Error::from(io::ErrorKind::NotFound);
    for address in (host, port).to_socket_addrs()? {
        let mut stream = match TcpStream::connect_timeout(&address, LIMIT) {
            Ok(stream) => stream,
            Err(error) => {
                failure = error;
                continue;
            }
        };
        stream.set_write_timeout(Some(LIMIT))?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.write_all(
            format!("GET {PATH} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
                .as_bytes(),
        )?;
        let mut answer = Vec::new();
        stream.take(ANSWER).read_to_end(&mut answer)?;
        let line = answer
            .split(|byte| *byte == b'\r')
            .next()
            .unwrap_or_default();
        return Ok(String::from_utf8_lossy(line).into_owned());
    }
    Err(failure)
}

fn is_well(line: &str) -> bool {
    line.strip_prefix("HTTP/1.1 ")
        .is_some_and(|rest| rest.starts_with("200"))
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// A server that answers one question with `answer`.
    fn server(answer: &'static [u8]) -> HttpSettings {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut request = [0; 1024];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(answer);
        });
        HttpSettings {
            port: Some(port),
            ..HttpSettings::default()
        }
    }

    #[test]
    fn a_server_that_answers_is_well() {
        let settings = server(b"HTTP/1.1 200 OK\r\n\r\n");
        let port = settings.port.unwrap();
        assert_eq!(
            ask(&settings),
            Ok(format!("the server at 127.0.0.1:{port} is well"))
        );
    }

    #[test]
    fn asks_the_loopback_address_of_a_server_that_listens_everywhere() {
        let settings = HttpSettings {
            host: "0.0.0.0".into(),
            ..server(b"HTTP/1.1 200 OK\r\n\r\n")
        };
        assert!(ask(&settings).is_ok());
    }

    #[test]
    fn other_answers_and_silence_are_not_well() {
        assert!(
            ask(&server(b"HTTP/1.1 503 Service Unavailable\r\n\r\n"))
                .unwrap_err()
                .contains("does not answer /health")
        );
        assert!(
            ask(&server(b"SSH-2.0-OpenSSH_9.6\r\n"))
                .unwrap_err()
                .contains("does not answer /health")
        );
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let settings = HttpSettings {
            port: Some(free),
            ..HttpSettings::default()
        };
        assert!(
            ask(&settings)
                .unwrap_err()
                .starts_with(&format!("no server answers at 127.0.0.1:{free} ("))
        );
    }
}
