"""The web: a router for the platform's own app, the dashboard page, and a small complete app of the two."""
