pub async fn make() {}
