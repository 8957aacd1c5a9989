//! Which addresses a request may go to: public ones, and for an account that is bound to it a loopback address.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use http::Uri;
use http::uri::{Authority, Scheme};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Whether an address is reachable for everybody, and so for a provider: neither private nor local nor special.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    !matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    )
}

/// Global unicast (`2000::/3`) without its special blocks; an IPv4 address behind NAT64 counts as itself. Mapped and
/// compatible addresses, unique-local, link-local and multicast ones lie outside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            is_public_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low)))
        }
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002 | 0x3fff, ..] => false,
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// Every address of a name is private or local.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{host}` leads to a private or local address")]
pub struct PrivateAddress {
    /// The host as it was asked for.
    pub host: String,
}

/// Checks the host of a URL before it is resolved: a local account reaches loopback alone, any other neither a
/// private literal address nor a name that means this machine.
pub(crate) fn check_host(host: &str, local: bool) -> Result<(), PrivateAddress> {
    let refused = || PrivateAddress { host: host.to_owned() };
    let name = host.trim_end_matches('.').to_ascii_lowercase();
    let allowed = match literal(&name) {
        Some(address) => address.is_loopback() && local || is_public(address) && !local,
        None if name == "localhost" => local,
        None => !local && !name.ends_with(".localhost"),
    };
    if allowed { Ok(()) } else { Err(refused()) }
}

/// The address that a host literally is.
fn literal(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok()
}

/// Resolves names to public addresses alone. The one name that means loopback is resolved to loopback: whoever uses
/// this resolver checks that name first.
#[derive(Clone, Default)]
pub struct PublicResolver {
    inner: Option<Arc<dyn Resolve>>,
}

impl fmt::Debug for PublicResolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublicResolver")
    }
}

impl PublicResolver {
    /// Over the resolver of the operating system.
    pub fn new() -> PublicResolver {
        PublicResolver::default()
    }

    /// Over another resolver.
    pub fn over(inner: Arc<dyn Resolve>) -> PublicResolver {
        PublicResolver { inner: Some(inner) }
    }
}

impl Resolve for PublicResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        if host.eq_ignore_ascii_case("localhost") {
            let both = [Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()];
            let both = both.map(|address: IpAddr| SocketAddr::new(address, 0));
            return Box::pin(async move { Ok::<Addrs, _>(Box::new(both.into_iter())) });
        }
        let inner = self.inner.clone();
        Box::pin(async move {
            let all: Vec<SocketAddr> = match inner {
                Some(inner) => inner.resolve(name).await?.collect(),
                None => tokio::net::lookup_host((host.as_str(), 0)).await?.collect(),
            };
            let public: Vec<SocketAddr> = all.iter().copied().filter(|a| is_public(a.ip())).collect();
            if public.is_empty() && !all.is_empty() {
                return Err(PrivateAddress { host }.into());
            }
            Ok::<Addrs, _>(Box::new(public.into_iter()))
        })
    }
}

/// The loopback address that stands for every host of a local account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Base {
    scheme: Scheme,
    authority: Authority,
}

impl Base {
    /// Reads `http://127.0.0.1:8080`, `http://localhost:8080` or the like.
    pub(crate) fn parse(text: &str) -> Option<Base> {
        let parts = text.parse::<Uri>().ok()?.into_parts();
        let (scheme, authority) = (parts.scheme?, parts.authority?);
        let bare = parts.path_and_query.is_none_or(|path| path == "/");
        let http = scheme == Scheme::HTTP || scheme == Scheme::HTTPS;
        let user = authority.as_str().contains('@');
        let local = check_host(authority.host(), true).is_ok();
        (bare && http && !user && local).then_some(Base { scheme, authority })
    }

    /// The same URL at this address.
    pub(crate) fn put_in(&self, url: Uri) -> Result<Uri, http::uri::InvalidUriParts> {
        let mut parts = url.into_parts();
        parts.scheme = Some(self.scheme.clone());
        parts.authority = Some(self.authority.clone());
        if parts.path_and_query.is_none() {
            parts.path_and_query = Some(http::uri::PathAndQuery::from_static("/"));
        }
        Uri::from_parts(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn private_and_local_addresses_are_not_public() {
        for text in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.255.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "64:ff9b:1::808:808",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "fc00::1",
            "fd12::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!is_public(address(text)), "{text}");
        }
    }

    #[test]
    fn public_addresses_are_public() {
        for text in [
            "1.1.1.1",
            "100.63.0.1",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "64:ff9b::808:808",
        ] {
            assert!(is_public(address(text)), "{text}");
        }
    }

    #[test]
    fn hosts_are_checked_by_account() {
        for (host, public, local) in [
            ("api.example.com", true, false),
            ("127.0.0.1", false, true),
            ("[::1]", false, true),
            ("[::ffff:127.0.0.1]", false, false),
            ("10.0.0.1", false, false),
            ("8.8.8.8", true, false),
            ("localhost", false, true),
            ("LOCALHOST.", false, true),
            ("a.localhost", false, false),
        ] {
            assert_eq!(check_host(host, false).is_ok(), public, "{host}");
            assert_eq!(check_host(host, true).is_ok(), local, "{host} for a local account");
        }
    }

    #[test]
    fn a_base_is_a_bare_loopback_address() {
        for text in ["http://127.0.0.1:80", "http://localhost:8080/", "https://[::1]:1"] {
            assert!(Base::parse(text).is_some(), "{text}");
        }
        for text in [
            "http://10.0.0.1",
            "http://api.example.com",
            "http://user@127.0.0.1",
            "http://127.0.0.1/x",
            "http://127.0.0.1/?x",
            "ftp://127.0.0.1",
            "127.0.0.1:80",
            "/x",
        ] {
            assert!(Base::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_base_replaces_scheme_and_authority_alone() {
        let base = Base::parse("http://127.0.0.1:81").expect("a base");
        for (url, want) in [
            ("https://a.example.com/x%2Fy?z=1", "http://127.0.0.1:81/x%2Fy?z=1"),
            ("https://a.example.com", "http://127.0.0.1:81/"),
        ] {
            let put = base.put_in(url.parse().expect("a URL")).expect("a URL");
            assert_eq!(put.to_string(), want);
        }
    }

    struct Fixed(Vec<SocketAddr>);

    impl Resolve for Fixed {
        fn resolve(&self, _: Name) -> Resolving {
            let addresses = self.0.clone();
            Box::pin(async move { Ok::<Addrs, _>(Box::new(addresses.into_iter())) })
        }
    }

    async fn resolved(name: &str, to: &[&str]) -> Result<Vec<String>, String> {
        let to = to.iter().map(|text| SocketAddr::new(address(text), 0));
        let resolver = PublicResolver::over(Arc::new(Fixed(to.collect())));
        match resolver.resolve(name.parse().expect("a name")).await {
            Ok(addresses) => Ok(addresses.map(|a| a.ip().to_string()).collect()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[tokio::test]
    async fn names_resolve_to_public_addresses_alone() {
        assert_eq!(resolved("a.example.com", &["10.0.0.1", "8.8.8.8"]).await, Ok(vec!["8.8.8.8".to_owned()]));
        assert_eq!(
            resolved("a.example.com", &["127.0.0.1", "::ffff:10.0.0.1"]).await,
            Err("`a.example.com` leads to a private or local address".to_owned())
        );
        assert_eq!(resolved("a.example.com", &[]).await, Ok(vec![]));
    }
}
