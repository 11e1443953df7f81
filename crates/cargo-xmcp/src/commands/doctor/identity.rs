//! Who listens at the app's URL: the app, or another server that has taken its port.

use serde_json::Value;
use url::Url;

use super::finding::Report;
use crate::{
    text,
    wire::{self, Answer},
};

/// How much is shown of another server's name.
const NAME: usize = 80;

/// Whether the server that gave these `answers` is the app that calls itself `app`. One that does not say who it is may be.
pub(super) async fn is_app(
    app: &str,
    url: &Url,
    client: &reqwest::Client,
    answers: [Option<&Answer>; 2],
    report: &mut Report,
) -> bool {
    let said = answers.into_iter().flatten().find_map(said);
    let (name, is_same) = match said {
        Some(name) => {
            let is_same = name == app;
            (name, is_same)
        }
        // Who asks for a credential first has a card for strangers all the same.
        None => match carded(url, client).await {
            Some(name) => {
                let is_same = name == plain(app);
                (name, is_same)
            }
            None => return true,
        },
    };
    if is_same {
        report.ok("identity", "it is this app");
        return true;
    }
    report.problem(
        "identity",
        format!(
            "another server has the place of this app, which is called `{app}`: `{}`",
            text::line(&name, NAME)
        ),
        format!(
            "end that one, or give this app a port of its own: PORT, or `port` under [http]. `cargo xmcp doctor {url}` looks at it whoever it is"
        ),
    );
    false
}

/// What it says of itself: `serverInfo` of the handshake, or of `server/discover`.
fn said(answer: &Answer) -> Option<String> {
    let json = answer.json()?;
    let result = &json["result"];
    let old = result["serverInfo"]["name"].as_str();
    let new = result["_meta"]["io.modelcontextprotocol/serverInfo"]["name"].as_str();
    old.or(new).map(str::to_owned)
}

/// The server's own name on its card, behind the space that a card puts before it.
async fn carded(url: &Url, client: &reqwest::Client) -> Option<String> {
    let mut card = url.clone();
    card.set_query(None);
    card.set_path(&format!("{}/server-card", url.path().trim_end_matches('/')));
    let answer = wire::send(client.get(card)).await.ok()?;
    let json: Value = answer.json()?;
    let name = json["name"].as_str()?;
    Some(name.rsplit('/').next().unwrap_or(name).to_owned())
}

/// A name as cards have it.
fn plain(name: &str) -> String {
    let own = name.rsplit('/').next().unwrap_or(name);
    own.chars()
        .map(|character| match character {
            '.' | '_' | '-' => character,
            _ if character.is_ascii_alphanumeric() => character,
            _ => '-',
        })
        .collect()
}
