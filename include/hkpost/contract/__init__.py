"""The EC-Ship Mail Tracking contract: what the specification (v0.3, April 2022) fixes, and nothing else."""
