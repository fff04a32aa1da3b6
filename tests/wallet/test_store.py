"""The same on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from credentials.strict_json import serialize_json
from tests.factories import NOW
from tests.wallet.wallets import WalletOffice, badge
from wallet.errors import CannotAddError, WalletError
from wallet.holder_keys import HolderKeys
from wallet.signing import Bound, Presentation


def test_a_wallet_is_kept_shown_and_deleted(database: Engine) -> None:
    office = WalletOffice.on(database)
    store, keys = office.store, office.services().keys
    learner, _session = store.learners.sign_in(
        store.learners.new_link("aroha@example.org", NOW), NOW, keys.new
    )
    data = serialize_json(badge())
    (findings,) = office.examine([data])
    identifier = store.holdings.add(learner.id, data, findings, NOW)
    with pytest.raises(CannotAddError, match="already"):
        store.holdings.add(learner.id, data, findings, NOW)
    secret = store.shares.new(learner.id, [identifier], audience="A", purpose="", days=1, at=NOW)
    share, shown = store.shares.open(secret, NOW)
    store.shares.viewed(share, NOW)
    assert shown == {identifier: None}
    assert store.holdings.get(learner.id, identifier).findings == findings
    assert [one.kind for one in store.history.of(learner.id)] == ["shared", "added", "signed-in"]
    store.learners.delete(learner.id)
    assert store.holdings.all(learner.id) == ()
    with pytest.raises(WalletError):
        store.shares.open(secret, NOW)


def test_a_sealed_key_opens_for_its_learner_only(office: WalletOffice) -> None:
    keys = office.services().keys
    learners = [
        office.store.learners.sign_in(
            office.store.learners.new_link(f"{name}@example.org", NOW), NOW, keys.new
        )[0]
        for name in ("one", "two")
    ]
    first, second = learners
    swapped = type(first)(
        first.id, first.email, first.did, second.sealed_key, first.framework, first.created_at
    )
    with pytest.raises(WalletError) as caught:
        keys.sign(swapped, Presentation((badge(),), Bound("c", "d"), NOW))
    assert caught.value.code == "KEY_SEALED"
    with pytest.raises(WalletError):
        HolderKeys(bytes(31) + b"x", keys._environment).secret_of(first)


def test_what_is_kept_of_a_key_does_not_hold_it(office: WalletOffice) -> None:
    keys = office.services().keys
    made = keys.new("learner_1")
    again = keys.new("learner_1")
    assert (made.did, made.sealed) != (again.did, again.sealed)
    assert len(made.sealed) > 32
