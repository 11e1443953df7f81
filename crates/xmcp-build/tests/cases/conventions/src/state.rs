fn state(url: String) -> xmcp::Result<AppState> {
    todo!()
}
