"""What is kept of each item: the columns of `mail_item` and its changes of state."""
