//! What stands in for the environment's variables on the machine of whoever develops: the process that starts a local Scalekit
//! offers how to reach it, and [`ScalekitConfig::from_env`](super::ScalekitConfig::from_env) takes it.
//!
//! 1. It counts only while none of the variables is set: one that is set is somebody's decision.
//! 2. Nothing here decides whether this is development. Who calls [`offer`] knows.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::env;
use crate::Secret;

/// The variables' values for a Scalekit of one's own.
#[derive(Clone, Debug)]
pub struct Variables {
    /// For [`env::ENVIRONMENT_URL`].
    pub environment_url: String,
    /// For [`env::RESOURCE_ID`].
    pub resource_id: String,
    /// For [`env::CLIENT_ID`].
    pub client_id: String,
    /// For [`env::CLIENT_SECRET`].
    pub client_secret: Secret,
}

impl Variables {
    /// An environment that does not exist, for who needs a provider and never asks it for anything.
    pub fn placeholder() -> Self {
        Self {
            environment_url: "http://127.0.0.1:9".to_owned(),
            resource_id: "res_placeholder".to_owned(),
            client_id: "skc_placeholder".to_owned(),
            client_secret: Secret::new("hidden"),
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<String> {
        match name {
            env::ENVIRONMENT_URL => Some(self.environment_url.clone()),
            env::RESOURCE_ID => Some(self.resource_id.clone()),
            env::CLIENT_ID => Some(self.client_id.clone()),
            env::CLIENT_SECRET => Some(self.client_secret.expose().to_owned()),
            _ => None,
        }
    }
}

/// The offer of the process. Its environment is one for the whole process too, and this stands in for it.
static OFFER: Mutex<Option<Offer>> = Mutex::new(None);

struct Offer {
    variables: Variables,
    is_taken: bool,
}

fn lock() -> MutexGuard<'static, Option<Offer>> {
    OFFER.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether one of the variables has a value in the process's environment.
pub fn is_configured() -> bool {
    env::ALL
        .iter()
        .any(|name| std::env::var(name).is_ok_and(|value| !value.trim().is_empty()))
}

/// Offers these from now on, in the place of an earlier offer.
pub fn offer(variables: Variables) {
    *lock() = Some(Offer {
        variables,
        is_taken: false,
    });
}

/// Offers these, unless there is an offer.
pub fn offer_if_none(variables: Variables) {
    lock().get_or_insert(Offer {
        variables,
        is_taken: false,
    });
}

/// Whether somebody took what is offered.
pub fn is_taken() -> bool {
    lock().as_ref().is_some_and(|offer| offer.is_taken)
}

/// Ends the offer.
pub fn withdraw() {
    *lock() = None;
}

/// What is offered, if the environment says nothing.
pub(super) fn take() -> Option<Variables> {
    if is_configured() {
        return None;
    }
    let mut offer = lock();
    let offer = offer.as_mut()?;
    offer.is_taken = true;
    Some(offer.variables.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalekit::ScalekitConfig;

    #[test]
    fn every_variable_has_a_value_and_all_of_them_are_good() {
        let variables = Variables::placeholder();
        for name in env::ALL {
            assert!(variables.get(name).is_some(), "{name}");
        }
        let config = ScalekitConfig::from_variables(|name| variables.get(name)).unwrap();
        assert_eq!(config.environment_url(), variables.environment_url);
        assert!(!format!("{variables:?}").contains(variables.client_secret.expose()));
    }

    #[test]
    fn what_is_offered_is_taken_until_it_is_withdrawn() {
        assert!(take().is_none());
        offer_if_none(Variables::placeholder());
        assert!(!is_taken());
        let other = Variables {
            resource_id: "res_other".to_owned(),
            ..Variables::placeholder()
        };
        offer_if_none(other.clone());
        assert_eq!(take().unwrap().resource_id, "res_placeholder");
        assert!(is_taken());
        offer(other);
        assert!(!is_taken());
        assert_eq!(take().unwrap().resource_id, "res_other");
        withdraw();
        assert!(take().is_none());
    }
}
