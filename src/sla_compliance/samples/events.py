"""What befell the sample provider: breakdowns, maintenance, oddities, and everyday life."""
################################################################
# Days are named by how many days ago they were. Whatever breaks a daily promise
# of 99.9 % has its own stretch of days, so bad days do not pile up:
#
#     76-80 fibre cut            40-43 flapping port        21-22 no power, over midnight
#     64-68 gateway restarts     28-31 planned night        14-18 fibre cut
#     58-60 nobody was watching     34 port being rebuilt    9-11 night entered late
#     50-54 fibre cut
################################################################

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sla_compliance.calendars.exclusions import MaintenanceWindow
from sla_compliance.samples.history import CORE_ROUTER, DAYS, DISTRICTS, GATEWAY, PORTS, History, Kind, random_uuid
from sla_compliance.samples.provider import Device
from sla_compliance.units import DAY_US, HOUR_US, MINUTE_US, SECOND_US, moment

_CUT: Final = Kind("critical", "fibre_cut", "Trunk fibre cut", "voltha")
_LOSS: Final = Kind("major", "loss_of_signal", "Loss of signal", "voltha")
_FLAP: Final = Kind("major", "link_flap", "Port flapping", "voltha")
_RESTART: Final = Kind("critical", "bng_down", "Gateway restarted", "api")
_POWER: Final = Kind("critical", "power_failure", "Street cabinet without power", "netbox")
_UPGRADE: Final = Kind("critical", "olt_unreachable", "Unreachable", "voltha")
_SWAP: Final = Kind("major", "bgp_session_down", "BGP session down", "api")
_EVERYDAY: Final = (
    Kind("minor", "signal_degraded", "Receive power low", "voltha"),
    Kind("minor", "device_offline", "Offline", "genieacs"),
    Kind("warning", "high_temperature", "High temperature", "voltha"),
    Kind("warning", "firmware_outdated", "Firmware outdated", "genieacs"),
    Kind("info", "config_drift", "Configuration differs", "netbox"),
)

_NOT_WATCHED: Final = (58, 59, 60)
# No breakdown reaches this district, so that what is said of its ports stays true.
_SPARED: Final = "Parkway"
_STRUCK: Final = tuple(district for district in DISTRICTS if district != _SPARED)


def breakdowns(history: History) -> None:
    """Add the days to remember."""
    districts = history.rng.sample(_STRUCK, 6)
    for latest, clock, minutes in ((76, "10:52", 38), (50, "14:07", 53), (14, "08:31", 66)):
        cut_us = history.at_us(history.some_day(latest, latest + 4), clock)
        _fibre_cut(history, districts.pop(), districts.pop(), cut_us, minutes)
    _storm(history, _RESTART, (GATEWAY,), history.at_us(history.some_day(64, 68), "19:44"), 12 * MINUTE_US)
    _flapping(history, history.districts["Market"][3], history.at_us(history.some_day(40, 43), "20:15"), 24, (12, 40))
    _flapping(history, history.districts["Airport"][6], history.at_us(history.some_day(4, 6), "13:20"), 30, (0.6, 1.8))
    dark = history.some_day(21, 22)
    _storm(history, _POWER, history.districts["Hillside"][:8], history.at_us(dark, "23:41"), 29 * MINUTE_US)
    history.quiet.discard(dark - 1)


def maintenance(history: History) -> tuple[MaintenanceWindow, ...]:
    """Add what maintenance took down, and return its windows."""
    return _planned_night(history), _night_entered_late(history), _rebuild(history)


def not_watched_us(history: History) -> tuple[int, int]:
    """Return from when to when the alarm collector was out; days on which nothing is known to have broken."""
    history.quiet.difference_update(_NOT_WATCHED)
    return history.at_us(_NOT_WATCHED[-1], "17:40"), history.at_us(_NOT_WATCHED[0], "09:25")


def blips(history: History) -> None:
    """Add short outages on some days that are quiet otherwise: no daily target of 99.9 % is missed for them."""
    for ago in history.rng.sample(sorted(history.quiet), 26):
        device = history.rng.choice(history.districts[history.rng.choice(_STRUCK)][:9])
        start_us = history.at_us(ago, f"{history.rng.randint(5, 22):02}:{history.rng.randint(0, 59):02}")
        history.add(device, _LOSS, start_us, history.some_us(3, 70))


def oddities(history: History) -> None:
    """Add one row of each kind that real tables have and nobody expects."""
    _, *ports = history.districts["University"]
    resolved_us = history.at_us(history.some_day(82, 84), "11:20")
    seen_us = history.at_us(history.some_day(71, 73), "06:48")
    skewed_us = history.at_us(history.some_day(55, 57), "15:02")
    overwritten_us = history.at_us(history.some_day(36, 38), "04:55")
    over = moment(resolved_us + 41 * SECOND_US)
    history.add(ports[0], _LOSS, resolved_us, 41 * SECOND_US, status="resolved", cleared_at=None, resolved_at=over)
    history.add(ports[1], _LOSS, seen_us, 37 * SECOND_US, status="resolved", cleared_at=None)
    history.add(ports[2], _LOSS, skewed_us, 0, cleared_at=moment(skewed_us - 2 * SECOND_US))
    history.add(ports[3], _LOSS, overwritten_us, 52 * SECOND_US, severity="cleared")
    history.add(ports[4], _LOSS, history.now_us - history.some_us(35, 60), None)


def everyday(history: History, count: int) -> None:
    """Add what goes on all the time and takes no service down."""
    anyone = [device for devices in history.districts.values() for device in devices]
    watched = [ago for ago in range(DAYS) if ago not in _NOT_WATCHED]
    for _ in range(count):
        ago = history.rng.choice(watched)
        start_us, end_us = history.midnight_us(ago), min(history.midnight_us(ago - 1), history.now_us)
        raised_us = start_us + int(history.rng.random() * (end_us - start_us) / SECOND_US) * SECOND_US
        length_us = round(history.rng.lognormvariate(3.5, 1.2) * 60) * SECOND_US
        history.add(history.rng.choice(anyone), history.rng.choice(_EVERYDAY), raised_us, length_us)


def _storm(history: History, kind: Kind, devices: Sequence[Device], start_us: int, length_us: int) -> None:
    """Add an outage with its root cause first; the others fail just after it and come back one by one."""
    seen = moment(start_us + history.some_us(60, 240))
    storm = random_uuid(history.rng)
    parent = history.add(
        devices[0],
        kind,
        start_us,
        length_us,
        correlation_id=storm,
        correlation_action="parent_alarm",
        acknowledged_at=seen,
    )
    for device in devices[1:]:
        delay_us = history.some_us(0.4, 20)
        share = history.rng.uniform(0.6, 1.01)
        history.add(device, _LOSS, start_us + delay_us, int(length_us * share) // 1_000 * 1_000, parent=parent)


def _fibre_cut(history: History, near: str, far: str, start_us: int, minutes: int) -> None:
    """Add a cut that takes two districts off the net."""
    length_us = minutes * MINUTE_US + history.some_us(0, 120)
    _storm(history, _CUT, [*history.districts[near], *history.districts[far]], start_us, length_us)


def _flapping(history: History, port: Device, start_us: int, times: int, seconds: tuple[float, float]) -> None:
    """Add many short outages of one port, all under one alarm_id."""
    for count in range(1, times + 1):
        length_us = history.some_us(*seconds)
        history.add(port, _FLAP, start_us, length_us, occurrence_count=count)
        start_us += length_us + history.some_us(20, 240)


def _planned_night(history: History) -> MaintenanceWindow:
    """Add a night of upgrades, the last of which took six minutes longer than agreed."""
    ago = history.some_day(28, 31)
    start_us, end_us = history.at_us(ago, "01:00"), history.at_us(ago, "04:00")
    for place, district in enumerate(_STRUCK):
        _storm(
            history, _UPGRADE, history.districts[district][:4], start_us + (9 + 23 * place) * MINUTE_US, 14 * MINUTE_US
        )
    _storm(history, _UPGRADE, history.districts[_SPARED][:1], end_us - 8 * MINUTE_US, 14 * MINUTE_US)
    told = moment(start_us - 6 * DAY_US)
    return MaintenanceWindow(moment(start_us), moment(end_us), announced_at=told, reason="Software upgrade of all OLTs")


def _night_entered_late(history: History) -> MaintenanceWindow:
    """Add work over midnight that nobody entered until the morning after."""
    ago = history.some_day(9, 11)
    _storm(history, _SWAP, (CORE_ROUTER,), history.at_us(ago, "22:43"), 64 * MINUTE_US)
    return MaintenanceWindow(
        moment(history.at_us(ago, "22:30")),
        moment(history.at_us(ago - 1, "00:30")),
        announced_at=moment(history.at_us(ago - 1, "10:12")),
        reason="Line card swap",
    )


def _rebuild(history: History) -> MaintenanceWindow:
    """Add the alarm of a port that is being rebuilt: suppressed, hence never cleared, and seen no more.

    The window, open for two more weeks, applies to that port alone: it excuses nothing elsewhere.
    """
    port = history.districts[_SPARED][len(PORTS)]
    start_us = history.at_us(34, "09:00")
    raised_us = start_us + 10 * MINUTE_US
    history.add(port, _LOSS, raised_us, None, status="suppressed", last_occurrence=moment(raised_us + HOUR_US))
    return MaintenanceWindow(
        moment(start_us),
        moment(history.at_us(-14, "18:00")),
        applies_to={"resource_id": [port.id]},
        announced_at=moment(start_us - 3 * DAY_US),
        reason="Rebuild of a port",
    )
