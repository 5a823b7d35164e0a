"""Caches of measured days: what a cache promises, in memory and in Redis, and how days are kept in one."""
