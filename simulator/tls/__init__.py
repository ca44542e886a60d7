"""TLS of the lab's servers, and the box that ends it on the way."""
