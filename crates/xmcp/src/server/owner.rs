//! Who made a transport session or a task, and whose it stays.

use xmcp_auth::Session;

/// A caller as far as it owns something: an authorization server's user with one application, or nobody where nobody is verified.
/// Another application of the same user may have been granted less, so it owns nothing of the first one's.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Owner(Option<Verified>);

#[derive(Clone, PartialEq, Eq, Hash)]
struct Verified {
    issuer: String,
    user: String,
    client: Option<String>,
}

impl Owner {
    /// The owner that this caller is. Tokens come and go; who they are about stays.
    pub(crate) fn of(session: Option<&Session>) -> Self {
        Self(session.map(|session| Verified {
            issuer: session.issuer().to_owned(),
            user: session.user_id().to_owned(),
            client: session.client_id().map(str::to_owned),
        }))
    }

    /// Whether it is one caller, and not everybody whom nobody verifies.
    pub(crate) fn is_verified(&self) -> bool {
        self.0.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_owner_is_the_user_of_one_authorization_server_with_one_application() {
        let session = |user: &str, issuer: &str| Session::for_test(user).issuer(issuer).build();
        let owner = |session: &Session| Owner::of(Some(session));
        let ada = session("ada", "https://one.example");
        assert!(owner(&ada) == owner(&session("ada", "https://one.example")));
        assert!(owner(&ada) != owner(&session("ada", "https://two.example")));
        assert!(owner(&ada) != owner(&session("bob", "https://one.example")));
        let through = |client| {
            Session::for_test("ada")
                .issuer("https://one.example")
                .client_id(client)
        };
        let editor = through("editor").build();
        assert!(owner(&editor) == owner(&through("editor").build()));
        assert!(owner(&editor) != owner(&through("viewer").build()));
        assert!(owner(&editor) != owner(&ada));
        assert!(owner(&ada) != Owner::of(None));
        assert!(Owner::of(None) == Owner::of(None));
    }
}
