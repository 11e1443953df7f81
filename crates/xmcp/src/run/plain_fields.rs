//! Fields of spans and events as tracing-subscriber writes them, at less cost where there is one with a plain value: the span of each
//! request has such a field, and what is done for colours and control characters was a third of what the span costs.

use std::{
    error::Error,
    fmt::{self, Write},
};

use tracing::field::{Field, Visit};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{
        FormatFields,
        format::{DefaultFields, Writer},
    },
};

/// Writes fields.
#[derive(Default)]
pub(super) struct PlainFields(DefaultFields);

impl<'writer> FormatFields<'writer> for PlainFields {
    fn format_fields<R: RecordFields>(
        &self,
        mut writer: Writer<'writer>,
        fields: R,
    ) -> fmt::Result {
        if !writer.has_ansi_escapes() {
            let mut plain = Plain::default();
            fields.record(&mut plain);
            if let Some((name, value)) = plain.field() {
                writer.write_str(name)?;
                writer.write_char('=')?;
                return writer.write_str(value);
            }
        }
        self.0.format_fields(writer, fields)
    }
}

/// The only field, if its value is short and of characters that no terminal and no reader of the log takes for anything else.
#[derive(Default)]
struct Plain {
    name: &'static str,
    fields: usize,
    is_other: bool,
    value: Room,
    length: usize,
}

/// As long as the id of a request may be.
struct Room([u8; 64]);

impl Default for Room {
    fn default() -> Self {
        Self([0; 64])
    }
}

impl Plain {
    fn field(&self) -> Option<(&'static str, &str)> {
        if self.fields != 1 || self.is_other {
            return None;
        }
        let value = std::str::from_utf8(&self.value.0[..self.length]);
        Some((self.name, value.ok()?))
    }
}

impl Visit for Plain {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.fields += 1;
        self.name = field.name();
        let is_usual =
            self.fields == 1 && self.name.bytes().all(is_plain) && self.name != "message";
        if !is_usual || write!(self, "{value:?}").is_err() {
            self.is_other = true;
        }
    }

    fn record_error(&mut self, _: &Field, _: &(dyn Error + 'static)) {
        self.is_other = true;
    }
}

impl fmt::Write for Plain {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        let room = self.value.0.get_mut(self.length..end).ok_or(fmt::Error)?;
        if !text.bytes().all(|byte| is_plain(byte) || byte == b'.') {
            return Err(fmt::Error);
        }
        room.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::fmt::MakeWriter;

    use super::*;

    /// What is logged, without the time.
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Log {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    fn logged(fields: impl for<'w> FormatFields<'w> + Send + Sync + 'static) -> String {
        let log = Log::default();
        let subscriber = tracing_subscriber::fmt()
            .with_writer(log.clone())
            .with_ansi(false)
            .without_time()
            .fmt_fields(fields)
            .finish();
        tracing::subscriber::with_default(subscriber, || {
            for id in [
                "4f2a",
                "a.b_c-d",
                "",
                "a b",
                "a=b",
                "\u{1b}[31m",
                "line\nline",
                &"x".repeat(64),
            ] {
                let _outer = tracing::error_span!("request", id = %id).entered();
                let _debug = tracing::error_span!("debug", id = ?id).entered();
                let _text = tracing::error_span!("text", id).entered();
                let _number = tracing::error_span!("number", of = 7).entered();
                let _two = tracing::error_span!("two", id, of = 7).entered();
                let _none = tracing::error_span!("none").entered();
                tracing::info!("said");
                tracing::info!(id, of = 7, "said more");
                tracing::info!(id = %id);
            }
        });
        String::from_utf8(std::mem::take(&mut *log.0.lock().unwrap())).unwrap()
    }

    #[test]
    fn plain_fields_are_written_as_all_others_are() {
        let usual = logged(DefaultFields::new());
        assert!(usual.contains("request{id=4f2a}"), "{usual}");
        assert_eq!(logged(PlainFields::default()), usual);
    }
}
