"""One exchange with the service: build the request, sign it, post it, return the bytes."""
