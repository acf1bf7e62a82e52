"""The daily work on the tables."""
