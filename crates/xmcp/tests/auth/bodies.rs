//! Row B1 of the threat table: what a body may cost, and whose is read at all.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::{Duration, timeout},
};

use crate::{
    live::{Live, Request},
    support::BOTH,
};

/// Sends the head of a request whose body never comes, and reads the beginning of the answer.
async fn answer_to_head(live: &Live, lines: &str) -> String {
    let mut stream = live.connect().await;
    let head = format!(
        "POST /mcp HTTP/1.1\r\nhost: localhost:{}\r\ncontent-type: application/json\r\n{lines}\r\n",
        live.port
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let read = timeout(Duration::from_secs(20), stream.read(&mut answer)).await;
    let length = read
        .expect("there is an answer before there is a body")
        .unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

#[tokio::test]
async fn b1_the_body_of_a_stranger_is_never_waited_for() {
    let live = Live::start().await;
    let (mega, token) = (20 * 1024 * 1024, live.token("openid"));
    for credential in [
        "",
        "authorization: Bearer a.b.c\r\n",
        "authorization: Basic x\r\n",
    ] {
        for body in [
            format!("content-length: {mega}\r\n"),
            "transfer-encoding: chunked\r\n".to_owned(),
        ] {
            for expect in ["", "expect: 100-continue\r\n"] {
                let answer = answer_to_head(&live, &format!("{credential}{body}{expect}")).await;
                assert!(
                    answer.starts_with("HTTP/1.1 401 "),
                    "{credential}{body}{expect}: {answer}"
                );
            }
        }
    }
    let known = format!("authorization: Bearer {token}\r\n");
    let answer = answer_to_head(&live, &format!("{known}content-length: {mega}\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn b1_a_body_beyond_the_limit_is_413_for_callers_and_401_for_strangers() {
    let live = Live::start().await;
    let token = live.token("openid");
    for era in BOTH {
        let large = Request::call(era, "counted").body(vec![b' '; 5 * 1024 * 1024]);
        for request in [large.clone(), large.chunked()] {
            live.assert_unauthorized(&live.send(&request).await, "a large body");
            let answer = live.send(&request.bearer(&token)).await;
            assert_eq!(answer.status, 413, "{answer:?}");
        }
        // 1 GiB of zeros as gzip would be 1 MiB; nobody unpacks it.
        for encoding in ["gzip", "deflate", "br", "zstd", "gzip, gzip"] {
            let packed =
                Request::call(era, "counted").line(format!("content-encoding: {encoding}"));
            live.assert_unauthorized(&live.send(&packed).await, encoding);
            let answer = live.send(&packed.bearer(&token)).await;
            assert_eq!(answer.status, 415, "{encoding}: {answer:?}");
        }
    }
    assert_eq!(live.calls().await, "0");
}
