//! Lists, a page at a time.

use std::{fmt, marker::PhantomData};

use serde::{Deserialize, de::DeserializeOwned};

use super::{Route, Scalekit, ScalekitError, field};

/// Pages that are asked for in one go. A list without an end must not keep a tool for ever.
const PAGES: usize = 1000;

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// What [`List::from_token`] takes for the next page, if there is one.
    pub next_page_token: Option<String>,
    /// The same for the page before.
    pub prev_page_token: Option<String>,
    /// How many there are on all pages.
    pub total_size: Option<u64>,
}

/// A list that Scalekit has. Nothing is sent before a page is asked for.
///
/// ```no_run
/// # async fn example(scalekit: xmcp_auth::scalekit::Scalekit) -> Result<(), xmcp_auth::scalekit::ScalekitError> {
/// let members = scalekit.users().of_organization("org_1")?.collect(500).await?;
///
/// let mut all = scalekit.organizations().list().page_size(50);
/// while let Some(page) = all.next().await? {
///     println!("{} of {:?}", page.items.len(), page.total_size);
/// }
/// # let _ = members;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is asked for before `page`, `next` or `collect`"]
pub struct List<T> {
    scalekit: Scalekit,
    route: Route,
    is_over: bool,
    items: PhantomData<fn() -> T>,
}

/// A page as it comes. Each kind of list has a name of its own for what is on it.
#[derive(Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Wire<T> {
    #[serde(
        default,
        alias = "organizations",
        alias = "users",
        alias = "sessions",
        deserialize_with = "field::or_default"
    )]
    items: Vec<T>,
    #[serde(default, deserialize_with = "field::filled")]
    next_page_token: Option<String>,
    #[serde(default, deserialize_with = "field::filled")]
    prev_page_token: Option<String>,
    #[serde(default, deserialize_with = "field::count")]
    total_size: Option<u64>,
}

impl<T: DeserializeOwned> List<T> {
    pub(super) fn new(scalekit: &Scalekit, route: Route) -> Self {
        Self {
            scalekit: scalekit.clone(),
            route,
            is_over: false,
            items: PhantomData,
        }
    }

    /// With this many on a page; Scalekit takes 10 to 100. Without it Scalekit decides.
    pub fn page_size(mut self, size: u32) -> Self {
        self.route = self.route.query("page_size", size.to_string());
        self
    }

    /// From the page of this token on: [`Page::next_page_token`] of an earlier one.
    pub fn from_token(mut self, token: impl Into<String>) -> Self {
        self.route = self.route.query("page_token", token);
        self
    }

    /// The page where the list is now: the first, unless there is a token.
    ///
    /// # Errors
    ///
    /// See [`ScalekitError`].
    pub async fn page(&self) -> Result<Page<T>, ScalekitError> {
        let wire: Wire<T> = self.scalekit.get(&self.route).await?;
        Ok(Page {
            items: wire.items,
            next_page_token: wire.next_page_token,
            prev_page_token: wire.prev_page_token,
            total_size: wire.total_size,
        })
    }

    /// The next page, beginning with the first, and `None` after the last.
    ///
    /// # Errors
    ///
    /// See [`ScalekitError`]. The same page can be asked for again.
    pub async fn next(&mut self) -> Result<Option<Page<T>>, ScalekitError> {
        if self.is_over {
            return Ok(None);
        }
        let page = self.page().await?;
        match &page.next_page_token {
            Some(token) if self.route.has("page_token", token) => {
                return Err(ScalekitError::Malformed(
                    "a page that leads to itself".to_owned(),
                ));
            }
            Some(token) => self.route = self.route.clone().query("page_token", token.as_str()),
            None => self.is_over = true,
        }
        Ok(Some(page))
    }

    /// What is on all pages, but no more than `at_most`.
    ///
    /// # Errors
    ///
    /// See [`ScalekitError`]. More than 1000 pages are [`ScalekitError::Malformed`].
    pub async fn collect(mut self, at_most: usize) -> Result<Vec<T>, ScalekitError> {
        let mut all = Vec::new();
        for _ in 0..PAGES {
            if all.len() >= at_most {
                break;
            }
            match self.next().await? {
                Some(page) => all.extend(page.items),
                None => return Ok(truncated(all, at_most)),
            }
        }
        if all.len() < at_most && !self.is_over {
            return Err(ScalekitError::Malformed(format!("more than {PAGES} pages")));
        }
        Ok(truncated(all, at_most))
    }
}

fn truncated<T>(mut items: Vec<T>, at_most: usize) -> Vec<T> {
    items.truncate(at_most);
    items
}

impl<T> fmt::Debug for List<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("List")
            .field("route", &self.route)
            .finish_non_exhaustive()
    }
}
