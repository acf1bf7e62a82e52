"""Streams batches of item numbers through client and pacing, and decides what each answer asks for."""
