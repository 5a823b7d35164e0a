"""Streaming: the days of many keys from Parquet files that are larger than memory."""
