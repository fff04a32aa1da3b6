"""Who is one caller to a limit."""

from __future__ import annotations

import pytest

from service.web.limiting import RateLimit, network_of


@pytest.mark.parametrize(
    ("address", "caller"),
    [
        ("192.0.2.1", "192.0.2.1/32"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1/32"),
        ("192.0.2.1:4711", "unknown"),
        ("", "unknown"),
    ],
)
def test_a_caller_is_an_address_or_a_network_of_the_newer_ones(address: str, caller: str) -> None:
    assert network_of(address) == caller


def test_a_caller_of_ipv4_uses_up_nobody_elses_calls_behind_a_proxy_of_both_kinds() -> None:
    limit = RateLimit(1, 1, lambda: 0.0)
    assert limit.seconds_to_wait(network_of("::ffff:192.0.2.1")) == 0
    assert limit.seconds_to_wait(network_of("::ffff:198.51.100.2")) == 0
    assert limit.seconds_to_wait(network_of("192.0.2.1")) > 0
