//! The log, on standard error. tracing-subscriber escapes control characters in values, so what a client sends cannot act on the
//! terminal that shows it.

use std::io;

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{fmt, registry};
use xmcp_config::{LogFormat, LogSettings};

use super::terminal;
use crate::{http::OpensRequests, server::audit};

/// Starts the log. When the program has set up one of its own, that stays.
///
/// # Errors
///
/// A filter that cannot be understood, in words for the person who wrote it.
pub(crate) fn start(settings: &LogSettings) -> Result<(), String> {
    let mut filter = filter(&settings.filter)?;
    // Whoever wants an audit has it, however few lines of the rest are wanted.
    if settings.audit && !settings.filter.contains(audit::TARGET) {
        filter = filter.with_target(audit::TARGET, LevelFilter::INFO);
    }
    let lines = fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(terminal::has_colours())
        // Otherwise a closed standard error would panic whoever logs.
        .log_internal_errors(false);
    let lines = match settings.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .boxed(),
    };
    let _ = OpensRequests::around(registry().with(lines).with(filter)).try_init();
    Ok(())
}

/// `level` or `target=level`, separated by commas. The longest target that a line's begins with decides.
fn filter(text: &str) -> Result<Targets, String> {
    let refused = |part: &str| {
        format!(
            "[log] filter `{text}` cannot be understood at `{part}`: write level or target=level, like info,rmcp=warn"
        )
    };
    let mut targets = Targets::new();
    for part in text
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty())
    {
        // `target[span{field}]=level` is no target: only what a line is about decides, not where it comes from.
        if part.contains(['[', '{']) {
            return Err(refused(part));
        }
        targets = match part.split_once('=') {
            Some((target, level)) => {
                let level = level.parse::<LevelFilter>().map_err(|_| refused(part))?;
                targets.with_target(target, level)
            }
            None => match part.parse::<LevelFilter>() {
                Ok(level) => targets.with_default(level),
                Err(_) => targets.with_target(part, LevelFilter::TRACE),
            },
        };
    }
    Ok(targets)
}

#[cfg(test)]
mod tests {
    use tracing::Level;

    use super::*;

    #[test]
    fn a_wrong_filter_names_its_setting() {
        for wrong in [
            "info,rmcp=loud",
            "info,xmcp[request]=debug",
            "info,[{id=1}]=info",
        ] {
            let said = filter(wrong).unwrap_err();
            let part = wrong.strip_prefix("info,").unwrap();
            let begin = format!("[log] filter `{wrong}` cannot be understood at `{part}`");
            assert!(said.starts_with(&begin), "{said}");
        }
    }

    #[test]
    fn the_longest_target_decides() {
        let filter = filter("warn, xmcp=debug,xmcp::audit=off,hyper, ").unwrap();
        for (target, level, is_logged) in [
            ("other", Level::WARN, true),
            ("other", Level::INFO, false),
            ("xmcp", Level::DEBUG, true),
            ("xmcp::http", Level::DEBUG, true),
            ("xmcp", Level::TRACE, false),
            ("xmcp::audit", Level::ERROR, false),
            ("hyper::proto", Level::TRACE, true),
        ] {
            assert_eq!(
                filter.would_enable(target, &level),
                is_logged,
                "{target} {level}"
            );
        }
    }
}
