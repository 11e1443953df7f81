//! Z2: no id reaches another path.

use xmcp_auth::scalekit::{NewOrganization, OrganizationChanges, ScalekitError};

use super::{ORGANIZATION, TOKEN, start};

pub(super) const LIST: &str = "/api/v1/organizations";

const BAD: [&str; 14] = [
    "",
    ".",
    "..",
    "org_1/users",
    "../users/usr_1",
    "..%2fusers%2fusr_1",
    "%2e%2e",
    "org_1?page_size=1",
    "org_1#",
    "org_1%00",
    "org_1\\..",
    "org_1;x",
    "usr_1:revoke",
    "org_1\r\nx: y",
];

#[tokio::test]
async fn what_is_no_id_is_refused_and_nothing_is_sent() {
    let (emulator, scalekit) = start().await;
    for bad in BAD {
        let (organizations, users, sessions) = (
            scalekit.organizations(),
            scalekit.users(),
            scalekit.sessions(),
        );
        let changes = OrganizationChanges::new().display_name("x");
        for error in [
            organizations.get(bad).await.err(),
            organizations.update(bad, &changes).await.err(),
            organizations.delete(bad).await.err(),
            users.get(bad).await.err(),
            users.of_organization(bad).err(),
            users.search(bad, "x").err(),
            sessions.get(bad).await.err(),
            sessions.of_user(bad).err(),
            sessions.revoke(bad).await.err(),
            sessions.revoke_all(bad).await.err(),
        ] {
            assert!(
                matches!(error, Some(ScalekitError::Id { .. })),
                "{bad} {error:?}"
            );
        }
    }
    let error = scalekit.organizations().by_external_id("").await;
    assert!(matches!(error, Err(ScalekitError::Id { .. })), "{error:?}");
    let admin = emulator.admin();
    assert_eq!(
        (
            admin.hits(TOKEN),
            admin.hits(LIST),
            admin.hits(ORGANIZATION)
        ),
        (0, 0, 0)
    );
}

#[tokio::test]
async fn an_external_id_is_any_text_and_stays_in_the_query() {
    let (emulator, scalekit) = start().await;
    let texts = BAD.into_iter().filter(|text| !text.is_empty());
    for external in texts.chain(["a b&page_size=1", "tenants/é/42"]) {
        let new = NewOrganization::new("Tenant").external_id(external);
        let made = scalekit.organizations().create(&new).await.unwrap();
        let found = scalekit.organizations().by_external_id(external).await;
        assert_eq!(found.unwrap(), made, "{external}");
    }
    let admin = emulator.admin();
    assert_eq!(admin.hits(LIST), 2 * (BAD.len() - 1 + 2));
    for other in [
        "/api/v1/users",
        "/api/v1/users/usr_1",
        "/api/v1/organizations/org_1/users",
        "/",
    ] {
        assert_eq!(admin.hits(other), 0, "{other}");
    }
}
