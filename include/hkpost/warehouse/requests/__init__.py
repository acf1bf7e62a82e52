"""What is sent to the service: who may send for an account, and each request with what came of it."""
