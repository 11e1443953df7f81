//! Who may call: everybody with a token that the backend below has signed. Its keys are fetched when the first token comes.
use xmcp::{
    Middleware,
    auth::{
        Algorithm,
        jwt::{self, JwtConfig, Keys},
    },
};

/// Who signs the tokens: what they have as `iss`.
const ISSUER: &str = "https://backend.example.com";

/// Where its public keys are, as a JSON Web Key Set.
const KEYS: &str = "https://backend.example.com/keys";

/// Whom the tokens are for: what they have as `aud`.
const AUDIENCE: &str = "https://mcp.example.com/mcp";

pub fn middleware() -> xmcp::Result<Middleware> {
    let keys = Keys::set(KEYS, [Algorithm::Es256])?;
    Ok(jwt::provider(JwtConfig::new(ISSUER, AUDIENCE, keys)?).into())
}
