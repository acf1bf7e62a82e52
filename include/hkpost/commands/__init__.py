"""The commands of `python -m hkpost`: their arguments, whose warehouse they work on, and what they print."""
