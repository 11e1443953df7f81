//! What tokens of one's own are verified with.

use std::{fmt, sync::Arc};

use rustls_pki_types::{SubjectPublicKeyInfoDer, pem::PemObject};
use url::Url;

use crate::{
    Algorithm, ConfigError, Problem, Secret,
    http::Target,
    json,
    jwt_verifier::KeysFrom,
    keys::{Key, Unfit},
};

/// As long as what SHA-256 makes (RFC 7518, section 3.2).
const SHORTEST_SECRET: usize = 32;

/// The keys that may have signed a token, and the algorithms they are for.
pub struct Keys {
    from: From,
    algorithms: Vec<Algorithm>,
}

enum From {
    Set(Url),
    Fixed(Arc<Key>),
}

impl Keys {
    /// The JSON Web Key Set at this URL, for these algorithms. It is fetched when the first token comes, and again when it is old.
    ///
    /// # Errors
    ///
    /// It is not `https` (`http` on this machine), or no algorithm for published keys is named.
    pub fn set(
        url: &str,
        algorithms: impl IntoIterator<Item = Algorithm>,
    ) -> Result<Self, ConfigError> {
        let algorithms: Vec<_> = algorithms.into_iter().collect();
        if algorithms.is_empty() || algorithms.contains(&Algorithm::Hs256) {
            let reason = "name algorithms that are for published keys, like RS256 or ES256";
            return Err(problem("a key set", reason));
        }
        let parsed =
            Url::parse(url).map_err(|_| problem("the URL of a key set", "it is no URL"))?;
        Target::new(parsed.clone())
            .map_err(|error| problem("the URL of a key set", error.to_string()))?;
        Ok(Self {
            from: From::Set(parsed),
            algorithms,
        })
    }

    /// This public key in PEM (`-----BEGIN PUBLIC KEY-----`), for this algorithm.
    ///
    /// # Errors
    ///
    /// It is something else, or a key for other algorithms; of RSA, one shorter than 2048 bits or longer than 8192.
    pub fn pem(algorithm: Algorithm, pem: &str) -> Result<Self, ConfigError> {
        const WHAT: &str = "the public key in PEM";
        if pem.contains("PRIVATE KEY-----") {
            let reason = "it is a private key, which belongs to whoever signs: `openssl pkey -pubout` writes the public one";
            return Err(problem(WHAT, reason));
        }
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()).map_err(|_| {
            let reason = "there is no section `-----BEGIN PUBLIC KEY-----`; of a certificate, `openssl x509 -pubkey -noout` writes it";
            problem(WHAT, reason)
        })?;
        let key = Key::of_der(&der, algorithm).map_err(|unfit| misfit(WHAT, algorithm, unfit))?;
        Ok(Self::fixed(key, algorithm))
    }

    /// This public key as a JSON Web Key (RFC 7517), for this algorithm.
    ///
    /// # Errors
    ///
    /// It is something else, a private or a shared key, or a key for other algorithms; of RSA, one shorter than 2048 bits or longer
    /// than 8192.
    pub fn jwk(algorithm: Algorithm, jwk: &str) -> Result<Self, ConfigError> {
        const WHAT: &str = "the public key as a JWK";
        let members = json::object(jwk.as_bytes())
            .ok_or_else(|| problem(WHAT, "it is no JSON object, or has a member twice"))?;
        let key =
            Key::parse(members, &[algorithm]).map_err(|unfit| misfit(WHAT, algorithm, unfit))?;
        Ok(Self::fixed(key, algorithm))
    }

    /// This secret, which we share with whoever signs, for HS256. Everybody who can verify such tokens can make them too, so a key
    /// pair is better wherever two parties are involved.
    ///
    /// # Errors
    ///
    /// It has less than 32 bytes, or is a key in PEM: everybody has the public one, and could sign with it. `openssl rand -base64 32`
    /// makes a good secret.
    pub fn shared_secret(secret: &Secret) -> Result<Self, ConfigError> {
        if secret.expose().contains("-----BEGIN ") {
            let reason = "it is in PEM, and no secret that two share: `Keys::pem` takes a public key, for its own algorithm";
            return Err(problem("the shared secret", reason));
        }
        let secret = secret.expose().as_bytes();
        if secret.len() < SHORTEST_SECRET {
            let reason = "it has less than 32 bytes: `openssl rand -base64 32` makes a good one";
            return Err(problem("the shared secret", reason));
        }
        Ok(Self::fixed(Key::of_secret(secret), Algorithm::Hs256))
    }

    fn fixed(key: Key, algorithm: Algorithm) -> Self {
        Self {
            from: From::Fixed(Arc::new(key)),
            algorithms: vec![algorithm],
        }
    }

    pub(super) fn into_parts(self) -> (KeysFrom, Vec<Algorithm>) {
        let keys = match self.from {
            From::Set(url) => KeysFrom::Set(url),
            From::Fixed(key) => KeysFrom::Fixed(key),
        };
        (keys, self.algorithms)
    }
}

fn problem(what: &'static str, reason: impl Into<String>) -> ConfigError {
    let reason = reason.into();
    Problem::Key { what, reason }.into()
}

fn misfit(what: &'static str, algorithm: Algorithm, unfit: Unfit) -> ConfigError {
    problem(
        what,
        match unfit {
            Unfit::Algorithm => format!("it is of another type than {algorithm} needs"),
            unfit => format!("{unfit} (for {algorithm})"),
        },
    )
}

/// Where they are from, and nothing of a key.
impl fmt::Debug for Keys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut keys = formatter.debug_struct("Keys");
        if let From::Set(url) = &self.from {
            keys.field("origin", &url.origin().ascii_serialization());
        }
        keys.field("algorithms", &self.algorithms)
            .finish_non_exhaustive()
    }
}
