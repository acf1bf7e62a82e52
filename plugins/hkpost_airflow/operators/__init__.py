"""Operators: the steps of a tracking run."""
