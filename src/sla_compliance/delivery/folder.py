"""FolderTransport: a message's files, written below one folder of the operator's."""
################################################################
# A file appears as a whole or not at all: it is written beside its place under another
# name, and moved there. The same file again replaces itself.
#
# No name leads out of the folder, neither by its text nor by a link that lies in it.
################################################################

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from sla_compliance.calls.worker_threads import WorkerThreads
from sla_compliance.delivery.messages import Attachment, DeliveryError, Message
from sla_compliance.errors import InvalidValueError
from sla_compliance.settings.recipients import check_folder
from sla_compliance.stores.notifications import Delivery

MOST_FOLDERS_AT_ONCE: Final = 4
LONGEST_NAME_BYTES: Final = 200
_FILE_MODE: Final = 0o640


class FolderTransport:
    """Writes the attachments of messages."""

    most_at_once = MOST_FOLDERS_AT_ONCE

    def __init__(self, folder: Path) -> None:
        """Write nothing yet.

        Args:
            folder: below which all files are; it has to exist when the first one is written.
        """
        self._folder = folder
        self._threads = WorkerThreads("the folder of reports", max_threads=MOST_FOLDERS_AT_ONCE)

    async def send(self, delivery: Delivery, message: Message) -> None:
        """Write the files of a message into the folder of a delivery, which is made where it is missing.

        Raises:
            DeliveryError: it has no files, or they cannot be written there.
        """
        if not message.attachments:
            raise DeliveryError("the message has no files; give it another recipient", is_permanent=True)
        try:
            check_folder(delivery.recipient, "folder")
        except InvalidValueError as error:
            raise DeliveryError(str(error), is_permanent=True) from error
        try:
            await self._threads.run(self._write, delivery.recipient, message.attachments)
        except OSError as error:
            raise DeliveryError(f"folder {delivery.recipient} cannot be written: {error.strerror or error}") from error

    def _write(self, name: str, attachments: tuple[Attachment, ...]) -> None:
        if not self._folder.is_dir():
            # Not made: where a disk is not mounted, files would land beneath it.
            raise DeliveryError("the folder of SLA_REPORTS_FOLDER is not there; make it or mount it")
        root = self._folder.resolve()
        place = root / name
        if not place.resolve().is_relative_to(root):
            raise DeliveryError(f"folder {name} leads out of the folder of reports; remove the link", is_permanent=True)
        place.mkdir(parents=True, exist_ok=True)
        for attachment in attachments:
            _write_file(place / safe_name(attachment.name), attachment.content)


def _write_file(path: Path, content: bytes) -> None:
    """Write a file beside its place, then move it there."""
    descriptor, temporary_name = tempfile.mkstemp(prefix=".", suffix=".part", dir=path.parent)
    temporary = Path(temporary_name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(_FILE_MODE)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def safe_name(name: str) -> str:
    """Return the name of a file: letters, digits, '-', '_', '.' and blanks; others are '_'.

    >>> safe_name("../Rapport d'été.pdf"), safe_name("..")
    ('_Rapport d_été.pdf', '_')
    """
    characters = (character if character.isalnum() or character in "-_. " else "_" for character in name)
    usual = "".join(characters).strip(" .") or "_"
    if len(usual.encode()) <= LONGEST_NAME_BYTES:
        return usual
    stem, dot, suffix = usual.rpartition(".")
    suffix = dot + suffix if stem and len(suffix) <= 10 else ""
    room = LONGEST_NAME_BYTES - len(suffix.encode())
    return usual.encode()[:room].decode(errors="ignore") + suffix
