"""Which internet addresses a fetch may reach: public ones, by a rule of our own.

The standard library's `is_global` errs in both directions and changes with its version, so it is
not asked.  An IPv4 address is public unless a special purpose is registered for it; an IPv6 address
only if it lies in what is handed out as global unicast, and nothing special is registered there.

Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890), RFC 4291 section 2.4,
RFC 3964 and RFC 6169 (why tunnels are refused).
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

SPECIAL_IPV4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by the customers of a provider
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # metadata of a cloud, at a public address
            "169.254.0.0/16",  # link-local; metadata of most clouds
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # automatic multicast tunnels
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and the broadcast address
        ),
    )
)
"""IPv4 networks that no public web server stands in."""

GLOBAL_IPV6 = IPv6Network("2000::/3")
"""The only part of IPv6 that is handed out as global unicast; all else is refused with it.

That leaves out loopback, link-local, unique local and site-local addresses, multicast, and the
forms that carry an IPv4 address: mapped, compatible, NAT64 (64:ff9b::/96, 64:ff9b:1::/48).
"""

SPECIAL_IPV6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments, Teredo tunnels among them
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4 tunnels
            "2620:4f:8000::/48",  # AS112
            "3ffe::/16",  # the former test network
            "3fff::/20",  # documentation
        ),
    )
)
"""IPv6 networks within global unicast that no public web server stands in."""

ISATAP_IDENTIFIERS = frozenset({0x00005EFE, 0x02005EFE})
"""Middle of an interface identifier that carries an IPv4 address (RFC 5214 section 6.1)."""


def is_public(address: str) -> bool:
    """Tell whether an address in text form is a public one; what is no address is not."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return _is_public_ipv4(parsed) if isinstance(parsed, IPv4Address) else _is_public_ipv6(parsed)


def _is_public_ipv4(address: IPv4Address) -> bool:
    return not any(address in network for network in SPECIAL_IPV4)


def _is_public_ipv6(address: IPv6Address) -> bool:
    if address.scope_id is not None or address not in GLOBAL_IPV6:
        return False
    if any(address in network for network in SPECIAL_IPV6):
        return False
    return (int(address) >> 32) & 0xFFFFFFFF not in ISATAP_IDENTIFIERS
