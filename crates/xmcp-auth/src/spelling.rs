//! One thing for each name that a resource has, made at start. A request chooses among them and adds none.

use http::{Request, header};

use crate::resource::host_of;

/// What belongs to each spelling of a resource's host. Never empty.
#[derive(Debug, Clone)]
pub(crate) struct Spellings<T> {
    first: T,
    others: Vec<(String, T)>,
}

impl<T> Spellings<T> {
    /// `first` is for every request that names none of the others.
    pub(crate) fn new(first: T, others: Vec<(String, T)>) -> Self {
        Self { first, others }
    }

    /// The one whose host the request names.
    pub(crate) fn of<B>(&self, request: &Request<B>) -> &T {
        if self.others.is_empty() {
            return &self.first;
        }
        let named = match request.uri().authority() {
            Some(authority) => Some(authority.as_str()),
            None => request
                .headers()
                .get(header::HOST)
                .and_then(|host| host.to_str().ok()),
        };
        let host = host_of(named.unwrap_or_default());
        self.others
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(host))
            .map_or(&self.first, |(_, of)| of)
    }
}
