//! The log, on standard error. tracing-subscriber escapes control characters in values, so what a client sends cannot act on the
//! terminal that shows it.

use std::io;

use tracing_subscriber::{EnvFilter, filter::Directive};
use xmcp_config::{LogFormat, LogSettings};

use super::terminal;
use crate::server::audit;

/// Starts the log. When the program has set up one of its own, that stays.
///
/// # Errors
///
/// A filter that cannot be understood, in words for the person who wrote it.
pub(crate) fn start(settings: &LogSettings) -> Result<(), String> {
    let mut filter = filter(&settings.filter)?;
    // Whoever wants an audit has it, however few lines of the rest are wanted.
    if settings.audit && !settings.filter.contains(audit::TARGET) {
        filter = filter.add_directive(audit_directive());
    }
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(terminal::has_colours())
        // Otherwise a closed standard error would panic whoever logs.
        .log_internal_errors(false);
    let _ = match settings.format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .try_init(),
    };
    Ok(())
}

fn audit_directive() -> Directive {
    let text = format!("{}=info", audit::TARGET);
    text.parse().expect("a target and a level are a directive")
}

fn filter(text: &str) -> Result<EnvFilter, String> {
    EnvFilter::builder()
        .parse(text)
        .map_err(|error| format!("[log] filter `{text}` cannot be understood ({error}): write level or target=level, like info,rmcp=warn"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_filter_names_its_setting() {
        assert!(filter("info,rmcp=warn").is_ok());
        let said = filter("info,rmcp=loud").unwrap_err();
        assert!(
            said.starts_with("[log] filter `info,rmcp=loud` cannot be understood"),
            "{said}"
        );
    }
}
