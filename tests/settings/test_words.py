"""What a contract file means in words."""

from __future__ import annotations

from fractions import Fraction

import pytest

import sla_compliance as sla
from sla_compliance import settings
from sla_compliance.settings import Agreement
from sla_compliance.settings.kinds import ACCOUNTING_BY_WORD
from sla_compliance.settings.words import clauses_of, contract_text
from tests.settings.test_reading import FULL


def sentences(text: str) -> dict[str, str]:
    """Return the sentences of the defaults of a file by their topics."""
    return {clause.topic: clause.sentence for clause in clauses_of(settings.loads(text).defaults)}


def test_a_whole_contract_reads_as_its_parties_would_say_it() -> None:
    """Tenants have only what differs."""
    assert (
        contract_text(settings.loads(FULL), "sla.toml")
        == """\
sla.toml: 2 tenants

Every tenant, unless its own part says otherwise
  Target            at least 99.95 % of the time that counts
  Zone              Africa/Lagos
  Service hours     mon 08:00-18:00; tue 08:00-18:00; wed 08:00-18:00; thu 08:00-18:00; fri
                    08:00-18:00; 2026-12-25 closed
  In service        from 2026-01-20 until 2026-12-31 23:00:00+00:00
  Outages           alarms of severity critical, major or minor, but not of type test, and none of
                    status suppressed
  Damping           gaps shorter than 1 min are downtime; outages shorter than 1 min 30 s do not
                    count
  Open alarms       an open alarm that is unseen for 7 d ended when last seen; the source touches
                    open alarms every 1 h; one that is over without a time lasted at most 12 h
  Accounting        downtime during maintenance and all excluded time are taken out; uptime during
                    maintenance counts
  Planned work      emergency and planned maintenance is accepted; announced at least 5 d before it
                    starts (where that is not known: refused); only within sun 01:00-05:00; at most
                    2 windows a quarter; at most 4 h a quarter; an outage that was there when the
                    work began is not excused
  Unmonitored time  is left out where at least 90 % of the time is observed; nothing is known before
                    2026-01-20 09:00:00+00:00; gaps shorter than 10 min are bridged

Tenant acme
  Target            at least 99.99 % of the time that counts
  Open alarms       an alarm that is not cleared lasts to the present; the source touches open
                    alarms every 1 h; one that is over without a time lasted at most 12 h
  Planned work      emergency and planned maintenance is accepted; announced at least 5 d before it
                    starts (where that is not known: refused); only within sun 01:00-05:00; at most
                    4 h a quarter; an outage that was there when the work began is not excused

Tenant "beta.example"
  Service hours     always
  In service        from 2026-01-20

Rows and tables
  columns           first_occurrence = raised_at
  times_in          Africa/Lagos
  epoch             ms
  severity_map      critical = High or Disaster, minor = *
  status_map        resolved = Done
  on_invalid        quarantine
  clock_skew        2 min
  table alarms      table = faults, title = none, more = circuit_id, naive_times = utc
  table maintenance with_children = yes"""
    )


def test_an_empty_file_means_the_defaults() -> None:
    """And says so."""
    assert (
        contract_text(settings.loads(""), "sla.toml")
        == """\
sla.toml: no tenants of its own

Every tenant, unless its own part says otherwise
  Target            at least 99.9 % of the time that counts
  Zone              not said here: that of the tenant's row, or of the command line
  Service hours     always
  In service        without a beginning or an end in this file
  Outages           alarms of severity critical or major
  Damping           none: every outage counts to its last microsecond
  Open alarms       an alarm that is not cleared lasts to the present; one that is over without a
                    time lasted at most 1 d
  Accounting        maintenance and exclusions are taken out of the time that counts; excused
                    outages are up
  Planned work      planned maintenance is accepted
  Unmonitored time  is unknown: neither up nor down, and a doubt"""
    )


def test_a_tenant_without_a_rule_of_its_own_has_the_defaults() -> None:
    """It is listed all the same; one that would spoil the terminal is quoted."""
    text = contract_text(settings.loads('[tenants."a\\u001b[1m"]'), "sla.toml")
    assert text.startswith("sla.toml: 1 tenant\n")
    assert text.endswith('\n\nTenant "a\\x1b[1m"\n  Agreed            as every tenant')


@pytest.mark.parametrize(
    ("text", "topic", "sentence"),
    [
        ("[defaults]\nin_service.to = 2026-12-31", "In service", "until the end of 2026-12-31"),
        ("[defaults.policy]\nseverities = ['minor']", "Outages", "alarms of severity minor"),
        ("[defaults.policy]\nmin_outage = '5 min'", "Damping", "outages shorter than 5 min do not count"),
        ("[defaults.policy]\naccepted_maintenance = []", "Planned work", "no maintenance is accepted"),
        (
            "[defaults.policy.planned_work]\nnotice = '1 day'",
            "Planned work",
            "planned maintenance is accepted; announced at least 1 d before it starts "
            "(where that is not known: accepted)",
        ),
        ("[defaults.policy]\ntarget = 100", "Target", "at least 100 % of the time that counts"),
        ("[defaults]\nzone = 'UTC'", "Zone", "UTC"),
    ],
)
def test_a_rule_is_a_sentence(text: str, topic: str, sentence: str) -> None:
    """Whole by itself."""
    assert sentences(text)[topic] == sentence


def test_every_accounting_has_words_of_its_own() -> None:
    """One that is no named one, too."""
    words = {sentences(f"[defaults.policy]\naccounting = '{word}'")["Accounting"] for word in ACCOUNTING_BY_WORD}
    assert len(words) == len(ACCOUNTING_BY_WORD) == 5
    counted_up = sla.Accounting({(sla.Scope.AGREED, sla.State.UNKNOWN): sla.Counts.UP})
    clauses = clauses_of(Agreement(policy=sla.SLAPolicy(accounting=counted_up)))
    assert "by a rule of its own" in {clause.sentence for clause in clauses}


def test_a_share_that_is_no_decimal_is_a_fraction() -> None:
    """It comes from Python, never from a file."""
    policy = sla.SLAPolicy(unknown="excluded", minimum_coverage=Fraction(1, 3))
    (sentence,) = [clause.sentence for clause in clauses_of(Agreement(policy=policy)) if clause.topic.startswith("Unm")]
    assert sentence == "is left out where at least 100/3 % of the time is observed"


def test_logs_of_changes_are_among_the_rows() -> None:
    """With the words of their states."""
    text = contract_text(settings.loads('[rows.changes]\ndown = ["DOWN", "LOST"]'), "sla.toml")
    assert text.endswith("Rows and tables\n  down              DOWN or LOST")


def test_reports_and_alerts_are_said_where_the_file_says_them() -> None:
    """A webhook by its host alone: its path may be a secret."""
    text = contract_text(
        settings.loads(
            """
            [defaults.reports]
            formats = ["pdf", "xlsx"]
            only_if = "breached"
            email = ["ana@example.com"]
            folder = "customers"
            [defaults.alerts]
            webhook = "https://hooks.example.com/T0KEN?x=1"
            [tenants.acme.alerts]
            webhook = false
            """
        ),
        "sla.toml",
    )
    words = " ".join(text.split())
    assert (
        "Reports pdf and xlsx in en, of periods that are breached, to ana@example.com and the folder customers" in words
    )
    assert "digest at 08:00; to a webhook of hooks.example.com" in words
    assert "Tenant acme Alerts of the month: low below 25 % of the budget" in words
    assert words.endswith("to no recipient")
    assert "T0KEN" not in text
