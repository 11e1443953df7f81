pub async fn middleware<T>() -> xmcp::Result<Middleware> {
    todo!()
}
