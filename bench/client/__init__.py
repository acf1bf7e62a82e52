"""Requests a second, the gaps between them as a server saw them, and what they cost: our client and zeep's."""
