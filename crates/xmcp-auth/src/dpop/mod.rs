//! Tokens that are bound to a key, whose holder signs a proof for every request (RFC 9449).
//!
//! 1. A proof is a proof of one key, token, method and URL, of about now, once. All of section 4.3 is checked, or it is none.
//! 2. The URL is compared with the one by which configuration says that clients know the resource. What a request says of itself only
//!    chooses among the names that the resource has.
//! 3. A key is only believed to be its own: that the token is bound to it is for the verifier to see, which gets its thumbprint.
//! 4. A proof is remembered once its token was found good. A stranger without a token takes no memory.
//!
//! The memory of proofs is this process's. Replicas do not share one, so a proof could be good once at each of them while it is fresh:
//! for the same token, method and URL. Nonces (section 9) are not asked for.

#[cfg(any(test, feature = "fuzzing"))]
pub(crate) mod fuzz;
mod place;
mod proof;
mod spent;
mod thumbprint;

use std::{fmt, sync::Arc};

use http::{HeaderMap, HeaderName, HeaderValue, Method};

pub(crate) use place::Place;
pub(crate) use proof::Proof;
pub(crate) use spent::NotSpent;

use crate::{Algorithm, Clock, Session, SystemClock};
use proof::{Expected, ProofError};
use spent::SpentProofs;

/// How proofs may be signed.
const ALGORITHMS: [Algorithm; 4] = [
    Algorithm::Es256,
    Algorithm::EdDsa,
    Algorithm::Ps256,
    Algorithm::Rs256,
];

/// How many proofs are remembered, unless a configuration says otherwise.
const REMEMBERED: usize = 100_000;

/// Whether tokens that are bound to a key are taken, with a proof (RFC 9449). Without this they are refused.
///
/// ```
/// use xmcp_auth::{Dpop, Provider, Resource};
/// # fn app(provider: Provider) -> Result<(), xmcp_auth::ConfigError> {
/// let protected = provider.dpop(Dpop::accepted()).protect(Resource::new("https://mcp.example.com/mcp"))?;
/// # let _ = protected;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Dpop {
    is_required: bool,
    remembered: usize,
    clock: Arc<dyn Clock>,
}

impl Dpop {
    /// Bound tokens with a proof, and bearer tokens as before.
    pub fn accepted() -> Self {
        Self {
            is_required: false,
            remembered: REMEMBERED,
            clock: Arc::new(SystemClock),
        }
    }

    /// Bound tokens with a proof, and no bearer tokens.
    pub fn required() -> Self {
        Self {
            is_required: true,
            ..Self::accepted()
        }
    }

    /// How many proofs are remembered at a time, 100 000 unless said otherwise: one for each request of the last 90 seconds. One
    /// caller has at most a tenth. A request for which there is no place is answered `503`.
    #[must_use]
    pub fn remembered_proofs(mut self, proofs: usize) -> Self {
        self.remembered = proofs;
        self
    }

    /// By this clock instead of the system's.
    #[must_use]
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    pub(crate) fn is_required(&self) -> bool {
        self.is_required
    }

    /// The names of the algorithms, as metadata and challenges have them.
    pub(crate) fn algorithms() -> [&'static str; ALGORITHMS.len()] {
        ALGORITHMS.map(Algorithm::name)
    }
}

impl fmt::Debug for Dpop {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Dpop")
            .field("is_required", &self.is_required)
            .finish_non_exhaustive()
    }
}

/// Takes the one proof out of the headers.
pub(crate) fn take(headers: &mut HeaderMap) -> Result<HeaderValue, ProofError> {
    const HEADER: HeaderName = HeaderName::from_static("dpop");
    let several = headers.get_all(HEADER).iter().nth(1).is_some();
    let proof = headers.remove(HEADER).ok_or(ProofError::Missing)?;
    match several {
        true => Err(ProofError::Several),
        false => Ok(proof),
    }
}

/// What checks the proofs of a resource. One for all requests.
pub(crate) struct ProofChecker {
    clock: Arc<dyn Clock>,
    spent: SpentProofs,
}

impl ProofChecker {
    pub(crate) fn new(dpop: &Dpop) -> Self {
        Self {
            clock: Arc::clone(&dpop.clock),
            spent: SpentProofs::new(dpop.remembered, Arc::clone(&dpop.clock)),
        }
    }

    /// The proof that this text is for a request with this token, if it is good and was not used before.
    pub(crate) fn check(
        &self,
        text: &HeaderValue,
        method: &Method,
        path: &str,
        place: &Place,
        token: &str,
    ) -> Result<Proof, ProofError> {
        let expected = Expected {
            method,
            path,
            place,
            token,
            now: self.clock.now(),
        };
        let proof = Proof::check(text.as_bytes(), &expected)?;
        match self.spent.contains(&proof) {
            true => Err(ProofError::Replayed),
            false => Ok(proof),
        }
    }

    /// Marks a proof as used by this caller, whose token was found good.
    pub(crate) fn spend(&self, proof: &Proof, caller: &Session) -> Result<(), NotSpent> {
        self.spent.insert(proof, caller)
    }
}
