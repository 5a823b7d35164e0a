"""Real servers for the tests: PostgreSQL and Valkey or Redis, each started once per run on a free port."""
