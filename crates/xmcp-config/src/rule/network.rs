//! Networks, in the form in which they are written: an address, or its first bits and their number.

use crate::reason::{Reason, shown};
use ipnet::IpNet;
use std::net::IpAddr;

/// A network of proxies: one address, or all that begin with the same bits (RFC 4632, section 3.1; RFC 4291, section 2.3).
pub(super) fn check(text: &str) -> Result<(), Reason> {
    let refuse = |problem, remedy: &str| {
        Err(Reason::Network {
            found: shown(text),
            problem,
            remedy: remedy.to_owned(),
        })
    };
    let example = "an address such as `10.0.0.7`, or a network such as `10.0.0.0/8`";
    if let Some(inner) = text.strip_prefix('[') {
        let address = inner.split(']').next().unwrap_or_default();
        return refuse(
            "an IPv6 address stands without brackets",
            &format!("`{address}`"),
        );
    }
    if text.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    let Ok(network) = text.parse::<IpNet>() else {
        return refuse("it is no address and no network", example);
    };
    if network.prefix_len() == 0 {
        return refuse(
            "it has everybody in it, and who is trusted may say what they like",
            "the network of the proxies, such as `10.0.0.0/8`",
        );
    }
    if network.addr() != network.network() {
        return refuse(
            "it says more of the address than the network has",
            &format!("`{}`, or the address without `/`", network.trunc()),
        );
    }
    Ok(())
}
