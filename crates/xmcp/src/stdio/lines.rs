//! The input as lines of bounded length, read so that a caller may stop waiting at any time and lose nothing.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// One line of input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// A line without its end. There is something on it besides white space.
    Whole(Bytes),
    /// A line of more than the limit. The rest of it is skipped.
    TooLong,
}

/// The lines of an input.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: BufReader<R>,
    line: Vec<u8>,
    limit: usize,
    skipping: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(input: R, limit: usize) -> Self {
        Self {
            input: BufReader::new(input),
            line: Vec::new(),
            limit,
            skipping: false,
        }
    }

    /// The next line; `None` at the end of the input. What stands there without a line's end is a line too.
    ///
    /// Cancel safe: what has been read stays here.
    pub(super) async fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            let piece = self.input.fill_buf().await?;
            if piece.is_empty() {
                return Ok(self.whole());
            }
            let end = piece.iter().position(|&byte| byte == b'\n');
            let text = &piece[..end.unwrap_or(piece.len())];
            let fits = text.len() <= self.limit - self.line.len();
            if fits && !self.skipping {
                self.line.extend_from_slice(text);
            }
            let consumed = end.map_or(piece.len(), |end| end + 1);
            self.input.consume(consumed);
            if self.skipping {
                self.skipping = end.is_none();
            } else if !fits {
                self.line = Vec::new();
                self.skipping = end.is_none();
                return Ok(Some(Line::TooLong));
            } else if end.is_some()
                && let Some(line) = self.whole()
            {
                return Ok(Some(line));
            }
        }
    }

    /// What has been read of the line, if it is more than white space.
    fn whole(&mut self) -> Option<Line> {
        if self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        if self.line.trim_ascii().is_empty() {
            self.line.clear();
            return None;
        }
        Some(Line::Whole(std::mem::take(&mut self.line).into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn lines(input: &[u8], limit: usize) -> Vec<Line> {
        let mut reader = Lines::new(input, limit);
        let mut lines = Vec::new();
        while let Some(line) = reader.next().await.unwrap() {
            lines.push(line);
        }
        lines
    }

    fn whole(text: &'static str) -> Line {
        Line::Whole(Bytes::from_static(text.as_bytes()))
    }

    #[tokio::test]
    async fn a_line_ends_at_its_newline_or_at_the_end_of_the_input() {
        assert_eq!(
            lines(b"one\ntwo\r\n\n \t\r\nthree", 9).await,
            [whole("one"), whole("two"), whole("three")]
        );
        assert_eq!(lines(b"", 9).await, []);
        assert_eq!(lines(b"\n\r\n", 9).await, []);
    }

    #[tokio::test]
    async fn a_line_longer_than_the_limit_is_skipped_to_its_end() {
        assert_eq!(
            lines(b"12345\n123456\n1\n", 5).await,
            [whole("12345"), Line::TooLong, whole("1")]
        );
        assert_eq!(lines(b"123456", 5).await, [Line::TooLong]);
        let mut long = vec![b'x'; 100_000];
        long.extend_from_slice(b"\nnext\n");
        assert_eq!(lines(&long, 10_000).await, [Line::TooLong, whole("next")]);
    }

    #[tokio::test]
    async fn a_line_that_comes_in_pieces_survives_a_caller_that_stops_waiting() {
        use tokio::io::AsyncWriteExt;

        let (mut client, server) = tokio::io::duplex(64);
        let mut lines = Lines::new(server, 64);
        client.write_all(b"one ").await.unwrap();
        tokio::select! {
            biased;
            line = lines.next() => panic!("{line:?} came too early"),
            () = std::future::ready(()) => {}
        }
        client.write_all(b"line\n").await.unwrap();
        assert_eq!(lines.next().await.unwrap(), Some(whole("one line")));
    }
}
