"""The rules of the arithmetic, each with a name by which the oracle can leave it out."""
################################################################
# A property test that still passes with a rule left out does not test that rule.
# So every rule has a switch, and a test leaves out one after the other and
# expects the figures to differ in some drawn world.
################################################################

from __future__ import annotations

from enum import StrEnum


class Rule(StrEnum):
    """One rule that the oracle follows unless it is left out; the value says what the rule does."""

    # Which alarms, and until when.
    SEVERITY = "only alarms of a qualifying severity are outages"
    EXCLUDED_TYPE = "alarms of an excluded type are no outages"
    EXCLUDED_STATUS = "alarms of an excluded status are no outages"
    RESOLVED = "resolved_at ends an alarm without cleared_at"
    OVER_WHEN_SEEN = "a row whose status says over ends when it was last seen"
    OVER_WITHOUT_TIME = "a row whose status says over, never seen again, ends at the earliest of three times"
    UPDATED_BOUND = "the time of the last update is one of the three"
    NEXT_ROW_BOUND = "the start of the next row of the same alarm_id is one of the three"
    NEXT_ROW_OF_RESOURCE = "where there is no alarm_id, the next row of the same resource"
    LENGTH_BOUND = "the start plus doubt_at_most is one of the three"
    AS_OF = "nothing at or after as_of is known"
    STALE_AFTER = "an alarm unseen for longer than stale_after ends when it was last seen"
    STALE_WHEN_ASKED_AGAIN = "so does one that was over only after as_of"
    SET_ASIDE = "a row that contradicts itself is no outage"

    # Rows of one id.
    SNAPSHOTS = "an open row is superseded by another snapshot of the same outage"
    WORST_SEVERITY = "an outage has the worst severity of its snapshots"

    # Damping.
    MERGE_GAP = "gaps shorter than merge_gap become downtime"
    MIN_OUTAGE = "outages shorter than min_outage are dropped"

    # Scopes, states, days.
    IN_SERVICE = "time before activation and after termination is not in service"
    SERVICE_HOURS = "time outside the service hours is out of hours"
    MAINTENANCE = "everybody's accepted maintenance is a scope of its own"
    EXCLUSIONS = "everybody's exclusions are a scope of their own"
    MAINTENANCE_FIRST = "time in maintenance and in an exclusion is maintenance"
    MONITORED = "unmonitored time without an outage is unknown"
    EVIDENCE_FIRST = "an outage in unmonitored time is down"
    MONITOR_GAP = "a short unmonitored stretch has the state that stands on both sides of it"
    LOCAL_DAYS = "days are those of the zone"

    # Targeted exclusions.
    TARGETED = "an outage is excused where a targeted window applies to its alarms"
    EVERY_ALARM = "it is excused only where every active alarm is"
    BRIDGED_GAP = "a bridged gap is excused where both sides of it are"
    EXCUSED_BY_MAINTENANCE = "outages excused by maintenance and by other exclusions differ in state"
    ANY_COLUMN = "a match in any of the named columns will do"
    TUPLE_KEYS = "several columns may have to match together"
    WITH_CHILDREN = "alarms below one that matches match too"
    ANY_DEPTH = "children of children match too"
    PARENT_BY_ALARM_ID = "a parent that no row has as its id may be an alarm_id"
    OWN_KEY = "a window that names a report's own key is everybody's window in that report"

    # Planned work.
    ACTUAL_END = "work that ended early excuses nothing after its end"
    RECURRENCE = "a recurring window has several occurrences"
    ACCEPTED_KINDS = "only accepted kinds of maintenance excuse"
    NOTICE = "work must be announced early enough"
    ENTERED_AT = "work that was entered late was announced late"
    WITHOUT_NOTICE = "work that was never announced may be refused"
    WORK_HOURS = "only the part of work inside the agreed hours excuses"
    MOST_WINDOWS = "only so many windows of a period excuse"
    MOST_TIME = "only so much time of a period excuses"
    OWN_CAPS = "each target of windows has caps of its own"
    CAUSED = "work excuses nothing of an outage that began before it"
    UNITED_WINDOWS = "windows that touch or overlap begin where the first of them does"

    # Counting.
    ACCOUNTING = "an accounting says which cells count"
    TARGET = "the target decides the verdict"
    RECOVERABLE = "a period in progress is at risk while what is to come can repair it"

    # Doubt.
    UNKNOWN_IN_DOUBT = "unknown time may have been up or down"
    UNKNOWN_EXCLUDED = "unknown time may be left out by agreement"
    MINIMUM_COVERAGE = "below the agreed coverage it is in doubt all the same"
    UNSEEN_IN_DOUBT = "an active alarm unseen for a week may be over"
    UNKNOWN_SIGHT_IN_DOUBT = "so may one of unknown last sight that is older than a week"
    STALE_IN_DOUBT = "what stale_after cut off may have been an outage"
    REFRESHED_EVERY = "unless the source touches open alarms often enough"
    OVER_IN_DOUBT = "a row that is over without a time ended some time or other"
    SET_ASIDE_IN_DOUBT = "a row that was set aside may have been an outage"
    UNREADABLE_START = "a row without a readable start leaves nothing confirmed"
    OVERLAP_IN_DOUBT = "rows of one id that overlap with other bounds contradict each other"
    OVERWRITTEN_IN_DOUBT = "an alarm whose severity was overwritten by cleared may have qualified"
    UNKEYED_IN_DOUBT = "an alarm without the key of a report may be the report's"
    DOUBT_IS_NOT_EXCUSED = "no window excuses what is in doubt"
