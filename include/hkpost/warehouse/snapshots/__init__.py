"""What is counted at the end of a run, so that no page and no view has to read millions of items for it."""
