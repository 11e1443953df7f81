//! Who made a transport session or a task, and whose it stays.

use xmcp_auth::Session;

/// A caller as far as it owns something: an authorization server's user, or nobody where nobody is verified.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Owner(Option<(String, String)>);

impl Owner {
    /// The owner that this caller is. Tokens come and go; who they are about stays.
    pub(crate) fn of(session: Option<&Session>) -> Self {
        let name = |session: &Session| (session.issuer().to_owned(), session.user_id().to_owned());
        Self(session.map(name))
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
    fn an_owner_is_the_user_of_one_authorization_server() {
        let session = |user: &str, issuer: &str| Session::for_test(user).issuer(issuer).build();
        let owner = |session: &Session| Owner::of(Some(session));
        let ada = session("ada", "https://one.example");
        assert!(owner(&ada) == owner(&session("ada", "https://one.example")));
        assert!(owner(&ada) != owner(&session("ada", "https://two.example")));
        assert!(owner(&ada) != owner(&session("bob", "https://one.example")));
        assert!(owner(&ada) != Owner::of(None));
        assert!(Owner::of(None) == Owner::of(None));
    }
}
