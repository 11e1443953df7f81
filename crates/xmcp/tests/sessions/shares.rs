//! What one caller leaves to others: never all places, whatever it asks for.

use std::net::SocketAddr;

use serde_json::json;

use crate::{
    client::{Client, Server, Stream, json, refused},
    listening::{listen, modern},
};

const SHARE_IS_USED_UP: (u16, i64) = (429, -32000);
const ALL_ARE_TAKEN: (u16, i64) = (503, -32000);

fn as_user(client: &Client, user: &'static str) -> Client {
    Client {
        user: Some(user),
        ..client.clone()
    }
}

fn from_peer(client: &Client, peer: &str) -> Client {
    Client {
        peer: Some(SocketAddr::new(peer.parse().unwrap(), 4711)),
        ..client.clone()
    }
}

#[tokio::test(start_paused = true)]
async fn one_caller_has_half_of_the_requests_in_work() {
    let server = Server::with(|settings| settings.http.limits.in_flight = 4).await;
    let ada = as_user(&server.client(), "ada").connect().await;
    let bob = as_user(&server.client(), "bob").connect().await;
    let mut adas = Vec::new();
    for id in 1..=2 {
        adas.push(Stream::of(ada.call(id, "say", json!({})).await));
        server.entered().await;
    }
    let refusal = ada.request(3, "tools/list", json!({})).await;
    assert_eq!(refusal.headers()["retry-after"], "1");
    assert_eq!(refused(refusal).await, SHARE_IS_USED_UP);
    assert_eq!(
        json(bob.request(1, "tools/list", json!({})).await).await.0,
        200
    );
    // What goes on without its client is the caller's still.
    drop(adas);
    assert_eq!(
        refused(ada.call(4, "say", json!({})).await).await,
        SHARE_IS_USED_UP
    );
    let bobs = Stream::of(bob.call(2, "say", json!({})).await);
    server.entered().await;
    (0..3).for_each(|_| server.open_door());
    assert_eq!(bobs.rest().await.last().unwrap().said(), "said");
}

#[tokio::test(start_paused = true)]
async fn one_caller_has_half_of_the_subscriptions() {
    let server = Server::with(|settings| settings.http.limits.subscriptions = 2).await;
    let anybody = modern(&server).await;
    let [ada, bob, cid] = ["ada", "bob", "cid"].map(|user| as_user(&anybody, user));
    let first = Stream::of(listen(&ada, json!(1), json!({})).await);
    let refusal = listen(&ada, json!(2), json!({})).await;
    assert_eq!(refused(refusal).await, SHARE_IS_USED_UP);
    let _bobs = Stream::of(listen(&bob, json!(1), json!({})).await);
    let refusal = listen(&cid, json!(1), json!({})).await;
    assert_eq!(refused(refusal).await, ALL_ARE_TAKEN);
    drop(first);
    Stream::of(listen(&ada, json!(3), json!({})).await);
}

#[tokio::test(start_paused = true)]
async fn strangers_share_by_address_and_not_where_none_is_known() {
    let server = Server::with(|settings| {
        settings.http.limits.subscriptions = 4;
        settings.http.trusted_proxies = vec!["10.0.0.0/8".to_owned()];
    })
    .await;
    let anybody = modern(&server).await;
    let one = from_peer(&anybody, "192.0.2.1");
    let _two = [
        Stream::of(listen(&one, json!(1), json!({})).await),
        Stream::of(listen(&one, json!(2), json!({})).await),
    ];
    let refusal = listen(&one, json!(3), json!({})).await;
    assert_eq!(refused(refusal).await, SHARE_IS_USED_UP);
    let other = from_peer(&anybody, "192.0.2.2");
    drop(Stream::of(listen(&other, json!(1), json!({})).await));
    // This machine may be a proxy that nobody named.
    let local = from_peer(&anybody, "127.0.0.1");
    let _both = [
        Stream::of(listen(&local, json!(1), json!({})).await),
        Stream::of(listen(&local, json!(2), json!({})).await),
    ];
    let refusal = listen(&local, json!(3), json!({})).await;
    assert_eq!(refused(refusal).await, ALL_ARE_TAKEN);
}

#[tokio::test(start_paused = true)]
async fn an_address_with_most_of_the_sessions_makes_room_for_another() {
    let server = Server::with(|settings| settings.http.limits.sessions = 3).await;
    let one = from_peer(&server.client(), "192.0.2.1");
    let greedy = [
        one.clone().connect().await,
        one.clone().connect().await,
        one.clone().connect().await,
    ];
    assert_eq!(refused(one.initialize().await).await, ALL_ARE_TAKEN);
    from_peer(&server.client(), "192.0.2.2").connect().await;
    let mut gone = 0;
    for session in greedy {
        let status = json(session.request(1, "tools/list", json!({})).await)
            .await
            .0;
        gone += usize::from(status == 404);
    }
    assert_eq!(gone, 1);
}
