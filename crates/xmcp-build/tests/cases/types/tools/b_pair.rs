//! Returns a pair, later
pub fn handler() -> impl Future<Output = (u8, u8)> {
    std::future::ready((1, 2))
}
