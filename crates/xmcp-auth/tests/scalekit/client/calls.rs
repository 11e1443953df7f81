//! What comes of each call.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use scalekit_emulator::Fault;
use serde_json::json;
use xmcp_auth::{
    any_of,
    scalekit::{
        self, MembershipStatus, NewOrganization, Organization, OrganizationChanges, ScalekitConfig,
        ScalekitError, Secret, User, UserSession,
    },
};

use super::{ORGANIZATION, credentials, start};

#[tokio::test]
async fn an_organization_is_found_by_its_id_and_by_the_applications() {
    let (_emulator, scalekit) = start().await;
    let organization = scalekit.organizations().get("org_1").await.unwrap();
    assert_eq!(organization.display_name, "Analytical Engines");
    assert_eq!(organization.region_code.as_deref(), Some("US"));
    let age = organization.create_time.unwrap().elapsed().unwrap();
    assert!(age < Duration::from_secs(600), "{age:?}");
    let external = organization.external_id.as_deref().unwrap();
    let found = scalekit.organizations().by_external_id(external).await;
    assert_eq!(found.unwrap(), organization);
    for nothing in [
        scalekit.organizations().get("org_9").await,
        scalekit.organizations().by_external_id("nobody").await,
    ] {
        assert!(
            matches!(nothing, Err(ScalekitError::NotFound(_))),
            "{nothing:?}"
        );
    }
}

#[tokio::test]
async fn an_organization_is_made_changed_and_deleted() {
    let (_emulator, scalekit) = start().await;
    let organizations = scalekit.organizations();
    let new = NewOrganization::new("Difference Engines")
        .external_id("tenant-42")
        .metadata("plan", "gold");
    let made = organizations.create(&new).await.unwrap();
    assert_eq!(made.external_id.as_deref(), Some("tenant-42"));
    assert_eq!(made.metadata["plan"], "gold");
    let again = organizations.create(&new).await.unwrap_err();
    assert!(matches!(again, ScalekitError::Invalid(_)), "{again:?}");
    assert_eq!(
        again.refusal().unwrap().error_code.as_deref(),
        Some("ALREADY_EXISTS")
    );

    let changes = OrganizationChanges::new().display_name("Engines");
    let changed = organizations.update(&made.id, &changes).await.unwrap();
    assert_eq!(
        (changed.display_name.as_str(), &changed.metadata),
        ("Engines", &made.metadata)
    );
    let changes = OrganizationChanges::new().metadata([("plan", "free")]);
    let changed = organizations.update(&made.id, &changes).await.unwrap();
    assert_eq!(
        changed.metadata,
        BTreeMap::from([("plan".to_owned(), "free".to_owned())])
    );

    organizations.delete(&made.id).await.unwrap();
    let gone = organizations.get(&made.id).await;
    assert!(matches!(gone, Err(ScalekitError::NotFound(_))), "{gone:?}");
}

#[tokio::test]
async fn a_user_comes_with_what_they_are_in_organizations() {
    let (_emulator, scalekit) = start().await;
    let ada = scalekit.users().get("usr_1").await.unwrap();
    assert_eq!(ada.email.as_deref(), Some("ada@example.com"));
    assert_eq!(ada.user_profile.name.as_deref(), Some("Ada Lovelace"));
    assert!(ada.user_profile.email_verified);
    let membership = ada.membership("org_1").unwrap();
    assert_eq!(membership.membership_status, MembershipStatus::Active);
    assert_eq!(membership.roles[0].name, "admin");
    assert_eq!(membership.permissions, ["engines:read", "engines:write"]);
    assert!(ada.membership("org_9").is_none());
    let nobody = scalekit.users().get("usr_9").await;
    assert!(
        matches!(nobody, Err(ScalekitError::NotFound(_))),
        "{nobody:?}"
    );
}

#[tokio::test]
async fn sessions_of_a_user_are_seen_and_ended() {
    let (emulator, scalekit) = start().await;
    for _ in 0..2 {
        let answer = super::super::fixture::client()
            .post(format!("{}/emulator/token", emulator.environment_url()))
            .body("user=ada")
            .send()
            .await;
        assert!(answer.unwrap().status().is_success());
    }
    let sessions = scalekit.sessions();
    let all = sessions
        .of_user("usr_1")
        .unwrap()
        .collect(10)
        .await
        .unwrap();
    assert_eq!(all.len(), 2);
    let one = sessions.get(&all[0].session_id).await.unwrap();
    assert_eq!(one, all[0]);
    assert!(one.is_active());
    assert_eq!(
        (one.user_id.as_str(), one.organization_id.as_deref()),
        ("usr_1", Some("org_1"))
    );
    assert_eq!(one.authenticated_organizations, ["org_1"]);
    assert!(one.absolute_expires_at.unwrap() > SystemTime::now());

    let revoked = sessions.revoke(&one.session_id).await.unwrap();
    assert!(
        !revoked.is_active() && revoked.logout_at.is_some(),
        "{revoked:?}"
    );
    let rest = sessions.revoke_all("usr_1").await.unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(rest[0].session_id, all[1].session_id);
    let unknown = sessions.revoke("ses_9").await;
    assert!(
        matches!(unknown, Err(ScalekitError::NotFound(_))),
        "{unknown:?}"
    );
}

#[tokio::test]
async fn an_answer_may_say_less_and_more_than_is_known() {
    let (emulator, scalekit) = start().await;
    let body = json!({ "organization": {
        "id": "org_1",
        "display_name": null,
        "external_id": "",
        "create_time": "2026-11-23T08:00:00.5Z",
        "update_time": null,
        "metadata": null,
        "settings": { "features": [{ "name": "sso", "enabled": true, "since": 1 }], "theme": {} },
        "brand_new": [1, 2],
    }, "trace": {} });
    let body = Fault::Body {
        content_type: "application/json",
        body: body.to_string(),
    };
    emulator.admin().fault(ORGANIZATION, body);
    let organization = scalekit.organizations().get("org_1").await.unwrap();
    assert_eq!(
        (
            organization.display_name.as_str(),
            &organization.external_id
        ),
        ("", &None)
    );
    let at = SystemTime::UNIX_EPOCH + Duration::from_millis(1_795_420_800_500);
    assert_eq!(
        (organization.create_time, organization.update_time),
        (Some(at), None)
    );
    assert!(organization.settings.features[0].enabled);
}

#[test]
fn members_that_are_no_text_or_no_time_are_said_to_be() {
    let user = |member: serde_json::Value| serde_json::from_value::<User>(member);
    let unknown = user(json!({ "id": "usr_1", "memberships": [
        { "organization_id": "org_1", "membership_status": "ON_HOLIDAY" },
        { "organization_id": "org_2", "membership_status": "PENDING_INVITE" },
    ] }));
    let status: Vec<_> = unknown
        .unwrap()
        .memberships
        .iter()
        .map(|it| it.membership_status)
        .collect();
    assert_eq!(
        status,
        [MembershipStatus::Unknown, MembershipStatus::PendingInvite]
    );
    for bad in [
        json!({}),
        json!({ "id": 5 }),
        json!({ "id": "usr_1", "create_time": "yesterday" }),
        json!({ "id": "usr_1", "memberships": {} }),
    ] {
        assert!(user(bad.clone()).is_err(), "{bad}");
    }
    let early = json!({ "session_id": "ses_1", "expired_at": "1969-12-31T23:59:59.5Z" });
    let early: UserSession = serde_json::from_value(early).unwrap();
    assert_eq!(
        early.expired_at,
        Some(SystemTime::UNIX_EPOCH - Duration::from_millis(500))
    );
    let organization = json!({ "id": "org_1", "create_time": "0001-01-01T00:00:00Z" });
    assert!(serde_json::from_value::<Organization>(organization).is_ok());
}

#[tokio::test]
async fn a_configuration_makes_a_client_if_it_has_credentials() {
    let (emulator, _) = start().await;
    let config = || ScalekitConfig::new(emulator.environment_url()).unwrap();
    let own = credentials(&emulator);
    let scalekit = config()
        .client_credentials(own.id, own.secret)
        .client()
        .unwrap();
    assert_eq!(scalekit.environment_url(), emulator.environment_url());
    scalekit.organizations().get("org_1").await.unwrap();
    let error = config().client().unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("`SCALEKIT_CLIENT_ID` is not set: "),
        "{error}"
    );
    let empty = config().client_credentials("skc_1", Secret::new("hunter2"));
    assert!(!format!("{:?}", empty.client().unwrap()).contains("hunter2"));
}

#[tokio::test]
async fn a_provider_carries_the_client_of_its_credentials_also_among_others() {
    let (emulator, _) = start().await;
    let own = credentials(&emulator);
    let without = || {
        let config = ScalekitConfig::new(emulator.environment_url()).unwrap();
        scalekit::provider(config)
    };
    assert!(without().scalekit().is_none());
    let config = ScalekitConfig::new(emulator.environment_url()).unwrap();
    let with = scalekit::provider(config.client_credentials(own.id, own.secret));
    assert!(with.scalekit().is_some());
    let both = any_of([without(), with]);
    let scalekit = both.scalekit().unwrap().clone();
    assert_eq!(
        scalekit.organizations().get("org_1").await.unwrap().id,
        "org_1"
    );
}
