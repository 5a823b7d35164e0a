"""The sentences of a document's appendix in English: data quality, doubt, what would settle it, method."""
################################################################
# What quality.py, text.py, settlement.py and method.py say in English is said here in
# the same words; a test holds that.
################################################################

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from sla_compliance.outlets.words.catalogue import Sentences

ENGLISH_APPENDIX: Final[Sentences] = MappingProxyType(
    {
        # Data quality.
        "heading_quality": "Data quality",
        "quality_none": "There is nothing to say of the rows behind the figures.",
        "about": "about {number}",
        "quality_row": "{sentence}: {row}",
        "quality_first_row": "{sentence}, the first: {row}",
        "quality_no_name": "of which no name was kept",
        "some_downtime": "{length} of downtime",
        "without_downtime": "no downtime",
        "other_exclusions": "other exclusions",
        "quality_bad_row": {"one": "{count} bad row set aside", "other": "{count} bad rows set aside"},
        "quality_assumed_end": {
            "one": "{count} alarm cleared or resolved without a time, ended when last seen",
            "other": "{count} alarms cleared or resolved without a time, ended when last seen",
        },
        "quality_raised_in_1970": {
            "one": "{count} alarm raised on 1970-01-01 by a clock never set, counted",
            "other": "{count} alarms raised on 1970-01-01 by a clock never set, counted",
        },
        "quality_overwritten_severity": {
            "one": "{count} row whose severity was overwritten by 'cleared', left out although an outage once",
            "other": "{count} rows whose severity was overwritten by 'cleared', left out although an outage once",
        },
        "quality_clamped_share": {
            "one": "{count} measured share outside 0-100 %, clamped",
            "other": "{count} measured shares outside 0-100 %, clamped",
        },
        "quality_open_alarm": {
            "one": "{count} alarm open and seen within 7 days",
            "other": "{count} alarms open and seen within 7 days",
        },
        "quality_unknown_last_sight": {
            "one": "{count} alarm open and of unknown last sight",
            "other": "{count} alarms open and of unknown last sight",
        },
        "quality_stale_alarm": {
            "one": "{count} alarm open and unseen for 7 days alone causes {downtime} in agreed time",
            "other": "{count} alarms open and unseen for 7 days alone cause {downtime} in agreed time",
        },
        "quality_keyless_in_doubt": {
            "one": "{count} row without the key, in doubt for every key: {downtime}",
            "other": "{count} rows without the key, in doubt for every key: {downtime}",
        },
        "quality_keyless_of_everybody": {
            "one": "{count} row without the key, counted for every key: {downtime}",
            "other": "{count} rows without the key, counted for every key: {downtime}",
        },
        "quality_keyless_of_nobody": {
            "one": "{count} row without the key, counted for no key: {downtime}",
            "other": "{count} rows without the key, counted for no key: {downtime}",
        },
        "quality_cut_date": "{name} is left out of the totals: rows of its beginning have been purged",
        "quality_cut_date_unnamed": {
            "one": "left out of the totals, rows have been purged: {count} more date",
            "other": "left out of the totals, rows have been purged: {count} more dates",
        },
        "quality_assumption": "{name}",
        "quality_assumption_unnamed": {"one": "{count} more assumption", "other": "{count} more assumptions"},
        "quality_corrected": "corrected by hand: {name}",
        "quality_corrected_unnamed": {
            "one": "corrected by hand: {count} more value",
            "other": "corrected by hand: {count} more values",
        },
        "quality_unused_correction": "correction without effect: {name}",
        "quality_unused_correction_unnamed": {
            "one": "without effect: {count} more correction",
            "other": "without effect: {count} more corrections",
        },
        "quality_legacy": "noted when a day was stored: {name}",
        "quality_legacy_unnamed": {
            "one": "noted when days were stored: {count} more fact",
            "other": "noted when days were stored: {count} more facts",
        },
        "quality_unmatched_exclusion": "{name} can match no alarm here",
        "quality_unmatched_exclusion_unnamed": {
            "one": "{count} more exclusion can match no alarm here",
            "other": "{count} more exclusions can match no alarm here",
        },
        "quality_refused_work": "excuses nothing: {name}",
        "quality_refused_work_unnamed": {
            "one": "excuse nothing: {count} more piece of planned work",
            "other": "excuse nothing: {count} more pieces of planned work",
        },
        "quality_late_work": "excuses although late: {name}",
        "quality_late_work_unnamed": {
            "one": "excuse although late: {count} more piece of planned work",
            "other": "excuse although late: {count} more pieces of planned work",
        },
        "quality_targeted_exclusion": {
            "one": "{exclusion} took {count} alarm out for {length}",
            "other": "{exclusion} took {count} alarms out for {length}",
        },
        "quality_targeted_exclusion_at_least": {
            "one": "{exclusion} took at least {count} alarm out for {length}",
            "other": "{exclusion} took at least {count} alarms out for {length}",
        },
        "quality_later": {
            "one": "{count} note of the kind {code}, which a later version explains",
            "other": "{count} notes of the kind {code}, which a later version explains",
        },
        # Doubt.
        "caption_doubts": "What is in doubt",
        "caption_settle": "What to settle",
        "doubt_cause": "In doubt",
        "doubt_rows": "Rows",
        "at_most": "At most",
        "doubt_bounds": "availability lies between {low} and {high}",
        "doubt_unmonitored": "time that was not monitored",
        "doubt_unseen": {
            "one": "alarm open and unseen for 7 days",
            "other": "alarms open and unseen for 7 days",
        },
        "doubt_cut_off": {
            "one": "alarm open and unseen for long, ended when last seen",
            "other": "alarms open and unseen for long, ended when last seen",
        },
        "doubt_undated": {"one": "alarm over without a time", "other": "alarms over without a time"},
        "doubt_set_aside": {"one": "row set aside that may qualify", "other": "rows set aside that may qualify"},
        "doubt_disagreeing": {
            "one": "row of one id that overlap and disagree",
            "other": "rows of one id that overlap and disagree",
        },
        "doubt_overwritten": {
            "one": "row whose severity was overwritten by 'cleared'",
            "other": "rows whose severity was overwritten by 'cleared'",
        },
        "doubt_unkeyed": {"one": "row without the key", "other": "rows without the key"},
        "doubt_no_start": {
            "one": "row set aside without a readable start: outages of any time",
            "other": "rows set aside without a readable start: outages of any time",
        },
        "doubt_not_read": "days stored before doubt was kept",
        "doubt_no_rows": "no rows were read",
        "doubt_no_down": "no row of the log says down; give its words of up to confirm that it was up",
        # What would settle it.
        "point_subject": "To settle",
        "point_advice": "What would settle it",
        "point_reading": "What the row says now",
        "points_more": {"one": "and {count} more to settle", "other": "and {count} more to settle"},
        "subject_unmonitored": "unmonitored time",
        "subject_not_read": "days stored before doubt was kept",
        "subject_no_rows": "no rows",
        "subject_no_down": "the log of state changes",
        "subject_unnamed": {"one": "{count} more row", "other": "{count} more rows"},
        "subject_without_id": {"one": "{count} row without an id", "other": "{count} rows without an id"},
        "settle_unmonitored": "was the service up while it was not monitored?",
        "settle_not_read": "measure these days again from their rows",
        "settle_no_rows": "was the service spotless, or did the export fail?",
        "settle_no_down": "give its words of up to confirm that it was up",
        "settle_unseen": "open and unseen for 7 days: when was it over?",
        "settle_cut_off": "open and unseen for long, ended when last seen: when was it over?",
        "settle_undated": "over without a time: when was it over?",
        "settle_set_aside": "set aside as a bad row: when was it, and how severe?",
        "settle_disagreeing": "rows of one id disagree: when was it?",
        "settle_overwritten": "severity overwritten by 'cleared': how severe was it?",
        "settle_no_start": "set aside without a start: when was it?",
        "settle_unkeyed": "names no key: whose is it?",
        "settle_without_id": "give the rows ids, so that corrections can name them",
        # Method.
        "heading_method": "Method",
        "method_sentence": "Availability = up / (up + down), shown rounded down; {method}.",
        "method_down": "down while a {severities} alarm is raised",
        "severity_critical": "critical",
        "severity_major": "major",
        "severity_minor": "minor",
        "severity_warning": "warning",
        "severity_info": "info",
        "severity_indeterminate": "indeterminate",
        "severity_cleared": "cleared",
        "method_or": " or ",
        "method_merged": "gaps shorter than {length} merged",
        "method_dropped": "outages shorter than {length} dropped",
        "method_stale": "alarms unseen for {length} ended when last seen",
        "accounting_removed": "maintenance and exclusions left out",
        "accounting_planned_downtime_removed": "downtime in maintenance and exclusions left out",
        "accounting_excused": "maintenance counted as up, exclusions left out",
        "accounting_counted": "maintenance counted like any time, exclusions left out",
        "accounting_gross": "without exclusions, in agreed hours",
        "accounting_custom": "cells counted by a custom accounting",
        "method_name": "Item",
        "method_value": "Value",
        "method_days": "Days of",
        "method_zone_rules": "Zone rules",
        "method_as_of": "As of",
        "method_accounting": "Accounting",
        "method_policy": "Policy",
        "method_input_digest": "Digest of the input",
        "method_no_digest": "not known: stored days do not say from which rows they were made",
        "method_statement": "Statement",
        "method_statement_digest": "Digest of the statement",
        "method_supersedes": "Supersedes",
        "method_corrections": "Corrections",
        "method_some_corrected": "Some data was corrected by hand (see {section}).",
        "statement_final": "No. {number}, issued {instant} by {author}",
        "statement_provisional": "No. {number}, provisional, issued {instant} by {author}",
        "statement_supersedes": "No. {number}: {reason}",
    }
)
