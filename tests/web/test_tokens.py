"""Tokens that open nothing: each kind of forgery and misuse, against the running server."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import jwt
import pytest

from sla_compliance.errors import InvalidValueError
from sla_compliance.server.auth import AUDIENCE, Tokens
from tests.web.live import API, TEST_SECRET, Live, token_for
from tests.web.world import assert_problem

OTHER_SECRET = "another secret, as long as the first one is"  # noqa: S105
GOOD = {"aud": AUDIENCE, "tenants": ["demo"], "permissions": ["faults.sla.read"]}


def later(hours: int) -> datetime:
    """A moment from now."""
    return datetime.now(UTC) + timedelta(hours=hours)


def signed(secret: str = TEST_SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    """Return a token of some claims beside the good ones; None leaves one out."""
    whole = {name: value for name, value in {**GOOD, "exp": later(1), **claims}.items() if value is not None}
    return jwt.encode(whole, secret, algorithm)


def encoded(part: object) -> str:
    """Return one part of a token."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def unsigned(algorithm: str, signature: str = "") -> str:
    """Return a token that nobody signed."""
    claims = {**GOOD, "exp": int(later(1).timestamp())}
    return f"{encoded({'alg': algorithm, 'typ': 'JWT'})}.{encoded(claims)}.{signature}"


def with_claims(**claims: Any) -> str:
    """Return a good token whose claims were changed after it was signed."""
    header, _, signature = signed().split(".")
    return f"{header}.{encoded({**GOOD, 'exp': int(later(1).timestamp()), **claims})}.{signature}"


FORGERIES = {
    "expired": signed(exp=later(-1)),
    "without an end": signed(exp=None),
    "for another audience": signed(aud="billing"),
    "without an audience": signed(aud=None),
    "not valid yet": signed(nbf=later(1)),
    "of another secret": signed(secret=OTHER_SECRET),
    "of another algorithm": signed(algorithm="HS512"),
    "of no algorithm": unsigned("none"),
    "of no algorithm, shouted": unsigned("NONE"),
    "without a signature": unsigned("HS256"),
    "with somebody's signature": unsigned("HS256", signed().rpartition(".")[2]),
    "with other claims": ".".join(
        [signed().split(".")[0], encoded({**GOOD, "tenants": ["x"]}), signed().split(".")[2]]
    ),
    "of a public key": unsigned("RS256", "AAAA"),
    "without tenants": signed(tenants=None),
    "of no tenants": signed(tenants=[]),
    "of tenants in one text": signed(tenants="demo"),
    "of tenants that are no texts": signed(tenants=[1, None]),
    "of permissions in one text": signed(permissions="faults.sla.read"),
    "no token": "demo",
    "too long": "x" * 20_000,
}


@pytest.mark.parametrize("kind", FORGERIES)
def test_a_token_that_is_not_good_opens_nothing(demo: Live, kind: str) -> None:
    """401 with a challenge; the detail repeats nothing of the token."""
    answer = demo.ask("compliance?days=3", Authorization=f"Bearer {FORGERIES[kind]}")
    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("header", ["Basic ZGVtbzpkZW1v", "Bearer", f"Token {signed()}"])
def test_another_scheme_opens_nothing(demo: Live, header: str) -> None:
    """401."""
    assert_problem(demo.ask("compliance?days=3", Authorization=header), 401)


def test_a_token_in_the_query_opens_nothing(demo: Live) -> None:
    """It would stand in logs."""
    answer = httpx2.get(f"{demo.url}{API}compliance?days=3&token={signed()}&access_token={signed()}")
    assert_problem(answer, 401)


@pytest.mark.parametrize("permission", ["faults.sla.read", "faults.alarms.read"])
def test_either_permission_will_do(demo: Live, permission: str) -> None:
    """Reading figures or reading alarms."""
    bearer = {"Authorization": f"Bearer {token_for('demo', permission=permission)}"}
    assert demo.ask("compliance?days=3", **bearer).status_code == 200


@pytest.mark.parametrize("permissions", [["faults.sla.write"], ["FAULTS.SLA.READ"], [], None])
def test_another_permission_will_not(demo: Live, permissions: object) -> None:
    """403."""
    assert_problem(demo.ask("compliance?days=3", Authorization=f"Bearer {signed(permissions=permissions)}"), 403)


def test_a_token_of_several_tenants_opens_the_one_named(demo: Live) -> None:
    """The first by default; one that it does not hold is a 403."""
    bearer = {"Authorization": f"Bearer {token_for('demo', 'demo-2')}"}
    own = [demo.ask("compliance?days=30", tenant).json() for tenant in ("demo", "demo-2")]
    named = [demo.ask("compliance?days=30", **bearer, **{"X-Tenant-ID": name}).json() for name in ("demo", "demo-2")]
    assert named == own
    assert demo.ask("compliance?days=30", **bearer).json() == own[0]
    assert_problem(demo.ask("compliance?days=30", **bearer, **{"X-Tenant-ID": "empty"}), 403)


@pytest.mark.parametrize("name", ["demo-2", "DEMO", "demo,demo-2", "demo%2d2", "", "*"])
def test_a_token_never_opens_another_tenant_by_header(demo: Live, name: str) -> None:
    """Whatever the header says, it is demo's figures or none."""
    answer = demo.ask("compliance?days=30", **{"X-Tenant-ID": name})
    if answer.status_code == 200:
        assert answer.json() == demo.ask("compliance?days=30").json()
    else:
        assert_problem(answer, 403)


@pytest.mark.parametrize(
    "path", ["demo-2/sla/compliance?days=3", "sla/compliance/demo-2?days=3", "sla/compliance;demo-2"]
)
def test_a_token_never_opens_another_tenant_by_path(demo: Live, path: str) -> None:
    """There is no such path."""
    bearer = {"Authorization": f"Bearer {token_for('demo')}"}
    assert demo.get(f"api/v1/faults/{path}", **bearer).status_code == 404


def test_a_token_never_opens_another_tenant_by_its_copies(demo: Live) -> None:
    """What is remembered or confirmed for one is nothing to the other."""
    first = demo.ask("compliance?days=30", "demo-2")
    answer = demo.ask("compliance?days=30", "demo", **{"If-None-Match": first.headers["ETag"]})
    assert (answer.status_code, answer.json() == first.json()) == (200, False)


def test_a_short_secret_signs_nothing() -> None:
    """At least 32 bytes."""
    with pytest.raises(InvalidValueError, match="31 bytes"):
        Tokens("x" * 31)
