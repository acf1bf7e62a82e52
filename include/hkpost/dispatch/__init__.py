"""What may leave when: pace, circuit breaker, quota, batches, bisection, and the run over one account."""
