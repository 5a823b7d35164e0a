"""Tokens of an identity provider: RS256 and ES256 by the public keys of a JWKS file, and each way to misuse one."""

from __future__ import annotations

import base64
import hmac
import json
import logging
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from sla_compliance.errors import InvalidFileError, InvalidValueError
from sla_compliance.server.auth import AUDIENCE, InvalidTokenError, Tokens
from sla_compliance.server.key_set import KeySetFile
from sla_compliance.server.variables import KEY_SET, SECRET
from tests.web.live import API, TEST_SECRET, serving
from tests.web.world import assert_problem

RSA_KEY: Final = rsa.generate_private_key(65537, 2048)
OTHER_RSA_KEY: Final = rsa.generate_private_key(65537, 2048)
SHORT_RSA_KEY: Final = rsa.generate_private_key(65537, 1024)  # noqa: S505 - to be refused
EC_KEY: Final = ec.generate_private_key(ec.SECP256R1())
P384_KEY: Final = ec.generate_private_key(ec.SECP384R1())
Jwk = dict[str, Any]


def public(key: Any, **parameters: Any) -> Jwk:
    """Return the JWK of a private key's public half."""
    algorithm = RSAAlgorithm if isinstance(key, rsa.RSAPrivateKey) else ECAlgorithm
    return {**json.loads(algorithm.to_jwk(key.public_key())), **parameters}


def private(key: Any, **parameters: Any) -> Jwk:
    """Return the JWK of a private key."""
    return {**json.loads(RSAAlgorithm.to_jwk(key)), **parameters}


RSA_JWK: Final = public(RSA_KEY, kid="rsa-1", use="sig", alg="RS256")
OTHER_RSA_JWK: Final = public(OTHER_RSA_KEY, kid="rsa-2")
EC_JWK: Final = public(EC_KEY, kid="ec-1")


def written(path: Path, *keys: object) -> Path:
    """Write a key set, in place of what is there, as an atomic update does."""
    new = path.with_suffix(".new")
    new.write_text(json.dumps({"keys": keys}), encoding="utf-8")
    new.replace(path)
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file with two RSA keys and one of an elliptic curve."""
    return written(tmp_path / "jwks.json", RSA_JWK, OTHER_RSA_JWK, EC_JWK)


def token(key: Any, algorithm: str, kid: str | None, **claims: Any) -> str:
    """Return a token that a provider could issue."""
    good = {"aud": AUDIENCE, "tenants": ["demo"], "permissions": ["faults.sla.read"]}
    whole = {**good, "exp": datetime.now(UTC) + timedelta(hours=1), **claims}
    return jwt.encode(whole, key, algorithm, headers=None if kid is None else {"kid": kid})


@pytest.mark.parametrize(
    ("key", "algorithm", "kid"),
    [
        (RSA_KEY, "RS256", "rsa-1"),
        (OTHER_RSA_KEY, "RS256", "rsa-2"),
        (EC_KEY, "ES256", "ec-1"),
        (EC_KEY, "ES256", None),
    ],
)
def test_a_token_opens_by_the_key_that_it_names(path: Path, key: Any, algorithm: str, kid: str | None) -> None:
    """Without a name by the only key of its algorithm; beside tokens of the app's own secret."""
    tokens = Tokens(TEST_SECRET, KeySetFile(str(path)))
    assert tokens.read(token(key, algorithm, kid)).tenants == ("demo",)
    assert tokens.read(tokens.issue(["acme"], ["faults.sla.read"], lifetime=timedelta(hours=1))).tenants == ("acme",)


def signed_by_hand(header: Jwk, key: bytes) -> str:
    """Return a token with an HMAC of any bytes: PyJWT refuses to sign with a public key."""
    claims = {"aud": AUDIENCE, "tenants": ["demo"], "permissions": ["faults.sla.read"], "exp": 4_000_000_000}
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, claims)]
    text = b".".join(parts)
    signature = base64.urlsafe_b64encode(hmac.digest(key, text, sha256)).rstrip(b"=")
    return b".".join([text, signature]).decode()


PEM: Final = RSA_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
DER: Final = RSA_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
FORGERIES: Final = {
    "HS256 with the public key as PEM": signed_by_hand({"alg": "HS256", "kid": "rsa-1"}, PEM),
    "HS256 with the public key as PEM, no kid": signed_by_hand({"alg": "HS256"}, PEM),
    "HS256 with the public key as DER": signed_by_hand({"alg": "HS256", "kid": "rsa-1"}, DER),
    "HS256 with the JWK's text": signed_by_hand({"alg": "HS256", "kid": "rsa-1"}, json.dumps(RSA_JWK).encode()),
    "HS256 with the modulus": signed_by_hand({"alg": "HS256", "kid": "rsa-1"}, RSA_JWK["n"].encode()),
    "HS256 with nothing": signed_by_hand({"alg": "HS256"}, b""),
    "RS256 with an HMAC of the public key": signed_by_hand({"alg": "RS256", "kid": "rsa-1"}, PEM),
    "none": signed_by_hand({"alg": "none", "kid": "rsa-1"}, b"").rpartition(".")[0] + ".",
    "a key of its own in the header": jwt.encode(
        {"aud": AUDIENCE, "tenants": ["demo"], "permissions": [], "exp": 4_000_000_000},
        OTHER_RSA_KEY,
        "RS256",
        headers={"kid": "rsa-1", "jwk": OTHER_RSA_JWK, "jku": "https://attacker.example/jwks.json"},
    ),
    "another key's name": token(RSA_KEY, "RS256", "rsa-2"),
    "no name, where two keys could be meant": token(RSA_KEY, "RS256", None),
    "an unknown name": token(RSA_KEY, "RS256", "rsa-3"),
    "the name of a key of another kind": token(RSA_KEY, "RS256", "ec-1"),
    "another algorithm of the same key": token(RSA_KEY, "RS512", "rsa-1"),
    "PS256 of the same key": token(RSA_KEY, "PS256", "rsa-1"),
    "another curve": token(P384_KEY, "ES384", "ec-1"),
    "expired": token(RSA_KEY, "RS256", "rsa-1", exp=datetime.now(UTC) - timedelta(hours=1)),
    "another audience": token(RSA_KEY, "RS256", "rsa-1", aud="billing"),
    "a header of ten thousand brackets": base64.urlsafe_b64encode(b"[" * 10_000).decode() + ".e30.AAAA",
}


@pytest.mark.parametrize("secret", [TEST_SECRET, ""], ids=["with a secret", "without"])
@pytest.mark.parametrize("kind", FORGERIES)
def test_a_forgery_opens_nothing(path: Path, kind: str, secret: str) -> None:
    """The algorithm is that of the key, whatever the header says."""
    with pytest.raises(InvalidTokenError):
        Tokens(secret, KeySetFile(str(path))).read(FORGERIES[kind])


def test_without_a_secret_none_of_its_tokens_opens(path: Path) -> None:
    """And none can be issued."""
    tokens = Tokens("", KeySetFile(str(path)))
    own = Tokens(TEST_SECRET).issue(["demo"], ["faults.sla.read"], lifetime=timedelta(hours=1))
    with pytest.raises(InvalidTokenError):
        tokens.read(own)
    with pytest.raises(InvalidValueError, match=SECRET):
        tokens.issue(["demo"], ["faults.sla.read"], lifetime=timedelta(hours=1))
    with pytest.raises(InvalidValueError, match=SECRET):
        Tokens("")


def test_without_a_key_set_no_public_key_opens() -> None:
    """RS256 and ES256 are refused."""
    for one in (token(RSA_KEY, "RS256", "rsa-1"), token(EC_KEY, "ES256", "ec-1")):
        with pytest.raises(InvalidTokenError):
            Tokens(TEST_SECRET).read(one)


def test_a_file_that_changes_is_read_again(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A key that is added opens, one that is removed opens nothing; a broken or missing file leaves what was."""
    caplog.set_level(logging.WARNING)
    tokens = Tokens("", KeySetFile(str(path)))
    first, second = token(RSA_KEY, "RS256", "rsa-1"), token(OTHER_RSA_KEY, "RS256", "rsa-2")
    written(path, OTHER_RSA_JWK)
    assert tokens.read(second).tenants == ("demo",)
    with pytest.raises(InvalidTokenError):
        tokens.read(first)
    path.write_text("{", encoding="utf-8")
    assert [tokens.read(second).tenants for _ in range(3)] == [("demo",)] * 3
    path.unlink()
    assert [tokens.read(second).tenants for _ in range(3)] == [("demo",)] * 3
    written(path, RSA_JWK)
    assert tokens.read(first).tenants == ("demo",)
    with pytest.raises(InvalidTokenError):
        tokens.read(second)
    lines = [record.getMessage() for record in caplog.records]
    assert [line.partition(":")[0] for line in lines] == [
        "the key set has changed",
        "the key set is not read again, the keys before hold",
        "the key set is not read again, the keys before hold",
        "the key set has changed",
    ]


def test_keys_for_other_purposes_are_left_out(tmp_path: Path) -> None:
    """For encryption, of other curves and algorithms; the others work."""
    others = [
        public(OTHER_RSA_KEY, kid="enc", use="enc"),
        public(OTHER_RSA_KEY, kid="oaep", alg="RSA-OAEP"),
        public(P384_KEY, kid="p384"),
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": "ed"},
        {"kty": ["RSA"]},
        {"kty": "EC", "crv": {}},
    ]
    tokens = Tokens("", KeySetFile(str(written(tmp_path / "jwks.json", *others, RSA_JWK))))
    assert tokens.read(token(RSA_KEY, "RS256", None)).tenants == ("demo",)
    for kid in ("enc", "oaep"):
        with pytest.raises(InvalidTokenError):
            tokens.read(token(OTHER_RSA_KEY, "RS256", kid))


BROKEN: Final[dict[str, tuple[object, str]]] = {
    "a private key": ({"keys": [private(RSA_KEY)]}, "keys[0] is a secret or private key; give public keys alone"),
    "a secret": ({"keys": [RSA_JWK, {"kty": "oct", "k": "c2VjcmV0"}]}, "keys[1] is a secret or private key"),
    "a short key": ({"keys": [public(SHORT_RSA_KEY)]}, "keys[0] has 1024 bits; give an RSA key of 2048 or more"),
    "no key of use": ({"keys": [public(P384_KEY)]}, "has no key for RS256 or ES256"),
    "no keys": ({"keys": []}, "has no key for RS256 or ES256"),
    "no list": ({"keys": {}}, "has no list of keys"),
    "a list": ([RSA_JWK], "has no list of keys"),
    "no object": ({"keys": ["key"]}, "keys[0] is no object"),
    "no number": ({"keys": [{"kty": "RSA", "n": "!", "e": "AQAB"}]}, "keys[0] is no RSA key"),
    "half a key": ({"keys": [{"kty": "EC", "crv": "P-256", "x": "AAAA"}]}, "keys[0] is no EC key"),
    "a kid that is no text": ({"keys": [{**RSA_JWK, "kid": 7}]}, "keys[0].kid is no text"),
    "one kid twice": ({"keys": [RSA_JWK, {**OTHER_RSA_JWK, "kid": "rsa-1"}]}, "several keys for RS256 with the kid"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_a_wrong_file_is_refused_with_its_fault(tmp_path: Path, kind: str) -> None:
    """When the server starts; no message shows a key."""
    document, fault = BROKEN[kind]
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InvalidFileError) as refused:
        KeySetFile(str(path))
    assert fault in str(refused.value)
    assert RSA_JWK["n"][:20] not in str(refused.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[" * 100_000, b"\xff", b" " * (1024 * 1024 + 1)])
def test_what_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    """Nor is a file of any size read."""
    path = tmp_path / "jwks.json"
    path.write_bytes(content)
    with pytest.raises(InvalidFileError, match=r"is no JSON|is longer than 1,048,576 bytes"):
        KeySetFile(str(path))


def test_the_server_takes_tokens_of_the_provider_alone(path: Path) -> None:
    """Without a secret of its own it prints no tokens; the file is read again while it runs."""
    with serving("--demo", environment={KEY_SET: str(path)}) as live:
        assert "Token" not in live.printed

        def status(one: str) -> int:
            return live.get(f"{API}compliance?days=3", Authorization=f"Bearer {one}").status_code

        assert status(token(RSA_KEY, "RS256", "rsa-1")) == 200
        assert status(FORGERIES["HS256 with the public key as PEM"]) == 401
        assert_problem(live.ask("compliance?days=3"), 401, "not valid")
        written(path, EC_JWK)
        assert status(token(RSA_KEY, "RS256", "rsa-1")) == 401
        assert status(token(EC_KEY, "ES256", "ec-1")) == 200


def test_a_wrong_key_set_stops_the_server_before_it_starts(tmp_path: Path) -> None:
    """With one message."""
    with (
        pytest.raises(RuntimeError, match="has no key for RS256 or ES256") as refused,
        serving("--demo", environment={KEY_SET: str(written(tmp_path / "jwks.json"))}),
    ):
        pass
    assert "Traceback" not in str(refused.value)
