"""The steps of a run as functions: what operators, commands and tests call."""
