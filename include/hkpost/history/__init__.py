"""The history of an item, pure: which events it has, what they mean, its state, and what an answer changes.

`fold.apply` is the centre: a history and an answer give a history and the changes. Nothing here knows a database.
"""
