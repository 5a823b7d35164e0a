"""What a contract file says of reports and alerts, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sla_compliance.settings.notifications import AlertSettings, ReportSettings
from sla_compliance.settings.recipients import webhook_host
from sla_compliance.units import MICROSECOND, length_text


def reports_sentence(settings: ReportSettings) -> str:
    """Return which reports are made, and who gets them."""
    folders = () if settings.folder is None else (f"the folder {settings.folder}",)
    recipients = [*_recipients(settings), *folders]
    periods = "every period" if settings.only_if == "always" else f"periods that are {settings.only_if}"
    return f"{_list(settings.formats)} in {settings.locale}, of {periods}, to {_list(recipients)}"


def alerts_sentence(settings: AlertSettings) -> str:
    """Return when the tenant's people are alerted, and who is."""
    within = length_text(settings.deadline_within // MICROSECOND)
    outage = length_text(settings.outage_for // MICROSECOND)
    return (
        f"of the {settings.period.name}: low below {settings.left_below} % of the budget; urgent where an outage has"
        f" lasted {outage} and the target is lost within {within}; digest at {settings.digest_at:%H:%M};"
        f" to {_list(list(_recipients(settings)))}"
    )


def _recipients(settings: ReportSettings | AlertSettings) -> Iterator[str]:
    yield from settings.email
    if settings.webhook is not None:
        # Without its path and its query, which may be secret.
        yield f"a webhook of {webhook_host(settings.webhook)}"


def _list(texts: Sequence[str]) -> str:
    if len(texts) < 2:
        return texts[0] if texts else "no recipient"
    return f"{', '.join(texts[:-1])} and {texts[-1]}"
