"""What a person must know of the pipeline: its runs, checks of the tables, alerts."""
