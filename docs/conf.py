"""Settings of the documentation; built by `nox -s docs`, where a warning is an error."""

from __future__ import annotations

from importlib.metadata import version as installed_version

project = "sla-compliance"
author = "The sla-compliance authors"
project_copyright = author
release = version = installed_version("sla-compliance")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
nitpicky = False

myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "deflist"]

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_default_options = {"members": True}
napoleon_custom_sections = [("Source", "notes_style"), ("Cost", "notes_style")]

html_theme = "furo"
html_title = "sla-compliance"
html_show_sphinx = False
html_copy_source = False
