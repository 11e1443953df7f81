//! The pages a person sees. They need no script, load nothing, and show nothing of a request unescaped.

use axum::{body::Body, response::Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::{
    directory::{Directory, User},
    pending::Authorization,
};

const STYLE: &str = include_str!("page.css");

/// The page on which a person chooses who they are, and approves or denies.
pub(crate) fn consent(id: &str, asked: &Authorization, directory: &Directory) -> Response {
    let client = escape(asked.client_name.as_deref().unwrap_or(&asked.client));
    let scopes: String = asked
        .scopes
        .iter()
        .map(|scope| format!("<li><code>{}</code></li>", escape(scope)))
        .collect();
    let mut choices = String::new();
    for user in &directory.users {
        choices.push_str(&choices_of(user, directory, choices.is_empty()));
    }
    let body = format!(
        r#"<p class="eyebrow">Local Scalekit</p>
<h1><strong>{client}</strong> would like to use your MCP server</h1>
<dl>
<dt>Server</dt><dd><code>{resource}</code></dd>
<dt>Client</dt><dd><code>{client_id}</code></dd>
<dt>Returns to</dt><dd><code>{redirect}</code></dd>
</dl>
<form method="post" action="/consent">
<input type="hidden" name="request" value="{id}">
<fieldset><legend>Sign in as</legend>
{choices}</fieldset>
<h2>It asks for</h2>
<ul class="scopes">{scopes}</ul>
<div class="buttons">
<button class="approve" name="decision" value="approve">Approve</button>
<button class="deny" name="decision" value="deny">Deny</button>
</div>
</form>"#,
        resource = escape(&asked.resource),
        client_id = escape(&asked.client),
        redirect = escape(&asked.redirect_uri),
        id = escape(id),
    );
    page(StatusCode::OK, "Sign in", &body)
}

/// A page for what cannot be answered to the client, because nobody knows who that is.
pub(crate) fn problem(status: StatusCode, title: &str, text: &str) -> Response {
    let body = format!(
        r#"<p class="eyebrow">Local Scalekit</p><h1>{}</h1><p>{}</p>"#,
        escape(title),
        escape(text)
    );
    page(status, title, &body)
}

fn choices_of(user: &User, directory: &Directory, is_first: bool) -> String {
    let mut is_checked = is_first;
    let mut choice = |value: &str, organization: &str, roles: &str| {
        let checked = if is_checked { " checked" } else { "" };
        is_checked = false;
        format!(
            r#"<label><input type="radio" name="as" value="{}"{checked} required><span class="avatar">{}</span><span><b>{}</b> <small>{}</small><br><span class="organization">{}</span> <small>{}</small></span></label>
"#,
            escape(value),
            escape(&initials(user)),
            escape(&user.name()),
            escape(&user.email),
            escape(organization),
            escape(roles),
        )
    };
    if user.memberships.is_empty() {
        return choice(&user.id, "no organization", "");
    }
    user.memberships
        .iter()
        .map(|membership| {
            let id = &membership.organization_id;
            let name = directory
                .organization(id)
                .map_or(id.as_str(), |it| it.display_name.as_str());
            choice(
                &format!("{} {id}", user.id),
                name,
                &membership.roles.join(", "),
            )
        })
        .collect()
}

fn initials(user: &User) -> String {
    [&user.given_name, &user.family_name]
        .iter()
        .filter_map(|name| name.chars().next())
        .collect()
}

fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escape(title);
    let html = format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title} · Local Scalekit</title>
<style>{STYLE}</style>
</head>
<body><main>{body}</main></body>
</html>
"#
    );
    let mut response = Response::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(header::CONTENT_SECURITY_POLICY, policy());
    response
}

const HEADERS: [(HeaderName, &str); 5] = [
    (header::CONTENT_TYPE, "text/html; charset=utf-8"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
];

/// Nothing is loaded, run or framed; the style is named by its hash. `form-action` stays out: browsers apply it to the redirect that
/// answers the form, and that one leads to the client.
fn policy() -> HeaderValue {
    use aws_lc_rs::digest::{SHA256, digest};
    use base64::{Engine, engine::general_purpose::STANDARD};

    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; frame-ancestors 'none'"
    );
    HeaderValue::from_str(&policy).expect("a policy is ASCII")
}

/// `text` as HTML text or in a quoted attribute.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            // Letters that turn the direction of text could make one address look like another.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            character if character.is_control() => {}
            character => escaped.push(character),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_has_a_meaning_in_html_is_escaped_and_what_turns_text_is_dropped() {
        assert_eq!(
            super::escape("<b title=\"x\">O'Neill & \u{202e}son\u{7}</b>"),
            "&lt;b title=&quot;x&quot;&gt;O&#39;Neill &amp; son&lt;/b&gt;"
        );
    }
}
