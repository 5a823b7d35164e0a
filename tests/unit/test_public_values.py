"""Values of all public classes: pickled, copied, compared, hashed, and never changed."""
################################################################
# public_values.py has a value of each class; a public class that is not in it fails
# here. Errors are exceptions, so they can be changed and are compared by their facts.
################################################################

from __future__ import annotations

import copy
import enum
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import is_dataclass
from functools import partial
from multiprocessing import get_context
from typing import Any, Final

import pytest

import sla_compliance as sla
from sla_compliance.zones import load_zone
from tests.unit.moments import at
from tests.unit.public_values import public_classes, public_errors, public_values

VALUES: Final = public_values()
ERRORS: Final = public_errors()
UNHASHABLE: Final = frozenset({"Attribution", "Difference", "Statement"})
"""These hold mappings or lists."""
PROTOCOLS: Final = range(2, pickle.HIGHEST_PROTOCOL + 1)


def _pickled(protocol: int, value: Any) -> Any:
    return pickle.loads(pickle.dumps(value, protocol))  # noqa: S301 - our own bytes


COPIES: Final[dict[str, Callable[[Any], Any]]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    **{f"pickle {protocol}": partial(_pickled, protocol) for protocol in PROTOCOLS},
}
DIGESTS: Final = """
from tests.unit.public_values import POLICY, public_values
values = public_values()
print(POLICY.fingerprint, POLICY.measurement_fingerprint, values["Statement"].digest, values["DayKey"])
print(values["Statement"].input_digest, repr(values["ComplianceReport"]), values["Inventory"])
"""


def test_every_public_class_has_a_value_here() -> None:
    """A class that is added is added to the table too."""
    assert {*VALUES, *ERRORS} == set(public_classes())


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("name", VALUES)
def test_a_copy_is_the_same_value(name: str, way: str) -> None:
    """By every protocol of pickle; text for people is the same too."""
    value = VALUES[name]
    copied = COPIES[way](value)
    assert type(copied) is type(value)
    assert copied == value
    # A set may show its members in another order once it was built again.
    assert sorted(repr(copied)) == sorted(repr(value))


@pytest.mark.parametrize("name", VALUES)
def test_equal_values_have_equal_hashes(name: str) -> None:
    """Those that hold mappings or lists have none, and say so."""
    value = VALUES[name]
    if name in UNHASHABLE:
        with pytest.raises(TypeError, match="unhashable"):
            hash(value)
    else:
        assert hash(copy.deepcopy(value)) == hash(value)
        assert {value: 1}[copy.deepcopy(value)] == 1


@pytest.mark.parametrize("name", VALUES)
def test_no_attribute_can_be_set_or_deleted(name: str) -> None:
    """Neither a field nor anything new."""
    value = VALUES[name]
    attributes = [*getattr(type(value), "__dataclass_fields__", ()), "no_such_attribute"]
    if isinstance(value, enum.Enum):  # Python lets anybody add an attribute to a member
        attributes = ["name", "value"]
    before = repr(value)
    for attribute in attributes:
        with pytest.raises((AttributeError, TypeError)):  # slots of frozen classes say TypeError for new names
            setattr(value, attribute, 1)
        with pytest.raises((AttributeError, TypeError)):
            delattr(value, attribute)
    assert repr(value) == before


@pytest.mark.parametrize("name", [name for name in VALUES if is_dataclass(VALUES[name])])
def test_a_value_is_no_other_thing(name: str) -> None:
    """Comparison with anything else is False, not an error."""
    assert (VALUES[name] == object()) is False
    assert VALUES[name] != 1


@pytest.mark.parametrize("way", COPIES)
@pytest.mark.parametrize("name", ERRORS)
def test_a_copied_error_has_the_same_facts(name: str, way: str) -> None:
    """Message, arguments and all attributes; of a group those of its members."""
    error = ERRORS[name]
    copied = COPIES[way](error)
    assert _facts_of(copied) == _facts_of(error)
    members = getattr(error, "exceptions", ())
    assert list(map(_facts_of, getattr(copied, "exceptions", ()))) == list(map(_facts_of, members))


def _facts_of(error: BaseException) -> tuple[type, str, dict[str, object]]:
    return type(error), str(error), error.__dict__


def test_values_and_errors_cross_to_a_new_process_and_back() -> None:
    """A process that was started afresh, not forked."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        values, error_facts = pool.submit(_returned, VALUES, list(ERRORS.values())).result()
    assert values == VALUES
    assert error_facts == [(str(error), error.__dict__) for error in ERRORS.values()]


def _returned(
    values: dict[str, Any], errors: list[sla.SLAComplianceError]
) -> tuple[dict[str, Any], list[tuple[str, dict[str, object]]]]:
    """Return what has arrived."""
    return values, [(str(error), error.__dict__) for error in errors]


def test_moments_of_any_zone_can_be_pickled() -> None:
    """They carry the library's rules, which are known by name."""
    start, end = sla.whole_days("2025-10-26", "2025-10-26", zone="Europe/Lisbon", now=at(30))
    copied = pickle.loads(pickle.dumps((start, end)))  # noqa: S301 - our own bytes
    assert [moment.isoformat() for moment in copied] == ["2025-10-26T00:00:00+01:00", "2025-10-27T00:00:00+00:00"]
    assert copied[0].tzinfo is load_zone("Europe/Lisbon")
    assert copy.deepcopy(start).tzinfo is load_zone("Europe/Lisbon")


def test_fingerprints_and_digests_do_not_depend_on_the_hash_seed() -> None:
    """What is stored by them is read by other processes."""
    outputs = set()
    for seed in ("0", "1", "4294967295"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", DIGESTS], capture_output=True, text=True, check=True, env=environment
        )
        outputs.add(done.stdout)
    assert len(outputs) == 1
