//! The right name that someone most likely meant.

/// The name among `names` that is most like `found`, unless none is like it at all.
pub(crate) fn nearest<'a>(
    found: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // Below this, the suggestion is noise: `body` is not `port`.
    const ALIKE: f64 = 0.75;

    let found = found.to_lowercase().replace('-', "_");
    names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&found, &name.to_lowercase()), name))
        .filter(|(alike, _)| *alike >= ALIKE)
        // The first of equals: the order of the definition, the same on every machine.
        .fold(None, |best: Option<(f64, &str)>, next| match best {
            Some(best) if best.0 >= next.0 => Some(best),
            _ => Some(next),
        })
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_the_name_that_was_meant() {
        let names = [
            "host",
            "port",
            "public_url",
            "allowed_hosts",
            "allowed_origins",
        ];
        assert_eq!(nearest("prot", names), Some("port"));
        assert_eq!(nearest("publicUrl", names), Some("public_url"));
        assert_eq!(nearest("public-url", names), Some("public_url"));
        assert_eq!(nearest("allowed_host", names), Some("allowed_hosts"));
        assert_eq!(nearest("zebra", names), None);
    }
}
