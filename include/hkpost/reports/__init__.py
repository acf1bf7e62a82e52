"""What operations ask of the warehouse: today's overview, one item, what needs a person. Reads only."""
