"""The sample alarms table while it is filled: devices, kinds of alarms, and how a row is made."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random
from typing import Any, Final, NamedTuple

from sla_compliance.calendars.local_days import first_instant_us
from sla_compliance.calendars.wall_clock import instant_of
from sla_compliance.samples.provider import Device, SampleRow
from sla_compliance.units import moment
from sla_compliance.zones import load_zone

DAYS: Final = 90
DISTRICTS: Final = ("Harbour", "Old Town", "Riverside", "Airport", "University", "Market", "Hillside", "Parkway")
PORTS: Final = range(1, 9)
HOMES: Final = range(1, 29)

CORE_ROUTER: Final = Device("router", "core-1", "Core router 1", 12_400)
GATEWAY: Final = Device("bng", "bng-1", "Broadband gateway 1", 6_200)
CORE: Final = (
    CORE_ROUTER,
    Device("router", "core-2", "Core router 2", 12_400),
    GATEWAY,
    Device("bng", "bng-2", "Broadband gateway 2", 6_200),
)


class AlarmKind(NamedTuple):
    """What all alarms of one kind have in common."""

    severity: str
    type: str
    title: str
    source: str


class History:
    """What happens to the provider, drawn from one generator.

    A day is a number: how many days before today it is.

    Attributes:
        today: the local date of `now`.
        districts: the devices of each: its OLT, its ports from index 1 on, its customers' ONTs.
        quiet_days: the days before today on which nothing has broken yet.
        rows: the alarms so far.
    """

    def __init__(self, rng: Random, *, tenant_id: str, zone: str, now_us: int) -> None:
        self.rng = rng
        self.tenant_id = tenant_id
        self.zone = zone
        self.now_us = now_us
        self.today = moment(now_us, load_zone(zone)).date()
        self.districts = {district: _devices(district, rng) for district in DISTRICTS}
        self.quiet_days = set(range(1, DAYS))
        self.rows: list[SampleRow] = []

    def midnight_us(self, ago: int) -> int:
        """Return the first instant of a day."""
        return first_instant_us(self.today - timedelta(days=ago), self.zone)

    def at_us(self, ago: int, clock: str) -> int:
        """Return when the local clock showed a time such as "09:12" on a day."""
        clock_time = datetime.combine(self.today - timedelta(days=ago), time.fromisoformat(clock))
        return instant_of(clock_time, load_zone(self.zone))

    def draw_day(self, latest: int, earliest: int) -> int:
        """Return a day between two, both included, which is no longer a quiet day."""
        ago = self.rng.randint(latest, earliest)
        self.quiet_days.discard(ago)
        return ago

    def draw_us(self, least_seconds: float, most_seconds: float) -> int:
        """Return a length in microseconds, of whole milliseconds."""
        return round(self.rng.uniform(least_seconds, most_seconds) * 1_000) * 1_000

    def add(
        self,
        device: Device,
        kind: AlarmKind,
        start_us: int,
        length_us: int | None,
        *,
        parent: SampleRow | None = None,
        **columns: Any,  # noqa: ANN401 - values of whichever columns
    ) -> SampleRow:
        """Add an alarm and return it; it is active where it has no length, or ends after `now`.

        Args:
            parent: the alarm that caused it.
            columns: values that replace those of an ordinary row.
        """
        end_us = None if length_us is None else start_us + length_us
        if end_us is not None and end_us > self.now_us:
            end_us = None
        row: dict[str, Any] = {
            "id": random_uuid(self.rng),
            "tenant_id": self.tenant_id,
            "alarm_id": f"{kind.type}:{device.id}",
            "severity": kind.severity,
            "status": "active" if end_us is None else "cleared",
            "source": kind.source,
            "alarm_type": kind.type,
            "title": f"{kind.title}: {device.name}",
            "resource_type": device.kind,
            "resource_id": device.id,
            "resource_name": device.name,
            "customer_id": device.customer_id,
            "customer_name": device.customer_name,
            "subscriber_count": device.subscribers,
            "correlation_id": parent and parent.correlation_id,
            "correlation_action": "child_alarm" if parent else "none",
            "parent_alarm_id": parent and parent.id,
            "first_occurrence": moment(start_us),
            "last_occurrence": moment(self.now_us if end_us is None else end_us),
            "occurrence_count": 1,
            "acknowledged_at": None,
            "cleared_at": None if end_us is None else moment(end_us),
            "resolved_at": None,
        }
        self.rows.append(SampleRow(**row | columns))
        return self.rows[-1]


def random_uuid(rng: Random) -> str:
    """Return a UUID of version 4 as text."""
    digits = f"{rng.getrandbits(128):032x}"
    # The 4 is the version, the a the variant, in place of the digits drawn there.
    groups = (digits[:8], digits[8:12], f"4{digits[13:16]}", f"a{digits[17:20]}", digits[20:])
    return "-".join(groups)


def _devices(district: str, rng: Random) -> tuple[Device, ...]:
    """Return a district's OLT, then its ports, then its business customers' ONTs."""
    place = district.lower().replace(" ", "-")
    olt = Device("olt", f"olt-{place}", f"{district} OLT", len(PORTS) * len(HOMES))
    ports = [
        Device(kind="pon_port", id=f"pon-{place}-{port}", name=f"{district} PON {port}", subscribers=len(HOMES))
        for port in PORTS
    ]
    onts = [
        Device(
            kind="ont",
            id=f"ont-{place}-{home:02}",
            name=f"{district} ONT {home:02}",
            subscribers=1,
            customer_id=random_uuid(rng),
            customer_name=f"{district} {home:02}",
        )
        for home in HOMES
    ]
    return (olt, *ports, *onts)
