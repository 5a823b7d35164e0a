"""An export as an analyst has one, and the command to report on it."""

from __future__ import annotations

from typing import Final

ALARMS: Final = """\
id,tenant_id,alarm_id,severity,status,title,resource_id,first_occurrence,last_occurrence,cleared_at
1,acme,OLT-7,CRITICAL,cleared,Fibre cut,OLT-7,2026-10-03 22:10:00+00,2026-10-04 03:00:00+00,2026-10-04 03:00:00+00
2,acme,OLT-7,major,cleared,"Loss of signal, port 3",ONT-31,2026-10-03 22:11:30+00,,2026-10-04 02:58:10.5+00
3,acme,PWR-1,major,cleared,Power,PWR-1,2026-10-08 09:00:00+01,,2026-10-08 09:01:20+01
4,acme,PWR-1,minor,active,Fan,PWR-1,2026-10-09 09:00:00+01,,
5,acme,OLT-5,cleared,cleared,Link,OLT-5,2026-10-11 01:00:00+00,,2026-10-11 02:00:00+00
"""
STALE: Final = "6,acme,OLT-9,critical,active,Card dead,OLT-9,2026-10-10 19:00:00+00,2026-10-10 19:05:00+00,\n"
WORK: Final = """\
start,end,reason
2026-10-04T01:00:00+01:00,2026-10-04T02:30:00+01:00,firmware
"""
RANGE: Final = ("--zone", "Africa/Lagos", "--from", "2026-10-01", "--to", "2026-10-12", "--as-of", "2026-11-01")
