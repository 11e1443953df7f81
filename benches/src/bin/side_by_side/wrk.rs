//! The load: wrk, whose connections each send the next request when the last one is answered.

use std::{fs, io, path::PathBuf, process::Command, time::Duration};

use xmcp_benches::{request::Request, server::Server};

/// What came of one run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Load {
    pub per_second: f64,
    /// In microseconds.
    pub p99: f64,
    pub requests: u64,
    /// What a request took of the server's processor, in user mode and in the kernel, in seconds.
    pub cpu_time: f64,
}

/// Sends a request over and over, for so many seconds.
///
/// # Errors
///
/// wrk is missing or says something else, an answer has another status than 200, or answers are not as long as the right one: an error of
/// a tool is an answer too, and a fast one.
pub fn load(
    server: &Server,
    request: &Request,
    connections: usize,
    seconds: u64,
) -> io::Result<Load> {
    let right = right_answer(server, request)?;
    let file = RequestFile::write(request)?;
    let before = server.cpu_time()?;
    let output = Command::new("wrk")
        .args(["-t1", &format!("-c{connections}"), &format!("-d{seconds}s")])
        .args(["--timeout", "5s", "-s"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/http/post.lua"))
        .arg(format!("http://{}/mcp", server.address))
        .env("REQUEST", &file.0)
        .output()
        .map_err(|error| {
            io::Error::new(
                error.kind(),
                format!("cannot run wrk: {error}. Install it: apt-get install wrk"),
            )
        })?;
    let cpu_time = server.cpu_time()? - before;
    let text = String::from_utf8_lossy(&output.stdout);
    let said = Said::read(&text).ok_or_else(|| {
        let why = String::from_utf8_lossy(&output.stderr);
        io::Error::other(format!(
            "wrk gave no figures: {}{}",
            text.trim(),
            why.trim()
        ))
    })?;
    said.load(right, cpu_time)
}

/// How long the right answer is, head and body.
fn right_answer(server: &Server, request: &Request) -> io::Result<u64> {
    let mut client = xmcp_benches::client::Client::connect(&server.address)?;
    let (length, body) = client.ask(&request.bytes())?;
    let text = String::from_utf8_lossy(body);
    let expected = match request.method {
        "tools/list" => "\"inputSchema\"",
        _ => "Hello, World!",
    };
    if text.contains("\"isError\":true") || !text.contains(expected) {
        return Err(io::Error::other(format!("the answer is wrong: {text}")));
    }
    Ok(length)
}

/// What `post.lua` prints in the end.
#[derive(Debug, PartialEq)]
struct Said {
    requests: u64,
    microseconds: u64,
    p99: f64,
    bytes: u64,
    errors: u64,
}

impl Said {
    fn read(text: &str) -> Option<Self> {
        let line = text.lines().find_map(|line| line.strip_prefix("RESULT "))?;
        let fields: Vec<&str> = line.split(' ').collect();
        let [requests, microseconds, p99, bytes, errors] = fields[..] else {
            return None;
        };
        Some(Self {
            requests: requests.parse().ok()?,
            microseconds: microseconds.parse().ok()?,
            p99: p99.parse().ok()?,
            bytes: bytes.parse().ok()?,
            errors: errors.parse().ok()?,
        })
    }

    /// `right` is the length of a right answer.
    fn load(&self, right: u64, cpu_time: Duration) -> io::Result<Load> {
        if self.requests == 0 {
            return Err(io::Error::other("no request was answered"));
        }
        if self.errors > 0 {
            return Err(io::Error::other(format!(
                "{} answers were errors",
                self.errors
            )));
        }
        // wrk counts bytes of answers that it has not seen the end of.
        let length = self.bytes as f64 / self.requests as f64;
        if (length / right as f64 - 1.0).abs() > 0.02 {
            return Err(io::Error::other(format!(
                "answers have {length:.0} bytes, and the right one has {right}"
            )));
        }
        Ok(Load {
            per_second: self.requests as f64 * 1e6 / self.microseconds as f64,
            p99: self.p99,
            requests: self.requests,
            cpu_time: cpu_time.as_secs_f64() / self.requests as f64,
        })
    }
}

/// A request where `post.lua` reads it: headers, an empty line, the body.
struct RequestFile(PathBuf);

impl RequestFile {
    fn write(request: &Request) -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("request.{}", std::process::id()));
        let headers: String = request
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"))
            .collect();
        fs::write(&path, format!("{headers}\n{}", request.body()))?;
        Ok(Self(path))
    }
}

impl Drop for RequestFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(requests: u64, bytes: u64, errors: u64) -> Said {
        Said {
            requests,
            microseconds: 2_000_000,
            p99: 900.0,
            bytes,
            errors,
        }
    }

    #[test]
    fn what_wrk_says_is_read() {
        let text = "Running 2s test\n  1 threads\nRESULT 1000 2000000 900 250000 0\n";
        assert_eq!(Said::read(text), Some(said(1000, 250_000, 0)));
        assert_eq!(Said::read("RESULT 1000 2000000"), None);
        assert_eq!(Said::read("unable to connect"), None);
    }

    #[test]
    fn a_run_counts_when_every_answer_was_the_right_one() {
        let load = said(1000, 250_000, 0).load(250, Duration::ZERO).unwrap();
        assert_eq!(load.per_second, 500.0);
        for wrong in [
            said(1000, 250_000, 1),
            said(1000, 200_000, 0),
            said(0, 0, 0),
        ] {
            assert!(wrong.load(250, Duration::ZERO).is_err(), "{wrong:?}");
        }
    }
}
