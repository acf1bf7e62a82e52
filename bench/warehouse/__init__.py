"""A warehouse of any size in minutes: originals that went through the real load, copied by the server."""
