"""Rows as received to the fact's shape: times, places, wordings (pandas frames in and out, no I/O)."""
