"""What is kept of each event: the fact, its changes, the dimensions; read as histories, stored as differences."""
