//! The addresses behind a name, looked at where the connection gets them: between the look and the connection there is no second
//! question that could be answered otherwise.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use super::address::is_public;

/// Which addresses a host may have.
#[derive(Debug, Clone)]
pub(crate) enum Reach {
    /// Any. Configuration names the host.
    Anywhere,
    /// Any, and the flag says afterwards whether the host is somebody's own rather than everybody's.
    Noted(Arc<AtomicBool>),
    /// Those of the internet. Somebody else names the host.
    Internet,
}

/// A host that may not be asked. `Display` names it, and says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{host}` is at {address}, which is no address of the internet; an issuer of the internet names no keys inside a network: give \
     their URL to the provider `jwt` if they are meant to be there"
)]
pub(crate) struct Inside {
    host: String,
    address: IpAddr,
}

impl Reach {
    /// Checks a host that is an address already, which no resolver sees.
    pub(super) fn check_literal(&self, url: &Url) -> Result<(), Inside> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::from(address),
            Some(Host::Ipv6(address)) => IpAddr::from(address),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        self.check(&address.to_string(), &[address])
    }

    fn check(&self, host: &str, addresses: &[IpAddr]) -> Result<(), Inside> {
        // One that is inside is enough: which of them is asked, the network decides.
        let inside = addresses.iter().find(|address| !is_public(**address));
        match (self, inside) {
            (Self::Noted(is_inside), _) => is_inside.store(inside.is_some(), Ordering::Relaxed),
            (Self::Internet, Some(address)) => {
                return Err(Inside {
                    host: host.to_owned(),
                    address: *address,
                });
            }
            (Self::Internet, None) | (Self::Anywhere, _) => {}
        }
        Ok(())
    }
}

/// Resolves names for the requests to one host.
pub(super) struct Resolver {
    host: String,
    reach: Reach,
}

impl Resolver {
    pub(super) fn new(host: &str, reach: Reach) -> Self {
        Self {
            host: host.to_owned(),
            reach,
        }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let name = name.as_str().to_owned();
        // Another name is that of a proxy, which the process's environment sets. It resolves the host itself.
        let reach = match name.eq_ignore_ascii_case(&self.host) {
            true => self.reach.clone(),
            false => Reach::Anywhere,
        };
        Box::pin(async move {
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await?.collect();
            let addresses: Vec<IpAddr> = found.iter().map(SocketAddr::ip).collect();
            reach.check(&name, &addresses)?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(texts: &[&str]) -> Vec<IpAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn a_host_with_one_address_inside_is_inside() {
        let check = |texts: &[&str]| Reach::Internet.check("keys.example", &addresses(texts));
        assert_eq!(check(&["8.8.8.8", "2606:4700::1111"]), Ok(()));
        assert_eq!(
            check(&["8.8.8.8", "10.0.0.1"]).unwrap_err().to_string(),
            "`keys.example` is at 10.0.0.1, which is no address of the internet; an issuer of the internet names no keys inside a \
             network: give their URL to the provider `jwt` if they are meant to be there"
        );
    }

    #[test]
    fn the_flag_says_what_the_last_answer_was() {
        let flag = Arc::new(AtomicBool::new(false));
        let reach = Reach::Noted(Arc::clone(&flag));
        for (address, is_inside) in [("10.0.0.1", true), ("8.8.8.8", false), ("::1", true)] {
            assert_eq!(
                reach.check("issuer.example", &addresses(&[address])),
                Ok(())
            );
            assert_eq!(flag.load(Ordering::Relaxed), is_inside, "{address}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_inside_is_not_resolved_and_a_proxys_is() {
        let resolver = Resolver::new("localhost", Reach::Internet);
        let resolved = |name: &str| resolver.resolve(name.parse().unwrap());
        assert!(resolved("localhost").await.is_err());
        assert!(resolved("LOCALHOST").await.is_err());
        let resolver = Resolver::new("keys.example", Reach::Internet);
        assert!(resolver.resolve("localhost".parse().unwrap()).await.is_ok());
    }

    #[test]
    fn an_address_in_the_url_is_checked_too() {
        let check = |url: &str| Reach::Internet.check_literal(&Url::parse(url).unwrap());
        for url in [
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://[::1]/",
            "https://[::ffff:7f00:1]/",
            "https://169.254.169.254/latest",
        ] {
            assert!(check(url).is_err(), "{url}");
        }
        assert_eq!(check("https://8.8.8.8/"), Ok(()));
        assert_eq!(check("https://keys.example/"), Ok(()));
    }
}
