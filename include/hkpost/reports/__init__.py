"""What operations ask of the warehouse: today at a glance, one item, what needs a person. Reads only."""
