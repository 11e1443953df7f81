/** Find
 *  a user.
 *
 *  Slowly.
 */
pub fn handler() -> impl Future<Output = String> {
    async { String::new() }
}
