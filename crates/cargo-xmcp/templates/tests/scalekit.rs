//! The tools that ask Scalekit, with a local Scalekit that the test starts.

use scalekit_emulator::Emulator;
use serde_json::{Value, json};
use xmcp::{
    Scalekit, Session,
    auth::scalekit::{Credentials, Secret},
};
use xmcp_test::Client;

#[tokio::test]
async fn tells_a_user_of_their_organization() {
    let emulator = Emulator::builder().start().await.unwrap();
    let own = emulator.connection().environment_client();
    let credentials = Credentials {
        id: own.id().to_owned(),
        secret: Secret::new(own.secret()),
    };
    let scalekit = Scalekit::new(emulator.environment_url(), credentials).unwrap();
    let ada = Session::for_test("usr_1").organization_id("org_1").build();
    let client = Client::builder(xmcp_app::app())
        .session(ada)
        .scalekit(scalekit)
        .build()
        .await
        .unwrap();

    let organization: Value = client.call("organization", json!({})).await.structured();

    assert_eq!(organization["name"], "Analytical Engines");
}
