//! The client of the REST interface, against the local Scalekit.

mod calls;
mod faults;
mod ids;
mod lists;
#[path = "../../verification/support/clock.rs"]
#[expect(
    dead_code,
    reason = "tokens name the time of day, and nothing here does"
)]
mod manual_clock;
mod tokens;

use scalekit_emulator::{Emulator, Running};
use xmcp_auth::scalekit::{Credentials, Scalekit, Secret};

async fn emulator() -> Running {
    Emulator::builder().port(0).start().await.unwrap()
}

fn credentials(emulator: &Running) -> Credentials {
    let client = emulator.connection().environment_client();
    Credentials {
        id: client.id().to_owned(),
        secret: Secret::new(client.secret()),
    }
}

fn client(emulator: &Running) -> Scalekit {
    Scalekit::new(emulator.environment_url(), credentials(emulator)).unwrap()
}

/// An emulator, and a client of it that has asked for nothing yet.
async fn start() -> (Running, Scalekit) {
    let emulator = emulator().await;
    let scalekit = client(&emulator);
    (emulator, scalekit)
}

const ORGANIZATION: &str = "/api/v1/organizations/org_1";
const TOKEN: &str = "/oauth/token";
