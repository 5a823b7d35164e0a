"""Settings of the documentation; built by `nox -s docs`, where a warning is an error."""

from __future__ import annotations

from sla_compliance import __version__

project = "sla-compliance"
author = "The sla-compliance authors"
project_copyright = author
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["_build"]
nitpicky = False

smartquotes = False  # `--from` in a sentence is an option
myst_heading_anchors = 3
myst_enable_extensions = ["colon_fence", "deflist"]

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented_params"
autodoc_default_options = {"members": True}
napoleon_custom_sections = [("Source", "notes_style"), ("Cost", "notes_style")]

html_theme = "furo"
html_title = "sla-compliance"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_copy_source = False
