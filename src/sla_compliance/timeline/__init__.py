"""The timeline: the days of many keys at once, another way to the same figures."""
