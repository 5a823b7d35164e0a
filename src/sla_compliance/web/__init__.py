"""The router for a platform's own FastAPI app, and the files of the dashboard page."""
