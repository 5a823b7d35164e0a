"""Files below a folder: whole or not at all, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from sla_compliance.delivery.folder import FolderTransport, safe_name
from sla_compliance.delivery.messages import Attachment, DeliveryError
from sla_compliance.stores.notifications import Channel
from tests.delivery.samples import delivery_to, message

pytestmark = pytest.mark.anyio


def files(*names: str) -> tuple[Attachment, ...]:
    return tuple(Attachment(name=name, media_type="text/csv", content=name.encode()) for name in names)


async def test_files_are_written_into_a_folder_of_the_tenant(tmp_path: Path) -> None:
    """It is made where it is missing; the same files again replace themselves, and nothing else lies there."""
    transport = FolderTransport(tmp_path)
    delivery = delivery_to("customers/acme", Channel.FOLDER)
    for content in (b"first", b"second"):
        attachments = (*files("a.csv"), Attachment(name="b.pdf", media_type="application/pdf", content=content))
        await transport.send(delivery, message(attachments=attachments))
    written = {path.name: path.read_bytes() for path in (tmp_path / "customers" / "acme").iterdir()}
    assert written == {"a.csv": b"a.csv", "b.pdf": b"second"}
    assert (tmp_path / "customers" / "acme" / "a.csv").stat().st_mode & 0o777 == 0o640


async def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    """A folder stands where the file should: it is tried again later."""
    (tmp_path / "acme" / "b.csv").mkdir(parents=True)
    with pytest.raises(DeliveryError, match="folder acme cannot be written: Is a directory") as caught:
        await FolderTransport(tmp_path).send(
            delivery_to("acme", Channel.FOLDER), message(attachments=files("a.csv", "b.csv"))
        )
    assert not caught.value.is_permanent
    assert sorted(path.name for path in (tmp_path / "acme").iterdir()) == ["a.csv", "b.csv"]


@pytest.mark.parametrize("name", ["../x", "/etc", "a/../../x", "", ".", "a\0b", "..", "a//b"])
async def test_no_name_leads_out_of_the_folder(name: str, tmp_path: Path) -> None:
    """It is refused for good."""
    folder = tmp_path / "reports"
    folder.mkdir()
    with pytest.raises(DeliveryError, match="^folder is ") as caught:
        await FolderTransport(folder).send(delivery_to(name, Channel.FOLDER), message())
    assert caught.value.is_permanent
    assert list(tmp_path.rglob("*")) == [folder]


async def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    """One that lies in it is not followed; a file's link is replaced, and not written through."""
    folder, outside = tmp_path / "reports", tmp_path / "outside"
    outside.mkdir()
    (folder / "other").mkdir(parents=True)
    (folder / "acme").symlink_to(outside)
    (folder / "other" / "a.csv").symlink_to(outside / "secret")
    transport = FolderTransport(folder)
    for name in ("acme", "acme/2026"):
        with pytest.raises(DeliveryError, match="leads out of the folder of reports") as caught:
            await transport.send(delivery_to(name, Channel.FOLDER), message())
        assert caught.value.is_permanent
    await transport.send(delivery_to("other", Channel.FOLDER), message(attachments=files("a.csv")))
    assert list(outside.iterdir()) == []
    assert (folder / "other" / "a.csv").read_bytes() == b"a.csv"


async def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """A disk may not be mounted yet."""
    with pytest.raises(DeliveryError, match="SLA_REPORTS_FOLDER is not there") as caught:
        await FolderTransport(tmp_path / "missing").send(delivery_to("acme", Channel.FOLDER), message())
    assert not caught.value.is_permanent
    assert list(tmp_path.iterdir()) == []


async def test_a_message_without_files_is_no_message_for_a_folder(tmp_path: Path) -> None:
    """A person has to give it another recipient."""
    with pytest.raises(DeliveryError, match="has no files") as caught:
        await FolderTransport(tmp_path).send(delivery_to("acme", Channel.FOLDER), message(attachments=()))
    assert caught.value.is_permanent


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("report 2026-10.pdf", "report 2026-10.pdf"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\\b:c*.csv", "a_b_c_.csv"),
        ("\0\n\u202e.pdf", "___.pdf"),
        ("...", "_"),
        ("", "_"),
        (" x. ", "x"),
        ("تقرير.pdf", "تقرير.pdf"),
        ("é" * 300 + ".pdf", "é" * 98 + ".pdf"),
        ("x" * 300, "x" * 200),
    ],
)
def test_names_of_files_are_made_safe(name: str, safe: str) -> None:
    """Letters of any script stay; the kind of file, too."""
    assert safe_name(name) == safe
    assert len(safe.encode()) <= 200
