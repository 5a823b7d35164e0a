"""Caches of measured days: what a cache promises, in memory and in Redis, and days in one."""
