//! What stands before the endpoint: the layers and routes of `src/middleware.rs`.

use axum::Router;
use xmcp_auth::Provider;

/// Layers and routes around the MCP endpoint, as `middleware()` in `src/middleware.rs` returns them.
///
/// Layers are applied in the order they are added, the first one outermost; they see the endpoint and the routes, not the
/// public routes. Every route is behind them unless it is declared with [`Middleware::public`].
///
/// ```
/// use axum::{Router, routing::get};
/// use xmcp::Middleware;
///
/// pub fn middleware() -> xmcp::Result<Middleware> {
///     Ok(Middleware::new().public(Router::new().route("/version", get(|| async { "1" }))))
/// }
/// # middleware().unwrap();
/// ```
///
/// With an auth provider every request to the endpoint and the routes needs a token, before any layer sees it:
///
/// ```no_run
/// use xmcp::{Middleware, auth::scalekit::{self, ScalekitConfig}};
///
/// pub fn middleware() -> xmcp::Result<Middleware> {
///     Ok(scalekit::provider(ScalekitConfig::from_env()?).into())
/// }
/// # let _ = middleware;
/// ```
#[derive(Default)]
pub struct Middleware {
    pub(crate) provider: Option<Provider>,
    pub(crate) layers: Vec<Wrap>,
    pub(crate) routes: Router,
    pub(crate) public: Router,
}

/// A layer, ready to be put around routers.
pub(crate) type Wrap = Box<dyn Fn(Router) -> Router + Send>;

impl Middleware {
    /// Nothing before the endpoint.
    pub fn new() -> Self {
        Self::default()
    }

    /// With an auth provider before everything that is not public. A second one takes the first one's place.
    ///
    /// What it protects is `public_url` and the endpoint, or the endpoint on each loopback name when there is no
    /// `public_url`; the provider may name another identifier. Not asked for anything on stdio.
    #[must_use]
    pub fn auth(mut self, provider: Provider) -> Self {
        self.provider = Some(provider);
        self
    }

    /// With a tower layer around the endpoint and the routes, inside of the layers added before.
    #[must_use]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: tower::Layer<axum::routing::Route> + Clone + Send + Sync + 'static,
        L::Service: tower::Service<
                axum::extract::Request,
                Error: Into<std::convert::Infallible>,
                Response: axum::response::IntoResponse + 'static,
                Future: Send + 'static,
            > + Clone
            + Send
            + Sync
            + 'static,
    {
        self.layers
            .push(Box::new(move |router| router.layer(layer.clone())));
        self
    }

    /// With routes of your own beside the endpoint, behind the same layers.
    #[must_use]
    pub fn routes(mut self, routes: Router) -> Self {
        self.routes = self.routes.merge(routes);
        self
    }

    /// With routes that anybody may reach: no layer of yours stands before them, only the server's own checks.
    #[must_use]
    pub fn public(mut self, routes: Router) -> Self {
        self.public = self.public.merge(routes);
        self
    }

    /// The protected parts: endpoint and routes, each behind the layers, the first layer outermost.
    pub(crate) fn protect(&mut self, endpoint: Router) -> (Router, Router) {
        let layers = std::mem::take(&mut self.layers);
        let behind = |router| layers.iter().rev().fold(router, |inner, wrap| wrap(inner));
        (behind(endpoint), behind(std::mem::take(&mut self.routes)))
    }
}

impl From<Provider> for Middleware {
    fn from(provider: Provider) -> Self {
        Self::new().auth(provider)
    }
}

impl std::fmt::Debug for Middleware {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Middleware")
            .field("provider", &self.provider)
            .field("layers", &self.layers.len())
            .finish_non_exhaustive()
    }
}
