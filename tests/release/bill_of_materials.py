"""The bill of materials of a release: which packages each extra brings, and under which licences."""
################################################################
# Run where the package is installed with all of its extras, it follows the requirements
# of each extra through the metadata of the installed packages, and writes them as
# CycloneDX 1.6 and as a table. Other packages of the environment are not in it.
#
# A licence is marked as copyleft by the names of the families below. That is a help for
# a reader, not a judgement: OFL-1.1, for one, binds those alone who pass on the fonts.
################################################################

from __future__ import annotations

import json
import os
import re
import sys
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import distribution
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sla_compliance import __version__

PACKAGE: Final = "sla-compliance"
NO_EXTRA: Final = ""
CLUSTER_EXTRA: Final = "spark"
"""The extra that is not listed: its packages are those of the cluster, and PySpark's are Java archives for the most."""
EXTRAS_PROPERTY: Final = "sla-compliance:extras"
BUILD_TIME: Final = "SOURCE_DATE_EPOCH"
_COPYLEFT: Final = re.compile(r"GPL|GNU|MPL|Mozilla|EPL|EUPL|CDDL|OFL|CC-BY-SA", re.IGNORECASE)
_LICENCE_CLASSIFIER: Final = re.compile(r"License :: (?:OSI Approved :: )?(.+)")
_LONGEST_LICENCE_NAME: Final = 100  # some packages have the whole text of their licence in that field
_TABLE_HEAD: Final = ("| package | version | licence | copyleft | brought by |", "|---|---|---|---|---|")


@dataclass(frozen=True, slots=True)
class Dependency:
    """A package that an extra brings.

    Attributes:
        name: canonical, as indexes compare names.
        version: the installed one.
        licence: as its metadata states it.
        is_expression: whether that is an SPDX expression.
        extras: those that bring it, directly or through another package; `NO_EXTRA` is the package alone.
        needs: names of the packages that it needs itself.
    """

    name: str
    version: str
    licence: str
    is_expression: bool
    extras: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def is_copyleft(self) -> bool:
        """Whether its licence is of a family that asks for the same licence of what is passed on."""
        return _COPYLEFT.search(self.licence) is not None


def dependencies() -> list[Dependency]:
    """Return the packages that the extras bring, by name.

    Raises:
        PackageNotFoundError: one of them is not installed.
    """
    extras = [NO_EXTRA, *distribution(PACKAGE).metadata.get_all("Provides-Extra", [])]
    extras.remove(CLUSTER_EXTRA)
    extras_by_name: dict[str, list[str]] = defaultdict(list)
    needs: dict[str, set[str]] = defaultdict(set)
    for extra in extras:
        for name, needed_names in _closure(extra).items():
            extras_by_name[name].append(extra)
            needs[name] |= needed_names
    del extras_by_name[PACKAGE]
    packages = []
    for name, extras_of_name in sorted(extras_by_name.items()):
        licence, is_expression = _licence(name)
        packages.append(
            Dependency(
                name=name,
                version=distribution(name).version,
                licence=licence,
                is_expression=is_expression,
                extras=tuple(extras_of_name),
                needs=tuple(sorted(needs[name])),
            )
        )
    return packages


def _closure(extra: str) -> dict[str, set[str]]:
    """Return the packages that come with an extra, PACKAGE among them, each with the names of those that it needs."""
    needs: dict[str, set[str]] = defaultdict(set)
    pending = [(PACKAGE, NO_EXTRA), (PACKAGE, extra)]
    visited = set()
    while pending:
        name, extra_of_name = pending.pop()
        if (name, extra_of_name) in visited:
            continue
        visited.add((name, extra_of_name))
        for text in distribution(name).requires or ():
            requirement = Requirement(text)
            if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra_of_name}):
                continue
            needed_name = canonicalize_name(requirement.name)
            needs[name].add(needed_name)
            pending += [(needed_name, needed_extra) for needed_extra in (NO_EXTRA, *requirement.extras)]
    return {name: needs[name] for name, _ in visited}


def _licence(name: str) -> tuple[str, bool]:
    """Return what a package says of its licence, and whether that is an SPDX expression."""
    metadata = distribution(name).metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"], True
    classifiers = map(_LICENCE_CLASSIFIER.fullmatch, metadata.get_all("Classifier", []))
    names = [classifier[1] for classifier in classifiers if classifier]
    stated = metadata["License"].strip() if "License" in metadata else ""
    if stated and len(stated) <= _LONGEST_LICENCE_NAME and "\n" not in stated:
        names.insert(0, stated)
    return "; ".join(names) or "not stated", False


def cyclonedx(packages: list[Dependency], built_at: datetime) -> dict[str, Any]:
    """Return the bill as a document of CycloneDX 1.6, the same for the same packages and instant."""
    references = {package.name: f"pkg:pypi/{package.name}@{package.version}" for package in packages}
    root = f"pkg:pypi/{PACKAGE}@{__version__}"
    direct = _closure(NO_EXTRA)[PACKAGE].union(*(_closure(extra)[PACKAGE] for extra in _extras(packages)))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "timestamp": built_at.isoformat(),
            "component": {
                "type": "library",
                "bom-ref": root,
                "name": PACKAGE,
                "version": __version__,
                "purl": root,
                "licenses": [{"expression": "Apache-2.0"}],
            },
        },
        "components": [_component(package, references[package.name]) for package in packages],
        "dependencies": [
            {"ref": root, "dependsOn": sorted(references[name] for name in direct)},
            *(
                {"ref": references[package.name], "dependsOn": [references[name] for name in package.needs]}
                for package in packages
            ),
        ],
    }


def _extras(packages: list[Dependency]) -> set[str]:
    return {extra for package in packages for extra in package.extras}


def _component(package: Dependency, reference: str) -> dict[str, Any]:
    licence = {"expression": package.licence} if package.is_expression else {"license": {"name": package.licence}}
    return {
        "type": "library",
        "bom-ref": reference,
        "name": package.name,
        "version": package.version,
        "purl": reference,
        "licenses": [licence],
        "properties": [{"name": EXTRAS_PROPERTY, "value": _brought_by(package)}],
    }


def _brought_by(package: Dependency) -> str:
    """Return the extras that bring a package in words; `all` goes without saying."""
    if NO_EXTRA in package.extras:
        return "the package itself"
    return ", ".join(extra for extra in package.extras if extra != "all")


def licence_table(packages: list[Dependency]) -> str:
    """Return a table in Markdown of the packages and their licences."""
    lines = [f"# Packages of sla-compliance {__version__} with all extras, and their licences", "", *_TABLE_HEAD]
    for package in packages:
        copyleft = "yes" if package.is_copyleft else ""
        cells = (package.name, package.version, package.licence, copyleft, _brought_by(package))
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write the bill of materials into a folder, and the table of licences."""
    folder = Path(sys.argv[1])
    built_at = datetime.fromtimestamp(int(os.environ[BUILD_TIME]), UTC)
    packages = dependencies()
    bill = json.dumps(cyclonedx(packages, built_at), indent=2) + "\n"
    (folder / f"sla_compliance-{__version__}.cdx.json").write_text(bill, encoding="utf-8")
    (folder / f"sla_compliance-{__version__}.licences.md").write_text(licence_table(packages), encoding="utf-8")
    copyleft = ", ".join(package.name for package in packages if package.is_copyleft)
    print(f"{len(packages)} packages; copyleft: {copyleft}")


if __name__ == "__main__":
    main()
