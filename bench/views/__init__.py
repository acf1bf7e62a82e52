"""How long the views take to answer what analysts ask, on a warehouse that `bench.warehouse` has filled."""
