//! Names of hosts (RFC 1123, section 2.1), and mailboxes at them (RFC 5321, section 4.1.2).

use std::net::{Ipv4Addr, Ipv6Addr};

use email_address::EmailAddress;

pub(super) fn is_hostname(text: &str) -> bool {
    let is_ascii = text
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    is_ascii && text.len() <= 253 && text.split('.').all(is_label)
}

fn is_label(label: &str) -> bool {
    let is_plain =
        (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
    // RFC 5891, section 4.2.3.1: hyphens here say how the rest is to be read, and A-labels are all there is.
    let is_tagged = label.as_bytes().get(2..4) == Some(b"--");
    is_plain && (!is_tagged || is_a_label(label))
}

/// Whether the label is one of an internationalised name: UTS 46 reads it as another one, and that as this one.
fn is_a_label(label: &str) -> bool {
    let (unicode, read) = idna::domain_to_unicode(label);
    read.is_ok()
        && !unicode.is_ascii()
        && idna::domain_to_ascii_strict(&unicode).is_ok_and(|ascii| ascii == label)
}

pub(super) fn is_email(text: &str) -> bool {
    // RFC 5321 allows nothing between the quotes; the parser does not.
    let quoted = text
        .strip_prefix("\"\"@")
        .map(|domain| format!("\"a\"@{domain}"));
    let Ok(address) = quoted.as_deref().unwrap_or(text).parse::<EmailAddress>() else {
        return false;
    };
    address.local_part().is_ascii() && is_mail_domain(address.domain())
}

fn is_mail_domain(domain: &str) -> bool {
    let literal = domain
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let Some(literal) = literal else {
        return is_hostname(domain);
    };
    match literal.split_once(':') {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6") => {
            address.parse::<Ipv6Addr>().is_ok()
        }
        _ => literal.parse::<Ipv4Addr>().is_ok(),
    }
}
