"""Canonical JSON and the chain's hashes."""

import hashlib

import pytest

from alliance.register.canonical import GENESIS, canonical, chained, digest_of


def test_keys_are_sorted_without_spaces_and_text_stays_unicode():
    assert canonical({"b": 1, "a": ["é", None, True]}) == '{"a":["é",null,true],"b":1}'


@pytest.mark.parametrize("value", [1.5, {"a": 1.5}, [[0.1]]])
def test_floats_are_refused(value):
    with pytest.raises(TypeError, match="float"):
        canonical(value)


def test_keys_must_be_text():
    with pytest.raises(TypeError, match="keys"):
        canonical({1: "a"})


def test_hash_covers_the_previous_hash_and_the_digest():
    digest = digest_of("{}")
    assert digest == hashlib.sha256(b"{}").hexdigest()
    assert chained(GENESIS, digest) == hashlib.sha256(bytes(32) + bytes.fromhex(digest)).hexdigest()
    assert chained(digest, GENESIS) != chained(GENESIS, digest)
