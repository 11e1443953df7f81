//! Lists, and their pages.

use scalekit_emulator::Fault;
use xmcp_auth::scalekit::{NewOrganization, ScalekitError};

use super::{ids::LIST, start};

#[tokio::test]
async fn a_list_is_read_page_by_page_or_in_one_go() {
    let (emulator, scalekit) = start().await;
    for number in 0..23 {
        let new = NewOrganization::new(format!("Tenant {number}"));
        scalekit.organizations().create(&new).await.unwrap();
    }
    let mut list = scalekit.organizations().list().page_size(10);
    let mut sizes = Vec::new();
    let mut names = Vec::new();
    while let Some(page) = list.next().await.unwrap() {
        assert_eq!(page.total_size, Some(25));
        sizes.push(page.items.len());
        names.extend(page.items.into_iter().map(|it| it.display_name));
    }
    assert_eq!(sizes, [10, 10, 5]);
    assert!(list.next().await.unwrap().is_none());
    assert_eq!(
        (names[0].as_str(), names[24].as_str()),
        ("Analytical Engines", "Tenant 22")
    );

    let all = scalekit
        .organizations()
        .list()
        .page_size(10)
        .collect(100)
        .await
        .unwrap();
    assert_eq!(all.len(), 25);
    let before = emulator.admin().hits(LIST);
    let some = scalekit
        .organizations()
        .list()
        .page_size(10)
        .collect(13)
        .await
        .unwrap();
    assert_eq!((some.len(), emulator.admin().hits(LIST) - before), (13, 2));

    let first = scalekit
        .organizations()
        .list()
        .page_size(10)
        .page()
        .await
        .unwrap();
    let second = scalekit.organizations().list().page_size(10);
    let second = second
        .from_token(first.next_page_token.unwrap())
        .page()
        .await
        .unwrap();
    assert_eq!(second.items[0].display_name, names[10]);
    assert!(second.prev_page_token.is_some());
}

#[tokio::test]
async fn the_members_of_an_organization_are_listed_and_searched() {
    let (_emulator, scalekit) = start().await;
    let users = scalekit.users();
    let names = async |list: Result<xmcp_auth::scalekit::List<_>, ScalekitError>| -> Vec<String> {
        let users: Vec<xmcp_auth::scalekit::User> = list.unwrap().collect(100).await.unwrap();
        users
            .into_iter()
            .filter_map(|user| user.user_profile.given_name)
            .collect()
    };
    assert_eq!(names(Ok(users.list())).await, ["Ada", "Grace", "Alan"]);
    assert_eq!(
        names(users.of_organization("org_2")).await,
        ["Ada", "Grace"]
    );
    assert_eq!(names(users.search("org_2", "HOPP")).await, ["Grace"]);
    assert_eq!(names(users.search("org_2", "a&page_size=1")).await, [""; 0]);
    let nowhere = users.of_organization("org_9").unwrap().page().await;
    assert!(
        matches!(nowhere, Err(ScalekitError::NotFound(_))),
        "{nowhere:?}"
    );
}

#[tokio::test]
async fn a_total_may_be_a_text_and_members_may_be_left_out() {
    let (emulator, scalekit) = start().await;
    for (body, total, items) in [
        (
            r#"{"organizations":[{"id":"org_1"}],"total_size":"9007199254740993"}"#,
            Some(9_007_199_254_740_993),
            1,
        ),
        (
            r#"{"organizations":null,"next_page_token":null,"total_size":null}"#,
            None,
            0,
        ),
        ("{}", None, 0),
    ] {
        let fault = Fault::Body {
            content_type: "application/json",
            body: body.to_owned(),
        };
        emulator.admin().fault(LIST, fault);
        let page = scalekit.organizations().list().page().await.unwrap();
        assert_eq!(
            (page.total_size, page.items.len()),
            (total, items),
            "{body}"
        );
        assert_eq!(page.next_page_token, None);
    }
}

#[tokio::test]
async fn a_list_that_leads_to_itself_is_left() {
    let (emulator, scalekit) = start().await;
    let body = r#"{"organizations":[],"next_page_token":"again"}"#.to_owned();
    emulator.admin().fault(
        LIST,
        Fault::Body {
            content_type: "application/json",
            body,
        },
    );
    let endless = scalekit.organizations().list().collect(10).await;
    assert!(
        matches!(endless, Err(ScalekitError::Malformed(_))),
        "{endless:?}"
    );
    assert_eq!(emulator.admin().hits(LIST), 2);
}
