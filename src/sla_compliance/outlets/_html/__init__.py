"""The parts of a report's page: its sections, and the style sheet and script that stand within it."""
