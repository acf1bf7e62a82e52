"""What lanes teach, as arithmetic on few rows: curves of delivery, and the forecast of an open item; no SQL, no I/O."""
