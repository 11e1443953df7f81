//! The output: whole lines, one after the other, written by one task.

use std::{io, time::Duration};

use bytes::{BufMut, Bytes, BytesMut};
use tokio::{
    io::{AsyncWrite, AsyncWriteExt},
    sync::mpsc,
    task::JoinHandle,
    time::{Instant, timeout_at},
};
use tokio_util::sync::CancellationToken;

/// How many messages wait for a slow reader before whoever speaks does.
const QUEUE: usize = 16;
/// What a reader gets at least for the last messages, however long the handlers took.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// The task that owns the output. Dropping this ends it.
#[derive(Debug)]
pub(super) struct Writer {
    task: JoinHandle<io::Result<()>>,
    closing: CancellationToken,
}

/// Starts writing. What is sent is one message without line breaks; its line's end is added here.
pub(super) fn start(
    output: impl AsyncWrite + Send + Unpin + 'static,
) -> (mpsc::Sender<Bytes>, Writer) {
    let (sender, messages) = mpsc::channel(QUEUE);
    let closing = CancellationToken::new();
    let task = tokio::spawn(write(output, messages, closing.clone()));
    (sender, Writer { task, closing })
}

async fn write(
    mut output: impl AsyncWrite + Unpin,
    mut messages: mpsc::Receiver<Bytes>,
    closing: CancellationToken,
) -> io::Result<()> {
    loop {
        let message = tokio::select! {
            message = messages.recv() => message,
            () = closing.cancelled(), if !messages.is_closed() => {
                messages.close();
                continue;
            }
        };
        let Some(message) = message else {
            return output.shutdown().await;
        };
        let mut line = BytesMut::with_capacity(message.len() + 1);
        line.put(message);
        line.put_u8(b'\n');
        output.write_all(&line).await?;
        output.flush().await?;
    }
}

impl Writer {
    /// Writes what is waiting, until the deadline, and says how writing went. Nothing more is taken.
    pub(super) async fn finish(mut self, deadline: Instant) -> io::Result<()> {
        self.closing.cancel();
        match timeout_at(deadline.max(Instant::now() + LAST_WORDS), &mut self.task).await {
            Ok(Ok(result)) => result,
            Ok(Err(error)) => Err(io::Error::other(error)),
            Err(_) => {
                tracing::warn!(
                    "the client does not read its answers, so the last of them are lost"
                );
                Ok(())
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.task.abort();
    }
}
