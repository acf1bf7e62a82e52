"""The archived answers: those that wait to be loaded, and those that are read again."""
