pub fn middleware() -> xmcp::Result<Middleware> {}
