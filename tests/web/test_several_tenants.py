"""Several tenants of one token: which to choose from, how all of them stand, and never another one's figures."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jwt
import psycopg
import pytest
from fastapi import FastAPI, Header, HTTPException
from fastapi.testclient import TestClient
from sqlalchemy import URL

from sla_compliance.server.app import service_of
from sla_compliance.server.auth import ALGORITHM, AUDIENCE, EVERY_TENANT, OVERVIEW, READERS, Tokens, router_dependencies
from sla_compliance.server.database import database_url, engine_of, prepare
from sla_compliance.server.settings import ServeSettings
from sla_compliance.server.tenant_choice import TENANT_PARAMETER
from sla_compliance.server.tenants import TenantDirectory
from sla_compliance.service import Statistics
from sla_compliance.settings import load
from sla_compliance.stores import sqlalchemy as stores
from sla_compliance.stores.memory import MemoryDayStore
from sla_compliance.web.fastapi import compliance_router
from sla_compliance.web.tenants import ListedTenant
from tests.servers.databases import fresh_database
from tests.web.live import TEST_SECRET, Live, serving, token_for
from tests.web.platform import fill
from tests.web.world import NOW, Source, assert_problem, at, service_over, visiting

HOSTILE = [
    "other",
    "ACME",
    "acme ",
    " acme",
    "acme,other",
    "acme%00",
    "ac\u0301me",
    "*",
    "",
    "'; --",
    "x" * 600,
    "../acme",
]


def listed(authorization: str | None = Header(None)) -> list[ListedTenant]:
    """Return the tenants of the platform's session: that of the header, and one more where it says so."""
    assert authorization is not None
    tenant_id, _, more = authorization.partition(" ")
    return [ListedTenant(tenant_id, "Acme Ltd"), *([ListedTenant(more)] if more else [])]


def overseer(authorization: str | None = Header(None)) -> None:
    """Refuse those who may not see the overview."""
    if authorization == "no-overseer":
        raise HTTPException(403, "You may not see all tenants.")


@pytest.fixture(scope="module")
def visitor() -> Iterator[TestClient]:
    """The platform's app with stored days of two tenants, and one without."""
    store = MemoryDayStore()

    async def sweep() -> None:
        service = service_over(Source(), store=store)
        for tenant_id in ("acme", "apia"):
            await service.store_closed_days(tenant_id, at(1), NOW)

    asyncio.run(sweep())
    service = service_over(Source(), store=store)
    options: dict[str, Any] = {"tenants": listed, "authorize_overview": overseer, "unknown_parameters": "refuse"}
    with visiting(service, "acme apia", **options) as client:
        yield client


def test_the_tenants_to_choose_from_are_those_of_the_identity(visitor: TestClient) -> None:
    """With their titles, paged with the total."""
    answer = visitor.get("tenants")
    assert answer.json() == [{"tenant_id": "acme", "title": "Acme Ltd"}, {"tenant_id": "apia", "title": "apia"}]
    assert visitor.get("tenants?offset=1&limit=1").json() == answer.json()[1:]
    assert visitor.get("tenants?limit=1").headers["x-total-count"] == answer.headers["x-total-count"] == "2"
    assert visitor.get("tenants", headers={"If-None-Match": answer.headers["etag"]}).status_code == 304


def test_the_overview_lists_the_worst_first(visitor: TestClient) -> None:
    """Those without stored days are the last, as no data; other tenants are not listed."""
    rows = visitor.get("overview?period=month", headers={"Authorization": "apia acme"}).json()
    assert [row["tenant_id"] for row in rows] == ["acme", "apia"]
    assert rows[0]["downtime_seconds"] == 95
    assert (rows[0]["verdict"], rows[0]["target_percentage"], rows[0]["has_data"]) == ("MET", 99.9, True)
    (nobody,) = visitor.get("overview", headers={"Authorization": "new"}).json()
    assert (nobody["has_data"], nobody["compliance_percentage"], nobody["verdict"]) == (False, None, "UNDETERMINED")
    (unknown,) = visitor.get("overview", headers={"Authorization": "nobody"}).json()
    assert (unknown["has_data"], "nobody" in unknown["fault"]) == (False, True)


def test_the_overview_is_paged(visitor: TestClient) -> None:
    """The total is that of all."""
    pages = [visitor.get(f"overview?limit=1&offset={offset}") for offset in range(3)]
    assert [len(page.json()) for page in pages] == [1, 1, 0]
    assert {page.headers["x-total-count"] for page in pages} == {"2"}
    whole = visitor.get("overview")
    assert [row for page in pages for row in page.json()] == whole.json()
    assert visitor.get("overview", headers={"If-None-Match": whole.headers["etag"]}).status_code == 304


def test_the_overview_of_dates_has_those_days(visitor: TestClient) -> None:
    """Each tenant's own."""
    rows = visitor.get("overview?from_date=2025-10-07&to_date=2025-10-07").json()
    assert [(row["tenant_id"], row["stored_days"], row["closed_days"]) for row in rows] == [
        ("acme", 1, 1),
        ("apia", 1, 1),
    ]
    assert rows[0]["start"] == "2025-10-07T00:00:00+01:00"
    assert visitor.get("overview?from_date=2030-01-01").json()[0]["closed_days"] == 0


@pytest.mark.parametrize(
    ("question", "status", "words"),
    [
        ("from_date=2025-10-07&to_date=2025-10-06", 400, "before from_date"),
        ("from_date=2025-13-07", 400, "from_date"),
        ("from_date=2025-10-07T00:00:00Z", 400, "from_date"),
        ("to_date=2025-10-07", 400, "from_date is missing"),
        ("from_date=2025-01-01&to_date=2025-10-07", 400, "90 days"),
        ("from_date=0001-01-01&to_date=9999-12-31", 400, "90 days"),
        ("from_date=2025-10-01&period=month", 422, "period"),
        ("period=year", 422, "period"),
        ("limit=0", 422, "limit"),
        ("tenant=other", 422, "tenant"),
        ("tenants=other", 422, "tenants"),
    ],
)
def test_bad_parameters_are_problems(visitor: TestClient, question: str, status: int, words: str) -> None:
    """Which name the parameter."""
    assert_problem(visitor.get(f"overview?{question}"), status, words)


def test_the_overview_has_a_permission_of_its_own(visitor: TestClient) -> None:
    """And reading is needed besides."""
    assert_problem(visitor.get("overview", headers={"Authorization": "no-overseer"}), 403, "all tenants")
    assert_problem(visitor.get("overview", headers={"Authorization": "acme no-reader"}), 403, "read alarms")
    assert_problem(visitor.get("tenants", headers={"Authorization": "acme no-reader"}), 403, "read alarms")


def test_without_the_dependencies_there_are_no_such_routes() -> None:
    """404, as in apps that were there before."""
    with visiting(service_over(Source())) as client:
        assert [client.get(route).status_code for route in ("tenants", "overview")] == [404, 404]
    with visiting(service_over(Source()), tenants=listed) as client:
        assert [client.get(route).status_code for route in ("tenants", "overview")] == [200, 404]


class List:
    """A list of all tenants, which may be out of reach."""

    def __init__(self, *tenant_ids: str) -> None:
        self.tenant_ids = tenant_ids
        self.error: Exception | None = None

    async def listed(self) -> list[ListedTenant]:
        """Return all of them."""
        if self.error is not None:
            raise self.error
        return [ListedTenant(tenant_id) for tenant_id in self.tenant_ids]

    async def titled(self, tenant_ids: Sequence[str]) -> list[ListedTenant]:
        """Return these, without titles."""
        return [ListedTenant(tenant_id) for tenant_id in tenant_ids]


def client_of(directory: List) -> TestClient:
    """Return a client of an app with the server's own tokens."""
    app = FastAPI()
    dependencies = router_dependencies(Tokens(TEST_SECRET), directory)._asdict()
    options: dict[str, Any] = {"unknown_parameters": "refuse", "own_parameters": (TENANT_PARAMETER,)}
    app.include_router(compliance_router(service_over(Source()), **dependencies, **options))
    return TestClient(app)


def bearer(tenants: Any, *permissions: str) -> dict[str, str]:  # any claim at all
    """Return the header of a signed token with these claims."""
    claims = {
        "aud": AUDIENCE,
        "exp": datetime.now(UTC) + timedelta(hours=1),
        "tenants": tenants,
        "permissions": [*permissions] or ["faults.sla.read", OVERVIEW],
    }
    return {"Authorization": f"Bearer {jwt.encode(claims, TEST_SECRET, ALGORITHM)}"}


def minutes(client: TestClient, headers: dict[str, str], **parameters: str) -> Any:  # JSON, or a status
    """Return the downtime of each day, or the status where there is none."""
    answer = client.get("/sla/compliance", params={"from_date": "2025-10-06", **parameters}, headers=headers)
    return [day["downtime_minutes"] for day in answer.json()] if answer.status_code == 200 else answer.status_code


def test_a_parameter_or_a_header_chooses_among_a_tokens_tenants() -> None:
    """The first is the default; both may name the same one."""
    client, headers = client_of(List()), bearer(["other", "acme"])
    acme, other = minutes(client, bearer(["acme"])), minutes(client, bearer(["other"]))
    assert acme != other
    assert minutes(client, headers) == other
    assert minutes(client, headers, tenant="acme") == acme
    assert minutes(client, {**headers, "X-Tenant-ID": "acme"}) == acme
    assert minutes(client, {**headers, "X-Tenant-ID": "acme"}, tenant="acme") == acme
    assert minutes(client, {**headers, "X-Tenant-ID": "other"}, tenant="acme") == 403
    twice = client.get("/sla/compliance?days=3&tenant=acme&tenant=other", headers=headers)
    assert_problem(twice, 403)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_that_the_token_does_not_hold_is_refused(name: str) -> None:
    """By parameter, on every route; never the default tenant's figures instead."""
    client, headers = client_of(List("acme", "other")), bearer(["acme"])
    for route in ("compliance?days=3", "rollup-stats?days=3", "incidents?date=2025-10-07", "resources?days=3"):
        path, _, query = route.partition("?")
        parameters = dict(pair.split("=") for pair in query.split("&"))
        assert_problem(client.get(f"/sla/{path}", params={**parameters, "tenant": name}, headers=headers), 403)


@pytest.mark.parametrize("name", HOSTILE)
def test_the_overview_and_the_list_take_no_name(name: str) -> None:
    """They are of the token's own tenants, whatever a request says besides."""
    client, headers = client_of(List("acme", "other")), bearer(["acme"])
    for route in ("overview", "tenants"):
        answer = client.get(f"/sla/{route}", params={"tenant": name}, headers=headers)
        assert [row["tenant_id"] for row in answer.json()] == ["acme"]


def test_an_operator_sees_all_tenants() -> None:
    """Of the list, in order; a name that no list has is a tenant without figures."""
    client, headers = client_of(List("acme", "apia", "other")), bearer(EVERY_TENANT)
    assert [row["tenant_id"] for row in client.get("/sla/tenants", headers=headers).json()] == ["acme", "apia", "other"]
    assert len(client.get("/sla/overview", headers=headers).json()) == 3
    assert minutes(client, headers) == minutes(client, bearer(["acme"]))
    assert minutes(client, headers, tenant="other") == minutes(client, bearer(["other"]))
    assert minutes(client, headers, tenant="") == 403


@pytest.mark.parametrize("claim", ["acme", "**", "* ", {"*": 1}, [["*"]], True, 1, None, [], ""])
def test_only_the_very_claim_makes_an_operator(claim: object) -> None:
    """Any other claim that is no list of ids opens nothing."""
    client = client_of(List("acme", "other"))
    assert_problem(client.get("/sla/tenants", headers=bearer(claim)), 401)


def test_a_star_in_a_list_is_a_tenant_of_that_name() -> None:
    """As it was before there were operators."""
    client, headers = client_of(List("acme", "other")), bearer(["*"])
    assert [row["tenant_id"] for row in client.get("/sla/tenants", headers=headers).json()] == ["*"]
    assert minutes(client, headers, tenant="acme") == 403


def test_a_token_without_the_permission_sees_no_overview() -> None:
    """Not even of its own tenants."""
    client = client_of(List("acme"))
    for tenants in (["acme"], EVERY_TENANT):
        assert_problem(client.get("/sla/overview", headers=bearer(tenants, *READERS)), 403, OVERVIEW)
        assert_problem(client.get("/sla/overview", headers=bearer(tenants, OVERVIEW)), 403, "faults.sla.read")


def test_an_operator_of_no_tenants_or_without_a_list_is_told_so() -> None:
    """A name helps where the list does not answer."""
    empty, down = List(), List("acme")
    down.error = ConnectionError("gone")
    headers = bearer(EVERY_TENANT)
    assert_problem(client_of(empty).get("/sla/compliance?days=3", headers=headers), 403, "tenant=")
    assert client_of(empty).get("/sla/overview", headers=headers).json() == []
    client = client_of(down)
    assert_problem(client.get("/sla/compliance?days=3", headers=headers), 503, "list of tenants")
    assert_problem(client.get("/sla/tenants", headers=headers), 503, "list of tenants")
    assert minutes(client, headers, tenant="acme") == minutes(client, bearer(["acme"]))


@pytest.mark.anyio
async def test_the_directory_lists_rows_and_the_contract_files_tenants(tmp_path: Path) -> None:
    """In order, each once; a database that cannot be read is an OSError."""
    url = f"sqlite:///{tmp_path / 'platform.sqlite'}"
    prepare(url, demo_at=None)
    path = tmp_path / "sla.toml"
    path.write_text('[tenants.acme]\nzone = "UTC"\n[tenants.zeta]\nzone = "UTC"\n', encoding="utf-8")
    engine = engine_of(database_url(url))
    directory = TenantDirectory(engine, load(path))
    async with engine.begin() as connection:
        for tenant_id in ("other", "acme"):
            created = (
                f"INSERT INTO tenants (id, timezone, created_at) VALUES ('{tenant_id}', 'UTC', '2025-01-01T00:00:00Z')"  # noqa: S608
            )
            await connection.exec_driver_sql(created)
    assert [tenant.tenant_id for tenant in await directory.listed()] == ["acme", "other", "zeta"]
    assert await directory.titled(["zeta", "acme"]) == [ListedTenant("zeta"), ListedTenant("acme")]
    async with engine.begin() as connection:
        await connection.exec_driver_sql("DROP TABLE tenants")
    with pytest.raises(ConnectionError, match="tenants"):
        await directory.listed()
    await engine.dispose()


@pytest.mark.anyio
@pytest.mark.parametrize("id_type", ["TEXT", "UUID"])
async def test_the_directory_has_the_titles_of_a_mapped_column(postgres_dsn: str, tmp_path: Path, id_type: str) -> None:
    """Of all tenants, and of some in the order of their names in a token; ids of any type are texts."""
    first, second, third = (f"00000000-0000-0000-0000-00000000000{digit}" for digit in (1, 2, 3))
    tables = f"""
        CREATE TABLE tenants (id {id_type}, timezone TEXT, created_at TIMESTAMPTZ, name TEXT);
        INSERT INTO tenants VALUES ('{first}', 'UTC', now(), 'Acme Ltd'), ('{second}', 'UTC', now(), NULL);
    """  # noqa: S608 - texts of this test
    path = tmp_path / "sla.toml"
    path.write_text(f'[tables.tenants]\ntitle = "name"\n[tenants.{third}]\nzone = "UTC"\n', encoding="utf-8")
    titled = [ListedTenant(first, "Acme Ltd"), ListedTenant(second), ListedTenant(third)]
    with fresh_database(postgres_dsn, tables) as url:
        engine = engine_of(database_url(url.set(drivername="postgresql").render_as_string(hide_password=False)))
        directory = TenantDirectory(engine, load(path))
        assert await directory.listed() == titled
        assert await directory.titled([third, first]) == [titled[2], titled[0]]
        await engine.dispose()


@pytest.fixture(scope="module")
def live(postgres_dsn: str) -> Iterator[Live]:
    """The app over PostgreSQL; the days of one tenant are stored."""
    with fresh_database(postgres_dsn) as url:
        dsn = url.set(drivername="postgresql").render_as_string(hide_password=False)
        fill(dsn)
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute(stores.ddl("postgresql").encode())
        asyncio.run(_sweep(url, "acme"))
        with serving("--database-url", dsn) as live:
            yield live


async def _sweep(url: URL, tenant_id: str) -> None:
    url_text = url.set(drivername="postgresql").render_as_string(hide_password=False)
    engine = engine_of(database_url(url_text))
    settings = ServeSettings(secret="s" * 32, database_url=url_text, has_stored_days=True)
    service = service_of(engine, settings, Statistics())
    now = datetime.now(UTC)
    sweep = await service.store_closed_days(tenant_id, now - timedelta(days=30), now)
    assert sweep.added >= 29
    await service.aclose()
    await engine.dispose()


def test_a_real_server_shows_an_operator_how_all_tenants_stand(live: Live) -> None:
    """From PostgreSQL: one with stored days, one without."""
    headers = bearer(EVERY_TENANT)
    first = (datetime.now(UTC) - timedelta(days=20)).date().isoformat()
    rows = live.ask(f"overview?from_date={first}", **headers).json()
    assert [(row["tenant_id"], row["has_data"]) for row in rows] == [("acme", True), ("other", False)]
    assert rows[0]["stored_days"] == rows[0]["closed_days"] >= 19
    assert rows[0]["downtime_seconds"] == 90 * rows[0]["stored_days"]
    assert rows[1]["closed_days"] == rows[0]["closed_days"]
    assert [row["tenant_id"] for row in live.ask("tenants", **headers).json()] == ["acme", "other"]
    chosen = live.ask("compliance?days=3&tenant=other", **headers)
    assert chosen.json() == live.ask("compliance?days=3", "other").json()


def test_a_real_server_keeps_tenants_apart(live: Live) -> None:
    """A plain token sees itself alone, and no overview without the permission."""
    plain = {"Authorization": f"Bearer {token_for('acme')}"}
    assert_problem(live.ask("overview", **plain), 403, OVERVIEW)
    assert [row["tenant_id"] for row in live.ask("tenants", **plain).json()] == ["acme"]
    assert [row["tenant_id"] for row in live.ask("overview", **bearer(["acme"])).json()] == ["acme"]
    for name in HOSTILE:
        assert_problem(live.ask(f"compliance?{urlencode({'days': 3, 'tenant': name})}", **plain), 403)
