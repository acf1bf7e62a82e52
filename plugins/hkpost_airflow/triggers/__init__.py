"""Triggers: how deferred sensors wait in the triggerer."""
