"""Events of the sample provider: breakdowns, maintenance, a monitoring gap, oddities and everyday alarms."""
################################################################
# A day is a number: how many days before today it is. Each event that breaks a
# daily promise of 99.9 % has its own stretch of days, so bad days do not pile up:
#
#     76-80 fibre cut            40-43 flapping port        21-22 no power, over midnight
#     64-68 gateway restarts     28-31 planned night        14-18 fibre cut
#     58-60 monitoring gap       32-34 port being rebuilt    9-11 night entered late
#     50-54 fibre cut
################################################################

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Final

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.samples.history import CORE_ROUTER, DAYS, DISTRICTS, GATEWAY, PORTS, AlarmKind, History, random_uuid
from sla_compliance.samples.provider import Device
from sla_compliance.units import DAY_US, HOUR_US, MINUTE_US, SECOND_US, moment

_CUT: Final = AlarmKind("critical", "fibre_cut", "Trunk fibre cut", "voltha")
_LOSS: Final = AlarmKind("major", "loss_of_signal", "Loss of signal", "voltha")
_FLAP: Final = AlarmKind("major", "link_flap", "Port flapping", "voltha")
_RESTART: Final = AlarmKind("critical", "bng_down", "Gateway restarted", "api")
_POWER: Final = AlarmKind("critical", "power_failure", "Street cabinet without power", "netbox")
_UPGRADE: Final = AlarmKind("critical", "olt_unreachable", "Unreachable", "voltha")
_SWAP: Final = AlarmKind("major", "bgp_session_down", "BGP session down", "api")
_EVERYDAY: Final = (
    AlarmKind("minor", "signal_degraded", "Receive power low", "voltha"),
    AlarmKind("minor", "device_offline", "Offline", "genieacs"),
    AlarmKind("warning", "high_temperature", "High temperature", "voltha"),
    AlarmKind("warning", "firmware_outdated", "Firmware outdated", "genieacs"),
    AlarmKind("info", "config_drift", "Configuration differs", "netbox"),
)

_GAP_DAYS: Final = (58, 59, 60)
# No breakdown reaches this district, so a row of one of its ports has the effect that is documented for it.
_SPARED_DISTRICT: Final = "Parkway"
_OTHER_DISTRICTS: Final = tuple(district for district in DISTRICTS if district != _SPARED_DISTRICT)


def add_breakdowns(history: History) -> None:
    """Add the events that break a daily promise."""
    districts = history.rng.sample(_OTHER_DISTRICTS, 6)
    for latest, clock, minutes in ((76, "10:52", 38), (50, "14:07", 53), (14, "08:31", 66)):
        cut_us = history.at_us(history.draw_day(latest, latest + 4), clock)
        _add_fibre_cut(history, districts.pop(), districts.pop(), cut_us, minutes)
    restart_us = history.at_us(history.draw_day(64, 68), "19:44")
    _add_storm(history, _RESTART, (GATEWAY,), restart_us, 12 * MINUTE_US)
    flapping_us = history.at_us(history.draw_day(40, 43), "20:15")
    _add_flapping(history, history.districts["Market"][3], flapping_us, 24, (12, 40))
    harmless_flapping_us = history.at_us(history.draw_day(4, 6), "13:20")
    _add_flapping(history, history.districts["Airport"][6], harmless_flapping_us, 30, (0.6, 1.8))
    day_without_power = history.draw_day(21, 22)
    power_failure_us = history.at_us(day_without_power, "23:41")
    _add_storm(history, _POWER, history.districts["Hillside"][:8], power_failure_us, 29 * MINUTE_US)
    history.quiet_days.discard(day_without_power - 1)  # the outage lasts over midnight


def add_maintenance(history: History) -> tuple[MaintenanceWindow, ...]:
    """Add the outages of maintenance, and return its windows."""
    return _add_planned_night(history), _add_night_entered_late(history), _add_rebuild(history)


def add_monitoring_gap(history: History) -> tuple[int, int]:
    """Return from when to when the alarm collector was out; nothing is known to have broken on those days."""
    history.quiet_days.difference_update(_GAP_DAYS)
    return history.at_us(_GAP_DAYS[-1], "17:40"), history.at_us(_GAP_DAYS[0], "09:25")


def add_blips(history: History) -> None:
    """Add outages on some quiet days, each too short to miss a daily target of 99.9 %."""
    for ago in history.rng.sample(sorted(history.quiet_days), 26):
        district = history.rng.choice(_OTHER_DISTRICTS)
        device = history.rng.choice(history.districts[district][:9])
        hour, minute = history.rng.randint(5, 22), history.rng.randint(0, 59)
        start_us = history.at_us(ago, f"{hour:02}:{minute:02}")
        history.add(device, _LOSS, start_us, history.draw_us(3, 70))


def add_oddities(history: History) -> tuple[tuple[Device, int], ...]:
    """Add one row of each unexpected kind that real tables have.

    Returns:
        The ports of the rows that are over and do not say when, and when each failed next, microseconds: by then what
        began before was over.
    """
    _, *ports = history.districts["University"]
    resolved_us = history.at_us(history.draw_day(82, 84), "11:20")
    seen_us = history.at_us(history.draw_day(71, 73), "06:48")
    skewed_us = history.at_us(history.draw_day(55, 57), "15:02")
    overwritten_us = history.at_us(history.draw_day(36, 38), "04:55")
    resolved_at = moment(resolved_us + 41 * SECOND_US)
    history.add(
        ports[0], _LOSS, resolved_us, 41 * SECOND_US, status="resolved", cleared_at=None, resolved_at=resolved_at
    )
    history.add(ports[1], _LOSS, seen_us, 37 * SECOND_US, status="resolved", cleared_at=None)
    history.add(ports[2], _LOSS, skewed_us, 0, cleared_at=moment(skewed_us - 2 * SECOND_US))
    history.add(ports[3], _LOSS, overwritten_us, 52 * SECOND_US, severity="cleared")
    history.add(ports[4], _LOSS, history.now_us - history.draw_us(35, 60), None)
    return (ports[1], seen_us + 2 * HOUR_US), (ports[2], skewed_us + 40 * SECOND_US)


def add_next_failures(history: History, failures: Sequence[tuple[Device, int]]) -> None:
    """Add short failures of ports, each at its instant."""
    for port, start_us in failures:
        history.add(port, _LOSS, start_us, 22 * SECOND_US)


def add_everyday_alarms(history: History, count: int) -> None:
    """Add alarms that are raised all the time and take no service down."""
    devices = list(chain.from_iterable(history.districts.values()))
    days = [ago for ago in range(DAYS) if ago not in _GAP_DAYS]
    for _ in range(count):
        ago = history.rng.choice(days)
        day_start_us = history.midnight_us(ago)
        day_end_us = min(history.midnight_us(ago - 1), history.now_us)
        since_midnight_s = int(history.rng.random() * (day_end_us - day_start_us) / SECOND_US)
        length_us = round(history.rng.lognormvariate(3.5, 1.2) * 60) * SECOND_US
        device = history.rng.choice(devices)
        kind = history.rng.choice(_EVERYDAY)
        history.add(device, kind, day_start_us + since_midnight_s * SECOND_US, length_us)


def _add_storm(history: History, kind: AlarmKind, devices: Sequence[Device], start_us: int, length_us: int) -> None:
    """Add an outage with its root cause first; the others fail just after it and come back one by one."""
    acknowledged_at = moment(start_us + history.draw_us(60, 240))
    correlation_id = random_uuid(history.rng)
    parent = history.add(
        devices[0],
        kind,
        start_us,
        length_us,
        correlation_id=correlation_id,
        correlation_action="parent_alarm",
        acknowledged_at=acknowledged_at,
    )
    for device in devices[1:]:
        delay_us = history.draw_us(0.4, 20)
        share = history.rng.uniform(0.6, 1.01)
        child_length_us = int(length_us * share) // 1_000 * 1_000  # whole milliseconds
        history.add(device, _LOSS, start_us + delay_us, child_length_us, parent=parent)


def _add_fibre_cut(history: History, near: str, far: str, start_us: int, minutes: int) -> None:
    """Add a cut that takes two districts off the net."""
    length_us = minutes * MINUTE_US + history.draw_us(0, 120)
    _add_storm(history, _CUT, [*history.districts[near], *history.districts[far]], start_us, length_us)


def _add_flapping(history: History, port: Device, start_us: int, times: int, seconds: tuple[float, float]) -> None:
    """Add many short outages of one port, all under one alarm_id."""
    for count in range(1, times + 1):
        length_us = history.draw_us(*seconds)
        history.add(port, _FLAP, start_us, length_us, occurrence_count=count)
        start_us += length_us + history.draw_us(20, 240)


def _add_planned_night(history: History) -> MaintenanceWindow:
    """Add a night of upgrades, the last of which took six minutes longer than agreed."""
    ago = history.draw_day(28, 31)
    start_us, end_us = history.at_us(ago, "01:00"), history.at_us(ago, "04:00")
    for position, district in enumerate(_OTHER_DISTRICTS):
        upgrade_us = start_us + (9 + 23 * position) * MINUTE_US
        _add_storm(history, _UPGRADE, history.districts[district][:4], upgrade_us, 14 * MINUTE_US)
    _add_storm(history, _UPGRADE, history.districts[_SPARED_DISTRICT][:1], end_us - 8 * MINUTE_US, 14 * MINUTE_US)
    return MaintenanceWindow(
        moment(start_us),
        moment(end_us),
        announced_at=moment(start_us - 6 * DAY_US),
        reason="Software upgrade of all OLTs",
    )


def _add_night_entered_late(history: History) -> MaintenanceWindow:
    """Add work over midnight that was entered the morning after."""
    ago = history.draw_day(9, 11)
    _add_storm(history, _SWAP, (CORE_ROUTER,), history.at_us(ago, "22:43"), 64 * MINUTE_US)
    return MaintenanceWindow(
        moment(history.at_us(ago, "22:30")),
        moment(history.at_us(ago - 1, "00:30")),
        announced_at=moment(history.at_us(ago - 1, "10:12")),
        reason="Line card swap",
    )


def _add_rebuild(history: History) -> MaintenanceWindow:
    """Add the alarm of a port that was rebuilt in two days: suppressed, and cleared before the end of the work.

    The window applies to that port alone: it excuses nothing elsewhere.
    """
    port = history.districts[_SPARED_DISTRICT][len(PORTS)]
    start_us, cleared_us = history.at_us(34, "09:00"), history.at_us(32, "16:20")
    raised_us = start_us + 10 * MINUTE_US
    history.add(port, _LOSS, raised_us, cleared_us - raised_us, status="suppressed")
    return MaintenanceWindow(
        moment(start_us),
        moment(history.at_us(32, "18:00")),
        applies_to={"resource_id": [port.id]},
        announced_at=moment(start_us - 3 * DAY_US),
        reason="Rebuild of a port",
    )
