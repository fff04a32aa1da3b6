"""Which addresses are public, by our own rule."""

from __future__ import annotations

import json
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.fetching.addresses import is_public


@pytest.mark.parametrize(
    "address",
    [
        *("93.184.216.34", "8.8.8.8", "1.1.1.1", "192.0.1.1", "172.15.0.1", "172.32.0.1"),
        *("100.63.255.255", "100.128.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255"),
        *("2606:4700::1", "2a00:1450:4001::1", "2001:4860:4860::8888", "2400:cb00::1"),
    ],
)
def test_addresses_of_public_servers_may_be_reached(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.0"),
        *("100.100.100.200", "100.127.255.255", "127.0.0.0", "127.255.255.255", "168.63.129.16"),
        *("169.254.0.0", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.0.0.0"),
        *("192.0.0.9", "192.0.0.170", "192.0.2.255", "192.88.99.255", "192.168.255.255"),
        *("198.18.0.0", "198.19.255.255", "198.51.100.7", "203.0.113.255", "224.0.0.0"),
        *("239.255.255.255", "240.0.0.0", "255.255.255.255"),
        *("::", "::1", "::ffff:8.8.8.8", "::8.8.8.8", "::ffff:0:8.8.8.8", "64:ff9b::8.8.8.8"),
        *("64:ff9b:1::1", "100::1", "2001::1", "2001:0:5ef5:79fb::1", "2001:10::1", "2001:20::1"),
        *("2001:db8::1", "2002:0808:0808::1", "2620:4f:8000::1", "3ffe::1", "3fff::1", "5f00::1"),
        *("4000::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"),
        *("2606:4700::1%eth0", "2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:10.0.0.1"),
        *("", "localhost", "8.8.8", "08.8.8.8", "0x8.8.8.8", "134744072", "8.8.8.8 ", "[::1]"),
    ],
)
def test_no_special_address_may_be_reached(address: str) -> None:
    assert not is_public(address)


def test_addresses_that_the_standard_library_calls_global_are_refused(conformance: Path) -> None:
    cases = json.loads((conformance / "attacks/ssrf-cases.json").read_text())
    wrongly = cases["python_3_11_7_is_global_wrongly_true"]
    assert len(wrongly) == 8
    assert [address for address in wrongly if is_public(address)] == []


@given(st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address))
def test_what_is_private_anywhere_is_never_public(address: IPv4Address | IPv6Address) -> None:
    if address.is_private or address.is_multicast or address.is_reserved or address.is_link_local:
        assert not is_public(str(address))


@given(st.integers(0, 2**32 - 1).map(IPv4Address))
def test_an_ipv4_address_inside_an_ipv6_address_opens_no_way(address: IPv4Address) -> None:
    for prefix, shift in ((0, 0), (0xFFFF << 32, 0), (0x64FF9B << 96, 0), (0x2002 << 112, 80)):
        assert not is_public(str(IPv6Address(prefix | int(address) << shift)))
