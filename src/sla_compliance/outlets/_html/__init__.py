"""Building the page of a report: words, markup, chart, and the files it carries within itself."""
