async fn state() {}
