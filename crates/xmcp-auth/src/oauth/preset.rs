//! What well-known issuers do in ways of their own, as their documentation says.

use std::time::Duration;

use super::OAuthConfig;
use crate::{ConfigError, Problem, discovery::Documents, token::Demand};

/// An issuer's ways: where its metadata is, how its access tokens are told from its other tokens, under which claims it says what.
///
/// A preset makes an [`OAuthConfig`] of what is one's own about the issuer; everything can still be changed there.
///
/// ```
/// use xmcp_auth::oauth;
///
/// let config = oauth::KEYCLOAK.config([("url", "https://sso.example.com"), ("realm", "acme")])?;
/// assert_eq!(config.issuer(), "https://sso.example.com/realms/acme");
/// # Ok::<(), xmcp_auth::ConfigError>(())
/// ```
#[derive(Debug)]
pub struct Preset {
    name: &'static str,
    /// With places like `{tenant}`.
    issuer: &'static str,
    other_issuers: &'static [&'static str],
    documents: Documents,
    keys_origins: &'static [&'static str],
    audience: Audience,
    client: &'static [&'static str],
    organization: &'static str,
    roles: &'static [&'static str],
    mark: Mark,
    max_lifetime: Duration,
    /// Why nobody may be let in just because the issuer knows them.
    needs_callers: Option<&'static str>,
}

/// How an issuer's tokens name the resource that they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Audience {
    /// By its identifier.
    Identifier,
    /// By a name that somebody has to say, as this tells.
    Named(&'static str),
}

/// What tells access tokens from other tokens of the same issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// Their audience alone.
    Audience,
    /// The header's `typ`, as RFC 9068 has it.
    Type,
    /// What a claim says, one of these.
    Says(&'static str, &'static [&'static str]),
    /// That one of these claims is there.
    Has(&'static [&'static str]),
}

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// What most do.
const USUAL: Preset = Preset {
    name: "",
    issuer: "",
    other_issuers: &[],
    documents: Documents::OpenId,
    keys_origins: &[],
    audience: Audience::Identifier,
    client: &["client_id", "azp"],
    organization: "org_id",
    roles: &["roles"],
    mark: Mark::Audience,
    max_lifetime: DAY,
    needs_callers: None,
};

/// Auth0: `domain` is the tenant's, like `acme.eu.auth0.com`, or a custom one.
///
/// The API's identifier in the dashboard is the audience: make it the resource's URL. Access tokens are JWTs when a client asks for
/// this audience, and otherwise opaque. With role-based access control the permissions of a user are in
/// [`Session::permissions`](crate::Session::permissions); they are no scopes unless `Provider::grants` makes them scopes. An API whose
/// tokens live longer than a day needs [`OAuthConfig::max_lifetime`].
pub const AUTH0: Preset = Preset {
    name: "Auth0",
    issuer: "https://{domain}/",
    ..USUAL
};

/// WorkOS AuthKit: `domain` is the environment's, like `acme.authkit.app`.
///
/// The resource's URL has to be among the resource indicators in the dashboard.
pub const WORKOS: Preset = Preset {
    name: "WorkOS AuthKit",
    issuer: "https://{domain}",
    ..USUAL
};

/// Clerk: `domain` is that of the Frontend API, like `verb-noun-42.clerk.accounts.dev` or `clerk.example.com`.
///
/// Access tokens must be made as JWTs (the default of new applications, a setting of older ones). Tokens of sessions in a browser are
/// signed by the same keys and are refused: only `typ: at+jwt` is good.
pub const CLERK: Preset = Preset {
    name: "Clerk",
    issuer: "https://{domain}",
    mark: Mark::Type,
    ..USUAL
};

/// Descope, for an MCP server of its console: `url` is `https://api.descope.com`, or where a custom domain is; `project` and `server`
/// are the ids of project and MCP server.
///
/// Each MCP server is an issuer of its own. Tokens that name the project instead of the resource's URL need
/// [`OAuthConfig::audiences`] with the project's id.
pub const DESCOPE: Preset = Preset {
    name: "Descope",
    issuer: "{url}/v1/apps/agentic/{project}/{server}",
    ..USUAL
};

/// Keycloak: `url` is the server's, with the path it is served at if there is one; `realm` is the realm's name.
///
/// The resource's URL comes into `aud` by an audience mapper (included custom audience) in one of the client's scopes. Roles of the
/// realm (`realm_access.roles`) are the session's.
pub const KEYCLOAK: Preset = Preset {
    name: "Keycloak",
    issuer: "{url}/realms/{realm}",
    organization: "organization",
    roles: &["realm_access", "roles"],
    // Of tokens that are bound to a key it is `DPoP`; without a proof of the key, their `cnf` keeps them out.
    mark: Mark::Says("typ", &["Bearer", "DPoP"]),
    ..USUAL
};

/// Microsoft Entra ID, tokens of version 2.0 (`requestedAccessTokenVersion: 2` in the API's manifest): `tenant` is the directory's id.
///
/// The audience is the API's application (client) id, which has to be named. Scopes are in `scp`, application roles are the session's
/// roles, and the organization is the tenant. Where access is evaluated continuously, tokens live up to 28 hours.
pub const ENTRA: Preset = Preset {
    name: "Microsoft Entra ID",
    issuer: "https://login.microsoftonline.com/{tenant}/v2.0",
    audience: Audience::Named(
        "its tokens have the API's application (client) id: write `.audiences([\"<application id>\"])`",
    ),
    organization: "tid",
    // ID tokens have the same issuer and keys, and the same audience where one registration is both client and API.
    mark: Mark::Has(&["azp"]),
    max_lifetime: Duration::from_secs(29 * 60 * 60),
    ..USUAL
};

/// Microsoft Entra ID, tokens of version 1.0 (what an API gets unless its manifest says otherwise): `tenant` is the directory's id.
///
/// The audience is the API's application id or its application id URI, which have to be named.
pub const ENTRA_V1: Preset = Preset {
    name: "Microsoft Entra ID (1.0)",
    issuer: "https://sts.windows.net/{tenant}/",
    keys_origins: &[
        "https://login.microsoftonline.com",
        "https://login.windows.net",
    ],
    audience: Audience::Named(
        "its tokens have the API's application id URI or its id: write `.audiences([\"api://<application id>\", \"<application id>\"])`",
    ),
    client: &["appid"],
    mark: Mark::Has(&["appid"]),
    ..ENTRA
};

/// Google, for machines: ID tokens of service accounts whose audience is the resource's URL.
///
/// Google's access tokens are opaque and only for Google's own interfaces: no MCP client that signs a person in with Google has a
/// token that could be verified here. For people, put an authorization server in front that has Google as identity provider.
///
/// Whoever has a project at Google gets an ID token for any audience. So it has to be said who may call:
/// [`OAuthConfig::only`] with `email` or `sub`. Such tokens have no scopes; `Provider::grants` can give some.
pub const GOOGLE: Preset = Preset {
    name: "Google",
    issuer: "https://accounts.google.com",
    other_issuers: &["accounts.google.com"],
    keys_origins: &["https://www.googleapis.com"],
    organization: "hd",
    needs_callers: Some(
        "anybody at Google gets a token for any audience: write `.only(\"email\", [\"<service account>\"])`",
    ),
    ..USUAL
};

impl Preset {
    /// Whose ways these are.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The issuer, with places for what is one's own about it: `https://login.microsoftonline.com/{tenant}/v2.0`.
    pub fn issuer(&self) -> &'static str {
        self.issuer
    }

    /// The configuration of one's own issuer: what stands in each place of [`issuer`](Self::issuer).
    ///
    /// # Errors
    ///
    /// A place without a value, a value without a place, or one that cannot stand there.
    pub fn config<'a>(
        &'static self,
        values: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<OAuthConfig, ConfigError> {
        let mut problems = Vec::new();
        let mut issuer = self.issuer.to_owned();
        let mut places: Vec<&'static str> = places(self.issuer).collect();
        for (name, value) in values {
            let Some(index) = places.iter().position(|place| *place == name) else {
                problems.push(self.problem(name, value, "the issuer has no such place"));
                continue;
            };
            let place = places.remove(index);
            if let Some(reason) = misfit(place, value) {
                problems.push(self.problem(place, value, reason));
            }
            issuer = issuer.replace(&format!("{{{place}}}"), value.trim_end_matches('/'));
        }
        problems.extend(places.iter().map(|place| Problem::PresetPlace {
            provider: self.name,
            name: (*place).to_owned(),
        }));
        ConfigError::unless_none(problems, ())?;
        let config = OAuthConfig::new(issuer)?
            .other_issuers(self.other_issuers.iter().copied())
            .keys_origins(self.keys_origins)?
            .max_lifetime(self.max_lifetime)
            .organization_claim(self.organization)
            .roles_claim(self.roles.iter().copied());
        Ok(config.with_preset(self))
    }

    pub(super) fn client(&self) -> &'static [&'static str] {
        self.client
    }

    pub(super) fn documents(&self) -> Documents {
        self.documents
    }

    pub(super) fn has_typ(&self) -> bool {
        self.mark == Mark::Type
    }

    pub(super) fn demand(&self) -> Option<Demand> {
        match self.mark {
            Mark::Audience | Mark::Type => None,
            Mark::Says(name, texts) => Some(Demand::says(name, texts.iter().copied())),
            Mark::Has(names) => Some(Demand::Has(names)),
        }
    }

    /// What is still to be said before anybody may be let in.
    pub(super) fn check(&self, config: &OAuthConfig) -> Result<(), Problem> {
        let remedy = match (self.audience, self.needs_callers) {
            (Audience::Named(remedy), _) if config.terms.audiences.is_empty() => remedy,
            (_, Some(remedy)) if !config.names_callers() => remedy,
            _ => return Ok(()),
        };
        Err(Problem::Incomplete {
            provider: self.name,
            remedy,
        })
    }

    fn problem(&self, name: &str, value: &str, reason: &'static str) -> Problem {
        Problem::Preset {
            provider: self.name,
            name: name.to_owned(),
            value: crate::resource::without_user(value),
            reason,
        }
    }
}

/// The names in braces.
fn places(template: &'static str) -> impl Iterator<Item = &'static str> {
    template
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
}

/// What is wrong with a value for this place.
fn misfit(place: &str, value: &str) -> Option<&'static str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    match place {
        "url" => crate::resource::path_of(value).err(),
        _ if value.is_empty() || value.bytes().all(|byte| byte == b'.') => Some("it is missing"),
        "tenant" if !is_guid(value) => Some(
            "the directory's id is wanted, like `11111111-2222-3333-4444-555555555555`: tokens name the tenant by nothing else",
        ),
        "domain" if value.contains("://") => Some("it is wanted without `https://`"),
        _ if !value.bytes().all(is_plain) => {
            Some("only letters, digits, `-`, `_` and `.` can stand there")
        }
        _ => None,
    }
}

fn is_guid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && text
            .bytes()
            .all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}
