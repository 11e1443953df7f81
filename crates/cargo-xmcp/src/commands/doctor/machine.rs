//! What is known to go wrong between an app and its machine: the URL it is called by, secrets, and variables that do nothing.

use std::{
    env,
    net::{IpAddr, SocketAddr},
    process::{Command, Stdio},
    time::Duration,
};

use scalekit_emulator::misspelt_variables;
use tokio::{net::TcpStream, time};
use url::Url;
use xmcp_config::env::unknown_variables;

use super::finding::Report;
use crate::{Project, endpoint, local::Local, scalekit};

/// Looks at what the app would be started with.
pub(super) async fn examine(
    project: &Project,
    local: &Local,
    timeout: Duration,
    report: &mut Report,
) {
    report.area("app");
    public_url(local, timeout, report).await;
    env_file(project, report);
    variables(local, report);
}

async fn public_url(local: &Local, timeout: Duration, report: &mut Report) {
    let http = &local.settings().http;
    let Some(public) = &http.public_url else {
        let is_here = http.host == "localhost"
            || http.host.parse::<IpAddr>().is_ok_and(|it| it.is_loopback())
            || http
                .host
                .parse::<SocketAddr>()
                .is_ok_and(|it| it.ip().is_loopback());
        if is_here || !http.allowed_hosts.is_empty() {
            report.ok("public_url", "none, and none is needed");
        } else {
            report.problem(
                "public_url",
                format!("none, and the server is to listen on {}: it does not start", http.host),
                "set `BASE_URL`, or `public_url` under `[http]` in xmcp.toml, to the URL that clients use",
            );
        }
        return;
    };
    let Ok(url) = Url::parse(public) else {
        return;
    };
    if url.scheme() != "https" && !endpoint::is_here(&url) {
        report.problem(
            "public_url",
            format!("{public} is not https: whoever is on the way reads tokens, and clients may refuse it"),
            "serve it by https, behind a proxy that has a certificate",
        );
        return;
    }
    if endpoint::is_example(&url) {
        report.problem(
            "public_url",
            format!("{public} is still an example's"),
            "set `BASE_URL`, or `public_url` under `[http]` in xmcp.toml, to the URL that clients use",
        );
        return;
    }
    let place = endpoint::place(&url);
    match time::timeout(timeout, TcpStream::connect(place.as_str())).await {
        Ok(Ok(_)) => report.ok("public_url", format!("somebody listens at {place}")),
        _ => report.warning(
            "public_url",
            format!("nobody is reached at {place} from here"),
            "right if it is not deployed yet, or not for this network; else see to DNS and the proxy",
        ),
    }
}

/// `.env` holds secrets.
fn env_file(project: &Project, report: &mut Report) {
    if !project.root().join(".env").exists() {
        report.ok(".env", "there is none");
        return;
    }
    let git = |arguments: &[&str]| {
        let status = Command::new("git")
            .args(arguments)
            .current_dir(project.root())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        status.ok().and_then(|status| status.code())
    };
    if git(&["ls-files", "--error-unmatch", ".env"]) == Some(0) {
        report.problem(
            ".env",
            "git keeps it: its secrets are in the history",
            "`git rm --cached .env`, write `.env` into .gitignore, and replace the secrets",
        );
    } else if git(&["check-ignore", "--quiet", ".env"]) == Some(1) {
        report.problem(
            ".env",
            "git does not ignore it: the next `git add` takes its secrets along",
            "write `.env` into .gitignore",
        );
    } else {
        report.ok(".env", "git does not see it");
    }
}

/// Variables of the environment and of `.env`.
fn variables(local: &Local, report: &mut Report) {
    let names = || {
        let set = env::vars_os().filter_map(|(name, _)| name.into_string().ok());
        set.chain(local.names().map(str::to_owned))
    };
    let mut said: Vec<_> = unknown_variables(names())
        .iter()
        .map(ToString::to_string)
        .collect();
    said.extend(misspelt_variables(names()));
    said.dedup();
    for line in &said {
        report.warning(
            "variables",
            line,
            "write its name as it is meant, or remove it",
        );
    }
    let scalekit: Vec<_> = [
        scalekit::RESOURCE_ID,
        scalekit::CLIENT_ID,
        scalekit::CLIENT_SECRET,
    ]
    .into_iter()
    .filter(|name| local.variable(name).is_some())
    .collect();
    if local.variable(scalekit::ENVIRONMENT_URL).is_none() && !scalekit.is_empty() {
        report.problem(
            "variables",
            format!(
                "{} is set, and `{}` is not: a server with Scalekit does not start",
                scalekit.join(", "),
                scalekit::ENVIRONMENT_URL
            ),
            "set it too, or none of them, to use the emulator",
        );
    } else if said.is_empty() {
        report.ok("variables", "each of them is read");
    }
}
