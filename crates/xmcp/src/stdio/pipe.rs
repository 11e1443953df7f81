//! The process's own input and output, each on a thread of its own.
//!
//! Reads and writes of standard streams block on every kind of stream there is (pipe, socket, terminal, file), and a read
//! that has begun cannot be called off. On the runtime's blocking pool it would hold up the end of the process until the
//! client says something more; these two threads hold up nothing.

use std::{
    io::{self, Read, Write},
    pin::Pin,
    task::{Context, Poll, ready},
    thread,
};

use bytes::{Buf, Bytes};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::mpsc,
};

use super::guard::Stdout;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// Standard input.
#[derive(Debug)]
pub(super) struct Input {
    chunks: mpsc::Receiver<io::Result<Bytes>>,
    rest: Bytes,
}

impl Input {
    /// Starts reading standard input. The thread ends with the input, or with the process.
    pub(super) fn stdin() -> io::Result<Self> {
        let (sender, chunks) = mpsc::channel(1);
        thread::Builder::new()
            .name("stdin".to_owned())
            .spawn(move || {
                let mut stdin = io::stdin().lock();
                loop {
                    let mut chunk = vec![0; CHUNK];
                    let chunk = match stdin.read(&mut chunk) {
                        Ok(0) => return,
                        Ok(length) => {
                            chunk.truncate(length);
                            Ok(chunk.into())
                        }
                        Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                        Err(error) => Err(error),
                    };
                    let failed = chunk.is_err();
                    if sender.blocking_send(chunk).is_err() || failed {
                        return;
                    }
                }
            })?;
        Ok(Self {
            chunks,
            rest: Bytes::new(),
        })
    }
}

impl AsyncRead for Input {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.rest.is_empty() {
            match ready!(self.chunks.poll_recv(context)) {
                None => return Poll::Ready(Ok(())),
                Some(chunk) => self.rest = chunk?,
            }
        }
        let length = self.rest.len().min(buffer.remaining());
        buffer.put_slice(&self.rest[..length]);
        self.rest.advance(length);
        Poll::Ready(Ok(()))
    }
}

/// Standard output.
#[derive(Debug)]
pub(super) struct Output {
    writes: mpsc::Sender<Bytes>,
    results: mpsc::Receiver<io::Result<()>>,
    writing: bool,
}

impl Output {
    /// Starts writing to the real standard output. The thread ends when this is dropped, or with the process.
    pub(super) fn stdout(Stdout(mut stdout): Stdout) -> io::Result<Self> {
        let (writes, mut pieces) = mpsc::channel::<Bytes>(1);
        let (sender, results) = mpsc::channel(1);
        thread::Builder::new()
            .name("stdout".to_owned())
            .spawn(move || {
                while let Some(piece) = pieces.blocking_recv() {
                    if sender.blocking_send(stdout.write_all(&piece)).is_err() {
                        return;
                    }
                }
            })?;
        Ok(Self {
            writes,
            results,
            writing: false,
        })
    }

    /// Waits until what was given to the thread is written.
    fn poll_written(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if !self.writing {
            return Poll::Ready(Ok(()));
        }
        let result = ready!(self.results.poll_recv(context));
        self.writing = false;
        Poll::Ready(result.unwrap_or_else(|| Err(io::ErrorKind::BrokenPipe.into())))
    }
}

impl AsyncWrite for Output {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        piece: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_written(context))?;
        // One piece at a time is on its way, so there is always room for the next.
        self.writes
            .try_send(Bytes::copy_from_slice(piece))
            .map_err(|_| io::ErrorKind::BrokenPipe)?;
        self.writing = true;
        Poll::Ready(Ok(piece.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_written(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.poll_written(context)
    }
}
